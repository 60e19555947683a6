//! How the clients are configured: each setting's librdkafka property, and what
//! is fixed because the guarantees stand on it.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaResult;

use super::topics::Limits;
use super::{oauth, sink};
use crate::settings::{Choice, GroupProtocol, KafkaSettings, SaslMechanism};

/// Bytes fetched ahead of the worker, beside its own budget.
const FETCHED_AHEAD_KILOBYTES: usize = 4 * 1024;
/// Of one answer, as it is compressed: it is kept, uncompressed, until its last message is
/// taken, and with larger ones memory grew by 40 MiB and throughput not at all. A larger
/// batch still comes, alone.
const FETCH_BYTES: usize = 2 * 1024 * 1024;
const FETCH_PARTITION_BYTES: usize = 1024 * 1024;
/// librdkafka's own default, which a smaller topic limit lowers.
const BATCH_BYTES: usize = 1_000_000;
/// Of the site memory, fetched ahead.
const MEMORY_AHEAD_KILOBYTES: usize = 4 * 1024;
/// After which what could not be written waits in the memory again.
const MEMORY_TIMEOUT_MILLIS: u64 = 10_000;
/// Of less than half a kilobyte each.
const MEMORY_QUEUE_MESSAGES: usize = 20_000;
/// After which the brokers end a replay's transaction that was left open.
const REPLAY_TIMEOUT_MILLIS: u64 = 30_000;
const METADATA_REFRESH_MILLIS: usize = 30_000;
const STATISTICS_INTERVAL_MILLIS: usize = 1_000;
const ONE_AT_A_TIME: &str = "max.in.flight.requests.per.connection";

pub(super) fn consumer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    fill(&mut config, membership(settings));
    config
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "false")
        // Partitions that are added wait so long for their first reader.
        .set("topic.metadata.refresh.interval.ms", METADATA_REFRESH_MILLIS.to_string())
        .set("fetch.queue.backoff.ms", "10")
        .set("queued.max.messages.kbytes", FETCHED_AHEAD_KILOBYTES.to_string())
        .set("fetch.max.bytes", FETCH_BYTES.max(settings.max_message_bytes).to_string())
        .set("max.partition.fetch.bytes", FETCH_PARTITION_BYTES.to_string());
    overlay(&mut config, &settings.properties);
    overlay(&mut config, &settings.consumer_properties);
    config
}

pub(super) fn producer(settings: &KafkaSettings, limits: Limits) -> ClientConfig {
    // The sink holds back before librdkafka does. librdkafka lets go of
    // messages some time after it has reported on them, all of an event at
    // once, so its own queue must hold as many again.
    let bytes = 2 * (sink::QUEUE_BYTES + limits.largest());
    let messages = 2 * sink::QUEUE_MESSAGES;
    let mut config = base(settings);
    fill(&mut config, publication(settings, limits));
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("partitioner", "murmur2_random")
        // A request that got no answer counts as stored when one behind it was: librdkafka
        // trusts brokers to refuse what does not follow on what they have. They do not where
        // they have forgotten the producer, which they do a day after the timestamps of its
        // messages (producer.id.expiration.ms), and articles may be older than that: a broker
        // that starts again has lost a whole batch so. With one request at a time none is
        // behind another.
        .set(ONE_AT_A_TIME, "1")
        .set("batch.size", limits.smallest().min(BATCH_BYTES).to_string())
        .set("queue.buffering.max.kbytes", bytes.div_ceil(1024).to_string())
        .set("queue.buffering.max.messages", messages.to_string());
    overlay(&mut config, &settings.properties);
    overlay(&mut config, &settings.producer_properties);
    config
}

/// As [`producer`], with the identity that its transactions have.
pub(super) fn transactional_producer(settings: &KafkaSettings, limits: Limits) -> ClientConfig {
    let mut config = producer(settings, limits);
    // librdkafka refuses messages that may outlive their transaction.
    let delivery_timeout =
        settings.delivery_timeout_millis.min(settings.transaction_timeout_millis);
    config
        .set("transactional.id", transactional_id(settings))
        .set("transaction.timeout.ms", settings.transaction_timeout_millis.to_string())
        .set("message.timeout.ms", delivery_timeout.to_string());
    config
}

