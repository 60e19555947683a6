//! How well the boilerplate stage finds the article's body, and how fast.
//!
//! The metric is that of scrapinghub's article-extraction-benchmark: tokens are
//! runs of word characters, a text is the multiset of its windows of four tokens
//! (a shorter text is one window). A page's precision and recall are shares of
//! windows; the set's are the means over its pages, and F1 is the harmonic mean
//! of these two. An empty extraction leaves precision untouched and costs recall.

use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;
use std::time::{Duration, Instant};

use super::labelled::{self, EvalError};
use crate::stage::{Deadline, Stage};

/// Tokens in a window.
const WINDOW: usize = 4;

#[derive(Debug, Clone, PartialEq)]
pub struct PageScore {
    pub id: String,
    /// Absent when nothing was extracted.
    pub precision: Option<f64>,
    /// Absent when there is nothing to extract.
    pub recall: Option<f64>,
    pub time: Duration,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub pages: Vec<PageScore>,
    pub input_bytes: usize,
}

/// Reads labelled articles and runs `stage` on each.
pub fn evaluate(gold: impl BufRead, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut report = Report { pages: Vec::new(), input_bytes: 0 };
    for labelled in labelled::read(gold) {
        let (line, labelled) = labelled?;
        let mut article = labelled.article().ok_or(EvalError::NoInput { line })?;
        report.input_bytes += labelled.input_bytes();
        let gold = labelled.gold_text.ok_or(EvalError::NoLabel { line, label: "gold_text" })?;
        let started = Instant::now();
        stage.apply(&mut article, &Deadline::never());
        let time = started.elapsed();
        report.pages.push(score(labelled.id, &gold, article.text(), time));
    }
    if report.pages.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

pub fn score(id: String, gold: &str, extracted: &str, time: Duration) -> PageScore {
    let gold = windows(gold);
    let extracted = windows(extracted);
    let shared: usize =
        extracted.iter().map(|(window, &n)| n.min(gold.get(window).copied().unwrap_or(0))).sum();
    let share = |all: &HashMap<Vec<&str>, usize>| {
        let total: usize = all.values().sum();
        (total > 0).then(|| shared as f64 / total as f64)
    };
    PageScore { id, precision: share(&extracted), recall: share(&gold), time }
}

fn windows(text: &str) -> HashMap<Vec<&str>, usize> {
    let tokens: Vec<&str> = text
        .split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|token| !token.is_empty())
        .collect();
    let mut windows = HashMap::new();
    if tokens.is_empty() {
        return windows;
    }
    for window in tokens.windows(WINDOW.min(tokens.len())) {
        *windows.entry(window.to_vec()).or_insert(0) += 1;
    }
    windows
}

impl Report {
    pub fn precision(&self) -> f64 {
        mean(self.pages.iter().filter_map(|page| page.precision))
    }

    pub fn recall(&self) -> f64 {
        mean(self.pages.iter().filter_map(|page| page.recall))
    }

    pub fn f1(&self) -> f64 {
        harmonic(self.precision(), self.recall())
    }

    /// The pages with the lowest F1 of their own, worst first.
    pub fn worst(&self, count: usize) -> Vec<&PageScore> {
        let mut pages: Vec<&PageScore> = self.pages.iter().collect();
        pages.sort_by(|a, b| a.f1().total_cmp(&b.f1()));
        pages.truncate(count);
        pages
    }

    /// Time in the stage, over all pages.
    pub fn time(&self) -> Duration {
        self.pages.iter().map(|page| page.time).sum()
    }
}

impl PageScore {
    pub fn f1(&self) -> f64 {
        harmonic(self.precision.unwrap_or(0.0), self.recall.unwrap_or(0.0))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

fn harmonic(one: f64, other: f64) -> f64 {
    if one + other > 0.0 { 2.0 * one * other / (one + other) } else { 0.0 }
}

/// How many of the worst pages are shown.
const SHOWN: usize = 10;

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let empty = self.pages.iter().filter(|page| page.precision.is_none()).count();
        let seconds = self.time().as_secs_f64().max(1e-9);
        let slowest = self.pages.iter().map(|page| page.time).max().unwrap_or_default();
        writeln!(
            formatter,
            "{} pages  F1 {:.4}  precision {:.4}  recall {:.4}  empty {empty}",
            self.pages.len(),
            self.f1(),
            self.precision(),
            self.recall(),
        )?;
        writeln!(
            formatter,
            "{:.0} pages/s  {:.1} MB/s  slowest page {:.1} ms",
            self.pages.len() as f64 / seconds,
            self.input_bytes as f64 / seconds / 1e6,
            slowest.as_secs_f64() * 1e3,
        )?;
        for page in self.worst(SHOWN) {
            writeln!(
                formatter,
                "  F1 {:.3}  precision {:.3}  recall {:.3}  {}",
                page.f1(),
                page.precision.unwrap_or(0.0),
                page.recall.unwrap_or(0.0),
                page.id,
            )?;
        }
        Ok(())
    }
}
