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
///
/// The time is the thread's own on the processor. By the clock alone, an article would be
/// at fault for a process that was stopped or a machine that had no time for it, and its
/// fate would depend on where it was worked on.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    limit: Option<Limit>,
    /// In [`allocation::held`] of the thread that works on the article.
    held: isize,
}

#[derive(Debug, Clone, Copy)]
struct Limit {
    /// When the clock has run so far; before that, the processor has not either, and the
    /// clock is cheaper to read.
    earliest: Instant,
    processor: Duration,
}

/// What [`Deadline::check`] unwinds with; the pipeline catches it.
pub(crate) enum Exceeded {
    Time,
    Memory,
}

impl Deadline {
    /// Of the thread that it is made on, and for it.
    pub fn after(time: Duration) -> Self {
        let limit = Instant::now().checked_add(time).zip(processor_time().checked_add(time));
        let limit = limit.map(|(earliest, processor)| Limit { earliest, processor });
        Self { limit, ..Self::never() }
    }

    pub fn never() -> Self {
        Self { limit: None, held: isize::MAX }
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
        let passed =
            |limit: Limit| Instant::now() >= limit.earliest && processor_time() >= limit.processor;
        if self.limit.is_some_and(passed) {
            std::panic::resume_unwind(Box::new(Exceeded::Time));
        }
    }

    /// The same at one in so many steps, for loops whose steps take less than it does.
    pub fn check_at(&self, step: usize) {
        const STEPS: usize = 16;
        if step.is_multiple_of(STEPS) {
            self.check();
        }
    }
}

/// That this thread has spent.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
