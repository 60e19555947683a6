//! The thread that polls the producer for its delivery reports, and sends the
//! messages of a refused batch again, each alone.
//!
//! A broker that refuses one message of a batch fails the whole batch. The
//! failed messages go once more through a second producer whose batches hold
//! one message, where the guilty one alone fails.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, DeliveryResult, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::statistics::Statistics;
use tokio::sync::{mpsc, oneshot};

use super::client;
use super::codes::{self, ProduceFate};
use super::status::SinkStatus;
use super::topics::Topics;
use crate::error::TransportError;
use crate::transport::{Report, Ticket};

const POLL: Duration = Duration::from_millis(50);
/// While something is sent alone, or the end is near.
const SHORT_POLL: Duration = Duration::from_millis(1);

/// To the sink, from the thread that polls.
pub(super) type News = mpsc::UnboundedSender<Delivered>;

pub(super) enum Delivered {
    /// A report, with the bytes of key and payload it was about.
    Report { report: Report, bytes: usize },
    /// A message of a refused batch, to be sent alone. librdkafka keeps the
    /// timestamp of a failed message to itself; the sink knows it.
    Refused(Record),
}

/// What librdkafka calls back, always from within a poll.
pub(super) struct Publication {
    news: News,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
    /// Of the producer that sends each message alone.
    alone: bool,
}

/// Messages of refused batches, to be sent alone.
type Refused = Mutex<VecDeque<Record>>;

pub(super) struct Record {
    pub ticket: usize,
    pub timestamp: Option<i64>,
    topic: String,
    partition: i32,
    key: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    headers: Option<OwnedHeaders>,
}

/// The producer and its thread.
pub(super) struct Press {
    pub producer: Arc<BaseProducer<Publication>>,
    refused: Arc<Refused>,
    closing: Closing,
    closed: oneshot::Receiver<()>,
}

/// Ends the thread when it is dropped, so that a sink that is not closed leaves
/// none behind.
struct Closing(Arc<AtomicBool>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Press {
    pub fn start(
        config: ClientConfig,
        topics: Arc<Topics>,
        status: Arc<SinkStatus>,
        news: News,
        close_timeout: Duration,
    ) -> Result<Self, TransportError> {
        let fatal =
            |why: String| TransportError::Fatal { attempted: "start the Kafka producer", why };
        let refused = Arc::new(Refused::default());
        let publication = |alone| Publication {
            news: news.clone(),
            topics: topics.clone(),
            status: status.clone(),
            alone,
        };
        let producer: BaseProducer<Publication> = config
            .create_with_context(publication(false))
            .map_err(|error| fatal(error.to_string()))?;
        let producer = Arc::new(producer);

        let closing = Arc::new(AtomicBool::new(false));
        let (sender, closed) = oneshot::channel();
        let mut poller = Poller {
            producer: producer.clone(),
            lone: Lone { config, publication: Some(publication(true)), producer: None },
            refused: refused.clone(),
            closing: closing.clone(),
            close_timeout,
        };
        std::thread::Builder::new()
            .name("kafka-producer".into())
            .spawn(move || {
                poller.run();
                drop(poller);
                // Whoever waited may have given up.
                let _ = sender.send(());
            })
            .map_err(|error| fatal(error.to_string()))?;
        Ok(Self { producer, refused, closing: Closing(closing), closed })
    }

    /// Sends it again, in a batch of its own.
    pub fn send_alone(&self, record: Record) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push_back(record);
    }

    /// Waits for what is under way, within the time given at the start.
    pub async fn stop(self, close_timeout: Duration) {
        drop(self.closing);
        // The last owner lets go of the client, which may block: not here.
        drop(self.producer);
        let limit = close_timeout + Duration::from_secs(1);
        if tokio::time::timeout(limit, self.closed).await.is_err() {
            tracing::warn!(
                limit_millis = limit.as_millis(),
                "producer did not close in time, leaving it"
            );
        }
    }
}

struct Poller {
    producer: Arc<BaseProducer<Publication>>,
    lone: Lone,
    refused: Arc<Refused>,
    closing: Arc<AtomicBool>,
    close_timeout: Duration,
}

impl Poller {
    fn run(&mut self) {
        while !self.closing.load(Ordering::Relaxed) {
            let busy = self.send_refused();
            self.producer.poll(if busy { SHORT_POLL } else { POLL });
        }
        // Not `flush()`, which polls in slices of 100 ms.
        let deadline = Instant::now() + self.close_timeout;
        while Instant::now() < deadline
            && (self.send_refused() || self.producer.in_flight_count() > 0)
        {
            self.producer.poll(SHORT_POLL);
        }
    }

