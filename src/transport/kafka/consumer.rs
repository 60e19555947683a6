//! The thread that owns the consumer: it polls, holds back, commits, and
//! follows the group's rebalances. It never waits longer than [`POLL_MILLIS`],
//! except for a revoked partition's articles to finish.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::sync::{mpsc, oneshot};

use super::lanes::{CommitPoint, Lanes};
use super::source::Shared;
use super::{client, codes, commit, headers};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Delivery, Origin};

const POLL_MILLIS: u64 = 50;
/// While reading is held back, so that it goes on soon after.
const PAUSED_POLL_MILLIS: u64 = 10;
/// Deliveries waiting in the channel, whatever their size.
const QUEUED_DELIVERIES: usize = 10_000;
/// An asynchronous commit that was not answered by then is taken for lost;
/// librdkafka answers after `socket.timeout.ms`, one minute.
const COMMIT_ANSWER_TIMEOUT: Duration = Duration::from_secs(90);

type Deliveries = mpsc::UnboundedSender<Result<Delivery, TransportError>>;

/// Starts the thread. The receiver hears how the last commit went when the
/// consumer has left its group.
pub(super) fn start(
    settings: &KafkaSettings,
    in_flight_bytes: usize,
    shared: Arc<Shared>,
    deliveries: Deliveries,
) -> Result<oneshot::Receiver<Result<(), TransportError>>, TransportError> {
    let fatal = |why: String| TransportError::Fatal { attempted: "start the Kafka consumer", why };
    let context = Membership {
        shared: shared.clone(),
        revoke_drain: Duration::from_millis(settings.revoke_drain_millis),
        last_reason: Mutex::default(),
        commit_asked: Mutex::default(),
    };
    let consumer: BaseConsumer<Membership> = client::consumer(settings)
        .create_with_context(context)
        .map_err(|error| fatal(error.to_string()))?;
    let topics: Vec<&str> = settings.input_topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics).map_err(|error| fatal(error.to_string()))?;

    let reader = Reader {
        consumer,
        shared,
        deliveries,
        budget: in_flight_bytes,
        commit_interval: Duration::from_millis(settings.commit_interval_millis),
        committed_at: Instant::now(),
    };
    let (sender, closed) = oneshot::channel();
    std::thread::Builder::new()
        .name("kafka-consumer".into())
        .spawn(move || {
            // Whoever waited may have given up.
            let _ = sender.send(reader.run());
        })
        .map_err(|error| fatal(error.to_string()))?;
    Ok(closed)
}

struct Reader {
    consumer: BaseConsumer<Membership>,
    shared: Arc<Shared>,
    deliveries: Deliveries,
    budget: usize,
    commit_interval: Duration,
    committed_at: Instant,
}

/// What librdkafka calls back, always from within a poll on the reader's thread.
struct Membership {
    shared: Arc<Shared>,
    revoke_drain: Duration,
    /// librdkafka's account of the error that the poll is about to return.
    last_reason: Mutex<Option<String>>,
    /// When the asynchronous commit that is under way was asked for.
    commit_asked: Mutex<Option<Instant>>,
}

impl Reader {
    fn run(mut self) -> Result<(), TransportError> {
        while !self.shared.closing.load(Ordering::Relaxed) {
            self.commit_if_due();
            let wait = if self.hold_back() { PAUSED_POLL_MILLIS } else { POLL_MILLIS };
            match self.consumer.poll(Duration::from_millis(wait)) {
                None => {}
                Some(Ok(message)) => self.take(&message),
                Some(Err(error)) => self.report(&error),
            }
        }
        let points = self.shared.lanes().commit_points(None);
        let result = commit_now(&self.consumer, &self.shared, &points);
        drop(self.consumer);
        result
    }

    fn take(&self, message: &BorrowedMessage<'_>) {
        // What comes after the stop is left to the next member.
        if self.shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        let headers = headers::read(message);
        let header_bytes: usize = headers
            .iter()
            .map(|(name, value)| name.len() + value.as_ref().map_or(0, Vec::len))
            .sum();
        let bytes = message.payload_len() + message.key_len() + header_bytes;
        let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
        let mut lanes = self.shared.lanes();
        let Some((receipt, topic)) = lanes.take(topic, partition, offset, bytes) else { return };
        self.shared.status.bytes_in_flight.store(lanes.bytes(), Ordering::Relaxed);
        drop(lanes);
        // The worker is gone only when the source is being closed.
        let _ = self.deliveries.send(Ok(Delivery {
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers,
            timestamp_millis: message.timestamp().to_millis(),
            origin: Origin { topic, partition, offset },
            receipt,
        }));
    }

