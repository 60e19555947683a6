//! How the clients are configured: each setting's librdkafka property, what is
//! fixed because the guarantees stand on it, and what is wrong with a setting.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::topics::Limits;
use crate::settings::{Choice, KafkaSettings, SaslMechanism};

/// Bytes fetched ahead of the worker, beside its own budget.
const FETCHED_AHEAD_KILOBYTES: usize = 16 * 1024;
/// Of one answer; a larger batch still comes, alone.
const FETCH_BYTES: usize = 8 * 1024 * 1024;
const FETCH_PARTITION_BYTES: usize = 1024 * 1024;
/// Bytes waiting for the broker to take them.
const PRODUCER_QUEUE_KILOBYTES: usize = 32 * 1024;
/// librdkafka's own default, which a smaller topic limit lowers.
const BATCH_BYTES: usize = 1_000_000;
const STATISTICS_INTERVAL_MILLIS: usize = 1_000;

/// Properties that may not be given: the setting to use instead, or the
/// guarantee that would break.
const REFUSED: &[(&str, &str)] = &[
    ("bootstrap.servers", "use kafka.brokers"),
    ("metadata.broker.list", "use kafka.brokers"),
    ("client.id", "use kafka.client_id"),
    ("group.id", "use kafka.group_id"),
    ("group.instance.id", "use kafka.group_instance_id"),
    ("security.protocol", "use kafka.security_protocol"),
    ("sasl.mechanism", "use kafka.sasl_mechanism"),
    ("sasl.mechanisms", "use kafka.sasl_mechanism"),
    ("sasl.username", "use kafka.sasl_username"),
    ("sasl.password", "use kafka.sasl_password, which is never shown"),
    ("ssl.key.password", "use kafka.ssl_key_password, which is never shown"),
    ("partition.assignment.strategy", "use kafka.assignment_strategy"),
    ("auto.offset.reset", "use kafka.offset_reset"),
    ("session.timeout.ms", "use kafka.session_timeout_millis"),
    ("max.poll.interval.ms", "use kafka.max_poll_interval_millis"),
    ("linger.ms", "use kafka.linger_millis"),
    ("queue.buffering.max.ms", "use kafka.linger_millis"),
    ("compression.type", "use kafka.compression"),
    ("compression.codec", "use kafka.compression"),
    ("message.timeout.ms", "use kafka.delivery_timeout_millis"),
    ("delivery.timeout.ms", "use kafka.delivery_timeout_millis"),
    ("message.max.bytes", "use kafka.max_message_bytes"),
    ("enable.auto.commit", "offsets are committed when their articles are safe"),
    ("auto.commit.enable", "offsets are committed when their articles are safe"),
    ("auto.commit.interval.ms", "use kafka.commit_interval_millis"),
    ("enable.auto.offset.store", "offsets are committed when their articles are safe"),
    ("offset.store.method", "offsets are kept by the broker"),
    ("enable.partition.eof", "the end of a partition is not an event"),
    ("enable.idempotence", "without it a retry may duplicate and reorder"),
    ("acks", "an article is safe when all in-sync replicas have it"),
    ("request.required.acks", "an article is safe when all in-sync replicas have it"),
    ("transactional.id", "delivery is at least once"),
    ("enable.gapless.guarantee", "one refused article would end the producer"),
    ("partitioner", "keys must go where Java clients put them"),
    ("partitioner_cb", "keys must go where Java clients put them"),
    ("delivery.report.only.error", "an article is done when its report says so"),
    ("statistics.interval.ms", "lag and readiness are read from the statistics"),
    ("test.mock.num.brokers", "a broker inside the client keeps nothing"),
];

/// What librdkafka, or this build of it, would refuse in settings that are right
/// by themselves; all of it, empty when there is nothing. Looks at the settings
/// alone; [`super::reachable`] asks the brokers.
pub fn faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    faults.extend(missing_feature(settings));
    let limits = Limits::of(settings);
    let named = connection(settings)
        .into_iter()
        .chain(membership(settings))
        .chain(publication(settings, limits));
    let given = [
        ("kafka.properties", &settings.properties),
        ("kafka.consumer_properties", &settings.consumer_properties),
        ("kafka.producer_properties", &settings.producer_properties),
    ];
    for (setting, property, value) in named {
        faults.extend(property_fault(setting, property, &value));
    }
    for (setting, properties) in given {
        for (property, value) in properties {
            let setting = format!("{setting}.\"{property}\"");
            match REFUSED.iter().find(|(refused, _)| refused == property) {
                Some((_, why)) => faults.push(format!("{setting}: cannot be set, {why}")),
                None => faults.extend(property_fault(&setting, property, value)),
            }
        }
    }
    faults
}

