//! What is wrong with settings, before any broker is asked.

use std::collections::BTreeMap;

use copydesk::error::TransportError;
use copydesk::settings::{KafkaSettings, Secret};
use copydesk::transport::kafka::client::faults;
use copydesk::transport::kafka::{KafkaSink, KafkaSource};

fn properties(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[test]
fn the_defaults_are_sound() {
    assert_eq!(faults(&KafkaSettings::default()), Vec::<String>::new());
}

#[test]
fn every_assignor_and_compression_is_known() {
    for assignment_strategy in ["cooperative-sticky", "range", "roundrobin"] {
        for compression in ["none", "gzip", "snappy", "lz4", "zstd"] {
            let settings = KafkaSettings {
                assignment_strategy: assignment_strategy.into(),
                compression: compression.into(),
                ..KafkaSettings::default()
            };
            assert_eq!(faults(&settings), Vec::<String>::new());
        }
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let settings = KafkaSettings {
        brokers: vec![],
        group_id: " ".into(),
        input_topics: vec!["a b".into(), "^news[".into(), r"^news\.\d+".into()],
        output_topic: String::new(),
        compression: "brotli".into(),
        session_timeout_millis: 50_000,
        max_poll_interval_millis: 40_000,
        revoke_drain_millis: 40_000,
        ..KafkaSettings::default()
    };
    let faults = faults(&settings).join("\n");
    for expected in [
        "kafka.brokers: needs host:port",
        "kafka.group_id: is empty",
        "kafka.input_topics: \"a b\" is not a topic name",
        "kafka.input_topics: \"^news[\" is not a regular expression",
        "write [0-9] for \\d",
        "kafka.output_topic: \"\" is not a topic name",
        "kafka.compression: Invalid value \"brotli\"",
        "kafka.max_poll_interval_millis: is below kafka.session_timeout_millis",
        "kafka.revoke_drain_millis: must be below",
    ] {
        assert!(faults.contains(expected), "{expected:?} is not among\n{faults}");
    }
}

#[test]
fn input_that_takes_in_the_output_is_an_endless_loop() {
    let settings = KafkaSettings {
        input_topics: vec!["^articles\\..*".into(), "articles.enriched".into()],
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.contains("an endless loop")));
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
            ("batch.num.messages", "500"),
        ]),
        ..KafkaSettings::default()
    };
    let faults = faults(&settings);
    assert_eq!(faults.len(), 5, "{faults:#?}");
    assert!(
        faults[0].starts_with("kafka.properties.\"group.id\": cannot be set, use kafka.group_id")
    );
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
    let settings = KafkaSettings {
        consumer_properties: properties(&[("group.protocol", "consumer")]),
        ..KafkaSettings::default()
    };
    assert_eq!(faults(&settings), Vec::<String>::new());
    // librdkafka refuses a client whose session timeout or assignor is set.
    let opened = KafkaSource::open(&settings, 1024);
    assert!(opened.is_ok(), "{:?}", opened.err());
}

#[test]
fn sasl_needs_all_of_it() {
    let settings =
        KafkaSettings { security_protocol: "sasl_plaintext".into(), ..KafkaSettings::default() };
    assert_eq!(faults(&settings), ["kafka.sasl_mechanism: sasl_plaintext needs one"]);
    let settings = KafkaSettings { sasl_mechanism: "PLAIN".into(), ..settings };
    assert_eq!(faults(&settings).len(), 2);
    let settings = KafkaSettings {
        sasl_username: "desk".into(),
        sasl_password: Secret("swordfish".into()),
        ..settings
    };
    assert_eq!(faults(&settings), Vec::<String>::new());
    let settings = KafkaSettings { sasl_mechanism: "GSSAPI".into(), ..settings };
    assert!(faults(&settings).iter().any(|fault| fault.contains("GSSAPI is not built in")));
    let settings = KafkaSettings { security_protocol: "plaintext".into(), ..settings };
    assert!(faults(&settings).iter().any(|fault| fault.contains("has no effect")));
}

#[cfg(not(feature = "tls"))]
#[test]
fn what_needs_openssl_names_the_feature() {
    let settings = KafkaSettings {
        security_protocol: "sasl_ssl".into(),
        sasl_mechanism: "SCRAM-SHA-512".into(),
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
async fn neither_end_opens_with_bad_settings() {
    let settings = KafkaSettings { group_id: String::new(), ..KafkaSettings::default() };
    let source = KafkaSource::open(&settings, 1024).err();
    let sink = KafkaSink::open(&settings).await.err();
    for error in [source, sink] {
        let Some(TransportError::Fatal { why, .. }) = error else { panic!("{error:?}") };
        assert!(why.contains("kafka.group_id"));
    }
}
