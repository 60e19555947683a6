//! How far the output has come, and how long after each fault every partition went on.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::articles::Articles;

pub struct Progress {
    started: Instant,
    state: Mutex<State>,
}

struct State {
    distinct: u64,
    moved_at: Instant,
    /// What came out in the running second, and in the busiest one.
    second: (u64, u64),
    busiest: u64,
    /// Of each partition, how many have not come out.
    left: Vec<u64>,
    recoveries: Vec<Recovery>,
}

/// From a fault until each partition that had something left has shown something new.
#[derive(Debug, Clone)]
pub struct Recovery {
    pub fault: &'static str,
    pub struck: Duration,
    pub took: Option<Duration>,
    waiting: BTreeSet<u32>,
}

impl Progress {
    pub fn new(articles: &Articles) -> Self {
        let started = Instant::now();
        let left = (0..articles.partitions).map(|it| articles.in_partition(it)).collect();
        let state = State {
            distinct: 0,
            moved_at: started,
            second: (0, 0),
            busiest: 0,
            left,
            recoveries: Vec::new(),
        };
        Self { started, state: Mutex::new(state) }
    }

    /// Something new came out of this partition.
    pub fn advance(&self, partition: u32) {
        let mut state = self.lock();
        state.distinct += 1;
        state.moved_at = Instant::now();
        state.left[partition as usize] -= 1;
        let now = self.started.elapsed();
        if state.second.0 != now.as_secs() {
            state.second = (now.as_secs(), 0);
        }
        state.second.1 += 1;
        state.busiest = state.busiest.max(state.second.1);
        for recovery in state.recoveries.iter_mut().filter(|recovery| recovery.took.is_none()) {
            recovery.waiting.remove(&partition);
            if recovery.waiting.is_empty() {
                recovery.took = Some(now - recovery.struck);
            }
        }
    }

    pub fn struck(&self, fault: &'static str) {
        let mut state = self.lock();
        let waiting = (0u32..).zip(&state.left).filter(|(_, left)| **left > 0);
        let waiting = waiting.map(|(partition, _)| partition).collect();
        let struck = self.started.elapsed();
        state.recoveries.push(Recovery { fault, struck, took: None, waiting });
    }

    pub fn distinct(&self) -> u64 {
        self.lock().distinct
    }

    /// Different articles in the busiest second.
    pub fn busiest_second(&self) -> u64 {
        self.lock().busiest
    }

    pub fn still_for(&self) -> Duration {
        self.lock().moved_at.elapsed()
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn recoveries(&self) -> Vec<Recovery> {
        self.lock().recoveries.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
