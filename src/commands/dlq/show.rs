//! `copydesk dlq show`

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use copydesk::transport::kafka::dead_letters;
use copydesk::wire::dead_letter::{Entry, Letter, Place};

use super::letters::{failure, legible};
use super::{Failure, Outcome, SettingsArguments, load};
use crate::commands::print;

/// Show one dead letter: why it is one, its headers, and the original
#[derive(clap::Args)]
pub struct Arguments {
    /// Its place in the topic, as `dlq list` prints it
    #[arg(value_name = "PARTITION:OFFSET", value_parser = place)]
    place: Place,
    /// Write the original's bytes alone, as they are
    #[arg(long)]
    payload: bool,
    #[command(flatten)]
    settings: SettingsArguments,
}

/// Bytes of a line of a hexadecimal dump.
const DUMP_WIDTH: usize = 16;

pub fn run(arguments: Arguments) -> Outcome {
    let settings = load(&arguments.settings)?;
    let place = arguments.place;
    let mut reader = dead_letters::reader(&settings.kafka).map_err(failure)?;
    reader.rewind_to(place.partition, place.offset).map_err(failure)?;
    let first = reader.read().map_err(failure)?.map(Entry::read);
    let letter = match first {
        Some(Entry::Letter(letter)) if letter.place == place => *letter,
        _ => {
            let Place { partition, offset } = place;
            let topic = &settings.kafka.dead_letter_topic;
            return Err(Failure::Work(format!("no letter at {partition}:{offset} of {topic}")));
        }
    };
    if arguments.payload {
        return write_bytes(letter.payload.as_deref().unwrap_or_default());
    }
    let mut replayed = false;
    while let Some(stored) = reader.read().map_err(failure)? {
        replayed |= Entry::read(stored) == Entry::Mark(place);
    }
    print(&shown(&letter, replayed))
}

fn place(text: &str) -> Result<Place, String> {
    let numbers = text.split_once(':').and_then(|(partition, offset)| {
        Some(Place { partition: partition.parse().ok()?, offset: offset.parse().ok()? })
    });
    numbers.ok_or_else(|| "expected PARTITION:OFFSET".into())
}

fn shown(letter: &Letter, replayed: bool) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        // A string takes all that is written to it.
        let _ = writeln!(out, "{name:<10} {value}");
    };
    if let Some(reasons) = &letter.reasons {
        line("reason", &legible(&reasons.reason));
        line("stage", &legible(reasons.stage.as_deref().unwrap_or_default()));
        line("message", &legible(&reasons.message));
        let number = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        line("topic", &legible(reasons.topic.as_deref().unwrap_or_default()));
        line("partition", &legible(&number(reasons.partition.map(i64::from))));
        line("offset", &legible(&number(reasons.offset)));
    } else {
        line("reason", "no header says why this message is here");
    }
    line("replays", &letter.replays.to_string());
    line("state", if replayed { "replayed" } else { "waiting" });
    line("key", &value(letter.key.as_deref()));
    for (name, bytes) in &letter.headers {
        line("header", &format!("{}: {}", legible(name), value(bytes.as_deref())));
    }
    match &letter.payload {
        None => line("payload", "null"),
        Some(payload) => {
            line("payload", &format!("{} bytes", payload.len()));
            out.push('\n');
            out.push_str(&body(payload));
        }
    }
    out
}

/// A short value on one line.
fn value(bytes: Option<&[u8]>) -> String {
    match bytes.map(|bytes| (bytes, std::str::from_utf8(bytes))) {
        None => "null".into(),
        Some((_, Ok(text))) => format!("{text:?}"),
        Some((bytes, Err(_))) => {
            bytes.iter().fold("0x".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
        }
    }
}

/// Text as it is, but for controls; other bytes as a dump.
fn body(payload: &[u8]) -> String {
    match std::str::from_utf8(payload) {
        Ok(text) => text.lines().map(|line| format!("{}\n", shown_line(line))).collect(),
        Err(_) => payload.chunks(DUMP_WIDTH).enumerate().map(dumped).collect(),
    }
}

fn shown_line(line: &str) -> String {
    if line.is_empty() { String::new() } else { legible(line) }
}

/// `00000010  d0 9f …  |..|`
fn dumped((index, bytes): (usize, &[u8])) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
    let printable = |byte: &u8| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '.',
    };
    let text: String = bytes.iter().map(printable).collect();
    format!("{:08x}  {hex:<48} |{text}|\n", index * DUMP_WIDTH)
}

fn write_bytes(bytes: &[u8]) -> Outcome {
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Work(format!("could not write to standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
