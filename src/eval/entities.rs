//! How well the tag stage finds people, organisations and places in sentences.
//!
//! Each line is a JSON object with the `tokens` of a sentence and their `tags`, IOB2
//! over PER, ORG and LOC; other types count as outside. The text is the tokens with
//! blanks between; it is read as any text is. A name is right if its start, its end
//! and its class are; precision, recall and F1 are over all names of the file. All
//! names of the model are counted, and apart from them those that are sure enough to
//! be published.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::labelled::{self, EvalError};
use crate::stages::tag::entities::{Class, LEAST, names};

#[derive(Debug, Deserialize)]
struct Sentence {
    #[serde(default)]
    source: String,
    tokens: Vec<String>,
    tags: Vec<String>,
}

/// Names in the gold, found, and right ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub gold: usize,
    pub found: usize,
    pub right: usize,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By what is counted: all, a class, a source, the published.
    pub counts: BTreeMap<String, Counts>,
    pub bytes: usize,
    pub time: Duration,
}

pub fn evaluate(gold: impl BufRead) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for sentence in labelled::read::<Sentence>(gold) {
        let (_, sentence) = sentence?;
        let text = sentence.tokens.join(" ");
        let started = Instant::now();
        let names = names(&text);
        report.time += started.elapsed();
        report.bytes += text.len();
        let gold = sentence.names();
        let found: BTreeSet<Name> =
            names.iter().map(|(span, class, _)| (span.start, span.end, *class as usize)).collect();
        let sure: BTreeSet<Name> = names
            .iter()
            .filter(|(_, _, probability)| *probability >= LEAST)
            .map(|(span, class, _)| (span.start, span.end, *class as usize))
            .collect();
        report.count("all", &gold, &found);
        report.count("all, published", &gold, &sure);
        for class in Class::ALL {
            let of = |names: &BTreeSet<Name>| -> BTreeSet<Name> {
                names.iter().copied().filter(|name| name.2 == class as usize).collect()
            };
            report.count(&format!("class {class:?}"), &of(&gold), &of(&found));
        }
        if !sentence.source.is_empty() {
            report.count(&format!("source {}", sentence.source), &gold, &found);
        }
    }
    if report.counts.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

/// Start, end, class.
type Name = (usize, usize, usize);

impl Sentence {
    fn names(&self) -> BTreeSet<Name> {
        let mut names: Vec<Name> = Vec::new();
        let (mut at, mut is_open) = (0, false);
        for (token, tag) in self.tokens.iter().zip(&self.tags) {
            let class = ["PER", "ORG", "LOC"].iter().position(|class| tag.ends_with(class));
            match (class, names.last_mut()) {
                (Some(class), Some(name))
                    if is_open && tag.starts_with("I-") && name.2 == class =>
                {
                    name.1 = at + token.len();
                }
                (Some(class), _) => names.push((at, at + token.len(), class)),
                (None, _) => {}
            }
            is_open = class.is_some();
            at += token.len() + 1;
        }
        names.into_iter().collect()
    }
}

impl Report {
    fn count(&mut self, what: &str, gold: &BTreeSet<Name>, found: &BTreeSet<Name>) {
        let counts = self.counts.entry(what.to_owned()).or_default();
        counts.gold += gold.len();
        counts.found += found.len();
        counts.right += gold.intersection(found).count();
    }
}

impl Counts {
    pub fn precision(&self) -> f64 {
        self.right as f64 / self.found.max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.right as f64 / self.gold.max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.gold + self.found).max(1) as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, counts) in &self.counts {
            writeln!(
                formatter,
                "{what}: F1 {:.3}  precision {:.3}  recall {:.3}  names {}",
                counts.f1(),
                counts.precision(),
                counts.recall(),
                counts.gold,
            )?;
        }
        let seconds = self.time.as_secs_f64().max(1e-9);
        write!(formatter, "{:.1} MB/s", self.bytes as f64 / seconds / 1e6)
    }
}
