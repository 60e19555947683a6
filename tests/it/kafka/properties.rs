//! What librdkafka will not take, before any broker is asked.

use std::collections::BTreeMap;

use copydesk::error::TransportError;
use copydesk::settings::{AssignmentStrategy, Choice, Compression, GroupProtocol, KafkaSettings};
use copydesk::transport::kafka::properties::faults;
use copydesk::transport::kafka::{KafkaSink, KafkaSource};

fn properties(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[test]
fn the_defaults_are_sound() {
    assert_eq!(faults(&KafkaSettings::default()), Vec::<String>::new());
}

#[test]
fn librdkafka_knows_every_assignor_and_compression() {
    for (assignment_strategy, _) in AssignmentStrategy::ALL {
        for (compression, _) in Compression::ALL {
            let settings = KafkaSettings {
                assignment_strategy: *assignment_strategy,
                compression: *compression,
                ..KafkaSettings::default()
            };
            assert_eq!(faults(&settings), Vec::<String>::new());
        }
    }
}

#[test]
fn patterns_are_of_the_kind_librdkafka_matches() {
    let settings = KafkaSettings {
        input_topics: vec!["raw".into(), r"^news\.[0-9]+$".into(), r"^news\.\d+$".into()],
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("write [0-9] for \\d"), "{faults:?}");
}

#[test]
fn properties_that_break_a_guarantee_are_refused() {
    let settings = KafkaSettings {
        properties: properties(&[("socket.timeout.ms", "30000"), ("group.id", "other")]),
        consumer_properties: properties(&[
            ("enable.auto.commit", "true"),
            ("enable.auto.offset.store", "true"),
            ("fetch.min.bytes", "1024"),
        ]),
        producer_properties: properties(&[
            ("enable.idempotence", "false"),
            ("acks", "1"),
            ("max.in.flight", "5"),
            ("batch.num.messages", "500"),
        ]),
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    assert_eq!(faults.len(), 6, "{faults:#?}");
    let first = "kafka.properties.\"group.id\": cannot be set, use kafka.group_id";
    assert_eq!(faults[0], first);
}

#[test]
fn properties_librdkafka_does_not_know_are_named() {
    let settings = KafkaSettings {
        consumer_properties: properties(&[("fetch.mim.bytes", "1"), ("fetch.wait.max.ms", "soon")]),
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults[0].contains("No such configuration property"), "{faults:#?}");
    assert!(faults[1].contains("fetch.wait.max.ms"), "{faults:#?}");
}

#[test]
fn the_newer_group_protocol_needs_nothing_unset_by_hand() {
    let settings =
        KafkaSettings { group_protocol: GroupProtocol::Consumer, ..KafkaSettings::default() };
    assert_eq!(faults(&settings), Vec::<String>::new());
    // librdkafka refuses a client whose session timeout or assignor is set.
    let opened = KafkaSource::open(&settings, 1024);
    assert!(opened.is_ok(), "{:?}", opened.err());
}

#[cfg(not(feature = "tls"))]
#[test]
fn what_needs_openssl_names_the_feature() {
    use copydesk::settings::{SaslMechanism, Secret, SecurityProtocol};
    let settings = KafkaSettings {
        security_protocol: SecurityProtocol::SaslSsl,
        sasl_mechanism: SaslMechanism::ScramSha512,
        sasl_username: "desk".into(),
        sasl_password: Secret("swordfish".into()),
        ssl_ca_file: "ca.pem".into(),
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    for setting in ["kafka.security_protocol", "kafka.sasl_mechanism", "kafka.ssl_ca_file"] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(setting)
                && fault.contains("needs a build with the cargo feature tls")),
            "{setting}: {faults:#?}"
        );
    }
    assert!(!format!("{faults:?}").contains("swordfish"));
}

#[tokio::test]
async fn neither_end_opens_with_properties_at_fault() {
    let settings = KafkaSettings {
        properties: properties(&[("group.id", "other"), ("acks", "0")]),
        ..KafkaSettings::default()
    };
    let source = KafkaSource::open(&settings, 1024).err();
    let sink = KafkaSink::open(&settings).await.err();
    for error in [source, sink] {
        let Some(TransportError::Fatal { why, .. }) = error else { panic!("{error:?}") };
        assert!(why.contains("\"group.id\"") && why.contains("\"acks\""), "{why}");
    }
}
