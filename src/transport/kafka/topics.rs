//! What the producer must know of the topics it writes: how many partitions
//! they have, and how large a message they take.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, OwnedResourceSpecifier, ResourceSpecifier};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;
use rdkafka::statistics::Statistics;

use super::client::Inquiry;
use super::{apart, oauth};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Destination, Outbound};

const ATTEMPTED: &str = "look up the output topics";
/// A broker that makes topics on demand needs a moment.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(10);
const RETRY_PAUSE: Duration = Duration::from_millis(100);
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(5);
/// A batch's header, and the lengths and deltas of a record in it at their
/// longest (Kafka's message format 2).
const RECORD_OVERHEAD_BYTES: usize = 61 + 36;

/// The largest message each topic takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub enriched: usize,
    pub dead_letter: usize,
}

/// One of the two topics written.
pub struct Topic {
    pub name: String,
    partitions: AtomicI32,
}

pub struct Topics {
    pub limits: Limits,
    enriched: Topic,
    dead_letter: Topic,
}

impl Limits {
    /// As the settings have it, for brokers that do not tell.
    pub fn of(settings: &KafkaSettings) -> Self {
        Self { enriched: settings.max_message_bytes, dead_letter: settings.max_message_bytes }
    }

    pub fn largest(&self) -> usize {
        self.enriched.max(self.dead_letter)
    }

    pub fn smallest(&self) -> usize {
        self.enriched.min(self.dead_letter)
    }
}

impl Topics {
    /// Asks the brokers. Fails when one of the topics is not there.
    pub async fn learn(
        settings: &KafkaSettings,
        config: ClientConfig,
    ) -> Result<Self, TransportError> {
        let names = [settings.output_topic.clone(), settings.dead_letter_topic.clone()];
        let asked = names.clone();
        let found = apart(LOOK_UP_TIMEOUT * 2, move || look_up(&config, &asked)).await;
        let Found { admin, broker, partitions } =
            found.unwrap_or_else(|| Err(transient("the brokers do not answer".into())))?;
        let limits = limits(settings, &admin, broker).await;
        // Letting go of a client can block.
        std::thread::spawn(move || drop(admin));

        let [enriched, dead_letter] = names;
        let topic = |name, count| Topic { name, partitions: AtomicI32::new(count) };
        Ok(Self {
            limits,
            enriched: topic(enriched, partitions[0]),
            dead_letter: topic(dead_letter, partitions[1]),
        })
    }

    pub fn topic(&self, destination: Destination) -> &Topic {
        match destination {
            Destination::Enriched => &self.enriched,
            Destination::DeadLetter => &self.dead_letter,
        }
    }

    /// The largest enriched message, in [`Outbound::bytes`].
    pub fn largest_enriched(&self) -> usize {
        self.limits.enriched.saturating_sub(RECORD_OVERHEAD_BYTES)
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
        // Of a batch with this message alone, at most and before compression.
        let bytes = outbound.bytes() + RECORD_OVERHEAD_BYTES;
        (bytes > limit).then(|| TransportError::MessageRefused {
            attempted: "publish a message",
            why: format!(
                "message of {bytes} bytes exceeds the limit of {limit} for {}",
                self.topic(outbound.destination).name
            ),
        })
    }
}

struct Found {
    admin: AdminClient<Inquiry>,
    /// Any broker that is up.
    broker: Option<i32>,
    partitions: [i32; 2],
}

/// Blocks.
fn look_up(config: &ClientConfig, names: &[String; 2]) -> Result<Found, TransportError> {
    let fatal =
        |error: KafkaError| TransportError::Fatal { attempted: ATTEMPTED, why: error.to_string() };
    let admin: AdminClient<Inquiry> = config.create_with_context(Inquiry).map_err(fatal)?;
    oauth::give(admin.inner(), config).map_err(fatal)?;
    let deadline = Instant::now() + LOOK_UP_TIMEOUT;
    let mut broker = None;
    let mut partitions = [0; 2];
    for (name, count) in names.iter().zip(&mut partitions) {
        *count = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = admin
                .inner()
                .fetch_metadata(Some(name), left.max(RETRY_PAUSE))
                .map_err(|error| transient(error.to_string()))
                .and_then(|metadata| {
                    broker = metadata.brokers().first().map(|broker| broker.id());
                    partition_count(&metadata, name)
                });
            match answer {
                Err(TransportError::Transient { .. }) if !left.is_zero() => {
                    std::thread::sleep(RETRY_PAUSE);
                }
                answer => break answer?,
            }
        };
    }
    Ok(Found { admin, broker, partitions })
}

fn partition_count(metadata: &Metadata, topic: &str) -> Result<i32, TransportError> {
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

fn transient(why: String) -> TransportError {
    TransportError::Transient { attempted: ATTEMPTED, why }
}

/// As the settings have them, lowered to what the topics take. A batch that is
/// too large fails whole, so the brokers' limits must be known before.
async fn limits(
    settings: &KafkaSettings,
    admin: &AdminClient<Inquiry>,
    broker: Option<i32>,
) -> Limits {
    let own = Limits::of(settings);
    match describe(settings, admin, broker).await {
        Ok((enriched, dead_letter)) => Limits {
            enriched: enriched.map_or(own.enriched, |limit| limit.min(own.enriched)),
            dead_letter: dead_letter.map_or(own.dead_letter, |limit| limit.min(own.dead_letter)),
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

/// `max.message.bytes` of the output and the dead-letter topic.
async fn describe(
    settings: &KafkaSettings,
    admin: &AdminClient<Inquiry>,
    broker: Option<i32>,
) -> Result<(Option<usize>, Option<usize>), KafkaError> {
    // Any broker can tell; without one named, librdkafka waits for a controller.
    let options = AdminOptions::new().request_timeout(Some(DESCRIBE_TIMEOUT)).broker_id(broker);
    let topics = [&settings.output_topic, &settings.dead_letter_topic];
    let wanted = topics.map(|topic| ResourceSpecifier::Topic(topic));
    let mut limits = (None, None);
    for resource in admin.describe_configs(&wanted, &options).await? {
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
