//! How the clients are configured: each setting's librdkafka property, what is
//! fixed because the guarantees stand on it, and what is wrong with a setting.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::topics::Limits;
use crate::settings::{KafkaSettings, OffsetReset};

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

/// What is wrong with the settings, all of it; empty when nothing is. Looks at
/// the settings alone; [`super::reachable`] asks the brokers.
pub fn faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    faults.extend(topic_faults(settings));
    faults.extend(security_faults(settings));
    faults.extend(time_faults(settings));
    for (setting, value) in
        [("kafka.group_id", &settings.group_id), ("kafka.client_id", &settings.client_id)]
    {
        if value.trim().is_empty() {
            faults.push(format!("{setting}: is empty"));
        }
    }
    if settings.brokers.is_empty() || settings.brokers.iter().any(|broker| broker.trim().is_empty())
    {
        faults.push("kafka.brokers: needs host:port, one for each broker".into());
    }

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
        ("kafka.security_protocol", "security.protocol", settings.security_protocol.clone()),
    ];
    let optional = [
        ("kafka.sasl_mechanism", "sasl.mechanism", &settings.sasl_mechanism),
        ("kafka.sasl_username", "sasl.username", &settings.sasl_username),
        ("kafka.sasl_password", "sasl.password", &settings.sasl_password.0),
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
fn membership(settings: &KafkaSettings) -> Vec<Named> {
    let offset_reset = match settings.offset_reset {
        OffsetReset::Error => "error",
        OffsetReset::Earliest => "earliest",
        OffsetReset::Latest => "latest",
    };
    let mut named = vec![
        ("kafka.group_id", "group.id", settings.group_id.clone()),
        ("kafka.offset_reset", "auto.offset.reset", offset_reset.into()),
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
            settings.assignment_strategy.clone(),
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
        ("kafka.compression", "compression.type", settings.compression.clone()),
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

fn topic_faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    let written = [
        ("kafka.output_topic", &settings.output_topic),
        ("kafka.dead_letter_topic", &settings.dead_letter_topic),
    ];
    for (setting, topic) in written {
        if !is_topic_name(topic) {
            faults.push(format!("{setting}: {topic:?} is not a topic name"));
        }
    }
    if settings.output_topic == settings.dead_letter_topic {
        faults.push("kafka.dead_letter_topic: is the output topic".into());
    }
    if settings.input_topics.is_empty() {
        faults.push("kafka.input_topics: is empty".into());
    }
    for input in &settings.input_topics {
        let pattern = match topic_pattern(input) {
            Ok(pattern) => pattern,
            Err(why) => {
                faults.push(format!("kafka.input_topics: {input:?} {why}"));
                continue;
            }
        };
        for (setting, topic) in written {
            let same = match &pattern {
                Some(pattern) => pattern.is_match(topic),
                None => input == topic,
            };
            if same {
                faults.push(format!(
                    "kafka.input_topics: {input:?} takes in {setting}, an endless loop"
                ));
            }
        }
    }
    faults
}

/// The regular expression an input topic stands for; `None` for a plain name.
pub(super) fn topic_pattern(input: &str) -> Result<Option<regex::Regex>, &'static str> {
    if !input.starts_with('^') {
        return if is_topic_name(input) { Ok(None) } else { Err("is not a topic name") };
    }
    // librdkafka matches by POSIX extended expressions, where \d is a plain d.
    let bytes = input.as_bytes();
    let class = bytes.windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_alphanumeric());
    if class {
        return Err("must be a POSIX extended regular expression: write [0-9] for \\d");
    }
    regex::Regex::new(input).map(Some).map_err(|_| "is not a regular expression")
}

/// Kafka's own rule.
fn is_topic_name(name: &str) -> bool {
    (1..=249).contains(&name.len())
        && name != "."
        && name != ".."
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn security_faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    let protocol = settings.security_protocol.to_ascii_lowercase();
    let mechanism = settings.sasl_mechanism.as_str();
    let sasl = protocol.starts_with("sasl_");
    if protocol.ends_with("ssl") && !cfg!(feature = "tls") {
        faults.push(format!(
            "kafka.security_protocol: {protocol} needs a build with the cargo feature tls"
        ));
    }
    if mechanism == "GSSAPI" {
        faults.push("kafka.sasl_mechanism: GSSAPI is not built in".into());
    } else if !mechanism.is_empty() && mechanism != "PLAIN" && !cfg!(feature = "tls") {
        faults.push(format!(
            "kafka.sasl_mechanism: {mechanism} needs a build with the cargo feature tls"
        ));
    }
    if sasl && mechanism.is_empty() {
        faults.push(format!("kafka.sasl_mechanism: {protocol} needs one"));
    }
    if !sasl && !mechanism.is_empty() {
        faults.push(format!(
            "kafka.sasl_mechanism: has no effect with kafka.security_protocol {protocol}"
        ));
    }
    if sasl && (mechanism == "PLAIN" || mechanism.starts_with("SCRAM-")) {
        if settings.sasl_username.is_empty() {
            faults.push(format!("kafka.sasl_username: {mechanism} needs one"));
        }
        if settings.sasl_password.0.is_empty() {
            faults.push(format!("kafka.sasl_password: {mechanism} needs one"));
        }
    }
    faults
}

fn time_faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    if settings.max_poll_interval_millis < settings.session_timeout_millis {
        faults.push(
            "kafka.max_poll_interval_millis: is below kafka.session_timeout_millis".to_string(),
        );
    }
    // The group waits for a member that drains, but not beyond this.
    if settings.revoke_drain_millis >= settings.max_poll_interval_millis {
        faults.push(
            "kafka.revoke_drain_millis: must be below kafka.max_poll_interval_millis".to_string(),
        );
    }
    if settings.commit_interval_millis == 0 {
        faults.push("kafka.commit_interval_millis: is 0".to_string());
    }
    faults
}
