//! Reads both topics that the workers write to, with a consumer of its own that is in no
//! group: once while they are at it, and once when all is done.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer, DefaultConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::Failure;
use super::ledger::{Finding, Found, Ledger, Topic};
use super::progress::Progress;

const POLL: Duration = Duration::from_millis(100);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// For the final reader to reach the end.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    ReadCommitted,
    ReadUncommitted,
}

/// Where the workers write.
#[derive(Debug, Clone)]
pub struct Topics {
    pub output: String,
    pub dead_letters: String,
    pub partitions: u32,
}

/// Enters what comes, as it comes, until it is told to end.
pub fn follow(
    brokers: &str,
    topics: &Topics,
    ledger: &mut Ledger,
    progress: &Progress,
    end: &AtomicBool,
) -> Result<(), Failure> {
    let consumer = open(brokers, Isolation::ReadCommitted)?;
    assign(&consumer, topics, &[Topic::Output, Topic::DeadLetter])?;
    while !end.load(Ordering::Relaxed) {
        // Brokers that are away come back; if they do not, nothing moves, and the driver sees it.
        if let Some(Ok(message)) = consumer.poll(POLL)
            && let Finding::First { partition } = ledger.enter(&found(topics, &message))
        {
            progress.advance(partition);
        }
    }
    Ok(())
}

/// Messages of one topic as they come.
pub struct Watch {
    consumer: BaseConsumer,
    topics: Topics,
}

impl Watch {
    pub fn open(brokers: &str, topics: &Topics, topic: Topic) -> Result<Self, Failure> {
        let consumer = open(brokers, Isolation::ReadCommitted)?;
        assign(&consumer, topics, &[topic])?;
        Ok(Self { consumer, topics: topics.clone() })
    }

    /// The next, or none after a moment.
    pub fn next(&self) -> Option<Found> {
        match self.consumer.poll(POLL) {
            Some(Ok(message)) => Some(found(&self.topics, &message)),
            Some(Err(_)) | None => None,
        }
    }
}

/// Enters all there is, up to the end of every partition.
pub fn read_all(
    brokers: &str,
    topics: &Topics,
    isolation: Isolation,
    ledger: &mut Ledger,
) -> Result<(), Failure> {
    // One after the other: the end of a partition is told without its topic.
    for topic in [Topic::Output, Topic::DeadLetter] {
        read_topic(brokers, topics, topic, isolation, |found| {
            ledger.enter(&found);
        })?;
    }
    Ok(())
}

/// All there is in one of them, up to the end of every partition.
pub fn read_topic(
    brokers: &str,
    topics: &Topics,
    topic: Topic,
    isolation: Isolation,
    mut enter: impl FnMut(Found),
) -> Result<(), Failure> {
    let consumer = open(brokers, isolation)?;
    let deadline = Instant::now() + PATIENCE;
    assign(&consumer, topics, &[topic])?;
    let mut open: BTreeSet<i32> = (0..topics.partitions.cast_signed()).collect();
    while !open.is_empty() {
        if Instant::now() > deadline {
            return Err(format!("the final reader did not reach the end of {topic:?} {open:?}"));
        }
        match consumer.poll(POLL) {
            Some(Ok(message)) => enter(found(topics, &message)),
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                open.remove(&partition);
            }
            // What does not pass is seen at the deadline.
            Some(Err(_)) | None => {}
        }
    }
    Ok(())
}

/// What of these topics a broker has thrown away, so that a reader cannot find it.
pub fn thrown_away(brokers: &str, topics: &[&str], partitions: u32) -> Result<u64, Failure> {
    let consumer = open(brokers, Isolation::ReadUncommitted)?;
    let mut gone = 0;
    for topic in topics {
        for partition in 0..partitions.cast_signed() {
            let (low, _) = consumer
                .fetch_watermarks(topic, partition, ANSWER_TIMEOUT)
                .map_err(|error| format!("could not ask for offsets: {error}"))?;
            gone += low.max(0).cast_unsigned();
        }
    }
    Ok(gone)
}

/// Messages of the input that the group has not committed.
pub fn uncommitted(
    brokers: &str,
    group: &str,
    topic: &str,
    partitions: u32,
) -> Result<u64, Failure> {
    let asking = |error: KafkaError| format!("could not ask for committed offsets: {error}");
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", group)
        .create()
        .map_err(asking)?;
    let mut wanted = TopicPartitionList::new();
    wanted.add_partition_range(topic, 0, partitions.cast_signed() - 1);
    // A broker that has just started does not know at once for which groups it answers.
    let deadline = Instant::now() + ANSWER_TIMEOUT;
    let committed = loop {
        match consumer.committed_offsets(wanted.clone(), ANSWER_TIMEOUT) {
            Ok(committed) => break committed,
            Err(error) if Instant::now() > deadline => return Err(asking(error)),
            Err(_) => std::thread::sleep(POLL),
        }
    };
    let mut left = 0;
    for element in committed.elements() {
        let (_, end) = consumer
            .fetch_watermarks(topic, element.partition(), ANSWER_TIMEOUT)
            .map_err(asking)?;
        let offset = match element.offset() {
            Offset::Offset(offset) => offset,
            _ => 0,
        };
        left += (end - offset).max(0).cast_unsigned();
    }
    Ok(left)
}

fn open(
    brokers: &str,
    isolation: Isolation,
) -> Result<BaseConsumer<DefaultConsumerContext>, Failure> {
    let isolation = match isolation {
        Isolation::ReadCommitted => "read_committed",
        Isolation::ReadUncommitted => "read_uncommitted",
    };
    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("client.id", "chaos-reader")
        // Required, and never joined.
        .set("group.id", "chaos-reader")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "earliest")
        .set("isolation.level", isolation)
        .set("fetch.wait.max.ms", "100")
        .set("reconnect.backoff.max.ms", "1000")
        .set("queued.max.messages.kbytes", "16384")
        .set_log_level(rdkafka::config::RDKafkaLogLevel::Emerg)
        .create()
        .map_err(|error| format!("could not start a reader: {error}"))
}

fn assign(consumer: &BaseConsumer, topics: &Topics, which: &[Topic]) -> Result<(), Failure> {
    let failed = |error: KafkaError| format!("could not read the output: {error}");
    let mut assignment = TopicPartitionList::new();
    for topic in which {
        let name = match topic {
            Topic::Output => &topics.output,
            Topic::DeadLetter => &topics.dead_letters,
        };
        for partition in 0..topics.partitions.cast_signed() {
            assignment.add_partition_offset(name, partition, Offset::Beginning).map_err(failed)?;
        }
    }
    consumer.assign(&assignment).map_err(failed)
}

fn found(topics: &Topics, message: &BorrowedMessage<'_>) -> Found {
    let topic = if message.topic() == topics.output { Topic::Output } else { Topic::DeadLetter };
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        let owned = |header: rdkafka::message::Header<'_, &[u8]>| {
            (header.key.to_owned(), header.value.map(<[u8]>::to_vec))
        };
        headers.iter().map(owned).collect()
    });
    Found {
        topic,
        partition: message.partition(),
        offset: message.offset(),
        key: message.key().map(<[u8]>::to_vec),
        payload: message.payload().map(<[u8]>::to_vec),
        headers,
        timestamp_millis: message.timestamp().to_millis(),
    }
}
