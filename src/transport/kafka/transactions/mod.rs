//! Exactly once: outputs, dead letters and the offsets of what they were made from are one
//! transaction, so that a reader of committed messages sees all of them or none.
//!
//! This is the worker's side. Transactions are made on a thread of their own
//! ([`thread`]), because every call of theirs may block. A message counts as safe when its
//! transaction is committed, and is [withdrawn](TransportError::Withdrawn) when it is not:
//! then the source goes back to what was last committed, and the delivery comes again.
//!
//! What librdkafka cannot promise: it does not know KIP-890, by which a broker tells a late
//! request of an ended transaction from one of the next. So after an answer that leaves open
//! whether a transaction was committed, the producer is made anew, and the group's offsets
//! are asked for, which do say it.

mod session;
mod thread;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel as channel;
use tokio::sync::{mpsc, oneshot};

use super::source::KafkaSource;
use super::status::SinkStatus;
use super::topics::Topics;
use super::{client, properties};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Destination, NotSent, Outbound, Receipt, Report, Sink, Ticket};

/// The sink of exactly-once delivery. There is no bound on what it holds but the source's:
/// a delivery counts there until its transaction is committed.
pub struct KafkaTransactions {
    orders: channel::Sender<Order>,
    reports: mpsc::UnboundedReceiver<Report>,
    refused: Arc<Refused>,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
    closed: oneshot::Receiver<()>,
    close_timeout: Duration,
}

/// A message to be published, with the delivery it was made from.
struct Order {
    ticket: Ticket,
    of: Receipt,
    outbound: Outbound,
}

/// Messages that brokers do not take, learned from transactions that failed over them, and
/// why. A delivery that comes again is known by its place.
#[derive(Default)]
struct Refused(Mutex<HashMap<Place, TransportError>>);

/// Partition, offset and destination. The epoch is left out on purpose.
type Place = (u32, i64, Destination);

impl KafkaTransactions {
    /// Connects, learns of both topics what [`super::KafkaSink`] does, and ends what an
    /// earlier producer of the same transactional id has left open. `source` must be the one
    /// the deliveries come from.
    pub async fn open(
        settings: &KafkaSettings,
        source: &KafkaSource,
    ) -> Result<Self, TransportError> {
        let faults = properties::faults(settings);
        if !faults.is_empty() {
            return Err(TransportError::Fatal {
                attempted: "configure the Kafka producer",
                why: faults.join("; "),
            });
        }
        let topics = Arc::new(Topics::learn(settings, client::inquirer(settings)).await?);
        let status = Arc::<SinkStatus>::default();
        let refused = Arc::<Refused>::default();
        let (orders, inbox) = channel::unbounded();
        let (news, reports) = mpsc::unbounded_channel();
        let (ended, closed) = oneshot::channel();
        let terms = thread::Terms {
            config: client::transactional_producer(settings, topics.limits),
            interval: Duration::from_millis(settings.transaction_interval_millis),
            timeout: Duration::from_millis(settings.transaction_timeout_millis),
        };
        let shared = source.shared();
        let (of_thread, topics_of_thread, status_of_thread) =
            (refused.clone(), topics.clone(), status.clone());
        let (opened, is_open) = oneshot::channel();
        std::thread::Builder::new()
            .name("kafka-transactions".into())
            .spawn(move || {
                let started = thread::Transactor::start(
                    terms,
                    shared,
                    topics_of_thread,
                    status_of_thread,
                    of_thread,
                    news,
                );
                match started {
                    Ok(transactor) => {
                        let _ = opened.send(Ok(()));
                        transactor.run(&inbox);
                    }
                    Err(error) => {
                        let _ = opened.send(Err(error));
                    }
                }
                // Whoever waited may have given up.
                let _ = ended.send(());
            })
            .map_err(|error| fatal("start the thread of transactions", error.to_string()))?;
        is_open.await.map_err(|_| {
            fatal("start transactions", "their thread has ended before".to_owned())
        })??;
        let close_timeout = Duration::from_millis(settings.close_timeout_millis);
        Ok(Self { orders, reports, refused, topics, status, closed, close_timeout })
    }

    /// The largest enriched message that can be sent, in [`Outbound::bytes`].
    pub fn largest_message(&self) -> usize {
        self.topics.largest_enriched()
    }

    pub fn status(&self) -> Arc<SinkStatus> {
        self.status.clone()
    }
}

impl Sink for KafkaTransactions {
    fn send(&mut self, ticket: Ticket, of: Receipt, outbound: &Outbound) -> Result<(), NotSent> {
        if let Some(error) = self.topics.refusal(outbound) {
            return Err(NotSent::Failed(error));
        }
        if let Some(error) = self.refused.why(place(of, outbound.destination)) {
            return Err(NotSent::Failed(error));
        }
        let order = Order { ticket, of, outbound: outbound.clone() };
        self.orders.send(order).map_err(|_| {
            NotSent::Failed(fatal(
                "publish a message",
                "the thread of transactions has ended".into(),
            ))
        })
    }

    async fn next_report(&mut self) -> Report {
        match self.reports.recv().await {
            Some(report) => report,
            // What is sent from now on fails at once.
            None => std::future::pending().await,
        }
    }

    async fn close(self) {
        drop(self.orders);
        let limit = self.close_timeout + Duration::from_secs(1);
        if tokio::time::timeout(limit, self.closed).await.is_err() {
            tracing::warn!(
                limit_millis = limit.as_millis(),
                "transactions did not end in time, leaving them"
            );
        }
    }
}

impl Refused {
    fn why(&self, place: Place) -> Option<TransportError> {
        self.lock().get(&place).cloned()
    }

    fn enter(&self, place: Place, error: TransportError) {
        self.lock().insert(place, error);
    }

    /// Its transaction, or that of what took its place, is committed.
    fn forget(&self, of: Receipt) {
        let mut refused = self.lock();
        if refused.is_empty() {
            return;
        }
        for destination in [Destination::Enriched, Destination::DeadLetter] {
            refused.remove(&place(of, destination));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, TransportError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(of: Receipt, destination: Destination) -> Place {
    (of.lane.0, of.offset, destination)
}

fn fatal(attempted: &'static str, why: String) -> TransportError {
    TransportError::Fatal { attempted, why }
}