/// One that nobody else has, where the settings name none.
fn transactional_id(settings: &KafkaSettings) -> String {
    if !settings.transactional_id.is_empty() {
        return settings.transactional_id.clone();
    }
    let group = &settings.group_id;
    if !settings.group_instance_id.is_empty() {
        return format!("{group}-{}", settings.group_instance_id);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{group}-{}-{}", std::process::id(), since.as_nanos())
}

/// For questions about the cluster.
pub(super) fn inquirer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    overlay(&mut config, &settings.properties);
    config.set("statistics.interval.ms", "0");
    config
}

/// For the topic of the site memory, which every worker reads from its beginning: it
/// joins no group and commits nothing, but librdkafka reads under a group's name only.
pub(super) fn memory_reader(settings: &KafkaSettings) -> ClientConfig {
    let mut config = inquirer(settings);
    config
        .set("group.id", &settings.group_id)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "earliest")
        .set("queued.max.messages.kbytes", MEMORY_AHEAD_KILOBYTES.to_string());
    config
}

/// For what workers learn of sites. Each record holds by itself, so that neither order
/// nor repetition matters.
pub(super) fn memory_writer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    config
        .set("acks", "all")
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "50")
        .set("compression.type", settings.compression.as_str())
        .set("message.timeout.ms", MEMORY_TIMEOUT_MILLIS.to_string())
        .set("queue.buffering.max.messages", MEMORY_QUEUE_MESSAGES.to_string());
    overlay(&mut config, &settings.properties);
    config.set("statistics.interval.ms", "0");
    config
}

/// For dead letters that are sent on their way again, each transaction a batch of them.
pub(super) fn replayer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    fill(&mut config, publication(settings, Limits::of(settings)));
    config
        .set("acks", "all")
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "0")
        .set(ONE_AT_A_TIME, "1")
        .set("transactional.id", format!("copydesk-replay-{}", settings.dead_letter_topic))
        .set("transaction.timeout.ms", REPLAY_TIMEOUT_MILLIS.to_string())
        .set("message.timeout.ms", REPLAY_TIMEOUT_MILLIS.to_string());
    overlay(&mut config, &settings.properties);
    config.set("statistics.interval.ms", "0");
    config
}

/// What every client answers to librdkafka alike, within its `impl ClientContext`.
macro_rules! common_answers {
    () => {
        const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

        fn log(&self, level: rdkafka::config::RDKafkaLogLevel, facility: &str, message: &str) {
            $crate::transport::kafka::client::log(level, facility, message);
        }

        fn generate_oauth_token(
            &self,
            file: Option<&str>,
        ) -> Result<rdkafka::client::OAuthToken, Box<dyn std::error::Error>> {
            $crate::transport::kafka::oauth::token(file)
        }
    };
}
pub(super) use common_answers;

/// The context of a client that only asks.
pub(super) struct Inquiry;

impl ClientContext for Inquiry {
    common_answers!();
}

impl ConsumerContext for Inquiry {}

/// A client for questions about the cluster, which can ask at once.
pub(super) fn inquire(config: &ClientConfig) -> KafkaResult<BaseConsumer<Inquiry>> {
    let consumer: BaseConsumer<Inquiry> = config.create_with_context(Inquiry)?;
    oauth::give(consumer.client(), config)?;
    Ok(consumer)
}

/// One line of librdkafka's log. Its errors pass by themselves (a broker that
/// went away); those that do not come back as errors of a call.
pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => {
            tracing::warn!(target: "librdkafka", facility, "{message}");
        }
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", facility, "{message}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{message}"),
    }
}

