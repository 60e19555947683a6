//! One article as an editor would see it when the desk is done with it: what
//! was cut, what was mended, what was concluded, and on whose word.
//!
//! A [`Proof`] borrows from the article; [`terminal`] and [`page`] set it.

mod fields;
mod highlights;
mod legible;
mod marks;
pub mod page;
pub mod serve;
pub mod terminal;
mod words;

use std::time::Duration;

use crate::article::Article;
use crate::edit::{ChangeKind, RuleId};
use crate::passage::Passage;
use crate::pipeline::Run;
use crate::stage::{StageName, Verdict};

pub use fields::Field;
pub use highlights::{Highlight, HighlightKind, Highlights};
pub use marks::{Line, Mark, Note};

/// An article marked up.
#[derive(Debug)]
pub struct Proof<'a> {
    pub verdict: Verdict,
    pub url: Option<&'a str>,
    /// BCP 47, of the article.
    pub language: Option<&'a str>,
    pub headline: Line<'a>,
    pub fields: Vec<Field>,
    pub lines: Vec<Line<'a>>,
    pub highlights: Highlights,
    /// In the order of the rules' names.
    pub tallies: Vec<Tally>,
    /// Wall time of each stage, where it is known.
    pub timings: Vec<(StageName, Duration)>,
}

/// What one rule did to the headline and the body together.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    pub rule: RuleId,
    pub cut: usize,
    pub mended: usize,
    /// The least sure change and the surest, 0 to 1.
    pub confidence: (f32, f32),
}

impl<'a> Proof<'a> {
    /// Of an article that has been through the stages, and their verdict.
    pub fn new(article: &'a Article, verdict: Verdict) -> Self {
        let headline = article.tags.headline.as_ref();
        Self {
            verdict,
            url: article.url.as_deref(),
            language: article.tags.language.as_deref(),
            headline: headline.map(marks::single_line).unwrap_or_default(),
            fields: fields::of(article, verdict),
            lines: marks::lines(article.body(), article.blocks()),
            highlights: Highlights::of(&article.tags, article.text()),
            tallies: tallies(headline.into_iter().chain([article.body()])),
            timings: Vec::new(),
        }
    }

    /// With the times of the run that the article has been through.
    pub fn of_run(article: &'a Article, run: &Run) -> Self {
        Self { timings: run.timings.clone(), ..Self::new(article, run.verdict) }
    }
}

impl Tally {
    /// The range of its confidence, in words.
    fn sureness(&self) -> String {
        let (least, most) = self.confidence;
        if least == most { format!("{least:.2}") } else { format!("{least:.2}–{most:.2}") }
    }
}

fn tallies<'a>(passages: impl Iterator<Item = &'a Passage>) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for change in passages.flat_map(|passage| passage.log().changes()) {
        for rule in change.also.iter().chain([&change.rule]) {
            let index = match tallies.binary_search_by_key(rule, |tally| tally.rule) {
                Ok(index) => index,
                Err(index) => {
                    let confidence = (change.confidence, change.confidence);
                    tallies.insert(index, Tally { rule: *rule, cut: 0, mended: 0, confidence });
                    index
                }
            };
            let tally = &mut tallies[index];
            match change.kind {
                ChangeKind::Removal => tally.cut += 1,
                ChangeKind::Edit => tally.mended += 1,
            }
            tally.confidence.0 = tally.confidence.0.min(change.confidence);
            tally.confidence.1 = tally.confidence.1.max(change.confidence);
        }
    }
    tallies
}
