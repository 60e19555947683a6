//! How the source and the sink stand, for those who report it. Read at any
//! time; written by the transport's own threads.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rdkafka::statistics::Statistics;

use super::lanes::LanePosition;

/// One partition that is assigned to this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionStatus {
    pub topic: Arc<str>,
    pub partition: i32,
    /// The offset a restart would read from; `None` until it was committed in this
    /// assignment, or the broker has told what earlier members left.
    pub committed: Option<i64>,
    /// Messages that are there and not done; `None` until the broker has told.
    pub lag: Option<i64>,
}

#[derive(Debug, Default)]
pub struct SourceStatus {
    pub(super) joined: AtomicBool,
    pub(super) paused: AtomicBool,
    pub(super) bytes_in_flight: AtomicUsize,
    pub(super) rebalances: AtomicU64,
    pub(super) unowned: AtomicUsize,
    pub(super) commit_failures: AtomicU64,
    partitions: Mutex<Vec<PartitionStatus>>,
    ends: Mutex<HashMap<(String, i32), End>>,
}

#[derive(Debug, Default)]
pub struct SinkStatus {
    pub(super) queued_messages: AtomicU64,
    pub(super) queued_bytes: AtomicU64,
    pub(super) sent_alone: AtomicU64,
    transactions: Mutex<Vec<Transaction>>,
}

/// A transaction that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction {
    /// From its first message until the brokers had it, or it was undone.
    pub took: Duration,
    pub committed: bool,
}

/// Of transactions that nobody has asked for; a commit an interval, of 100 ms and more.
const MOST_TRANSACTIONS: usize = 1_000;

/// As the last statistics had it.
#[derive(Debug, Clone, Copy)]
struct End {
    offset: i64,
    /// librdkafka's own count, which knows what earlier members committed.
    lag: Option<i64>,
    committed: Option<i64>,
}

impl SourceStatus {
    /// Whether the group has given this process its share, which may be empty.
    pub fn joined(&self) -> bool {
        self.joined.load(Ordering::Relaxed)
    }

    pub fn assigned(&self) -> usize {
        self.lock_partitions().len()
    }

    /// Over all partitions assigned; those whose end is not known count as 0.
    pub fn lag(&self) -> u64 {
        let lags = self.lock_partitions().iter().filter_map(|partition| partition.lag).sum::<i64>();
        u64::try_from(lags).unwrap_or(0)
    }

    pub fn partitions(&self) -> Vec<PartitionStatus> {
        self.lock_partitions().clone()
    }

    /// Taken and not acknowledged, with 256 bytes for each message beside its
    /// own.
    pub fn bytes_in_flight(&self) -> usize {
        self.bytes_in_flight.load(Ordering::Relaxed)
    }

    /// Whether reading is held back until articles in flight are done.
    pub fn paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Assignments and revocations since the start.
    pub fn rebalances(&self) -> u64 {
        self.rebalances.load(Ordering::Relaxed)
    }

    /// Partitions of the input that no member of the group had, as a member with a name
    /// last saw it.
    pub fn unowned(&self) -> usize {
        self.unowned.load(Ordering::Relaxed)
    }

    pub fn commit_failures(&self) -> u64 {
        self.commit_failures.load(Ordering::Relaxed)
    }

    pub(super) fn take_statistics(&self, statistics: &Statistics) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.clear();
        for (topic, known) in &statistics.topics {
            for partition in known.partitions.values() {
                // The last stable offset is where a reader of committed
                // messages ends; old brokers do not tell it.
                let offset = if partition.ls_offset >= 0 {
                    partition.ls_offset
                } else {
                    partition.hi_offset
                };
                if partition.partition >= 0 && offset >= 0 {
                    let lag = (partition.consumer_lag >= 0).then_some(partition.consumer_lag);
                    let committed =
                        (partition.committed_offset >= 0).then_some(partition.committed_offset);
                    let end = End { offset, lag, committed };
                    ends.insert((topic.clone(), partition.partition), end);
                }
            }
        }
    }

    pub(super) fn take_positions(&self, positions: impl Iterator<Item = LanePosition>) {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let partitions = positions
            .map(|lane| {
                let end = ends.get(&(lane.topic.to_string(), lane.partition));
                let lag = end.and_then(|end| match lane.position {
                    Some(position) => Some((end.offset - position).max(0)),
                    None => end.lag,
                });
                PartitionStatus {
                    topic: lane.topic,
                    partition: lane.partition,
                    committed: lane.committed.or(end.and_then(|end| end.committed)),
                    lag,
                }
            })
            .collect();
        drop(ends);
        *self.lock_partitions() = partitions;
    }

    fn lock_partitions(&self) -> std::sync::MutexGuard<'_, Vec<PartitionStatus>> {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SinkStatus {
    /// Those that have ended since the last time.
    pub fn take_transactions(&self) -> Vec<Transaction> {
        std::mem::take(&mut *self.transactions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn end_transaction(&self, took: Duration, committed: bool) {
        let mut ended = self.transactions.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() < MOST_TRANSACTIONS {
            ended.push(Transaction { took, committed });
        }
    }

    /// Messages sent and not yet reported on, about a second ago.
    pub fn queued_messages(&self) -> u64 {
        self.queued_messages.load(Ordering::Relaxed)
    }

    pub fn queued_bytes(&self) -> u64 {
        self.queued_bytes.load(Ordering::Relaxed)
    }

    /// Messages sent again on their own because their batch was refused.
    pub fn sent_alone(&self) -> u64 {
        self.sent_alone.load(Ordering::Relaxed)
    }

    pub(super) fn take_statistics(&self, statistics: &Statistics) {
        self.queued_messages.store(statistics.msg_cnt, Ordering::Relaxed);
        self.queued_bytes.store(statistics.msg_size, Ordering::Relaxed);
    }
}
