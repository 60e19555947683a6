//! `copydesk dlq`

mod letters;
mod list;
mod replay;
mod selection;
mod show;
mod stats;

use clap::Subcommand;
use copydesk::settings::Settings;

use super::{Failure, Outcome, SettingsArguments};

/// Look at dead letters, and send them on their way again
///
/// Reads the dead-letter topic as it is now, as a member of no group and without a
/// commit. Letters under the header names of Spring for Apache Kafka and of Kafka Streams
/// are read as well.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    Stats(stats::Arguments),
    Replay(replay::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  copydesk dlq stats --config copydesk.toml --since 2h
  copydesk dlq list --reason not_json,deadline_passed --host harbour.example
  copydesk dlq show 3:1042
  copydesk dlq replay --stage repair --to input --dry-run

Exit codes: 0 done, 1 the brokers or some letters are at fault, 2 settings or command line at
fault.";

pub fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::List(arguments) => list::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Stats(arguments) => stats::run(arguments),
        Command::Replay(arguments) => replay::run(arguments),
    }
}

fn load(settings: &SettingsArguments) -> Result<Settings, Failure> {
    settings.load_to_connect([])
}
