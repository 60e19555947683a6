//! One transactional producer, from its registration until it is of no more use, and what
//! each answer of librdkafka means for the transaction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel as channel;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::statistics::Statistics;
use rdkafka::util::Timeout;

use super::Order;
use crate::transport::kafka::lanes::CommitPoint;
use crate::transport::kafka::status::SinkStatus;
use crate::transport::kafka::topics::Topics;
use crate::transport::kafka::{client, commit, headers, oauth};

const RETRY_PAUSE: Duration = Duration::from_millis(50);
/// Of one call; what says that it may be made again goes on where it was.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// Beyond its timeout: a call that is not back by then is not waited for.
const CALL_GRACE: Duration = Duration::from_secs(1);

type Transactional = BaseProducer<Reports>;

pub(super) struct Session {
    /// Shared with calls that do not come back.
    producer: Arc<Transactional>,
    topics: Arc<Topics>,
    timeout: Duration,
    /// Each message is a batch of its own: one that is refused fails nobody else.
    pub alone: bool,
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub(super) enum Broken {
    /// It can be aborted, and the producer goes on.
    Abort(String),
    /// The producer is fenced, or nobody knows how the transaction ended.
    Rebuild(String),
}

/// A message that failed: its number in the transaction, and why.
pub(super) type Failed = (usize, RDKafkaErrorCode);

impl Session {
    /// Registers the producer; what an earlier one of its transactional id has left open is
    /// ended by that.
    pub fn open(
        config: &ClientConfig,
        topics: Arc<Topics>,
        status: Arc<SinkStatus>,
        timeout: Duration,
        alone: bool,
    ) -> Result<Self, Broken> {
        let reports = Reports { failed: Mutex::default(), topics: topics.clone(), status };
        let mut config = config.clone();
        if alone {
            config.set("batch.num.messages", "1").set("linger.ms", "0");
        }
        let producer: Transactional =
            config.create_with_context(reports).map_err(|error| Broken::of(&error))?;
        oauth::give(producer.client(), &config).map_err(|error| Broken::of(&error))?;
        let session = Self { producer: Arc::new(producer), topics, timeout, alone };
        session.insist(|producer, timeout| producer.init_transactions(timeout))?;
        Ok(session)
    }

    pub fn begin(&self) -> Result<(), Broken> {
        self.producer.begin_transaction().map_err(|error| Broken::of(&error))
    }

    /// Queues a message under its number in the transaction. The error is the message's own.
    pub fn publish(&self, number: usize, order: &Order) -> Result<(), KafkaError> {
        let outbound = &order.outbound;
        let mut record = BaseRecord {
            topic: &self.topics.topic(outbound.destination).name,
            partition: self.topics.partition(outbound),
            payload: outbound.payload.as_ref(),
            key: outbound.key.as_ref(),
            // librdkafka takes 0 for now and below 0 for none.
            timestamp: outbound.timestamp_millis.filter(|millis| *millis > 0),
            headers: headers::write(&outbound.headers),
            delivery_opaque: number,
        };
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    self.poll(Duration::from_millis(1));
                    record = back;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    pub fn poll(&self, wait: Duration) {
        self.producer.poll(wait);
    }

    pub fn take_failed(&self) -> Vec<Failed> {
        std::mem::take(&mut *self.producer.context().lock_failed())
    }

    pub fn in_flight(&self) -> i32 {
        self.producer.in_flight_count()
    }

    /// All messages have been delivered before: librdkafka waits for them in steps of 100 ms.
    pub fn commit(
        &self,
        points: &[CommitPoint],
        group: ConsumerGroupMetadata,
    ) -> Result<(), Broken> {
        if !points.is_empty() {
            let offsets = commit::offsets(points);
            self.insist(move |producer, timeout| {
                producer.send_offsets_to_transaction(&offsets, &group, timeout)
            })?;
        }
        self.insist(|producer, timeout| producer.commit_transaction(timeout))
    }

    pub fn abort(&self) -> Result<(), Broken> {
        self.insist(|producer, timeout| producer.abort_transaction(timeout))?;
        // They were thrown away with the transaction.
        self.take_failed();
        Ok(())
    }

    /// Makes a call again while librdkafka says that it may be made again.
    fn insist<F>(&self, call: F) -> Result<(), Broken>
    where
        F: Fn(&Transactional, Timeout) -> Result<(), KafkaError> + Send + Sync + 'static,
    {
        let call = Arc::new(call);
        let deadline = Instant::now() + self.timeout;
        loop {
            match self.attempt(call.clone()) {
                Some(Ok(())) => return Ok(()),
                Some(Err(error)) if is_retriable(&error) && Instant::now() < deadline => {
                    std::thread::sleep(RETRY_PAUSE);
                }
                Some(Err(error)) => return Err(Broken::of(&error)),
                None => return Err(Broken::Rebuild("the client does not answer".into())),
            }
        }
    }

    /// Makes a call on a thread of its own, because some do not keep to their timeout: in
    /// librdkafka 2.12 `send_offsets_to_transaction` never returns when the group's
    /// coordinator is killed at the wrong moment. None then: the thread is left behind with
    /// the producer, and the next producer of the same transactional id fences both.
    fn attempt<F>(&self, call: Arc<F>) -> Option<Result<(), KafkaError>>
    where
        F: Fn(&Transactional, Timeout) -> Result<(), KafkaError> + Send + Sync + 'static,
    {
        let (answer, answered) = channel::bounded(1);
        let producer = self.producer.clone();
        let timeout = self.timeout.min(CALL_TIMEOUT);
        std::thread::Builder::new()
            .name("kafka-transaction".into())
            .spawn(move || {
                // Nobody may be waiting any more.
                let _ = answer.send(call(&producer, Timeout::After(timeout)));
            })
            .ok()?;
        answered.recv_timeout(timeout + CALL_GRACE).ok()
    }
}

impl Broken {
    pub fn why(self) -> String {
        match self {
            Self::Abort(why) | Self::Rebuild(why) => why,
        }
    }

    fn of(error: &KafkaError) -> Self {
        match error {
            KafkaError::Transaction(told) if !told.is_fatal() && told.txn_requires_abort() => {
                Self::Abort(error.to_string())
            }
            _ => Self::Rebuild(error.to_string()),
        }
    }
}

fn is_retriable(error: &KafkaError) -> bool {
    matches!(error, KafkaError::Transaction(told) if told.is_retriable())
}

/// What librdkafka calls back, always from within a poll.
pub(super) struct Reports {
    failed: Mutex<Vec<Failed>>,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
}

impl Reports {
    fn lock_failed(&self) -> std::sync::MutexGuard<'_, Vec<Failed>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Reports {
    client::common_answers!();

    fn stats(&self, statistics: Statistics) {
        self.status.take_statistics(&statistics);
        self.topics.refresh(&statistics);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // What matters of it comes back from the transaction's calls.
        tracing::warn!(%error, reason, "producer error");
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        if let Err((error, _)) = result {
            let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
            self.lock_failed().push((number, code));
        }
    }
}