pub(super) fn consumer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    fill(&mut config, membership(settings));
    config
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "false")
        .set("fetch.queue.backoff.ms", "10")
        .set("queued.max.messages.kbytes", FETCHED_AHEAD_KILOBYTES.to_string())
        .set("fetch.max.bytes", FETCH_BYTES.max(settings.max_message_bytes).to_string())
        .set("max.partition.fetch.bytes", FETCH_PARTITION_BYTES.to_string());
    overlay(&mut config, &settings.properties);
    overlay(&mut config, &settings.consumer_properties);
    config
}

pub(super) fn producer(settings: &KafkaSettings, limits: Limits) -> ClientConfig {
    // A queue that cannot hold the largest message would never take it.
    let queue = PRODUCER_QUEUE_KILOBYTES.max(limits.largest().div_ceil(1024) * 2);
    let mut config = base(settings);
    fill(&mut config, publication(settings, limits));
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("partitioner", "murmur2_random")
        .set("batch.size", limits.smallest().min(BATCH_BYTES).to_string())
        .set("queue.buffering.max.kbytes", queue.to_string());
    overlay(&mut config, &settings.properties);
    overlay(&mut config, &settings.producer_properties);
    config
}

/// For questions about the cluster.
pub(super) fn inquirer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = base(settings);
    overlay(&mut config, &settings.properties);
    config.set("statistics.interval.ms", "0");
    config
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

type Named = (&'static str, &'static str, String);

/// Setting, property, value: what every client needs.
fn connection(settings: &KafkaSettings) -> Vec<Named> {
    let mut named = vec![
        ("kafka.brokers", "bootstrap.servers", settings.brokers.join(",")),
        ("kafka.client_id", "client.id", settings.client_id.clone()),
        (
            "kafka.security_protocol",
            "security.protocol",
            settings.security_protocol.as_str().into(),
        ),
    ];
    let optional = [
        ("kafka.sasl_username", "sasl.username", &settings.sasl_username),
        ("kafka.sasl_password", "sasl.password", &settings.sasl_password.0),
        ("kafka.ssl_ca_file", "ssl.ca.location", &settings.ssl_ca_file),
        ("kafka.ssl_certificate_file", "ssl.certificate.location", &settings.ssl_certificate_file),
        ("kafka.ssl_key_file", "ssl.key.location", &settings.ssl_key_file),
        ("kafka.ssl_key_password", "ssl.key.password", &settings.ssl_key_password.0),
    ];
    if settings.sasl_mechanism != SaslMechanism::None {
        let mechanism = settings.sasl_mechanism.as_str().into();
        named.push(("kafka.sasl_mechanism", "sasl.mechanism", mechanism));
    }
    named.extend(
        optional
            .into_iter()
            .filter(|(_, _, value)| !value.is_empty())
            .map(|(setting, property, value)| (setting, property, value.clone())),
    );
    named
}

/// What makes the consumer a member of its group.
fn membership(settings: &KafkaSettings) -> Vec<Named> {
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
    // Under the newer protocol the broker decides both, and librdkafka refuses
    // a client that sets them.
    if !brokers_assign(settings) {
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

fn publication(settings: &KafkaSettings, limits: Limits) -> Vec<Named> {
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

fn brokers_assign(settings: &KafkaSettings) -> bool {
    [&settings.properties, &settings.consumer_properties]
        .iter()
        .any(|properties| properties.get("group.protocol").is_some_and(|it| it == "consumer"))
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

/// What librdkafka says to this property alone. Its message may hold the
/// value, so it is left out where that is a secret.
fn property_fault(setting: &str, property: &str, value: &str) -> Option<String> {
    let error = ClientConfig::new().set(property, value).create_native_config().err()?;
    let secret = property.contains("password") || property.contains("secret");
    let why = match error {
        _ if secret => "is not accepted".into(),
        rdkafka::error::KafkaError::ClientConfig(_, why, _, _) => why,
        other => other.to_string(),
    };
    let cure = if why.contains("not available at build time") {
        "; it needs a build with the cargo feature tls"
    } else {
        ""
    };
    Some(format!("{setting}: {why}{cure}"))
}

fn missing_feature(settings: &KafkaSettings) -> Option<String> {
    let setting = if settings.security_protocol.uses_tls() {
        format!("kafka.security_protocol: {}", settings.security_protocol.as_str())
    } else if settings.sasl_mechanism.needs_tls_build() {
        format!("kafka.sasl_mechanism: {}", settings.sasl_mechanism.as_str())
    } else {
        return None;
    };
    (!cfg!(feature = "tls")).then(|| format!("{setting} needs a build with the cargo feature tls"))
}
