//! Whether the brokers and topics of the settings are there, for
//! `copydesk check`: asks, changes nothing, and lists every fault.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::{Metadata, MetadataTopic};

use super::{apart, client, oauth, properties};
use crate::settings::KafkaSettings;

/// For what the client has to say about a failure, one event a poll.
const EVENTS_WAIT: Duration = Duration::from_millis(100);

/// What keeps a worker with these settings from working; empty when nothing
/// does. Brokers are given `patience` to answer.
pub async fn faults(settings: &KafkaSettings, patience: Duration) -> Vec<String> {
    let faults = properties::faults(settings);
    if !faults.is_empty() {
        return faults;
    }
    let settings = settings.clone();
    apart(patience * 2, move || ask(&settings, patience))
        .await
        .unwrap_or_else(|| vec!["kafka.brokers: no answer, and the client hangs".into()])
}

fn ask(settings: &KafkaSettings, patience: Duration) -> Vec<String> {
    let complaints = Complaints::default();
    let config = client::inquirer(settings);
    let consumer: BaseConsumer<Complaints> = match config.create_with_context(complaints.clone()) {
        Ok(consumer) => consumer,
        Err(error) => return vec![format!("kafka: {error}")],
    };
    if let Err(error) = oauth::give(consumer.client(), &config) {
        return vec![format!("kafka: {error}")];
    }
    // One question for all topics: asking for one by name can create it.
    match consumer.fetch_metadata(None, patience) {
        Ok(metadata) => topic_faults(settings, &metadata),
        Err(error) => {
            // The answer says only that none came; the reasons were told aside.
            let until = Instant::now() + EVENTS_WAIT;
            while Instant::now() < until {
                consumer.poll(EVENTS_WAIT / 10);
            }
            let mut faults =
                vec![format!("kafka.brokers: {} ({error})", settings.brokers.join(","))];
            faults.extend(complaints.all().into_iter().map(|why| format!("kafka.brokers: {why}")));
            faults
        }
    }
}

fn topic_faults(settings: &KafkaSettings, metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    for input in &settings.input_topics {
        match properties::topic_pattern(input) {
            Err(why) => faults.push(format!("kafka.input_topics: {input:?} {why}")),
            Ok(None) => faults.extend(topic_fault("kafka.input_topics", input, metadata)),
            Ok(Some(pattern)) => {
                if !metadata.topics().iter().any(|topic| pattern.is_match(topic.name())) {
                    faults.push(format!("kafka.input_topics: no topic matches {input:?}"));
                }
            }
        }
    }
    for (setting, topic) in [
        ("kafka.output_topic", &settings.output_topic),
        ("kafka.dead_letter_topic", &settings.dead_letter_topic),
    ] {
        faults.extend(topic_fault(setting, topic, metadata));
    }
    faults
}

fn topic_fault(setting: &str, name: &str, metadata: &Metadata) -> Option<String> {
    let Some(topic) = metadata.topics().iter().find(|topic| topic.name() == name) else {
        return Some(format!("{setting}: {name:?} does not exist, or may not be seen"));
    };
    if let Some(error) = topic.error() {
        return Some(format!("{setting}: {name:?}: {}", RDKafkaErrorCode::from(error)));
    }
    let leaderless = leaderless(topic);
    (!leaderless.is_empty())
        .then(|| format!("{setting}: {name:?} has no leader for partitions {leaderless:?}"))
}

fn leaderless(topic: &MetadataTopic) -> Vec<i32> {
    let partitions = topic.partitions().iter();
    partitions.filter(|partition| partition.leader() < 0).map(|partition| partition.id()).collect()
}

/// What the client says aside while it tries to connect.
#[derive(Clone, Default)]
struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientContext for Complaints {
    client::common_answers!();

    fn error(&self, _error: KafkaError, reason: &str) {
        let mut complaints = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !complaints.iter().any(|known| known == reason) {
            complaints.push(reason.to_owned());
        }
    }
}

impl ConsumerContext for Complaints {}
