//! The thread that owns the consumer: it polls, holds back and commits, and
//! within its polls follows the group's rebalances ([`super::membership`]). It
//! never waits longer than [`POLL_MILLIS`], except there for a revoked
//! partition's articles to finish.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::Offset;
use tokio::sync::{mpsc, oneshot};

use super::lanes::Lanes;
use super::membership::{Membership, commit_now};
use super::source::Shared;
use super::unowned::{self, Watch};
use super::{client, codes, commit, headers};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Delivery, Origin};

const POLL_MILLIS: u64 = 50;
/// While reading is held back, so that it goes on soon after.
const PAUSED_POLL_MILLIS: u64 = 10;
/// Of each of the two questions that reading again takes.
const REWIND_TIMEOUT: Duration = Duration::from_secs(5);
/// Two workers of one name would take it from each other for ever.
const JOIN_ANEW_INTERVAL: Duration = Duration::from_secs(600);
/// Deliveries waiting in the channel, whatever their size.
const QUEUED_DELIVERIES: usize = 10_000;

type Deliveries = mpsc::UnboundedSender<Result<Delivery, TransportError>>;

/// How the end of the thread is heard of.
pub(super) struct Ended {
    /// How the last commit went.
    pub committed: oneshot::Receiver<Result<(), TransportError>>,
    /// The consumer has left its group. While others join, that may take as long as the
    /// broker waits for members that are gone; nothing depends on it any more.
    pub left: oneshot::Receiver<()>,
}

/// Starts the thread.
pub(super) fn start(
    settings: &KafkaSettings,
    in_flight_bytes: usize,
    shared: Arc<Shared>,
    deliveries: Deliveries,
) -> Result<Ended, TransportError> {
    let mut reader = Reader {
        consumer: join(settings, &shared)?,
        joined_anew: None,
        leaving: false,
        _watch: unowned::watch(settings, &shared)?,
        settings: settings.clone(),
        shared,
        deliveries,
        budget: in_flight_bytes,
        commit_interval: Duration::from_millis(settings.commit_interval_millis),
        committed_at: Instant::now(),
        last_commit_limit: Duration::from_millis(settings.close_timeout_millis) / 2,
    };
    let (committed_sender, committed) = oneshot::channel();
    let (left_sender, left) = oneshot::channel();
    std::thread::Builder::new()
        .name("kafka-consumer".into())
        .spawn(move || {
            // Whoever waited may have given up.
            let _ = committed_sender.send(reader.run());
            drop(reader);
            let _ = left_sender.send(());
        })
        .map_err(|error| not_started(error.to_string()))?;
    Ok(Ended { committed, left })
}

fn not_started(why: String) -> TransportError {
    TransportError::Fatal { attempted: "start the Kafka consumer", why }
}

/// A consumer that is about to be a member of the group.
fn join(
    settings: &KafkaSettings,
    shared: &Arc<Shared>,
) -> Result<Arc<BaseConsumer<Membership>>, TransportError> {
    let revoke_drain = Duration::from_millis(settings.revoke_drain_millis);
    let consumer: BaseConsumer<Membership> = client::consumer(settings)
        .create_with_context(Membership::new(shared.clone(), revoke_drain))
        .map_err(|error| not_started(error.to_string()))?;
    subscribe(&consumer, settings)?;
    let consumer = Arc::new(consumer);
    shared.set_consumer(&consumer);
    Ok(consumer)
}

fn subscribe(
    consumer: &BaseConsumer<Membership>,
    settings: &KafkaSettings,
) -> Result<(), TransportError> {
    let topics: Vec<&str> = settings.input_topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics).map_err(|error| not_started(error.to_string()))
}

struct Reader {
    consumer: Arc<BaseConsumer<Membership>>,
    joined_anew: Option<Instant>,
    /// It has asked to leave the group, to join it again.
    leaving: bool,
    _watch: Option<Watch>,
    settings: KafkaSettings,
    shared: Arc<Shared>,
    deliveries: Deliveries,
    budget: usize,
    commit_interval: Duration,
    committed_at: Instant,
    last_commit_limit: Duration,
}

impl Reader {
    fn run(&mut self) -> Result<(), TransportError> {
        while !self.shared.closing.load(Ordering::Relaxed) {
            self.commit_if_due();
            self.rewind();
            self.join_again();
            let wait = if self.hold_back() { PAUSED_POLL_MILLIS } else { POLL_MILLIS };
            match self.consumer.poll(Duration::from_millis(wait)) {
                None => {}
                Some(Ok(message)) => self.take(&message),
                Some(Err(error)) => self.report(&error),
            }
        }
        if self.shared.transactional { Ok(()) } else { self.commit_last() }
    }

