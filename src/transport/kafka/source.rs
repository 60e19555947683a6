//! The worker's side of the source. The other side, [`super::consumer`], polls
//! on a thread of its own; between them are a channel of deliveries and the
//! lanes under a lock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::consumer;
use super::lanes::Lanes;
use super::properties;
use super::status::SourceStatus;
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Delivery, Receipt, Source};

pub struct KafkaSource {
    shared: Arc<Shared>,
    deliveries: mpsc::UnboundedReceiver<Result<Delivery, TransportError>>,
    closed: Option<oneshot::Receiver<Result<(), TransportError>>>,
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
            status: Arc::default(),
        });
        let (sender, deliveries) = mpsc::unbounded_channel();
        let closed = consumer::start(settings, in_flight_bytes, shared.clone(), sender)?;
        let close_timeout = Duration::from_millis(settings.close_timeout_millis);
        Ok(Self { shared, deliveries, closed: Some(closed), ended: false, close_timeout })
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
        let Some(closed) = self.closed.take() else { return Ok(()) };
        let gave_up =
            |why: String| TransportError::Transient { attempted: "close the Kafka consumer", why };
        match tokio::time::timeout(self.close_timeout, closed).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(gave_up("its thread has ended before".into())),
            // The thread is left to itself: librdkafka may wait for a broker
            // that does not answer, and the process is about to end.
            Err(_) => Err(gave_up(format!("gave up after {} ms", self.close_timeout.as_millis()))),
        }
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
