//! The contract of a stage, and the token that bounds what one may take.

use std::time::{Duration, Instant};

use crate::allocation;
use crate::article::Article;

/// One step over an article. A stage does no I/O, reads no clock and no
/// environment, keeps no state between articles and cannot fail; whatever it
/// changes in a text goes through the text's [`Passage`](crate::passage::Passage)
/// and so into the log.
pub trait Stage: Send + Sync {
    fn name(&self) -> StageName;

    /// Loops that grow with the article call [`Deadline::check`].
    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict;
}

/// In running order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StageName {
    Boilerplate,
    Repair,
    Tag,
}

impl StageName {
    pub const ALL: [StageName; 3] = [StageName::Boilerplate, StageName::Repair, StageName::Tag];

    pub fn as_str(self) -> &'static str {
        match self {
            StageName::Boilerplate => "boilerplate",
            StageName::Repair => "repair",
            StageName::Tag => "tag",
        }
    }
}

/// What a stage thinks of the article as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    Reject(RejectReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// Nothing is left that is the article's own.
    Empty,
}

impl RejectReason {
    pub fn as_str(self) -> &'static str {
        match self {
            RejectReason::Empty => "empty",
        }
    }
}

/// Ends work on an article whose time is up, or whose memory is used up.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Option<Instant>,
    /// In [`allocation::held`] of the thread that works on the article.
    held: isize,
}

/// What [`Deadline::check`] unwinds with; the pipeline catches it.
pub(crate) enum Exceeded {
    Time,
    Memory,
}

impl Deadline {
    pub fn after(time: Duration) -> Self {
        Self { at: Instant::now().checked_add(time), ..Self::never() }
    }

    pub fn never() -> Self {
        Self { at: None, held: isize::MAX }
    }

    /// With so much more memory, in bytes, than this thread holds now.
    pub fn within(self, bytes: usize) -> Self {
        let bytes = isize::try_from(bytes).unwrap_or(isize::MAX);
        Self { held: allocation::held().saturating_add(bytes), ..self }
    }

    /// Returns in time, or unwinds to the pipeline. About 30 ns: call it once a
    /// block or line, not once a character.
    pub fn check(&self) {
        // Not a panic: no hook runs and no message is made.
        if allocation::held() > self.held {
            std::panic::resume_unwind(Box::new(Exceeded::Memory));
        }
        if self.at.is_some_and(|at| Instant::now() >= at) {
            std::panic::resume_unwind(Box::new(Exceeded::Time));
        }
    }
}
