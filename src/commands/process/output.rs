//! What comes of each raw article, and where it is written.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use copydesk::desk::{Desk, Outcome};
use copydesk::error::{DecodeError, Error};
use copydesk::transport::{Delivery, Outbound};
use copydesk::wire::dead_letter;

use super::Failure;
use super::input::{Taken, is_standard_input};
use super::progress::Progress;

/// What is to be written for one raw article.
pub enum Sheet {
    /// A line with its line break; empty for an article that is dropped.
    Enriched(Vec<u8>),
    DeadLetter {
        line: Vec<u8>,
        told: String,
    },
}

impl Sheet {
    pub fn edited(desk: &Desk, taken: Taken, max_bytes: usize) -> Self {
        let Taken { delivery, cut_from } = taken;
        if let Some(bytes) = cut_from {
            return Self::dead(
                &delivery,
                &DecodeError::TooLarge { bytes, limit: max_bytes }.into(),
            );
        }
        match desk.edit(&delivery) {
            Outcome::DeadLetter { error, .. } => Self::dead(&delivery, &error),
            Outcome::Enriched { outbound, .. } | Outcome::Tombstone { outbound } => {
                Self::enriched(Some(outbound))
            }
            Outcome::Rejected { outbound, .. } => Self::enriched(outbound),
        }
    }

    fn enriched(outbound: Option<Outbound>) -> Self {
        let mut line = outbound.and_then(|outbound| outbound.payload).unwrap_or_default();
        if !line.is_empty() {
            line.push(b'\n');
        }
        Sheet::Enriched(line)
    }

    fn dead(delivery: &Delivery, error: &Error) -> Self {
        let (file, line) = (&delivery.origin.topic, delivery.origin.offset + 1);
        Sheet::DeadLetter {
            line: dead_letter::line(delivery, error),
            told: format!("{file}, line {line}: dead-lettered as {}: {error}", error.reason()),
        }
    }
}

/// Standard output, and the file of dead letters or standard error.
pub struct Output {
    dead_letters: Option<(PathBuf, File)>,
    progress: Progress,
    dead: u64,
}

impl Output {
    /// Empties the file of dead letters, which must not be one of `inputs`.
    pub fn new(
        dead_letters: Option<PathBuf>,
        inputs: &[PathBuf],
        progress: Progress,
    ) -> Result<Self, Failure> {
        let create = |path: PathBuf| match create(&path, inputs) {
            Ok(file) => Ok((path, file)),
            Err(error) => {
                Err(Failure::Usage(format!("could not write {}: {error}", path.display())))
            }
        };
        Ok(Self { dead_letters: dead_letters.map(create).transpose()?, progress, dead: 0 })
    }

    /// Writes it; false when nobody reads standard output any more.
    pub fn put(&mut self, sheet: Sheet) -> Result<bool, Failure> {
        let dead = matches!(sheet, Sheet::DeadLetter { .. });
        self.dead += u64::from(dead);
        self.progress.article(dead);
        match (sheet, &mut self.dead_letters) {
            // One write a line: a reader at the other end of a pipe gets each
            // article when it is done.
            (Sheet::Enriched(line), _) => match io::stdout().lock().write_all(&line) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(false),
                Err(error) => {
                    let why = format!("could not write to standard output: {error}");
                    return Err(Failure::Work(why));
                }
                Ok(()) => {}
            },
            (Sheet::DeadLetter { line, .. }, Some((path, file))) => {
                file.write_all(&line).map_err(|error| {
                    Failure::Work(format!("could not write {}: {error}", path.display()))
                })?;
            }
            (Sheet::DeadLetter { told, .. }, None) => {
                self.progress.tell(&format!("copydesk: {told}"))
            }
        }
        Ok(true)
    }

    pub fn finish(self) -> ExitCode {
        self.progress.finish();
        if self.dead == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
    }
}

fn create(path: &Path, inputs: &[PathBuf]) -> io::Result<File> {
    if let Ok(existing) = path.canonicalize() {
        let mut inputs = inputs.iter().filter(|input| !is_standard_input(input));
        if inputs.any(|input| input.canonicalize().is_ok_and(|input| input == existing)) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is also an input"));
        }
    }
    File::create(path)
}
