//! `copydesk process`

mod in_order;
mod input;
mod output;
mod progress;
mod survey;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use copydesk::desk::Desk;
use copydesk::settings::{Settings, WorkerSettings};
use copydesk::telemetry::logging;
use in_order::{Ahead, in_order};
use input::Input;
use output::{Output, Sheet};
use progress::Progress;

use super::only::OnlyArguments;
use super::{Failure, Outcome, SettingsArguments, flag};

/// Do the worker's work on files: raw articles in, enriched articles out
///
/// Reads one raw message a line (NDJSON), or one article a file, and writes one enriched
/// message a line to standard output, in the order of the input, whatever the number of
/// threads. Blank lines are passed over. Files that end in .gz or .zst are unpacked.
///
/// Where site_memory.mode asks for it, files are read twice: what recurs on the pages of a
/// site is learned from all of them first. From standard input an article is decided by what
/// came before it, which threads make depend on time.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// What to read, one after the other; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// What the files hold [default: html where the name ends in .html or .htm, also before .gz
    /// or .zst, else ndjson]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write what cannot be processed to this file, one JSON object a line [default: tell
    /// of each in a line on standard error]
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
    #[command(flatten)]
    only: OnlyArguments,
    /// Threads to work on [default: one a core; setting: worker.threads]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    settings: SettingsArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One raw message a line
    Ndjson,
    /// One page a file
    Html,
    /// One flat text a file
    Text,
}

const EXAMPLES: &str = "\
Examples:
  copydesk process articles.ndjson > enriched.ndjson
  zcat crawl.gz | copydesk process --dead-letters dead.ndjson > enriched.ndjson
  copydesk process pages/*.html | jq -r .headline
  copydesk process --only repair,tag articles.ndjson.zst > enriched.ndjson

Exit codes: 0 nothing dead-lettered, 1 some dead-lettered or the run failed, 2 settings or
command line at fault, 141 nobody read standard output any more, so not all was done.";

/// As a shell tells of a program that SIGPIPE ended.
const UNREAD: u8 = 141;

pub fn run(arguments: Arguments) -> Outcome {
    let settings = arguments.settings()?;
    logging::start(&settings.log);
    let Arguments { files, format, dead_letters, .. } = arguments;
    input::check(&files)?;
    let progress = Progress::over(&files);
    let mut output = Output::new(dead_letters, &files, progress.clone())?;

    let max_bytes = settings.input.max_bytes;
    let mut desk = Desk::new(&settings);
    if let Some(memory) = &mut desk.memory
        && survey::can_read_twice(&files)
    {
        let known = survey::survey(&settings, &files, format, memory.sites.clone())?;
        memory.sites = Arc::new(known);
    }
    let input = Input::new(files, format, max_bytes, progress);
    let edited = in_order(input, ahead(&settings.worker), move |taken| {
        taken.map(|taken| Sheet::edited(&desk, taken, max_bytes))
    });
    for sheet in edited {
        if !output.put(sheet?)? {
            output.finish();
            return Ok(ExitCode::from(UNREAD));
        }
    }
    Ok(output.finish())
}

impl Format {
    /// What a file's name says that it holds.
    fn named(path: &Path) -> Self {
        let packed = path.extension().is_some_and(|ending| ending == "gz" || ending == "zst");
        let inner = if packed { Path::new(path.file_stem().unwrap_or_default()) } else { path };
        match inner.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("html") => Format::Html,
            Some(ending) if ending.eq_ignore_ascii_case("htm") => Format::Html,
            _ => Format::Ndjson,
        }
    }
}

impl Arguments {
    fn settings(&self) -> Result<Settings, Failure> {
        let threads = flag("--threads", "worker.threads", self.threads);
        let mut settings = self.settings.load(threads)?;
        self.only.apply(&mut settings);
        Ok(settings)
    }
}

/// How far reading may be ahead of writing: as far as the worker's own is.
fn ahead(settings: &WorkerSettings) -> Ahead {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    Ahead {
        threads: if settings.threads == 0 { cores() } else { settings.threads },
        items: settings.in_flight_articles,
        bytes: settings.in_flight_bytes,
    }
}
