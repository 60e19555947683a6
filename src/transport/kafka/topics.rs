//! What the producer must know of the topics it writes: how many partitions
//! they have, and how large a message they take.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, OwnedResourceSpecifier, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};
use rdkafka::statistics::Statistics;

use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Destination, Outbound};

const ATTEMPTED: &str = "look up the output topics";
/// A broker that makes topics on demand needs a moment.
pub const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(10);
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(5);
/// A batch's header, and the lengths and deltas of a record in it at their
/// longest (Kafka's message format 2).
const RECORD_OVERHEAD_BYTES: usize = 61 + 36;
/// A header's two lengths.
const HEADER_OVERHEAD_BYTES: usize = 10;

/// The largest message each topic takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub enriched: usize,
    pub dead_letter: usize,
}

/// One of the two topics written.
pub struct Topic {
    pub name: String,
    /// 0 until known.
    partitions: AtomicI32,
}

pub struct Topics {
    enriched: Topic,
    dead_letter: Topic,
    limits: Limits,
}

impl Limits {
    /// As the settings have it, for brokers that do not tell.
    pub fn of(settings: &KafkaSettings) -> Self {
        Self { enriched: settings.max_message_bytes, dead_letter: settings.max_message_bytes }
    }

    /// As the settings have it, lowered to what the topics take. A batch that
    /// is too large fails whole, so the broker's limit must be known before.
    pub async fn learn(settings: &KafkaSettings, config: &ClientConfig) -> Self {
        let own = Self::of(settings);
        match describe(settings, config).await {
            Ok((enriched, dead_letter)) => Self {
                enriched: enriched.map_or(own.enriched, |limit| limit.min(own.enriched)),
                dead_letter: dead_letter
                    .map_or(own.dead_letter, |limit| limit.min(own.dead_letter)),
            },
            Err(error) => {
                tracing::info!(
                    %error,
                    max_message_bytes = settings.max_message_bytes,
                    "brokers do not tell the topics' limits, using the settings"
                );
                own
            }
        }
    }

    pub fn largest(&self) -> usize {
        self.enriched.max(self.dead_letter)
    }

    pub fn smallest(&self) -> usize {
        self.enriched.min(self.dead_letter)
    }
}

impl Topics {
    pub fn new(settings: &KafkaSettings, limits: Limits) -> Self {
        let topic = |name: &str| Topic { name: name.into(), partitions: AtomicI32::new(0) };
        Self {
            enriched: topic(&settings.output_topic),
            dead_letter: topic(&settings.dead_letter_topic),
            limits,
        }
    }

    pub fn topic(&self, destination: Destination) -> &Topic {
        match destination {
            Destination::Enriched => &self.enriched,
            Destination::DeadLetter => &self.dead_letter,
        }
    }

    /// Asks the brokers for both topics; blocks.
    pub fn look_up<C: ProducerContext>(
        &self,
        producer: &BaseProducer<C>,
    ) -> Result<(), TransportError> {
        let deadline = std::time::Instant::now() + LOOK_UP_TIMEOUT;
        for topic in [&self.enriched, &self.dead_letter] {
            let count = loop {
                let left = deadline.saturating_duration_since(std::time::Instant::now());
                match partition_count(producer, &topic.name, left.max(Duration::from_millis(1))) {
                    Err(TransportError::Transient { .. }) if !left.is_zero() => {
                        std::thread::sleep(Duration::from_millis(100));
                    }
                    other => break other?,
                }
            };
            topic.partitions.store(count, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Takes up partitions that were added meanwhile.
    pub fn refresh(&self, statistics: &Statistics) {
        for topic in [&self.enriched, &self.dead_letter] {
            let Some(known) = statistics.topics.get(&topic.name) else { continue };
            let count = known
                .partitions
                .values()
                .filter(|partition| partition.partition >= 0 && !partition.unknown)
                .count();
            if count > 0 {
                topic.partitions.store(i32::try_from(count).unwrap_or(i32::MAX), Ordering::Relaxed);
            }
        }
    }

    /// The partition the original came from, if the topic has it.
    pub fn partition(&self, outbound: &Outbound) -> Option<i32> {
        let count = self.topic(outbound.destination).partitions.load(Ordering::Relaxed);
        (0..count).contains(&outbound.partition).then_some(outbound.partition)
    }

    /// Why the message is too large for its topic, if it is.
    pub fn refusal(&self, outbound: &Outbound) -> Option<TransportError> {
        let limit = match outbound.destination {
            Destination::Enriched => self.limits.enriched,
            Destination::DeadLetter => self.limits.dead_letter,
        };
        let bytes = wire_bytes(outbound);
        (bytes > limit).then(|| TransportError::MessageRefused {
            attempted: "publish a message",
            why: format!(
                "message of {bytes} bytes exceeds the limit of {limit} for {}",
                self.topic(outbound.destination).name
            ),
        })
    }
}

/// The size of a batch with this message alone, at most and before compression.
fn wire_bytes(outbound: &Outbound) -> usize {
    let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
    let headers: usize = outbound
        .headers
        .iter()
        .map(|(name, value)| name.len() + length(value) + HEADER_OVERHEAD_BYTES)
        .sum();
    length(&outbound.payload) + length(&outbound.key) + headers + RECORD_OVERHEAD_BYTES
}

fn partition_count<C: ProducerContext>(
    producer: &BaseProducer<C>,
    topic: &str,
    timeout: Duration,
) -> Result<i32, TransportError> {
    let transient = |why: String| TransportError::Transient { attempted: ATTEMPTED, why };
    let metadata = producer
        .client()
        .fetch_metadata(Some(topic), timeout)
        .map_err(|error| transient(error.to_string()))?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Err(transient(format!("topic {topic} is not in the brokers' answer")));
    };
    match found.error().map(RDKafkaErrorCode::from) {
        None if found.partitions().is_empty() => {
            Err(transient(format!("topic {topic} has no partitions")))
        }
        None => Ok(i32::try_from(found.partitions().len()).unwrap_or(i32::MAX)),
        Some(
            code @ (RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::InvalidTopic),
        ) => Err(TransportError::Fatal {
            attempted: ATTEMPTED,
            why: format!("topic {topic}: {code}"),
        }),
        Some(code) => Err(transient(format!("topic {topic}: {code}"))),
    }
}

/// `max.message.bytes` of the output and the dead-letter topic.
async fn describe(
    settings: &KafkaSettings,
    config: &ClientConfig,
) -> Result<(Option<usize>, Option<usize>), KafkaError> {
    let admin: AdminClient<DefaultClientContext> = config.create()?;
    let options = AdminOptions::new().request_timeout(Some(DESCRIBE_TIMEOUT));
    let topics = [&settings.output_topic, &settings.dead_letter_topic];
    let wanted = topics.map(|topic| ResourceSpecifier::Topic(topic));
    let described = admin.describe_configs(&wanted, &options).await;
    // Letting go of a client can block.
    std::thread::spawn(move || drop(admin));
    let mut limits = (None, None);
    for resource in described? {
        let resource = resource.map_err(KafkaError::AdminOp)?;
        let value = resource.get("max.message.bytes").and_then(|entry| entry.value.clone());
        let limit = value.and_then(|value| value.parse().ok());
        match &resource.specifier {
            OwnedResourceSpecifier::Topic(topic) if *topic == settings.output_topic => {
                limits.0 = limit;
            }
            _ => limits.1 = limit,
        }
    }
    Ok(limits)
}
