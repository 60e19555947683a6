//! How often the tag stage names an article's subject, and how often that is right.
//!
//! Each line is a JSON object with a `text`, its subject (`iptc_top`: the name of a
//! top-level IPTC Media Topic, or how it begins), and perhaps a `source`, and an `url` or
//! a `section` to go by. The text goes through the tag stage alone. Coverage is the share
//! of texts that got a subject, accuracy the share of those that got the right one.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use serde::Deserialize;

use super::labelled::{self, EvalError};
use crate::article::{Article, ClueSource, Fact};
use crate::stage::{Deadline, Stage};

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    iptc_top: String,
    source: Option<String>,
    url: Option<String>,
    section: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By source.
    pub sources: BTreeMap<String, Counts>,
    /// What was taken for what: the wanted subject and the one named.
    pub mistaken: BTreeMap<(String, String), usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub texts: usize,
    pub answered: usize,
    pub right: usize,
}

pub fn evaluate(gold: impl BufRead, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for row in labelled::read::<Row>(gold) {
        let (_, row) = row?;
        let mut article = Article::from_text(row.text);
        article.url = row.url;
        if let Some(section) = &row.section {
            article.evidence.add(Fact::Section, ClueSource::Message, section);
        }
        stage.apply(&mut article, &Deadline::never());
        let source = row.source.unwrap_or_default();
        let counts = report.sources.entry(source).or_default();
        counts.texts += 1;
        let Some(subject) = article.tags.subjects.first() else { continue };
        counts.answered += 1;
        let wanted = key(&row.iptc_top);
        if !wanted.is_empty() && key(subject.name).starts_with(&wanted) {
            counts.right += 1;
        } else {
            *report.mistaken.entry((row.iptc_top, subject.name.to_owned())).or_default() += 1;
        }
    }
    if report.sources.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

/// A topic's name without what its spellings differ in: "&" and "and", blanks, commas.
fn key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word != "and").collect()
}

impl Report {
    pub fn all(&self) -> Counts {
        self.sources.values().fold(Counts::default(), |sum, counts| Counts {
            texts: sum.texts + counts.texts,
            answered: sum.answered + counts.answered,
            right: sum.right + counts.right,
        })
    }
}

impl Counts {
    pub fn accuracy(self) -> f64 {
        self.right as f64 / self.answered.max(1) as f64
    }

    pub fn coverage(self) -> f64 {
        self.answered as f64 / self.texts.max(1) as f64
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} texts  coverage {:.3}  accuracy {:.3} of {}",
            self.texts,
            self.coverage(),
            self.accuracy(),
            self.answered
        )
    }
}

/// How many mistakes are shown.
const WORST: usize = 8;

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.all())?;
        if self.sources.len() > 1 {
            for (source, counts) in &self.sources {
                write!(formatter, "\n  {source}: {counts}")?;
            }
        }
        let mut mistaken: Vec<_> = self.mistaken.iter().collect();
        mistaken.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((wanted, named), count) in mistaken.into_iter().take(WORST) {
            write!(formatter, "\n  {count} of {wanted} taken for {named}")?;
        }
        Ok(())
    }
}
