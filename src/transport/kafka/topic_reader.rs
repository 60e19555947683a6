//! Reads what is in a topic now, partition by partition in order, as no member of any
//! group and without a commit. Its calls block.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::client::{self, Inquiry};
use super::headers;
use crate::error::TransportError;
use crate::transport::StoredMessage;

const ATTEMPTED: &str = "read a topic";
const POLL: Duration = Duration::from_millis(50);
/// For one answer of the brokers, and for the next message where there must be one.
const PATIENCE: Duration = Duration::from_secs(30);
/// For a transaction that is open at the end of the topic to be settled.
const SETTLE_PATIENCE: Duration = Duration::from_secs(90);
const SETTLE_PAUSE: Duration = Duration::from_millis(50);

pub struct TopicReader {
    consumer: BaseConsumer<Inquiry>,
    config: ClientConfig,
    topic: String,
    /// Not yet begun.
    waiting: VecDeque<Span>,
    reading: Option<Span>,
    heard: Instant,
}

/// What is to be read of a partition: offsets from `from`, below `end`.
#[derive(Debug, Clone, Copy)]
struct Span {
    partition: i32,
    from: i64,
    end: i64,
}

impl TopicReader {
    /// Of all that is committed. `config` says how to connect.
    pub(super) fn open(mut config: ClientConfig, topic: &str) -> Result<Self, TransportError> {
        config
            // librdkafka reads under a group's name only, and asks for it at no broker.
            .set("group.id", "copydesk-reader")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest")
            .set("isolation.level", "read_committed");
        let consumer = client::inquire(&config).map_err(|error| fault(&error))?;
        Ok(Self {
            consumer,
            config,
            topic: topic.to_owned(),
            waiting: VecDeque::new(),
            reading: None,
            heard: Instant::now(),
        })
    }

    /// [`TopicReader::read`] begins at the topic's beginning, and ends where it ends now.
    pub fn rewind(&mut self) -> Result<(), TransportError> {
        self.leave()?;
        self.waiting.clear();
        for partition in 0..partitions(&self.consumer, &self.topic)? {
            let (from, end) = self.bounds(&self.consumer, partition)?;
            self.waiting.extend((from < end).then_some(Span { partition, from, end }));
        }
        Ok(())
    }

    /// [`TopicReader::read`] begins at this place, and ends where its partition ends now.
    pub fn rewind_to(&mut self, partition: i32, offset: i64) -> Result<(), TransportError> {
        self.leave()?;
        self.waiting.clear();
        if (0..partitions(&self.consumer, &self.topic)?).contains(&partition) {
            let (low, end) = self.bounds(&self.consumer, partition)?;
            let from = offset.max(low);
            self.waiting.extend((from < end).then_some(Span { partition, from, end }));
        }
        Ok(())
    }

    /// Waits until all that is in the topic now is committed or aborted, so that a
    /// reading from here on misses nothing of it.
    pub fn settle(&self) -> Result<(), TransportError> {
        let mut config = self.config.clone();
        config.set("isolation.level", "read_uncommitted");
        let uncommitted = client::inquire(&config).map_err(|error| fault(&error))?;
        let deadline = Instant::now() + SETTLE_PATIENCE;
        for partition in 0..partitions(&uncommitted, &self.topic)? {
            let (_, end) = self.bounds(&uncommitted, partition)?;
            while self.bounds(&self.consumer, partition)?.1 < end {
                if Instant::now() > deadline {
                    return Err(transient("a transaction in it stays open".into()));
                }
                std::thread::sleep(SETTLE_PAUSE);
            }
        }
        Ok(())
    }

    /// The next message; `None` at the end.
    pub fn read(&mut self) -> Result<Option<StoredMessage>, TransportError> {
        loop {
            let Some(span) = self.reading else {
                let Some(span) = self.waiting.pop_front() else { return Ok(None) };
                self.begin(span)?;
                continue;
            };
            match self.consumer.poll(POLL) {
                None if self.heard.elapsed() > PATIENCE => {
                    return Err(transient("the brokers do not give it".into()));
                }
                None => {}
                Some(Ok(message)) => {
                    self.heard = Instant::now();
                    // librdkafka may still hold something of a partition that was left.
                    if message.partition() != span.partition {
                        continue;
                    }
                    let within = (message.offset() < span.end).then(|| stored(&message));
                    let last = message.offset() >= span.end - 1;
                    drop(message);
                    if last {
                        self.leave()?;
                    }
                    if within.is_some() {
                        return Ok(within);
                    }
                }
                // The end, where markers of transactions stand behind the last message.
                Some(Err(KafkaError::PartitionEOF(partition))) if partition == span.partition => {
                    self.leave()?;
                }
                Some(Err(KafkaError::PartitionEOF(_))) => {}
                Some(Err(error)) if passes(&error) => {}
                Some(Err(error)) => return Err(fault(&error)),
            }
        }
    }

    fn begin(&mut self, span: Span) -> Result<(), TransportError> {
        let mut assignment = TopicPartitionList::new();
        assignment
            .add_partition_offset(&self.topic, span.partition, Offset::Offset(span.from))
            .and_then(|()| self.consumer.assign(&assignment))
            .map_err(|error| fault(&error))?;
        self.reading = Some(span);
        self.heard = Instant::now();
        Ok(())
    }

    fn leave(&mut self) -> Result<(), TransportError> {
        if self.reading.take().is_some() {
            self.consumer.unassign().map_err(|error| fault(&error))?;
        }
        Ok(())
    }

    /// The first offset there is, and one past the last.
    fn bounds(
        &self,
        consumer: &BaseConsumer<Inquiry>,
        partition: i32,
    ) -> Result<(i64, i64), TransportError> {
        consumer.fetch_watermarks(&self.topic, partition, PATIENCE).map_err(|error| fault(&error))
    }
}

pub(super) fn partitions(
    consumer: &BaseConsumer<Inquiry>,
    topic: &str,
) -> Result<i32, TransportError> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).map_err(|error| fault(&error))?;
    let found = metadata.topics().first();
    if let Some(code) = found.and_then(|topic| topic.error()) {
        let why = format!("topic {topic}: {}", RDKafkaErrorCode::from(code));
        return Err(TransportError::Fatal { attempted: ATTEMPTED, why });
    }
    let count = found.map_or(0, |topic| topic.partitions().len());
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

fn stored(message: &BorrowedMessage<'_>) -> StoredMessage {
    StoredMessage {
        partition: Some(message.partition()),
        offset: Some(message.offset()),
        key: message.key().map(<[u8]>::to_vec),
        payload: message.payload().map(<[u8]>::to_vec),
        headers: headers::read(message),
        timestamp_millis: message.timestamp().to_millis(),
    }
}

/// What librdkafka tells on the way and gets over by itself.
fn passes(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::NotLeaderForPartition
        )
    )
}

fn fault(error: &KafkaError) -> TransportError {
    transient(error.to_string())
}

fn transient(why: String) -> TransportError {
    TransportError::Transient { attempted: ATTEMPTED, why }
}
