//! `copydesk check`, as far as the brokers go.

use std::time::Duration;

use copydesk::settings::KafkaSettings;
use copydesk::transport::kafka::reachable::faults;

use super::broker::{Cluster, PATIENCE, unique};

#[tokio::test]
async fn topics_that_are_there_are_no_fault() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        assert_eq!(faults(&settings, PATIENCE).await, Vec::<String>::new());
        let pattern = format!("^{input}$");
        let settings = KafkaSettings { input_topics: vec![pattern], ..settings };
        assert_eq!(faults(&settings, PATIENCE).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn all_missing_topics_are_told() {
    for cluster in Cluster::all() {
        let settings = KafkaSettings {
            brokers: cluster.brokers.clone(),
            input_topics: vec![unique("input"), format!("^{}.*", unique("pattern"))],
            output_topic: unique("enriched"),
            dead_letter_topic: unique("dead"),
            ..KafkaSettings::default()
        };
        let faults = faults(&settings, PATIENCE).await;
        assert_eq!(faults.len(), 4, "{faults:#?}");
        assert!(faults[0].contains("does not exist"), "{faults:#?}");
        assert!(faults[1].contains("no topic matches"), "{faults:#?}");
        assert!(faults[2].starts_with("kafka.output_topic"), "{faults:#?}");
        assert!(faults[3].starts_with("kafka.dead_letter_topic"), "{faults:#?}");
    }
}

#[tokio::test]
async fn brokers_that_do_not_answer_are_told_with_the_reason() {
    // A port that was free a moment ago refuses.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings =
        KafkaSettings { brokers: vec![format!("127.0.0.1:{port}")], ..KafkaSettings::default() };
    let faults = faults(&settings, Duration::from_secs(1)).await;
    assert!(faults[0].starts_with("kafka.brokers: 127.0.0.1"), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.contains("Connection refused")), "{faults:#?}");
}