fn base(settings: &KafkaSettings) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set_log_level(RDKafkaLogLevel::Info);
    fill(&mut config, connection(settings));
    config
        .set("statistics.interval.ms", STATISTICS_INTERVAL_MILLIS.to_string())
        .set("socket.keepalive.enable", "true")
        // A broker that is back must be noticed within seconds.
        .set("reconnect.backoff.ms", "100")
        .set("reconnect.backoff.max.ms", "2000");
    config
}

/// Setting, property, value.
pub(super) type Named = (&'static str, &'static str, String);

/// What every client needs.
pub(super) fn connection(settings: &KafkaSettings) -> Vec<Named> {
    let mut named = vec![
        ("kafka.brokers", "bootstrap.servers", settings.brokers.join(",")),
        ("kafka.client_id", "client.id", settings.client_id.clone()),
        (
            "kafka.security_protocol",
            "security.protocol",
            settings.security_protocol.as_str().into(),
        ),
    ];
    if settings.sasl_mechanism != SaslMechanism::None {
        let mechanism = settings.sasl_mechanism.as_str().into();
        named.push(("kafka.sasl_mechanism", "sasl.mechanism", mechanism));
    }
    let optional = [
        ("kafka.sasl_username", "sasl.username", &settings.sasl_username),
        ("kafka.sasl_password", "sasl.password", &settings.sasl_password.0),
        ("kafka.oauth_token_file", "sasl.oauthbearer.config", &settings.oauth_token_file),
        ("kafka.ssl_ca_file", "ssl.ca.location", &settings.ssl_ca_file),
        ("kafka.ssl_certificate_file", "ssl.certificate.location", &settings.ssl_certificate_file),
        ("kafka.ssl_key_file", "ssl.key.location", &settings.ssl_key_file),
        ("kafka.ssl_key_password", "ssl.key.password", &settings.ssl_key_password.0),
    ];
    named.extend(
        optional
            .into_iter()
            .filter(|(_, _, value)| !value.is_empty())
            .map(|(setting, property, value)| (setting, property, value.clone())),
    );
    named
}

/// What makes the consumer a member of its group.
pub(super) fn membership(settings: &KafkaSettings) -> Vec<Named> {
    let mut named = vec![
        ("kafka.group_id", "group.id", settings.group_id.clone()),
        ("kafka.offset_reset", "auto.offset.reset", settings.offset_reset.as_str().into()),
        (
            "kafka.max_poll_interval_millis",
            "max.poll.interval.ms",
            settings.max_poll_interval_millis.to_string(),
        ),
    ];
    if !settings.group_instance_id.is_empty() {
        named.push((
            "kafka.group_instance_id",
            "group.instance.id",
            settings.group_instance_id.clone(),
        ));
    }
    named.push(("kafka.group_protocol", "group.protocol", settings.group_protocol.as_str().into()));
    // Under the newer protocol the broker decides both, and librdkafka refuses
    // a client that sets them.
    if settings.group_protocol == GroupProtocol::Classic {
        named.push((
            "kafka.assignment_strategy",
            "partition.assignment.strategy",
            settings.assignment_strategy.as_str().into(),
        ));
        named.push((
            "kafka.session_timeout_millis",
            "session.timeout.ms",
            settings.session_timeout_millis.to_string(),
        ));
    }
    named
}

pub(super) fn publication(settings: &KafkaSettings, limits: Limits) -> Vec<Named> {
    vec![
        ("kafka.linger_millis", "linger.ms", settings.linger_millis.to_string()),
        ("kafka.compression", "compression.type", settings.compression.as_str().into()),
        (
            "kafka.delivery_timeout_millis",
            "message.timeout.ms",
            settings.delivery_timeout_millis.to_string(),
        ),
        ("kafka.max_message_bytes", "message.max.bytes", limits.largest().to_string()),
    ]
}

fn fill(config: &mut ClientConfig, named: Vec<Named>) {
    for (_, property, value) in named {
        config.set(property, value);
    }
}

fn overlay(config: &mut ClientConfig, properties: &BTreeMap<String, String>) {
    for (property, value) in properties {
        config.set(property, value);
    }
}
