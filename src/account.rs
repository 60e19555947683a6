//! How one article fared at the desk, for those who count: what each step took and
//! what was changed. Holds no text.

use std::time::{Duration, Instant};

use crate::article::Article;
use crate::edit::{ChangeKind, RuleId};
use crate::pipeline::Run;

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub started: Instant,
    /// Wall time of decode, of each stage that ran and of encode, one after the other.
    pub steps: Vec<(&'static str, Duration)>,
    /// How often each rule changed the body.
    pub changes: Vec<(RuleId, ChangeKind, u64)>,
    /// BCP 47, as it is published.
    pub language: Option<String>,
}

impl Account {
    /// Begins with the bytes of a message.
    pub fn begin() -> Self {
        Self {
            started: Instant::now(),
            steps: Vec::with_capacity(5),
            changes: Vec::new(),
            language: None,
        }
    }

    /// What was done since the last step.
    pub fn step(&mut self, name: &'static str) {
        let before: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        self.steps.push((name, self.started.elapsed().saturating_sub(before)));
    }

    /// The stages have run.
    pub fn ran(&mut self, run: &Run, article: &Article) {
        self.steps.extend(run.timings.iter().map(|(stage, time)| (stage.as_str(), *time)));
        for change in article.body().log().changes() {
            for rule in std::iter::once(&change.rule).chain(&change.also) {
                let counted = |(known, kind, _): &&mut (RuleId, ChangeKind, u64)| {
                    known == rule && *kind == change.kind
                };
                match self.changes.iter_mut().find(counted) {
                    Some((_, _, count)) => *count += 1,
                    None => self.changes.push((*rule, change.kind, 1)),
                }
            }
        }
        self.language.clone_from(&article.tags.language);
    }
}
