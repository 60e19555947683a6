//! The thread between the memory and its topic: reads it to the end, and then what others
//! write; writes what is learned here, a batch an interval.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, DeliveryResult, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::sync::oneshot;

use super::{Shared, topic};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::site::{Place, record};
use crate::transport::kafka::{client, oauth};

/// Between two looks at whether there is something to write, or to close.
const POLL: Duration = Duration::from_millis(20);
/// For the brokers to say where the topic lies.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(5);
const RETRY_PAUSE: Duration = Duration::from_secs(2);

pub(super) struct Keeper {
    pub shared: Arc<Shared>,
    pub kafka: KafkaSettings,
    pub topic: String,
    pub write_interval: Duration,
    pub close_timeout: Duration,
    pub closing: Arc<AtomicBool>,
}

/// What librdkafka calls back, always from within a poll.
struct Reports(Arc<Shared>);

type Reader = BaseConsumer<Reports>;
type Writer = BaseProducer<Reports>;

impl Keeper {
    /// Until it is closed. `tell_read` is used once the topic was read to its end.
    pub fn run(&self, tell_read: oneshot::Sender<()>) {
        let mut tell_read = Some(tell_read);
        while !self.is_closing() {
            let Err(error) = self.keep(&mut tell_read) else { return };
            self.shared.mark_failed("reach the topic", &error);
            let until = Instant::now() + RETRY_PAUSE;
            while Instant::now() < until && !self.is_closing() {
                std::thread::sleep(POLL);
            }
        }
    }

    /// Returns when it is closed, or when the topic cannot be found.
    fn keep(&self, tell_read: &mut Option<oneshot::Sender<()>>) -> Result<(), TransportError> {
        let config = client::memory_reader(&self.kafka);
        let reader: Reader = config
            .create_with_context(Reports(self.shared.clone()))
            .map_err(|error| fault(&error))?;
        oauth::give(reader.client(), &config).map_err(|error| fault(&error))?;
        let partitions = topic::partitions(reader.client(), &self.topic, LOOK_UP_TIMEOUT)?;
        let mut unread: HashSet<i32> = (0..partitions.partitions).collect();
        let mut assignment = TopicPartitionList::new();
        for partition in &unread {
            assignment
                .add_partition_offset(&self.topic, *partition, Offset::Beginning)
                .map_err(|error| fault(&error))?;
        }
        reader.assign(&assignment).map_err(|error| fault(&error))?;
        let writer: Writer = client::memory_writer(&self.kafka)
            .create_with_context(Reports(self.shared.clone()))
            .map_err(|error| fault(&error))?;
        let mut next_look = Instant::now();
        let mut next_write = Instant::now() + self.write_interval;
        while !self.is_closing() {
            match reader.poll(POLL) {
                None => {}
                Some(Ok(message)) => self.take(&message),
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    unread.remove(&partition);
                    if unread.is_empty()
                        && let Some(tell_read) = tell_read.take()
                    {
                        // Whoever waited may have started without.
                        let _ = tell_read.send(());
                    }
                }
                Some(Err(error)) => self.shared.mark_failed("read the topic", &error),
            }
            let now = Instant::now();
            if now < next_look {
                continue;
            }
            next_look = now + POLL;
            writer.poll(Duration::ZERO);
            // Before its end is read, what the topic says of a place may be old.
            if unread.is_empty() && now >= next_write {
                self.write(&writer);
                next_write = now + self.write_interval;
            }
        }
        self.finish(&writer, unread.is_empty());
        Ok(())
    }

    /// Takes up what the topic says, unless there is later word of the place here.
    fn take(&self, message: &BorrowedMessage<'_>) {
        let Some(place) = message.key().and_then(record::place) else { return };
        if self.shared.unwritten().contains(&place) {
            return;
        }
        let mut hosts = self.shared.hosts();
        match message.payload() {
            None => hosts.clear(&place.host, place.number),
            Some(value) => {
                let Some(page) = record::page(&place, value) else { return };
                let emptied = hosts.put(&place.host, page);
                drop(hosts);
                self.shared.leave_unwritten(emptied);
            }
        }
    }

    /// Hands over what is unwritten; what there is no room for waits for the next time.
    fn write(&self, writer: &Writer) {
        let mut places = std::mem::take(&mut *self.shared.unwritten()).into_iter();
        while let Some(place) = places.next() {
            let page = self.shared.hosts().page(&place);
            let (key, value) = (record::key(&place), page.map(|page| record::value(&page)));
            let mut outgoing = BaseRecord::with_opaque_to(&self.topic, Box::new(place)).key(&key);
            outgoing.payload = value.as_ref();
            if let Err((error, back)) = writer.send(outgoing) {
                let is_full = KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) == error;
                if !is_full {
                    self.shared.mark_failed("write to the topic", &error);
                }
                self.shared.leave_unwritten(places.chain([*back.delivery_opaque]));
                return;
            }
        }
    }

    /// Writes the last of it, as far as the time allows.
    fn finish(&self, writer: &Writer, is_read: bool) {
        let deadline = Instant::now() + self.close_timeout;
        if is_read {
            self.write(writer);
        }
        while writer.in_flight_count() > 0 && Instant::now() < deadline {
            writer.poll(Duration::from_millis(1));
        }
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}

impl ClientContext for Reports {
    client::common_answers!();

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, reason, "site memory client error");
        self.0.mark_failed("reach the brokers", &error);
    }
}

impl ConsumerContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<Place>;

    fn delivery(&self, result: &DeliveryResult<'_>, place: Box<Place>) {
        match result {
            Ok(_) => self.0.mark_well(),
            Err((error, _)) => {
                self.0.mark_failed("write to the topic", error);
                self.0.leave_unwritten([*place]);
            }
        }
    }
}

fn fault(error: &KafkaError) -> TransportError {
    TransportError::Transient { attempted: "keep the site memory", why: error.to_string() }
}
