//! Where the tests' topics live, and how they are filled and read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use copydesk::settings::KafkaSettings;
use copydesk::transport::kafka::embedded::{self, EmbeddedBroker, StoredMessage};
use copydesk::transport::kafka::{KafkaSink, KafkaSource};
use copydesk::transport::{
    Delivery, Destination, Lane, Outbound, Receipt, Report, Sink, Source, Ticket,
};
use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

/// Longer than anything here takes on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Cluster {
    pub brokers: Vec<String>,
    pub embedded: Option<EmbeddedBroker>,
}

impl Cluster {
    pub fn embedded() -> Self {
        let embedded = EmbeddedBroker::start(3).unwrap();
        Self { brokers: embedded.brokers(), embedded: Some(embedded) }
    }

    /// Both kinds, or the one there is.
    pub fn all() -> Vec<Self> {
        let mut clusters = vec![Self::embedded()];
        if let Ok(brokers) = std::env::var("COPYDESK_TEST_BROKERS") {
            let brokers = brokers.split(',').map(str::to_owned).collect();
            clusters.push(Self { brokers, embedded: None });
        }
        clusters
    }

    pub async fn topic(&self, name: &str, partitions: u16) -> String {
        self.topic_with(name, partitions, &[]).await
    }

    /// `family.name`.
    pub async fn topic_named(&self, family: &str, name: &str, partitions: u16) -> String {
        self.create(format!("{family}.{name}"), partitions, &[]).await
    }

    pub async fn topic_with(&self, name: &str, partitions: u16, config: &[(&str, &str)]) -> String {
        self.create(unique(name), partitions, config).await
    }

    async fn create(&self, topic: String, partitions: u16, config: &[(&str, &str)]) -> String {
        match &self.embedded {
            Some(embedded) => embedded.create_topic(&topic, partitions).unwrap(),
            None => {
                let admin = self.admin();
                let replication = TopicReplication::Fixed(1);
                let mut new = NewTopic::new(&topic, i32::from(partitions), replication);
                for (key, value) in config {
                    new = new.set(key, value);
                }
                let made = admin.create_topics([&new], &AdminOptions::new()).await.unwrap();
                made.into_iter().for_each(|result| {
                    result.unwrap();
                });
            }
        }
        topic
    }

    pub fn admin(&self) -> AdminClient<DefaultClientContext> {
        ClientConfig::new().set("bootstrap.servers", self.brokers.join(",")).create().unwrap()
    }

    /// Settings for one input topic, with output topics made to match it.
    pub async fn settings(&self, input: &str, partitions: u16) -> KafkaSettings {
        KafkaSettings {
            brokers: self.brokers.clone(),
            group_id: unique("group"),
            input_topics: vec![input.to_owned()],
            output_topic: self.topic("enriched", partitions).await,
            dead_letter_topic: self.topic("dead", partitions).await,
            commit_interval_millis: 20,
            // The least a real broker allows. The embedded one makes a group
            // wait for it, less a second, whenever a member is late to rejoin.
            session_timeout_millis: if self.embedded.is_some() { 2_000 } else { 6_000 },
            // Members hear of a rebalance by their heartbeats.
            consumer_properties: [("heartbeat.interval.ms".into(), "100".into())].into(),
            ..KafkaSettings::default()
        }
    }

    pub fn publish(&self, topic: &str, messages: &[StoredMessage]) {
        embedded::publish(&self.brokers, topic, messages).unwrap();
    }

    pub fn read_all(&self, topic: &str) -> Vec<StoredMessage> {
        embedded::read_all(&self.brokers, topic).unwrap()
    }

    /// How many messages the topic was given, markers of transactions included.
    pub fn stored(&self, topic: &str) -> usize {
        let consumer: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", self.brokers.join(",")).create().unwrap();
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
        let partitions = metadata.topics()[0].partitions().len();
        let end = |partition| consumer.fetch_watermarks(topic, partition, PATIENCE).unwrap().1;
        (0..partitions).map(|partition| usize::try_from(end(partition as i32)).unwrap()).sum()
    }

