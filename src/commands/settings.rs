//! `copydesk settings`

use super::{Outcome, SettingsArguments, print};

/// Show the settings in effect, secrets masked
///
/// Prints them as a settings file. Each key that is not at its default names the file,
/// variable or flag that it comes from.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Print what there is to set instead, with meaning, kind and default of each key
    #[arg(long)]
    docs: bool,
    #[command(flatten)]
    settings: SettingsArguments,
}

const EXAMPLES: &str = "\
Examples:
  copydesk settings --config copydesk.toml
  copydesk settings --docs | less
  COPYDESK__LOG__LEVEL=debug copydesk settings --set worker.threads=4";

pub fn run(arguments: Arguments) -> Outcome {
    if arguments.docs {
        return print(&copydesk::settings::reference());
    }
    print(&arguments.settings.load_with_origins([])?.to_toml())
}
