//! The worker's side of the source. The other side, [`super::consumer`], polls
//! on a thread of its own; between them are a channel of deliveries and the
//! lanes under a lock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use tokio::sync::mpsc;

use super::consumer::Ended;
use super::lanes::Lanes;
use super::membership::Membership;
use super::status::SourceStatus;
use super::{commit, consumer, properties};
use crate::error::TransportError;
use crate::settings::{Guarantee, KafkaSettings};
use crate::transport::{Delivery, Receipt, Source};

pub struct KafkaSource {
    shared: Arc<Shared>,
    deliveries: mpsc::UnboundedReceiver<Result<Delivery, TransportError>>,
    consumer: Option<Ended>,
    /// Nothing more comes: it was stopped, or ended by an error.
    ended: bool,
    close_timeout: Duration,
}

/// What both threads touch.
pub(super) struct Shared {
    lanes: Mutex<Lanes>,
    /// Signalled by an acknowledgement while the consumer waits for one.
    pub(super) acked: Condvar,
    /// What `bytes` must fall to for the signal, 0 to be signalled each time,
    /// `usize::MAX` while nobody waits.
    pub(super) awaited_bytes: AtomicUsize,
    pub(super) stopped: AtomicBool,
    pub(super) closing: AtomicBool,
    /// A partition's articles are waited for before it goes to another member.
    pub(super) revoking: AtomicBool,
    /// The consumer is to leave its group and join it again.
    pub(super) join_again: AtomicBool,
    /// Offsets are committed in transactions, and not by the consumer.
    pub(super) transactional: bool,
    /// Gone when the consumer has left its group.
    consumer: Mutex<Weak<BaseConsumer<Membership>>>,
    pub(super) status: Arc<SourceStatus>,
}

impl KafkaSource {
    /// Joins the group and begins to read. `in_flight_bytes` bounds what is
    /// taken and not acknowledged; a single message may be larger.
    pub fn open(settings: &KafkaSettings, in_flight_bytes: usize) -> Result<Self, TransportError> {
        let faults = properties::faults(settings);
        if !faults.is_empty() {
            return Err(TransportError::Fatal {
                attempted: "configure the Kafka consumer",
                why: faults.join("; "),
            });
        }
        let shared = Arc::new(Shared {
            lanes: Mutex::new(Lanes::default()),
            acked: Condvar::new(),
            awaited_bytes: AtomicUsize::new(usize::MAX),
            stopped: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            revoking: AtomicBool::new(false),
            join_again: AtomicBool::new(false),
            transactional: settings.delivery == Guarantee::ExactlyOnce,
            consumer: Mutex::default(),
            status: Arc::default(),
        });
        let (sender, deliveries) = mpsc::unbounded_channel();
        let consumer = consumer::start(settings, in_flight_bytes, shared.clone(), sender)?;
        let close_timeout = Duration::from_millis(settings.close_timeout_millis);
        Ok(Self { shared, deliveries, consumer: Some(consumer), ended: false, close_timeout })
    }

    /// For transactions, which commit what this source has handed out.
    pub(super) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    pub fn status(&self) -> Arc<SourceStatus> {
        self.shared.status.clone()
    }
}

impl Source for KafkaSource {
    async fn next(&mut self) -> Result<Option<Delivery>, TransportError> {
        while !self.ended {
            match self.deliveries.recv().await {
                Some(Ok(delivery)) => {
                    if self.shared.lanes().hand_out(delivery.receipt) {
                        return Ok(Some(delivery));
                    }
                }
                Some(Err(error)) => {
                    self.ended = !matches!(error, TransportError::Transient { .. });
                    return Err(error);
                }
                None => {
                    self.ended = true;
                    return Err(TransportError::Fatal {
                        attempted: "read messages",
                        why: "the consumer's thread has ended".into(),
                    });
                }
            }
        }
        Ok(None)
    }

    fn ack(&mut self, receipt: Receipt) {
        self.shared.ack(receipt);
    }

    fn stop(&mut self) {
        self.ended = true;
        self.shared.stopped.store(true, Ordering::Relaxed);
    }

    async fn close(mut self) -> Result<(), TransportError> {
        self.shared.close();
        let Some(Ended { committed, left }) = self.consumer.take() else { return Ok(()) };
        let gave_up =
            |why: String| TransportError::Transient { attempted: "close the Kafka consumer", why };
        let deadline = tokio::time::Instant::now() + self.close_timeout;
        let limit_millis = self.close_timeout.as_millis();
        let committed = match tokio::time::timeout_at(deadline, committed).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(gave_up("its thread has ended before".into())),
            Err(_) => Err(gave_up(format!("gave up after {limit_millis} ms"))),
        };
        // The thread is left to itself: librdkafka may wait for a broker that does not
        // answer, and the process is about to end.
        if tokio::time::timeout_at(deadline, left).await.is_err() {
            tracing::warn!(limit_millis, "consumer has not left its group in time, leaving it");
        }
        committed
    }
}

impl Drop for KafkaSource {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Shared {
    pub(super) fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_consumer(&self, consumer: &Arc<BaseConsumer<Membership>>) {
        *self.consumer.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(consumer);
    }

    /// What brokers call this member, while it is one.
    pub(super) fn member_id(&self) -> Option<String> {
        let consumer = self.consumer.lock().unwrap_or_else(PoisonError::into_inner).upgrade()?;
        let id = commit::standing(&consumer)?.member_id;
        (!id.is_empty()).then_some(id)
    }

    /// What proves to brokers that a transaction comes from a member of the group; none when
    /// the consumer is no member at the moment.
    pub(super) fn group_metadata(&self) -> Option<ConsumerGroupMetadata> {
        let consumer = self.consumer.lock().unwrap_or_else(PoisonError::into_inner).upgrade()?;
        let metadata = consumer.group_metadata()?;
        // Without a generation brokers would take the offsets from anybody. It is looked at
        // second: a consumer that is a member again by then has let go of its partitions in
        // between, and the lanes know that.
        commit::is_member(&consumer).then_some(metadata)
    }

    /// Somebody waits for the open transaction to end.
    pub(super) fn awaits_commit(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
            || self.revoking.load(Ordering::Relaxed)
            || self.status.paused()
    }

    /// All that was handed out is void, and is read again from the group's offsets.
    pub(super) fn withdraw(&self) {
        let mut lanes = self.lanes();
        lanes.withdraw();
        self.status.bytes_in_flight.store(lanes.bytes(), Ordering::Relaxed);
        drop(lanes);
        // A revocation that waits for acknowledgements waits in vain.
        self.acked.notify_all();
    }

    fn close(&self) {
        // Under the lock, so that a consumer about to wait sees it.
        let lanes = self.lanes();
        self.closing.store(true, Ordering::Relaxed);
        drop(lanes);
        self.acked.notify_all();
    }

    fn ack(&self, receipt: Receipt) {
        let mut lanes = self.lanes();
        if !lanes.ack(receipt) {
            tracing::debug!(lane = receipt.lane.0, offset = receipt.offset, "late ack ignored");
            return;
        }
        let bytes = lanes.bytes();
        self.status.bytes_in_flight.store(bytes, Ordering::Relaxed);
        let awaited = self.awaited_bytes.load(Ordering::Relaxed);
        if awaited == 0 || (awaited != usize::MAX && bytes <= awaited) {
            self.acked.notify_one();
        }
    }
}
