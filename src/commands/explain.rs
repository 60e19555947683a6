//! `copydesk explain`

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use copydesk::desk::Desk;
use copydesk::error::Error;
use copydesk::explain::terminal::Ink;
use copydesk::explain::{Proof, page, terminal};
use copydesk::transport::Headers;

use super::only::OnlyArguments;
use super::{Failure, Outcome, SettingsArguments, print};

/// Show one article as an editor would see it: cut, mended, tagged
///
/// What was cut is struck through and names its rule, what was mended shows before and
/// after, and the tags follow. Without colour, [-this-] was cut and {+this+} put in.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The article; - is standard input
    file: PathBuf,
    /// Write a self-contained page instead, for a browser
    #[arg(long)]
    html: bool,
    /// What the file holds: one raw message, a page, or flat text
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    #[command(flatten)]
    only: OnlyArguments,
    #[command(flatten)]
    settings: SettingsArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Told from the content
    Auto,
    Json,
    Html,
    Text,
}

const EXAMPLES: &str = "\
Examples:
  copydesk explain article.txt
  copydesk explain --html page.html > proof.html
  curl -s https://news.example/story | copydesk explain --format html -

Exit codes: 0 shown, 1 the article would be dead-lettered or could not be read, 2 settings or
command line at fault.";

/// Where a terminal does not say how wide it is, and for files.
const USUAL_WIDTH: usize = 80;

pub fn run(arguments: Arguments) -> Outcome {
    let mut settings = arguments.settings.load([])?;
    arguments.only.apply(&mut settings);
    let payload = read(&arguments.file, settings.input.max_bytes)?;
    let desk = Desk::new(&settings);
    let refused = |error: Error| Failure::Work(format!("{error}; it would be a dead letter"));

    let raw = desk.decoder.decode(&payload, &arguments.format.headers());
    let mut article = raw.map_err(|error| refused(error.into()))?.article;
    let run = desk.pipeline.run(&mut article).map_err(|error| refused(error.into()))?;
    let proof = Proof::new(&article, run.verdict);
    if arguments.html {
        return print(&page::render(&proof));
    }
    let output = std::io::stdout();
    let ink = match AutoStream::choice(&output) {
        ColorChoice::Never => Ink::Plain,
        _ => Ink::Colour,
    };
    print_coloured(&terminal::render(&proof, width(&output), ink))
}

/// At most one byte more than the decoder takes, so that it can say so.
fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let source: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(File::open(path).map_err(|error| unreadable(path, &error))?),
    };
    let mut payload = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    source.take(limit).read_to_end(&mut payload).map_err(|error| unreadable(path, &error))?;
    Ok(payload)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Work(format!("could not read {}: {error}", path.display()))
}

fn width(output: &std::io::Stdout) -> usize {
    let told = output.is_terminal().then(terminal_size::terminal_size).flatten();
    told.map_or(USUAL_WIDTH, |(width, _)| width.0.into())
}

/// [`print`], through what a terminal without ANSI escapes needs.
fn print_coloured(text: &str) -> Outcome {
    let mut output = AutoStream::auto(std::io::stdout()).lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Work(format!("could not write to standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

impl Format {
    fn headers(self) -> Headers {
        let media_type = match self {
            Format::Auto => return Headers::new(),
            Format::Json => "application/json",
            Format::Html => "text/html",
            Format::Text => "text/plain",
        };
        vec![("content-type".to_owned(), Some(media_type.into()))]
    }
}
