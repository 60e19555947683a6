//! Whether the worker is alive (it makes progress when there is something to
//! do) and ready (it has partitions and is not shutting down).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub struct Health {
    started: Instant,
    /// Milliseconds after `started` at which something was last completed, or
    /// there was last nothing to do.
    progress_millis: AtomicU64,
    joined: AtomicBool,
    dead_letters_possible: AtomicBool,
    stopping: AtomicBool,
}

/// Why a worker is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    Stopping,
    /// The group has not given it its share yet.
    NotAssigned,
    /// What cannot be processed could not be put anywhere, and would halt it.
    NoDeadLetterTopic,
}

impl NotReady {
    pub fn as_str(self) -> &'static str {
        match self {
            NotReady::Stopping => "stopping",
            NotReady::NotAssigned => "no partitions assigned yet",
            NotReady::NoDeadLetterTopic => "the dead-letter topic is not there",
        }
    }
}

impl Default for Health {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            progress_millis: AtomicU64::new(0),
            joined: AtomicBool::new(false),
            dead_letters_possible: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
        }
    }
}

impl Health {
    /// An article is done, or nothing waits to be done.
    pub fn mark_progress(&self) {
        let now = self.started.elapsed().as_millis() as u64;
        self.progress_millis.store(now, Ordering::Relaxed);
    }

    pub fn since_progress(&self) -> Duration {
        let last = Duration::from_millis(self.progress_millis.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(last)
    }

    pub fn mark_joined(&self, joined: bool) {
        self.joined.store(joined, Ordering::Relaxed);
    }

    pub fn mark_dead_letters_possible(&self, possible: bool) {
        self.dead_letters_possible.store(possible, Ordering::Relaxed);
    }

    /// From the start of draining on the worker is never ready again.
    pub fn mark_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn readiness(&self) -> Result<(), NotReady> {
        if self.stopping.load(Ordering::Relaxed) {
            Err(NotReady::Stopping)
        } else if !self.joined.load(Ordering::Relaxed) {
            Err(NotReady::NotAssigned)
        } else if !self.dead_letters_possible.load(Ordering::Relaxed) {
            Err(NotReady::NoDeadLetterTopic)
        } else {
            Ok(())
        }
    }

    pub fn is_ready(&self) -> bool {
        self.readiness().is_ok()
    }
}