    /// While the group rebalances a commit is refused until the polls have taken this member
    /// along. One of a generation that is gone is refused for good: librdkafka then takes
    /// the partitions for lost, and others do again what was not committed. That is told in
    /// the log and no failure of this worker's, whose end is as clean as it can be.
    fn commit_last(&self) -> Result<(), TransportError> {
        let status = &self.shared.status;
        let deadline = Instant::now() + self.last_commit_limit;
        // librdkafka sends one again that brokers could not take: it would land behind the
        // last, and articles that are done would come again.
        while !self.consumer.context().commit_answered() && Instant::now() < deadline {
            self.consumer.poll(Duration::from_millis(POLL_MILLIS));
        }
        // What was asked for and not answered may have been refused.
        self.shared.lanes().commits_failed();
        loop {
            let points = self.shared.lanes().commit_points(None);
            let Err(error) = commit_now(&self.consumer, &self.shared, &points) else {
                return Ok(());
            };
            if Instant::now() >= deadline {
                return Err(error);
            }
            let failures = status.commit_failures();
            self.consumer.poll(Duration::from_millis(POLL_MILLIS));
            // Within the poll partitions may have gone, and their offsets not.
            if !status.joined() || status.commit_failures() > failures {
                return Ok(());
            }
        }
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

    /// Reads again what a transaction was to commit and did not. The broker is asked from
    /// where: it alone knows how a transaction ended whose answer was lost.
    fn rewind(&self) {
        let rewinding = self.shared.lanes().rewinding();
        if rewinding.is_empty() {
            return;
        }
        let rewound = self
            .consumer
            .committed_offsets(commit::offsets(&rewinding), REWIND_TIMEOUT)
            .and_then(|mut offsets| {
                for point in &rewinding {
                    let committed = offsets
                        .find_partition(&point.topic, point.partition)
                        .is_some_and(|element| matches!(element.offset(), Offset::Offset(_)));
                    if !committed {
                        let base = Offset::Offset(point.offset);
                        offsets.set_partition_offset(&point.topic, point.partition, base)?;
                    }
                }
                self.consumer.seek_partitions(offsets, REWIND_TIMEOUT)
            });
        match rewound {
            Ok(partitions) => {
                let mut lanes = self.shared.lanes();
                for element in partitions.elements() {
                    match element.error() {
                        Ok(()) => lanes.rewound(element.topic(), element.partition()),
                        Err(error) => tracing::warn!(
                            topic = element.topic(),
                            partition = element.partition(),
                            %error,
                            "partition could not be read again, trying once more"
                        ),
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "partitions could not be read again, trying once more");
            }
        }
    }

    fn report(&mut self, error: &KafkaError) {
        let reason = self.consumer.context().take_reason();
        let told = match codes::stream_error(error, reason) {
            TransportError::Fatal { attempted, why }
                if codes::is_name_taken(error) && self.fenced_itself() =>
            {
                self.join_anew().map(|()| TransportError::Transient { attempted, why })
            }
            told => Ok(told),
        };
        // The worker is gone only when the source is being closed.
        let _ = self.deliveries.send(Err(told.unwrap_or_else(|error| error)));
    }

    /// Whether it is its own earlier membership that has its name.
    ///
    /// After an outage that was longer than the session timeout librdkafka joins anew, as the
    /// same name under another id. A commit that was under way goes out under the id of
    /// before; the broker refuses it as another member's of that name, and librdkafka never
    /// works again. By then all partitions are let go. One whose name somebody else has taken
    /// hears of it while it still has its own.
    fn fenced_itself(&self) -> bool {
        let again = self.joined_anew.is_some_and(|at| at.elapsed() < JOIN_ANEW_INTERVAL);
        self.consumer.context().has_lost() && !again
    }

    /// Leaves the group when that was asked for, and joins it when it has left, so that the
    /// group deals out all partitions. A new subscription would not do: librdkafka joins for
    /// one only when the topics are others.
    fn join_again(&mut self) {
        if self.shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        if self.shared.join_again.swap(false, Ordering::Relaxed) {
            self.consumer.unsubscribe();
            self.leaving = true;
        }
        // While it still has its id it would join as the member that it was.
        let has_left = || {
            commit::standing(&self.consumer).is_some_and(|standing| standing.member_id.is_empty())
        };
        if self.leaving && has_left() {
            self.leaving = false;
            if let Err(error) = subscribe(&self.consumer, &self.settings) {
                // The worker is gone only when the source is being closed.
                let _ = self.deliveries.send(Err(error));
            }
        }
    }

    fn join_anew(&mut self) -> Result<(), TransportError> {
        self.joined_anew = Some(Instant::now());
        self.consumer = join(&self.settings, &self.shared)?;
        self.leaving = false;
        tracing::warn!("its name was its own, joining the group anew");
        Ok(())
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

    fn await_room(&self, lanes: MutexGuard<'_, Lanes>, enough: usize) -> bool {
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
        if self.shared.transactional || !self.consumer.context().commit_answered() {
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
