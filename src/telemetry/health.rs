//! Whether the worker is alive (it makes progress when there is something to
//! do) and ready (it has partitions and is not shutting down).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub struct Health {
    started: Instant,
    /// Milliseconds after `started` at which something was last completed, or
    /// there was last nothing to do.
    progress_millis: AtomicU64,
    ready: AtomicBool,
    stopping: AtomicBool,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            progress_millis: AtomicU64::new(0),
            ready: AtomicBool::new(false),
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

    pub fn mark_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    /// From the start of draining on the worker is never ready again.
    pub fn mark_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) && !self.stopping.load(Ordering::Relaxed)
    }
}
