//! `copydesk explain`

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use copydesk::desk::Desk;
use copydesk::explain::serve::{self, Proofs};
use copydesk::explain::terminal::Ink;
use copydesk::explain::{Proof, page, terminal};
use copydesk::settings::Settings;
use copydesk::transport::Headers;
use tokio::net::TcpListener;

use super::only::OnlyArguments;
use super::{Failure, Outcome, SettingsArguments, print, work};

/// Show one article as an editor would see it: cut, mended, tagged
///
/// What was cut is struck through and names its rule, what was mended shows before and
/// after, and the tags follow. Without colour, [-this-] was cut and {+this+} put in.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The article; - is standard input
    #[arg(required_unless_present = "serve")]
    file: Option<PathBuf>,
    /// Write a self-contained page instead, for a browser
    #[arg(long)]
    html: bool,
    /// Serve a page that takes articles and shows them so, until told to stop. Whoever
    /// reaches the address can use it [default: a free port of this machine alone]
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        default_missing_value = "127.0.0.1:0",
        conflicts_with_all = ["file", "html", "format"]
    )]
    serve: Option<SocketAddr>,
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
  copydesk explain --serve 127.0.0.1:8090
  curl -s https://news.example/story | copydesk explain --format html -

Exit codes: 0 shown, 1 the article would be dead-lettered or could not be read, 2 settings or
command line at fault.";

/// Where a terminal does not say how wide it is, and for files.
const USUAL_WIDTH: usize = 80;

pub fn run(arguments: Arguments) -> Outcome {
    let mut settings = arguments.settings.load([])?;
    arguments.only.apply(&mut settings);
    let desk = Desk::new(&settings);
    if let Some(address) = arguments.serve {
        return serve(&settings, desk, address);
    }
    // Without a file there is an address, says the command line.
    let file = arguments.file.unwrap_or_else(|| "-".into());
    let payload = read(&file, settings.input.max_bytes)?;
    let read = desk.read(&payload, &arguments.format.headers());
    let refused = |error| Failure::Work(format!("{error}; it would be a dead letter"));
    let (article, run) = read.map_err(refused)?;
    let proof = Proof::of_run(&article, &run);
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

/// Serves the proof page until told to stop.
fn serve(settings: &Settings, desk: Desk, address: SocketAddr) -> Outcome {
    desk.warm_up();
    let proofs = Proofs::new(settings);
    proofs.open(Arc::new(desk));
    work::runtime()?.block_on(async {
        let refused = |error| Failure::Work(format!("could not listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let bound = listener.local_addr().map_err(refused)?;
        let failed = |error| Failure::Work(format!("could not serve the page: {error}"));
        let told_to_stop = work::told_to_stop().map_err(failed)?;
        print(&format!("http://{bound}/proof\n"))?;
        serve::serve(listener, proofs, told_to_stop).await.map_err(failed)?;
        Ok(ExitCode::SUCCESS)
    })
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