    fn report(&self, error: &KafkaError) {
        let reason = self.consumer.context().take_reason();
        let _ = self.deliveries.send(Err(codes::stream_error(error, reason)));
    }

    /// Stops reading while too much is in flight; whether it is stopped.
    fn hold_back(&self) -> bool {
        let paused = self.shared.status.paused();
        if self.shared.stopped.load(Ordering::Relaxed) {
            return paused || self.pause();
        }
        let lanes = self.shared.lanes();
        let full = lanes.bytes() >= self.budget || lanes.queued() >= QUEUED_DELIVERIES;
        if paused {
            let roomy = lanes.bytes() <= self.budget / 2 && lanes.queued() <= QUEUED_DELIVERIES / 2;
            drop(lanes);
            return !(roomy && self.resume());
        }
        if !full {
            return false;
        }
        // A pause throws away what was fetched ahead, so room is awaited for
        // a moment first: a worker that is merely busier than the network
        // makes some within it.
        let enough = self.budget - self.budget / 8;
        if self.await_room(lanes, enough) { false } else { self.pause() }
    }

    fn await_room(&self, lanes: std::sync::MutexGuard<'_, Lanes>, enough: usize) -> bool {
        self.shared.awaited_bytes.store(enough.max(1), Ordering::Relaxed);
        let still_full = |lanes: &mut Lanes| {
            !self.shared.closing.load(Ordering::Relaxed)
                && (lanes.bytes() > enough || lanes.queued() >= QUEUED_DELIVERIES)
        };
        let waited = self.shared.acked.wait_timeout_while(
            lanes,
            Duration::from_millis(POLL_MILLIS - PAUSED_POLL_MILLIS),
            still_full,
        );
        self.shared.awaited_bytes.store(usize::MAX, Ordering::Relaxed);
        let (_lanes, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    fn pause(&self) -> bool {
        let paused = self.consumer.assignment().and_then(|held| self.consumer.pause(&held));
        if let Err(error) = paused {
            tracing::warn!(%error, "partitions could not be paused");
            return false;
        }
        self.shared.status.paused.store(true, Ordering::Relaxed);
        tracing::debug!("reading paused");
        true
    }

    fn resume(&self) -> bool {
        let resumed = self.consumer.assignment().and_then(|held| self.consumer.resume(&held));
        if let Err(error) = resumed {
            tracing::warn!(%error, "partitions could not be resumed");
            return false;
        }
        self.shared.status.paused.store(false, Ordering::Relaxed);
        tracing::debug!("reading resumed");
        true
    }

    fn commit_if_due(&mut self) {
        if self.committed_at.elapsed() < self.commit_interval {
            return;
        }
        self.committed_at = Instant::now();
        let mut lanes = self.shared.lanes();
        self.shared.status.take_positions(lanes.positions());
        if !self.consumer.context().commit_answered() {
            return;
        }
        let points = lanes.commit_points(None);
        if points.is_empty() {
            return;
        }
        lanes.commit_requested(&points);
        drop(lanes);
        match commit::later(&self.consumer, &commit::offsets(&points)) {
            Ok(()) => self.consumer.context().note_commit(Some(Instant::now())),
            Err(error) => self.consumer.context().commit_failed(&error),
        }
    }
}

impl Membership {
    fn take_reason(&self) -> Option<String> {
        self.last_reason.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note_commit(&self, asked: Option<Instant>) {
        *self.commit_asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
    }

    fn commit_answered(&self) -> bool {
        let asked = self.commit_asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_none_or(|asked| asked.elapsed() > COMMIT_ANSWER_TIMEOUT)
    }

    fn commit_failed(&self, error: &KafkaError) {
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
        let (lanes, _) = self
            .shared
            .acked
            .wait_timeout_while(self.shared.lanes(), wait, |lanes| {
                lanes.handed_out(&revoked) > 0 && !self.shared.closing.load(Ordering::Relaxed)
            })
            .unwrap_or_else(PoisonError::into_inner);
        self.shared.awaited_bytes.store(usize::MAX, Ordering::Relaxed);
        let unfinished = lanes.handed_out(&revoked);
        let points = lanes.commit_points(Some(&revoked));
        drop(lanes);

        // Another member may have the partition already: its commits stand.
        if !lost {
            // Logged and counted there; what is not committed is done again.
            let _ = commit_now(consumer, &self.shared, &points);
        }
        let mut lanes = self.shared.lanes();
        lanes.release(&revoked);
        self.note_rebalance(&lanes);
        let partitions = listed(partitions);
        if lost {
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
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

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
fn commit_now<C: ConsumerContext>(
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
