//! `copydesk dlq list`

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use super::letters::{Found, Letters};
use super::selection::SelectionArguments;
use super::{Failure, Outcome, SettingsArguments, load};

/// List dead letters, a line each, oldest first in each partition
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    selection: SelectionArguments,
    /// Stop after so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    #[command(flatten)]
    settings: SettingsArguments,
}

pub fn run(arguments: Arguments) -> Outcome {
    let settings = load(&arguments.settings)?;
    let mut letters = Letters::open(&settings)?;
    let mut output = BufWriter::new(std::io::stdout().lock());
    let header = line(["place", "time", "stage", "reason", "replays", "state", "host", "origin"]);
    let mut result = output.write_all(header.as_bytes());
    let mut left = arguments.limit.unwrap_or(usize::MAX);
    while left > 0 && result.is_ok() {
        let Some(found) = letters.next()? else { break };
        if arguments.selection.takes(&found) {
            result = output.write_all(row(&found).as_bytes());
            left -= 1;
        }
    }
    match result.and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Work(format!("could not write to standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn row(found: &Found) -> String {
    let place = found.letter.place;
    line([
        &format!("{}:{}", place.partition, place.offset),
        &found.time(),
        &found.stage(),
        &found.reason(),
        &found.letter.replays.to_string(),
        if found.replayed { "replayed" } else { "waiting" },
        &found.host(),
        &found.origin(),
    ])
}

fn line([place, time, stage, reason, replays, state, host, origin]: [&str; 8]) -> String {
    format!(
        "{place:<10} {time:<20} {stage:<11} {reason:<24} {replays:>7} {state:<8} {host:<24} {origin}\n"
    )
}
