//! What is wrong with the settings as far as librdkafka goes: properties that
//! it does not know or that would break a guarantee, and what this build cannot
//! do. What settings must hold to among each other is not looked at here.

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;

use super::client::{connection, membership, publication};
use super::topics::Limits;
use crate::settings::{Choice, KafkaSettings, SaslMechanism, SecurityProtocol};

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
    ("sasl.oauthbearer.config", "use kafka.oauth_token_file"),
    ("sasl.oauthbearer.method", "use kafka.oauth_token_file"),
    ("enable.sasl.oauthbearer.unsecure.jwt", "anybody could make such tokens"),
    ("ssl.key.password", "use kafka.ssl_key_password, which is never shown"),
    ("group.protocol", "use kafka.group_protocol"),
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
    ("max.in.flight.requests.per.connection", "a request behind one that failed may hide it"),
    ("max.in.flight", "a request behind one that failed may hide it"),
    ("transactional.id", "use kafka.transactional_id"),
    ("transaction.timeout.ms", "use kafka.transaction_timeout_millis"),
    ("enable.gapless.guarantee", "one refused article would end the producer"),
    ("queue.buffering.max.messages", "the queue is bounded with its reports in mind"),
    ("queue.buffering.max.kbytes", "the queue is bounded with its reports in mind"),
    ("partitioner", "keys must go where Java clients put them"),
    ("partitioner_cb", "keys must go where Java clients put them"),
    ("delivery.report.only.error", "an article is done when its report says so"),
    ("statistics.interval.ms", "lag and readiness are read from the statistics"),
    ("test.mock.num.brokers", "a broker inside the client keeps nothing"),
];

/// Every fault, each as `setting: why`; empty when there is none. Asks no broker.
pub fn faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = build_faults(settings);
    for input in &settings.input_topics {
        if let Err(why) = topic_pattern(input) {
            faults.push(format!("kafka.input_topics: {input:?} {why}"));
        }
    }
    let named = connection(settings)
        .into_iter()
        .chain(membership(settings))
        .chain(publication(settings, Limits::of(settings)));
    for (setting, property, value) in named {
        faults.extend(property_fault(setting, property, &value));
    }
    for (setting, properties) in [
        ("kafka.properties", &settings.properties),
        ("kafka.consumer_properties", &settings.consumer_properties),
        ("kafka.producer_properties", &settings.producer_properties),
    ] {
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

/// The regular expression an input topic stands for; `None` for a plain name.
pub(super) fn topic_pattern(input: &str) -> Result<Option<regex::Regex>, &'static str> {
    if !input.starts_with('^') {
        return Ok(None);
    }
    // librdkafka matches by POSIX extended expressions, where \d is a plain d.
    let bytes = input.as_bytes();
    let class = bytes.windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_alphanumeric());
    if class {
        return Err("must be a POSIX extended regular expression: write [0-9] for \\d");
    }
    regex::Regex::new(input).map(Some).map_err(|_| "is not a regular expression")
}

/// What librdkafka says to this property alone. It may quote the value, so
/// nothing is said where that is a secret.
fn property_fault(setting: &str, property: &str, value: &str) -> Option<String> {
    let error = ClientConfig::new().set(property, value).create_native_config().err()?;
    let why = match error {
        KafkaError::ClientConfig(_, why, _, _) => why,
        other => other.to_string(),
    };
    if !cfg!(feature = "tls") && why.contains("not available at build time") {
        return Some(format!("{setting}: needs a build with the cargo feature tls"));
    }
    if ["password", "secret", "pem", "config"].iter().any(|part| property.contains(part)) {
        return Some(format!("{setting}: is not accepted"));
    }
    Some(format!("{setting}: {why}"))
}

/// librdkafka takes these settings and fails only when it connects.
fn build_faults(settings: &KafkaSettings) -> Vec<String> {
    let mut faults = Vec::new();
    if cfg!(feature = "tls") {
        return faults;
    }
    let (protocol, mechanism) = (settings.security_protocol, settings.sasl_mechanism);
    if matches!(protocol, SecurityProtocol::Ssl | SecurityProtocol::SaslSsl) {
        faults.push(format!(
            "kafka.security_protocol: {} needs a build with the cargo feature tls",
            protocol.as_str()
        ));
    }
    if !matches!(mechanism, SaslMechanism::None | SaslMechanism::Plain) {
        faults.push(format!(
            "kafka.sasl_mechanism: {} needs a build with the cargo feature tls",
            mechanism.as_str()
        ));
    }
    faults
}