    /// Whether any message is being sent alone.
    fn send_refused(&mut self) -> bool {
        let waiting =
            std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner));
        let kept = self.lone.send(waiting);
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        for record in kept.into_iter().rev() {
            refused.push_front(record);
        }
        self.lone.is_busy() || !refused.is_empty()
    }
}

/// The producer of lone messages, made when first needed.
struct Lone {
    config: ClientConfig,
    publication: Option<Publication>,
    producer: Option<BaseProducer<Publication>>,
}

impl Lone {
    /// Sends what it can and gives back the rest.
    fn send(&mut self, mut records: VecDeque<Record>) -> VecDeque<Record> {
        if !records.is_empty() {
            self.ensure(&mut records);
        }
        let Some(producer) = &self.producer else { return records };
        while let Some(mut record) = records.pop_front() {
            let outgoing = BaseRecord {
                topic: &record.topic,
                partition: Some(record.partition),
                payload: record.payload.as_ref(),
                key: record.key.as_ref(),
                timestamp: record.timestamp,
                headers: record.headers.take(),
                delivery_opaque: record.ticket,
            };
            match producer.send(outgoing) {
                Ok(()) => {
                    producer.context().status.sent_alone.fetch_add(1, Ordering::Relaxed);
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record.headers = back.headers;
                    records.push_front(record);
                    break;
                }
                Err((error, _)) => {
                    let result = Err(fault(&error));
                    producer.context().report(record.ticket, record.bytes(), result);
                }
            }
        }
        producer.poll(Duration::ZERO);
        records
    }

    fn is_busy(&self) -> bool {
        self.producer.as_ref().is_some_and(|producer| producer.in_flight_count() > 0)
    }

    fn ensure(&mut self, records: &mut VecDeque<Record>) {
        let Some(publication) = self.publication.take() else { return };
        let mut config = self.config.clone();
        config
            .set("batch.num.messages", "1")
            .set("linger.ms", "0")
            .set("statistics.interval.ms", "0");
        let news = publication.news.clone();
        match config.create_with_context(publication) {
            Ok(producer) => self.producer = Some(producer),
            Err(error) => {
                let error = TransportError::Fatal {
                    attempted: "start the Kafka producer of lone messages",
                    why: error.to_string(),
                };
                for record in records.drain(..) {
                    let report =
                        Report { ticket: Ticket(record.ticket), result: Err(error.clone()) };
                    let _ = news.send(Delivered::Report { report, bytes: record.bytes() });
                }
            }
        }
    }
}

impl Publication {
    fn report(&self, ticket: usize, bytes: usize, result: Result<(), TransportError>) {
        let report = Report { ticket: Ticket(ticket), result };
        // The sink is gone only when its reports are of no more use.
        let _ = self.news.send(Delivered::Report { report, bytes });
    }
}

impl ClientContext for Publication {
    client::common_answers!();

    fn stats(&self, statistics: Statistics) {
        self.status.take_statistics(&statistics);
        self.topics.refresh(&statistics);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // What matters of it comes back with the messages that failed.
        tracing::warn!(%error, reason, "producer error");
    }
}

impl ProducerContext for Publication {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, ticket: usize) {
        let bytes = |message: &BorrowedMessage<'_>| message.payload_len() + message.key_len();
        let (error, message) = match result {
            Ok(message) => return self.report(ticket, bytes(message), Ok(())),
            Err((error, message)) => (error, message),
        };
        match error.rdkafka_error_code() {
            Some(code) if codes::produce_fate(code) == ProduceFate::BatchRefused && !self.alone => {
                let _ = self.news.send(Delivered::Refused(Record::of(message, ticket)));
            }
            _ => self.report(ticket, bytes(message), Err(fault(error))),
        }
    }
}

impl Record {
    /// A copy of a message that failed; librdkafka still has all of it.
    fn of(message: &BorrowedMessage<'_>, ticket: usize) -> Self {
        Self {
            ticket,
            timestamp: None,
            topic: message.topic().to_owned(),
            partition: message.partition(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers: message.headers().map(BorrowedHeaders::detach),
        }
    }

    fn bytes(&self) -> usize {
        self.payload.as_ref().map_or(0, Vec::len) + self.key.as_ref().map_or(0, Vec::len)
    }
}

pub(super) fn fault(error: &KafkaError) -> TransportError {
    match error.rdkafka_error_code() {
        Some(code) => codes::produce_error(code),
        None => TransportError::Fatal { attempted: "publish a message", why: error.to_string() },
    }
}
