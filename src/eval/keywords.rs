//! How many of the keywords that the tag stage gives an article its readers chose too.
//!
//! Each line is a JSON object with a `text` and its `keys`. The text goes through the
//! tag stage alone. Phrases are compared in lower case, without what inflection adds to
//! an English word. P@10 is the share of right ones among the first ten, of ten also
//! where fewer were given; the figure is the mean over articles.

use std::collections::HashSet;
use std::fmt;
use std::io::BufRead;

use serde::Deserialize;

use super::labelled::{self, EvalError};
use super::stem::stem;
use crate::article::Article;
use crate::stage::{Deadline, Stage};
use crate::text::words::words;

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    keys: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Precision and F1 at ten, an article each.
    pub scores: Vec<(f64, f64)>,
}

pub fn evaluate(gold: impl BufRead, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for row in labelled::read::<Row>(gold) {
        let (_, row) = row?;
        let mut article = Article::from_text(row.text);
        stage.apply(&mut article, &Deadline::never());
        let keywords = &article.tags.keywords;
        report.scores.push(score(&row.keys, keywords.iter().map(String::as_str)));
    }
    if report.scores.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

fn score<'a>(keys: &[String], given: impl Iterator<Item = &'a str>) -> (f64, f64) {
    let wanted: HashSet<String> = keys.iter().map(|key| folded(key)).collect();
    let given: HashSet<String> = given.take(TOP).map(folded).collect();
    let right = wanted.intersection(&given).count() as f64;
    let (precision, recall) = (right / TOP as f64, right / wanted.len().max(1) as f64);
    let f1 = if right > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    (precision, f1)
}

const TOP: usize = 10;

fn folded(phrase: &str) -> String {
    let phrase = phrase.to_lowercase();
    let stems: Vec<String> = words(&phrase).map(|span| stem(&phrase[span])).collect();
    stems.join(" ")
}

impl Report {
    pub fn precision(&self) -> f64 {
        self.scores.iter().map(|score| score.0).sum::<f64>() / self.scores.len().max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        self.scores.iter().map(|score| score.1).sum::<f64>() / self.scores.len().max(1) as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} articles  P@{TOP} {:.3}  F1@{TOP} {:.3}",
            self.scores.len(),
            self.precision(),
            self.f1()
        )
    }
}
