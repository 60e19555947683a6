//! How far the output has come, and how long after each fault every partition went on.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::articles::Articles;

pub struct Progress {
    started: Instant,
    articles: u64,
    state: Mutex<State>,
}

struct State {
    distinct: u64,
    moved_at: Instant,
    /// What came out in the running second, and in the busiest one.
    second: (u64, u64),
    busiest: u64,
    /// When a tenth and nine tenths had come out.
    tenth: Option<Duration>,
    nine_tenths: Option<Duration>,
    /// When each partition last showed something new, and the longest that one stood still.
    last: Vec<Option<Duration>>,
    standstill: Duration,
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
            tenth: None,
            nine_tenths: None,
            last: vec![None; articles.partitions as usize],
            standstill: Duration::ZERO,
            left,
            recoveries: Vec::new(),
        };
        Self { started, articles: articles.count, state: Mutex::new(state) }
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
        if let Some(last) = state.last[partition as usize].replace(now) {
            state.standstill = state.standstill.max(now - last);
        }
        if state.tenth.is_none() && state.distinct * 10 >= self.articles {
            state.tenth = Some(now);
        }
        if state.nine_tenths.is_none() && state.distinct * 10 >= self.articles * 9 {
            state.nine_tenths = Some(now);
        }
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

    /// Articles a second, without the first tenth and the last.
    pub fn steady_rate(&self) -> Option<f64> {
        let state = self.lock();
        let took = state.nine_tenths?.checked_sub(state.tenth?)?.as_secs_f64();
        (took > 0.0).then(|| self.articles as f64 * 0.8 / took)
    }

    /// The longest that a partition showed nothing new between two articles.
    pub fn standstill(&self) -> Duration {
        self.lock().standstill
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
