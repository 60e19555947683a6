//! How long a lane waits after a failed send, and when it has waited often enough.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Before the first repetition; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) struct Backoff {
    /// Of one message; what fails as often again ends the worker.
    retries: usize,
    /// Of this process alone, so that workers that failed together do not all come back
    /// in the same moment.
    jitter: RandomState,
}

impl Backoff {
    pub fn new(retries: usize) -> Self {
        Self { retries, jitter: RandomState::new() }
    }

    /// Between half and all of the doubled pause; `None` when it is enough.
    pub fn pause(&self, failures: u32) -> Option<Duration> {
        if failures as usize > self.retries {
            return None;
        }
        let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
        let half = doubled.min(LONGEST_PAUSE) / 2;
        let share = self.jitter.hash_one(failures) as f64 / u64::MAX as f64;
        Some(half + half.mul_f64(share))
    }
}