    /// What a new member of the group would read from, by partition.
    pub fn committed(&self, settings: &KafkaSettings, topic: &str, partitions: i32) -> Vec<i64> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", self.brokers.join(","))
            .set("group.id", &settings.group_id)
            .create()
            .unwrap();
        let mut wanted = TopicPartitionList::new();
        wanted.add_partition_range(topic, 0, partitions - 1);
        let committed = consumer.committed_offsets(wanted, PATIENCE).unwrap();
        let offset = |partition| match committed.find_partition(topic, partition).unwrap().offset()
        {
            Offset::Offset(offset) => offset,
            _ => -1,
        };
        (0..partitions).map(offset).collect()
    }

    /// As a member of the group that has gone would have left it.
    pub fn commit(&self, settings: &KafkaSettings, topic: &str, offset: i64) {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", self.brokers.join(","))
            .set("group.id", &settings.group_id)
            .create()
            .unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(offset)).unwrap();
        consumer.commit(&list, CommitMode::Sync).unwrap();
    }

    pub fn publish_in_transaction(&self, topic: &str, message: &StoredMessage) {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", self.brokers.join(","))
            .set("transactional.id", unique("transaction"))
            .create()
            .unwrap();
        producer.init_transactions(PATIENCE).unwrap();
        producer.begin_transaction().unwrap();
        let mut record = BaseRecord::<Vec<u8>, Vec<u8>>::to(topic);
        record.partition = message.partition;
        record.payload = message.payload.as_ref();
        record.key = message.key.as_ref();
        producer.send(record).unwrap();
        producer.commit_transaction(PATIENCE).unwrap();
    }

    /// Lowers the largest message the topic takes.
    pub async fn limit_messages(&self, topic: &str, bytes: usize) {
        let bytes = bytes.to_string();
        let change =
            AlterConfig::new(ResourceSpecifier::Topic(topic)).set("max.message.bytes", &bytes);
        let changed = self.admin().alter_configs([&change], &AdminOptions::new()).await.unwrap();
        changed.into_iter().for_each(|result| {
            result.unwrap();
        });
    }

    /// A test that lost messages to the embedded broker's size limit proves
    /// nothing.
    pub fn assert_nothing_evicted(&self, topics: &[&str]) {
        if let Some(embedded) = &self.embedded {
            assert_eq!(embedded.evicted(topics).unwrap(), Vec::<String>::new());
        }
    }
}

pub fn unique(name: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test-{name}-{}-{}-{next}", std::process::id(), started.as_millis())
}

pub fn message(partition: i32, key: &str, payload: &str) -> StoredMessage {
    StoredMessage {
        partition: Some(partition),
        key: Some(key.into()),
        payload: Some(payload.into()),
        ..StoredMessage::default()
    }
}

/// `count` messages in each of `partitions`, numbered.
pub fn numbered(partitions: i32, count: usize) -> Vec<StoredMessage> {
    (0..count)
        .flat_map(|number| {
            (0..partitions).map(move |partition| {
                message(partition, &format!("{partition}:{number}"), &format!("article {number}"))
            })
        })
        .collect()
}

pub async fn next(source: &mut KafkaSource) -> Delivery {
    let next = tokio::time::timeout(PATIENCE, source.next()).await;
    next.expect("a delivery in time").expect("no error").expect("not ended")
}

pub async fn take(source: &mut KafkaSource, count: usize) -> Vec<Delivery> {
    let mut deliveries = Vec::with_capacity(count);
    for _ in 0..count {
        deliveries.push(next(source).await);
    }
    deliveries
}

pub async fn report(sink: &mut KafkaSink) -> Report {
    tokio::time::timeout(PATIENCE, sink.next_report()).await.expect("a report in time")
}

/// Of a sink that does not ask what a message was made from.
pub const RECEIPT: Receipt = Receipt { lane: Lane(0), epoch: 0, offset: 0 };

/// Sends all and returns the reports by ticket, which counts from 0.
pub async fn send_all(sink: &mut KafkaSink, outbounds: Vec<Outbound>) -> Vec<Report> {
    let count = outbounds.len();
    for (ticket, outbound) in outbounds.into_iter().enumerate() {
        sink.send(Ticket(ticket), RECEIPT, &outbound).expect("room in the queue");
    }
    let mut reports = Vec::with_capacity(count);
    for _ in 0..count {
        reports.push(report(sink).await);
    }
    reports.sort_by_key(|report| report.ticket);
    reports
}

pub fn outbound(partition: i32, key: &str, payload: &str) -> Outbound {
    Outbound {
        destination: Destination::Enriched,
        key: Some(key.into()),
        payload: Some(payload.into()),
        headers: Vec::new(),
        timestamp_millis: None,
        partition,
    }
}

/// Waits for what another thread brings about.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
