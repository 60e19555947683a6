//! A broker inside the process, for the tests and `copydesk demo`: librdkafka's
//! mock cluster, which speaks the real protocol on 127.0.0.1.
//!
//! It keeps 5 MiB or 100,000 messages of a partition and forgets the oldest
//! beyond that without a word; [`EmbeddedBroker::evicted`] tells.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::bindings;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};

use super::client;
use super::headers;
use super::topic_reader::{TopicReader, partitions};
use crate::error::TransportError;

pub use crate::transport::StoredMessage;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Lives as long as this value.
pub struct EmbeddedBroker {
    /// The client the cluster lives in; it publishes nothing itself.
    host: BaseProducer,
}

impl EmbeddedBroker {
    pub fn start(brokers: u16) -> Result<Self, TransportError> {
        let host: BaseProducer = ClientConfig::new()
            .set("test.mock.num.brokers", brokers.to_string())
            .create()
            .map_err(|error| fault("start the embedded broker", &error))?;
        // A group waits 3 seconds for more members before its first assignment;
        // whoever watches a demonstration does not.
        // SAFETY: the host is alive, and its cluster with it; null is checked.
        unsafe {
            let cluster = bindings::rd_kafka_handle_mock_cluster(host.client().native_ptr());
            if !cluster.is_null() {
                bindings::rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
            }
        }
        Ok(Self { host })
    }

    /// `host:port`, one for each broker.
    pub fn brokers(&self) -> Vec<String> {
        self.cluster().bootstrap_servers().split(',').map(str::to_owned).collect()
    }

    pub fn create_topic(&self, topic: &str, partitions: u16) -> Result<(), TransportError> {
        self.cluster()
            .create_topic(topic, i32::from(partitions), 1)
            .map_err(|error| fault("create a topic", &error))
    }

    /// For faults: request errors, delays, brokers that go down.
    pub fn cluster(&self) -> MockCluster<'_, DefaultProducerContext> {
        self.host.client().mock_cluster().expect("the host was made with a cluster")
    }

    /// The topics of these that have lost messages to the broker's size limit.
    pub fn evicted(&self, topics: &[&str]) -> Result<Vec<String>, TransportError> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.brokers().join(","));
        let consumer =
            client::inquire(&config).map_err(|error| fault("ask for offsets", &error))?;
        let mut evicted = Vec::new();
        for topic in topics {
            for partition in 0..partitions(&consumer, topic)? {
                let (low, _) = consumer
                    .fetch_watermarks(topic, partition, TIMEOUT)
                    .map_err(|error| fault("ask for offsets", &error))?;
                if low > 0 {
                    evicted.push(format!("{topic}[{partition}]"));
                }
            }
        }
        Ok(evicted)
    }
}

/// Publishes to any broker, and returns when all of it is stored. Blocks.
pub fn publish(
    brokers: &[String],
    topic: &str,
    messages: &[StoredMessage],
) -> Result<(), TransportError> {
    let attempted = "publish to a topic";
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", brokers.join(","))
        .set("enable.idempotence", "true")
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "1")
        .create()
        .map_err(|error| fault(attempted, &error))?;
    for message in messages {
        loop {
            let record = BaseRecord {
                topic,
                partition: message.partition,
                payload: message.payload.as_ref(),
                key: message.key.as_ref(),
                timestamp: message.timestamp_millis,
                headers: headers::write(&message.headers),
                delivery_opaque: (),
            };
            match producer.send(record) {
                Ok(()) => break,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    producer.poll(Duration::from_millis(10));
                }
                Err((error, _)) => return Err(fault(attempted, &error)),
            }
        }
    }
    let deadline = Instant::now() + TIMEOUT * 3;
    while producer.in_flight_count() > 0 {
        if Instant::now() > deadline {
            let why = "the brokers do not take it".into();
            return Err(TransportError::Transient { attempted, why });
        }
        producer.poll(Duration::from_millis(1));
    }
    Ok(())
}

/// All that is in the topic now, in offset order by partition. Blocks.
pub fn read_all(brokers: &[String], topic: &str) -> Result<Vec<StoredMessage>, TransportError> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers.join(","));
    let mut reader = TopicReader::open(config, topic)?;
    reader.rewind()?;
    std::iter::from_fn(|| reader.read().transpose()).collect()
}

fn fault(attempted: &'static str, error: &KafkaError) -> TransportError {
    TransportError::Transient { attempted, why: error.to_string() }
}
