//! The dead-letter topic from the other side: reading it, and sending what is in it on
//! its way again. Its calls block.
//!
//! A message goes back in one transaction with the mark that says so. So there is no
//! moment in which it is on its way and not on record, and whoever reads committed
//! messages alone, as copydesk does, sees it once, whenever a replay is killed. All
//! replays of a topic have one transactional id, so that of two at once the brokers let
//! only the later go on, and that one first sees all that the earlier has done.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};

use super::topic_reader::TopicReader;
use super::{client, headers, oauth, producer};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::StoredMessage;

const ATTEMPTED: &str = "replay dead letters";
/// For one answer of the brokers.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORT_POLL: Duration = Duration::from_millis(1);

/// Reads the dead-letter topic of these settings.
pub fn reader(settings: &KafkaSettings) -> Result<TopicReader, TransportError> {
    TopicReader::open(client::inquirer(settings), &settings.dead_letter_topic)
}

/// How many partitions a topic has. Fails where it is not there.
pub fn partitions(settings: &KafkaSettings, topic: &str) -> Result<i32, TransportError> {
    let consumer = client::inquire(&client::inquirer(settings))
        .map_err(|error| fatal(format!("could not start: {error}")))?;
    super::topic_reader::partitions(&consumer, topic)
}

/// Sends messages on, each together with its mark.
pub struct Replayer {
    producer: BaseProducer<Reports>,
    dead_letter_topic: String,
}

/// A message to send on, and what goes on record for it.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The topic it goes to; none where nothing is left to send.
    pub message: Option<(String, StoredMessage)>,
    pub mark: StoredMessage,
}

impl Replayer {
    /// Ends whatever an earlier replay of the same topic left open, and the earlier
    /// replay itself, should it still run.
    pub fn open(settings: &KafkaSettings) -> Result<Self, TransportError> {
        let config = client::replayer(settings);
        let producer: BaseProducer<Reports> = config
            .create_with_context(Reports::default())
            .map_err(|error| fatal(error.to_string()))?;
        oauth::give(producer.client(), &config).map_err(|error| fatal(error.to_string()))?;
        producer.init_transactions(PATIENCE).map_err(|error| failed(&error))?;
        Ok(Self { producer, dead_letter_topic: settings.dead_letter_topic.clone() })
    }

    /// All of it, or nothing.
    pub fn send(&self, batch: &[Replay]) -> Result<(), TransportError> {
        self.producer.begin_transaction().map_err(|error| failed(&error))?;
        let sent = self.fill(batch).and_then(|()| self.settle());
        if let Err(error) = sent {
            // Its own failure adds nothing: the brokers abort it when it is too old.
            let _ = self.producer.abort_transaction(PATIENCE);
            self.producer.context().take_failure();
            return Err(error);
        }
        self.commit()
    }

    fn fill(&self, batch: &[Replay]) -> Result<(), TransportError> {
        for replay in batch {
            if let Some((topic, message)) = &replay.message {
                self.enqueue(topic, message)?;
            }
            self.enqueue(&self.dead_letter_topic, &replay.mark)?;
        }
        Ok(())
    }

    fn enqueue(&self, topic: &str, message: &StoredMessage) -> Result<(), TransportError> {
        loop {
            let record = BaseRecord {
                topic,
                partition: message.partition,
                payload: message.payload.as_ref(),
                key: message.key.as_ref(),
                // librdkafka takes 0 for now and below 0 for none.
                timestamp: message.timestamp_millis.filter(|millis| *millis > 0),
                headers: headers::write(&message.headers),
                delivery_opaque: (),
            };
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    self.producer.poll(SHORT_POLL);
                }
                Err((error, _)) => return Err(producer::fault(&error)),
            }
        }
    }

    /// Until all is reported on. The commit would wait, too, but in slices of 100 ms.
    fn settle(&self) -> Result<(), TransportError> {
        while self.producer.in_flight_count() > 0 {
            self.producer.poll(SHORT_POLL);
        }
        match self.producer.context().take_failure() {
            Some(error) => Err(producer::fault(&error)),
            None => Ok(()),
        }
    }

    fn commit(&self) -> Result<(), TransportError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.producer.commit_transaction(PATIENCE) {
                Ok(()) => return Ok(()),
                Err(KafkaError::Transaction(error))
                    if error.is_retriable() && Instant::now() < deadline => {}
                Err(KafkaError::Transaction(error)) if error.txn_requires_abort() => {
                    let _ = self.producer.abort_transaction(PATIENCE);
                    let why = error.to_string();
                    return Err(TransportError::Transient { attempted: ATTEMPTED, why });
                }
                Err(error) => return Err(failed(&error)),
            }
        }
    }
}

fn failed(error: &KafkaError) -> TransportError {
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::Fenced
            | RDKafkaErrorCode::ProducerFenced
            | RDKafkaErrorCode::InvalidProducerEpoch,
        ) => fatal("another replay of this topic has taken over".into()),
        _ => fatal(error.to_string()),
    }
}

fn fatal(why: String) -> TransportError {
    TransportError::Fatal { attempted: ATTEMPTED, why }
}

/// Keeps the first failure that librdkafka reports.
#[derive(Default)]
struct Reports(Mutex<Option<KafkaError>>);

impl Reports {
    fn take_failure(&self) -> Option<KafkaError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ClientContext for Reports {
    client::common_answers!();
}

impl ProducerContext for Reports {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            let mut failure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // What follows a failure is purged, which is no cause.
            failure.get_or_insert_with(|| error.clone());
        }
    }
}
