//! The consumer's standing in its group, as librdkafka reports it from within
//! a poll: partitions that come and go, commits that are answered, statistics.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::lanes::{CommitPoint, Lanes};
use super::source::Shared;
use super::{client, commit};
use crate::error::TransportError;

/// An asynchronous commit that was not answered by then is taken for lost;
/// librdkafka answers after `socket.timeout.ms`, one minute.
const COMMIT_ANSWER_TIMEOUT: Duration = Duration::from_secs(90);

/// What librdkafka calls back, always from within a poll on the reader's thread.
pub(super) struct Membership {
    shared: Arc<Shared>,
    revoke_drain: Duration,
    /// librdkafka's account of the error that the poll is about to return.
    last_reason: Mutex<Option<String>>,
    /// When the asynchronous commit that is under way was asked for.
    commit_asked: Mutex<Option<Instant>>,
    /// Its partitions are lost, and it has got none since.
    lost: AtomicBool,
}

impl Membership {
    pub fn new(shared: Arc<Shared>, revoke_drain: Duration) -> Self {
        let (last_reason, commit_asked) = (Mutex::default(), Mutex::default());
        Self { shared, revoke_drain, last_reason, commit_asked, lost: AtomicBool::new(false) }
    }

    pub fn take_reason(&self) -> Option<String> {
        self.last_reason.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub fn has_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub fn note_commit(&self, asked: Option<Instant>) {
        *self.commit_asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
    }

    pub fn commit_answered(&self) -> bool {
        let asked = self.commit_asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_none_or(|asked| asked.elapsed() > COMMIT_ANSWER_TIMEOUT)
    }

    pub fn commit_failed(&self, error: &KafkaError) {
        self.shared.lanes().commits_failed();
        self.shared.status.commit_failures.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(%error, "offsets could not be committed, trying again");
    }

    fn assigned(&self, partitions: &TopicPartitionList) {
        let mut lanes = self.shared.lanes();
        for partition in partitions.elements() {
            lanes.assign(partition.topic(), partition.partition());
        }
        self.note_rebalance(&lanes);
        self.lost.store(false, Ordering::Relaxed);
        self.shared.status.joined.store(true, Ordering::Relaxed);
        tracing::info!(partitions = %listed(partitions), "partitions assigned");
    }

    /// Drains first and fences second: an article that is nearly done is
    /// finished and committed here, and only what is then still open is left
    /// to be done again by the partition's next owner.
    fn revoked(&self, consumer: &BaseConsumer<Self>, partitions: &TopicPartitionList) {
        let lost = consumer.assignment_lost();
        let closing = self.shared.closing.load(Ordering::Relaxed);
        let elements = partitions.elements();
        let named = elements.iter().map(|element| (element.topic(), element.partition()));
        let revoked = self.shared.lanes().shut(named);

        let wait = if lost || closing { Duration::ZERO } else { self.revoke_drain };
        self.shared.awaited_bytes.store(0, Ordering::Relaxed);
        self.shared.revoking.store(true, Ordering::Relaxed);
        let (lanes, _) = self
            .shared
            .acked
            .wait_timeout_while(self.shared.lanes(), wait, |lanes| {
                lanes.handed_out(&revoked) > 0 && !self.shared.closing.load(Ordering::Relaxed)
            })
            .unwrap_or_else(PoisonError::into_inner);
        self.shared.awaited_bytes.store(usize::MAX, Ordering::Relaxed);
        self.shared.revoking.store(false, Ordering::Relaxed);
        let unfinished = lanes.handed_out(&revoked);
        let points = lanes.commit_points(Some(&revoked));
        drop(lanes);

        // Another member may have the partition already: its commits stand.
        if !lost && !self.shared.transactional {
            // Logged and counted there; what is not committed is done again.
            let _ = commit_now(consumer, &self.shared, &points);
        }
        let mut lanes = self.shared.lanes();
        lanes.release(&revoked);
        self.note_rebalance(&lanes);
        let partitions = listed(partitions);
        if lost {
            self.lost.store(true, Ordering::Relaxed);
            self.shared.status.joined.store(false, Ordering::Relaxed);
            tracing::warn!(%partitions, unfinished, "partitions lost");
        } else {
            tracing::info!(%partitions, unfinished, "partitions revoked");
        }
    }

    fn note_rebalance(&self, lanes: &Lanes) {
        self.shared.status.rebalances.fetch_add(1, Ordering::Relaxed);
        self.shared.status.bytes_in_flight.store(lanes.bytes(), Ordering::Relaxed);
        self.shared.status.take_positions(lanes.positions());
    }
}

impl ClientContext for Membership {
    client::common_answers!();

    fn stats(&self, statistics: Statistics) {
        self.shared.status.take_statistics(&statistics);
    }

    fn error(&self, _error: KafkaError, reason: &str) {
        let mut last = self.last_reason.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(reason.to_owned());
    }
}

impl ConsumerContext for Membership {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => self.assigned(partitions),
            Rebalance::Revoke(partitions) => self.revoked(consumer, partitions),
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance failed"),
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        // New partitions start unpaused, also while the others are paused.
        if let Rebalance::Assign(partitions) = rebalance
            && self.shared.status.paused()
            && let Err(error) = consumer.pause(partitions)
        {
            tracing::warn!(%error, "new partitions could not be paused");
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, committed: &TopicPartitionList) {
        self.note_commit(None);
        if let Err(error) = result {
            self.commit_failed(&error);
            return;
        }
        note_committed(&self.shared, committed);
    }
}

/// Commits and waits for the answer.
pub(super) fn commit_now<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    shared: &Shared,
    points: &[CommitPoint],
) -> Result<(), TransportError> {
    if points.is_empty() {
        return Ok(());
    }
    let offsets = commit::offsets(points);
    match commit::now(consumer, &offsets) {
        Ok(()) => {
            shared.lanes().commit_requested(points);
            note_committed(shared, &offsets);
            Ok(())
        }
        Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => Ok(()),
        Err(error) => {
            shared.status.commit_failures.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "last offsets could not be committed, their articles come again");
            Err(TransportError::Transient { attempted: "commit offsets", why: error.to_string() })
        }
    }
}

fn note_committed(shared: &Shared, committed: &TopicPartitionList) {
    let mut lanes = shared.lanes();
    for element in committed.elements() {
        match (element.error(), element.offset()) {
            (Ok(()), Offset::Offset(offset)) => {
                lanes.commit_succeeded(element.topic(), element.partition(), offset);
            }
            (Ok(()), _) => {}
            (Err(error), _) => {
                lanes.commit_failed(element.topic(), element.partition());
                shared.status.commit_failures.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    topic = element.topic(),
                    partition = element.partition(),
                    %error,
                    "offset could not be committed, trying again"
                );
            }
        }
    }
    shared.status.take_positions(lanes.positions());
}

/// `articles[0 1 2] sports[4]`.
fn listed(partitions: &TopicPartitionList) -> String {
    let mut topics: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    for element in partitions.elements() {
        topics.entry(element.topic().to_owned()).or_default().push(element.partition().to_string());
    }
    let topics: Vec<String> = topics
        .into_iter()
        .map(|(topic, partitions)| format!("{topic}[{}]", partitions.join(" ")))
        .collect();
    topics.join(" ")
}
