//! Writes the stamped articles, each once: an idempotent producer that gives up on none.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};

use super::Failure;
use super::articles::{Articles, Stamped};

/// Long enough for any outage the harness makes.
const DELIVERY_TIMEOUT_MILLIS: &str = "600000";
const POLL: Duration = Duration::from_millis(10);

/// Returns how many the brokers have confirmed, which is all of them. Writes one when
/// `may_go_on` says so of its number.
pub fn write(
    brokers: &str,
    topic: &str,
    articles: &Articles,
    may_go_on: impl Fn(u64) -> bool,
) -> Result<u64, Failure> {
    let producer: BaseProducer<Confirmations> = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("client.id", "chaos-writer")
        .set("enable.idempotence", "true")
        // As the worker's own, where it says why.
        .set("max.in.flight.requests.per.connection", "1")
        .set("delivery.timeout.ms", DELIVERY_TIMEOUT_MILLIS)
        .set("queue.buffering.max.messages", "20000")
        .set("compression.type", "lz4")
        .set("linger.ms", "5")
        .create_with_context(Confirmations::default())
        .map_err(|error| format!("could not start the writer: {error}"))?;
    for number in 0..articles.count {
        while !may_go_on(number) {
            producer.poll(POLL);
        }
        send(&producer, topic, &articles.number(number))?;
        producer.poll(Duration::ZERO);
    }
    while producer.in_flight_count() > 0 {
        producer.poll(POLL);
    }
    let (confirmed, failed) = producer.context().counts();
    if failed > 0 {
        return Err(format!("{failed} articles could not be written"));
    }
    Ok(confirmed)
}

fn send(
    producer: &BaseProducer<Confirmations>,
    topic: &str,
    stamped: &Stamped,
) -> Result<(), Failure> {
    let headers = stamped.headers();
    let owned = OwnedHeaders::new_with_capacity(headers.len());
    let headers = headers.iter().fold(owned, |owned, (name, value)| {
        owned.insert(Header { key: name, value: value.as_ref() })
    });
    let mut record = BaseRecord {
        topic,
        partition: Some(stamped.partition.cast_signed()),
        payload: stamped.payload.as_ref(),
        key: Some(&stamped.key),
        timestamp: Some(stamped.timestamp_millis),
        headers: Some(headers),
        delivery_opaque: (),
    };
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                producer.poll(POLL);
                record = back;
            }
            Err((error, _)) => return Err(format!("could not write an article: {error}")),
        }
    }
}

/// How many messages brokers have taken, and how many they have not.
#[derive(Default)]
pub(super) struct Confirmations {
    confirmed: AtomicU64,
    failed: AtomicU64,
}

impl Confirmations {
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.confirmed.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

impl rdkafka::ClientContext for Confirmations {
    fn error(&self, _error: KafkaError, _reason: &str) {
        // Brokers that are away are what the harness is for.
    }
}

impl ProducerContext for Confirmations {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let counter = if result.is_ok() { &self.confirmed } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
