//! The progress bar: on standard error, for a person who sees nothing else.

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use indicatif::{ProgressBar, ProgressBarIter, ProgressDrawTarget, ProgressStyle};

use super::input::is_standard_input;

/// Cloning gives another view of the same bar.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    articles: Arc<AtomicU64>,
    dead: Arc<AtomicU64>,
}

impl Progress {
    /// Measures the way through the files in bytes, or only counts where the
    /// end is not known.
    pub fn over(files: &[PathBuf]) -> Self {
        let bar = match bytes(files) {
            Some(bytes) => {
                ProgressBar::new(bytes).with_style(style("{wide_bar} {percent}% {eta} {msg}"))
            }
            None => ProgressBar::no_length().with_style(style("{elapsed} {msg}")),
        };
        // Not between the lines of the output where both are on one terminal.
        if !std::io::stderr().is_terminal() || std::io::stdout().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, articles: Arc::default(), dead: Arc::default() }
    }

    /// Moves the bar with what is read.
    pub fn watch<R: Read>(&self, reader: R) -> ProgressBarIter<R> {
        self.bar.wrap_read(reader)
    }

    pub fn article(&self, dead: bool) {
        let articles = self.articles.fetch_add(1, Relaxed) + 1;
        let dead = self.dead.fetch_add(dead.into(), Relaxed) + u64::from(dead);
        if !self.bar.is_hidden() {
            let per_second = articles as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
            let message = format!("{articles} articles, {dead} dead-lettered, {per_second:.0}/s");
            self.bar.set_message(message);
        }
    }

    /// Says something on standard error without disturbing the bar.
    pub fn tell(&self, line: &str) {
        // Nobody is left to tell if standard error is gone.
        self.bar.suspend(|| {
            let _ = writeln!(std::io::stderr(), "{line}");
        });
    }

    pub fn finish(&self) {
        self.bar.finish();
    }
}

/// Of all files together; `None` when one of them has no end to be known.
fn bytes(files: &[PathBuf]) -> Option<u64> {
    let bytes = |path: &PathBuf| {
        let metadata = Path::new(path).metadata().ok()?;
        (!is_standard_input(path) && metadata.is_file()).then_some(metadata.len())
    };
    files.iter().map(bytes).sum()
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates are valid")
}
