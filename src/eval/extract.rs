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

use super::labelled::{self, EvalError, Labelled};
use crate::article::Article;
use crate::edit::RuleId;
use crate::site::{Address, SiteMemory, SiteView};
use crate::stage::{Deadline, Stage};
use crate::text::fold::fold;

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
    /// With a memory of sites.
    pub recurring: Option<Recurring>,
}

/// What the memory of sites has done.
#[derive(Debug, Clone, Default)]
pub struct Recurring {
    /// Pages with other pages of their site in the memory.
    pub pages: usize,
    /// Texts removed because they recur.
    pub removed: usize,
    /// Those of them that the gold text has, with the page they are on.
    pub wrong: Vec<(String, String)>,
}

const RECURRING: RuleId = RuleId("boilerplate.site.recurring");

/// Reads labelled articles and runs `stage` on each.
///
/// With a memory, in two passes: the first learns every page, the second scores each
/// with what the memory then knows of its site's other pages.
pub fn evaluate(
    gold: impl BufRead,
    stage: &dyn Stage,
    memory: Option<&dyn SiteMemory>,
) -> Result<Report, EvalError> {
    let mut report = Report { pages: Vec::new(), input_bytes: 0, recurring: None };
    if let Some(memory) = memory {
        let mut pages = Vec::new();
        for labelled in labelled::read::<Labelled>(gold) {
            let (line, labelled) = labelled?;
            learn(memory, stage, labelled.article().ok_or(EvalError::NoInput { line })?);
            pages.push((line, labelled));
        }
        report.recurring = Some(Recurring::default());
        for (line, labelled) in pages {
            report.add(line, labelled, stage, Some(memory))?;
        }
    } else {
        for labelled in labelled::read::<Labelled>(gold) {
            let (line, labelled) = labelled?;
            report.add(line, labelled, stage, None)?;
        }
    }
    if report.pages.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

fn learn(memory: &dyn SiteMemory, stage: &dyn Stage, mut article: Article) {
    let Some(address) = article.url.as_deref().and_then(Address::of) else { return };
    article.site = Some(SiteView::learning());
    stage.apply(&mut article, &Deadline::never());
    if let Some(shown) = article.shown {
        memory.learn(&address, shown);
    }
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
    fn add(
        &mut self,
        line: usize,
        labelled: Labelled,
        stage: &dyn Stage,
        memory: Option<&dyn SiteMemory>,
    ) -> Result<(), EvalError> {
        let mut article = labelled.article().ok_or(EvalError::NoInput { line })?;
        self.input_bytes += labelled.input_bytes();
        let gold = labelled.gold_text.ok_or(EvalError::NoLabel { line, label: "gold_text" })?;
        let address = article.url.as_deref().and_then(Address::of);
        article.site = memory.zip(address).map(|(memory, address)| memory.view(&address));
        if self.pages.is_empty() {
            // Loads what a stage loads on first use, which no later page pays for.
            stage.apply(&mut article.clone(), &Deadline::never());
        }
        let started = Instant::now();
        stage.apply(&mut article, &Deadline::never());
        let time = started.elapsed();
        if let Some(recurring) = &mut self.recurring {
            recurring.add(&labelled.id, &article, &gold);
        }
        self.pages.push(score(labelled.id, &gold, article.text(), time));
        Ok(())
    }

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

impl Recurring {
    fn add(&mut self, id: &str, article: &Article, gold: &str) {
        self.pages += usize::from(article.site.as_ref().is_some_and(|site| site.pages() > 0));
        let lines: Vec<String> = gold.lines().map(fold).collect();
        let all = lines.join(" ");
        let removals = article.body().log().changes().iter().filter(|it| it.rule == RECURRING);
        for removed in removals.flat_map(|removal| removal.before.lines()) {
            let key = fold(removed);
            if key.is_empty() {
                continue;
            }
            self.removed += 1;
            // A label of few words may be said in passing; more words are the gold's own.
            let is_gold = if key.split(' ').count() < WINDOW {
                lines.contains(&key)
            } else {
                all.contains(&key)
            };
            if is_gold {
                self.wrong.push((id.to_owned(), removed.to_owned()));
            }
        }
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
        if let Some(recurring) = &self.recurring {
            writeln!(
                formatter,
                "site memory: {} pages with others of their site, {} texts removed as recurring, \
                 {} of them in the gold text",
                recurring.pages,
                recurring.removed,
                recurring.wrong.len(),
            )?;
            for (id, text) in &recurring.wrong {
                writeln!(formatter, "  in the gold text: {text:?}  {id}")?;
            }
        }
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
