//! `copydesk schema`

use clap::ValueEnum;

use super::{Failure, Outcome};

/// Print the JSON Schema of a message
///
/// The schemas are those of config/schema, draft 2020-12.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Which message
    #[arg(value_enum)]
    message: Message,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Message {
    /// What comes in
    Raw,
    /// What goes out
    Enriched,
    /// What could not be processed, as a JSON line
    DeadLetter,
}

const EXAMPLES: &str = "\
Example:
  copydesk schema enriched > enriched.json";

pub fn run(arguments: Arguments) -> Outcome {
    let _ = arguments.message;
    Err(Failure::Usage("schemas are not built in yet".into()))
}
