//! What is asked of a real Kafka about its topics, beside reading and writing them.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier,
    TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::runtime::Runtime;

use super::Failure;

/// Leaves the number of copies to the brokers' own setting.
const DEFAULT_REPLICATION: i32 = -1;
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

pub struct Admin {
    client: AdminClient<DefaultClientContext>,
    runtime: Runtime,
}

impl Admin {
    pub fn of(servers: &str) -> Result<Self, Failure> {
        let failed = |why: String| format!("could not ask {servers}: {why}");
        let client = ClientConfig::new()
            .set("bootstrap.servers", servers)
            .create()
            .map_err(|error: rdkafka::error::KafkaError| failed(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { client, runtime })
    }

    /// Makes a topic, with what its configuration is to have beside the brokers' own.
    pub fn create(
        &self,
        topic: &str,
        partitions: u32,
        config: &[(&str, &str)],
    ) -> Result<(), Failure> {
        let replication = TopicReplication::Fixed(DEFAULT_REPLICATION);
        let new = config.iter().fold(
            NewTopic::new(topic, partitions.cast_signed(), replication),
            |new, (key, value)| new.set(key, value),
        );
        let made = self.client.create_topics([&new], &AdminOptions::new());
        let made = self.runtime.block_on(made).map_err(|error| error.to_string())?;
        made.into_iter().try_for_each(|made| {
            made.map(|_| ())
                .map_err(|(topic, code)| format!("could not make the topic {topic}: {code}"))
        })?;
        self.await_leaders(topic, partitions)
    }

    /// Brokers know of a partition one after the other, and a client that asks one that does
    /// not is told that it is not there.
    fn await_leaders(&self, topic: &str, partitions: u32) -> Result<(), Failure> {
        let deadline = Instant::now() + PATIENCE;
        while !self.knows(topic, partitions) {
            if Instant::now() > deadline {
                return Err(format!("the topic {topic} was made, and no leaders for it"));
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
        std::thread::sleep(LOOK_INTERVAL);
        Ok(())
    }

    fn knows(&self, topic: &str, partitions: u32) -> bool {
        let metadata = self.client.inner().fetch_metadata(Some(topic), PATIENCE);
        metadata.is_ok_and(|metadata| {
            metadata.topics().first().is_some_and(|topic| {
                topic.partitions().len() == partitions as usize
                    && topic.partitions().iter().all(|it| it.error().is_none() && it.leader() >= 0)
            })
        })
    }

    pub fn configure(&self, topic: &str, key: &str, value: &str) -> Result<(), Failure> {
        let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
        let changed = self.client.alter_configs([&change], &AdminOptions::new());
        let changed = self.runtime.block_on(changed).map_err(|error| error.to_string())?;
        changed.into_iter().try_for_each(|changed| {
            changed.map(|_| ()).map_err(|(_, code)| format!("could not configure {topic}: {code}"))
        })
    }

    /// So that it has so many.
    pub fn add_partitions(&self, topic: &str, partitions: u32) -> Result<(), Failure> {
        let new = NewPartitions::new(topic, partitions as usize);
        let added = self.client.create_partitions([&new], &AdminOptions::new());
        let added = self.runtime.block_on(added).map_err(|error| error.to_string())?;
        added.into_iter().try_for_each(|added| {
            added
                .map(|_| ())
                .map_err(|(_, code)| format!("could not add partitions to {topic}: {code}"))
        })?;
        self.await_leaders(topic, partitions)
    }

    /// All before this offset, as retention would.
    pub fn delete_records(&self, topic: &str, partition: i32, before: i64) -> Result<(), Failure> {
        let failed = |why: String| format!("could not delete records of {topic}: {why}");
        let mut offsets = TopicPartitionList::new();
        offsets
            .add_partition_offset(topic, partition, Offset::Offset(before))
            .map_err(|error| failed(error.to_string()))?;
        let deleted = self.client.delete_records(&offsets, &AdminOptions::new());
        self.runtime.block_on(deleted).map_err(|error| failed(error.to_string()))?;
        Ok(())
    }
}
