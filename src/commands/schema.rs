//! `copydesk schema`

use clap::builder::{PossibleValuesParser, TypedValueParser};
use copydesk::wire::schema::{MessageKind, schema};

use super::{Outcome, print};

/// Print the JSON Schema of a message
///
/// `raw` is what comes in, `enriched` what goes out, and `dead-letter` what could not be
/// processed, as a line of a dead-letter file. Draft 2020-12; the same stand in
/// config/schema.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Which message
    #[arg(value_parser = message_parser())]
    message: MessageKind,
}

const EXAMPLES: &str = "\
Example:
  copydesk schema enriched > enriched.json";

pub fn run(arguments: Arguments) -> Outcome {
    print(&schema(arguments.message))
}

fn message_parser() -> impl TypedValueParser<Value = MessageKind> {
    PossibleValuesParser::new(MessageKind::ALL.map(MessageKind::as_str)).try_map(|name| {
        let named = MessageKind::ALL.into_iter().find(|message| message.as_str() == name);
        named.ok_or("not a message")
    })
}
