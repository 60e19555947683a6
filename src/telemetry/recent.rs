//! The last few dead letters, for whoever looks at the worker: where each came from and why
//! it is one. What it holds is in the dead-letter topic.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::transport::Origin;
use crate::wire::admin::RecentDeadLetter;

const KEPT: usize = 20;
/// Of a reason; what a broker or a parser says has no bound of its own.
const ERROR_CHARACTERS: usize = 300;

/// Newest first.
#[derive(Default)]
pub struct RecentDeadLetters(Mutex<VecDeque<RecentDeadLetter>>);

impl RecentDeadLetters {
    pub(super) fn add(&self, origin: &Origin, error: &Error) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let letter = RecentDeadLetter {
            topic: origin.topic.to_string(),
            partition: origin.partition,
            offset: origin.offset,
            reason: error.reason(),
            stage: error.stage(),
            error: error.to_string().chars().take(ERROR_CHARACTERS).collect(),
            at_millis: since.as_millis() as u64,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front(letter);
    }

    pub fn all(&self) -> Vec<RecentDeadLetter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
