//! The figures of single partitions, which come and go with the group's rebalances.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::metrics::Metrics;
use super::metrics::labels::Partition;

/// One partition that is this worker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionStanding {
    pub topic: Arc<str>,
    pub partition: i32,
    /// Unknown until the brokers have told.
    pub lag: Option<i64>,
    pub committed: Option<i64>,
}

/// The partitions whose figures are shown, so that those that went to another worker are
/// shown no longer.
#[derive(Default)]
pub struct ShownPartitions(Mutex<HashSet<Partition>>);

impl ShownPartitions {
    pub(super) fn show(&self, metrics: &Metrics, standings: &[PartitionStanding]) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone = std::mem::take(&mut *shown);
        for standing in standings {
            let label = Partition { topic: standing.topic.clone(), partition: standing.partition };
            let figures = [
                (&metrics.partition_lag, standing.lag),
                (&metrics.partition_committed, standing.committed),
            ];
            for (family, figure) in figures {
                match figure {
                    Some(figure) => {
                        family.get_or_create(&label).set(figure);
                    }
                    None => {
                        family.remove(&label);
                    }
                }
            }
            gone.remove(&label);
            shown.insert(label);
        }
        for label in gone {
            metrics.partition_lag.remove(&label);
            metrics.partition_committed.remove(&label);
        }
    }
}
