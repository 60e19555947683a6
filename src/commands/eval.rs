//! `copydesk eval`

use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use copydesk::eval::labelled::EvalError;
use copydesk::eval::{entities, extract, keywords, language, quotes, repair, spun, subjects, tags};
use copydesk::pipeline::Pipeline;
use copydesk::site::{Bounds, LocalMemory, SiteMemory};
use copydesk::stage::StageName;
use copydesk::stages;

use super::{Failure, Outcome, print};

/// Measure a stage on labelled articles of your own
///
/// Each line of the file is a JSON object. For extract and tags: a page (html) or text
/// (flat_text), and what is right of it: gold_text; gold_title, gold_author, gold_date. For
/// repair: the damaged text (original) and the right one (fixed); one JSON array does too. For
/// spun: text in which each spun place is marked {spun|original} (marked). For
/// entities: a sentence as tokens, with their tags (IOB2 over PER, ORG, LOC), and perhaps its
/// source. For quotes: a text, and its attributions, each with spans of its content and its
/// source. For keywords: a text and its keys. For subjects: a text and its subject (iptc_top).
/// For language, lines instead: its tag, what kind of text it is, the text, by tabs.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// What is measured
    #[arg(long, value_enum)]
    task: Task,
    /// Labelled articles, NDJSON
    file: PathBuf,
    /// For extract: learn what recurs on the pages of each host first, then score each page
    /// with what its host's other pages have shown
    #[arg(long)]
    site_memory: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Task {
    /// What the boilerplate stage leaves: precision, recall and F1 of four-word
    /// sequences, the worst pages, speed
    Extract,
    /// Whether damaged texts are restored, to the byte but for the style of quotation marks
    Repair,
    /// What the repair stage does for spun news: precision and recall of its changes, of
    /// those that matter too, detection, speed
    Spun,
    /// Title, authors and date, after all stages
    Tags,
    /// Exact spans of people, organisations and places in sentences: precision, recall, F1
    Entities,
    /// Direct quotes and their speakers in texts: recall, accuracy of the speaker
    Quotes,
    /// Keywords of texts beside those that readers chose: precision at ten
    Keywords,
    /// The top-level IPTC Media Topic of texts: how many get one, and how many of those the right
    /// one
    Subjects,
    /// Whether texts get their language, by kind and language, and how fast
    Language,
}

const EXAMPLES: &str = "\
Examples:
  copydesk eval --task extract pages.ndjson
  copydesk eval --task extract --site-memory pages.ndjson
  copydesk eval --task repair pairs.ndjson
  copydesk eval --task spun marked.ndjson
  copydesk eval --task tags pages.ndjson
  copydesk eval --task entities sentences.ndjson
  copydesk eval --task quotes texts.ndjson
  copydesk eval --task keywords texts.ndjson
  copydesk eval --task subjects texts.ndjson
  copydesk eval --task language texts.tsv";

/// A gold set is in memory as a whole anyway.
const UNBOUNDED: Bounds = Bounds { hosts: usize::MAX, bytes: usize::MAX };

pub fn run(arguments: Arguments) -> Outcome {
    if arguments.site_memory && arguments.task != Task::Extract {
        return Err(Failure::Usage("--site-memory goes with --task extract".into()));
    }
    let path = &arguments.file;
    let gold = BufReader::new(File::open(path).map_err(|error| failure(path, &error))?);
    let report = match arguments.task {
        Task::Extract => {
            let memory = arguments.site_memory.then(|| LocalMemory::new(UNBOUNDED));
            let memory = memory.as_ref().map(|memory| memory as &dyn SiteMemory);
            extract::evaluate(gold, &*stages::named(StageName::Boilerplate), memory)
                .map(|report| report.to_string())
        }
        Task::Repair => repair::evaluate(gold, &*stages::named(StageName::Repair))
            .map(|report| report.to_string()),
        Task::Spun => spun::evaluate(gold, &*stages::named(StageName::Repair))
            .map(|report| report.to_string()),
        Task::Entities => entities::evaluate(gold).map(|report| report.to_string()),
        Task::Quotes => {
            quotes::evaluate(gold, &*stages::named(StageName::Tag)).map(|report| report.to_string())
        }
        Task::Keywords => keywords::evaluate(gold, &*stages::named(StageName::Tag))
            .map(|report| report.to_string()),
        Task::Subjects => subjects::evaluate(gold, &*stages::named(StageName::Tag))
            .map(|report| report.to_string()),
        Task::Language => language::evaluate(gold).map(|report| report.to_string()),
        Task::Tags => {
            let pipeline = Pipeline::new(StageName::ALL.map(stages::named).into(), None);
            tags::evaluate(gold, &pipeline).map(|report| report.to_string())
        }
    };
    print(&format!("{}\n", report.map_err(|error: EvalError| failure(path, &error))?))
}

fn failure(path: &Path, error: &dyn Display) -> Failure {
    Failure::Work(format!("{}: {error}", path.display()))
}
