//! What scenarios with a script stand on: topics of their own on a real Kafka, messages
//! written and read one by one, and workers that are started and waited for.

use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde_json::Value;

use super::super::admin::Admin;
use super::super::ledger::{Found, Topic};
use super::super::names::Names;
use super::super::reader::{self, Isolation};
use super::super::workers::{Recipe, Worker};
use super::super::writer::Confirmations;
use super::super::{Failure, Ground};
use crate::transport::Headers;

pub const NEEDS_KAFKA: &str = "a real Kafka: --brokers";

/// For what takes seconds, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(50);
/// The largest message that a rig writes.
const LARGEST_BYTES: usize = 128 * 1024 * 1024;

pub struct Rig {
    pub admin: Admin,
    pub names: Names,
    pub servers: String,
    ground: Ground,
    recipe: Recipe,
}

/// What is to be written.
#[derive(Debug, Clone, Default)]
pub struct Raw {
    pub partition: i32,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
}

/// How the topics of a rig are configured beside the brokers' defaults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Configs<'a> {
    pub input: &'a [(&'a str, &'a str)],
    pub output: &'a [(&'a str, &'a str)],
    pub dead_letters: &'a [(&'a str, &'a str)],
}

impl Rig {
    pub fn new(
        ground: &Ground,
        servers: &str,
        partitions: u32,
        configs: Configs<'_>,
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(&ground.logs)
            .map_err(|error| format!("could not make {}: {error}", ground.logs.display()))?;
        let names = Names::new(partitions);
        let admin = Admin::of(servers)?;
        for (topic, config) in [
            (&names.input, configs.input),
            (&names.topics.output, configs.output),
            (&names.topics.dead_letters, configs.dead_letters),
        ] {
            admin.create(topic, partitions, config)?;
        }
        let recipe =
            Recipe::new(ground.binary.clone(), ground.logs.clone(), names.settings(servers));
        Ok(Self { admin, names, servers: servers.to_owned(), ground: ground.clone(), recipe })
    }

    /// A worker with these settings over those of the rig.
    pub fn worker(&mut self, settings: &[&str]) -> Result<Worker, Failure> {
        let known = self.recipe.settings.len();
        self.recipe.settings.extend(settings.iter().map(|it| (*it).to_owned()));
        let worker = self.recipe.start(0);
        self.recipe.settings.truncate(known);
        worker
    }

    pub fn write(&self, messages: &[Raw]) -> Result<(), Failure> {
        let failed =
            |error: KafkaError| format!("could not write to {}: {error}", self.names.input);
        let producer: BaseProducer<Confirmations> = ClientConfig::new()
            .set("bootstrap.servers", &self.servers)
            .set("client.id", "chaos-writer")
            .set("enable.idempotence", "true")
            .set("message.max.bytes", LARGEST_BYTES.to_string())
            .set("compression.type", "lz4")
            .create_with_context(Confirmations::default())
            .map_err(failed)?;
        for message in messages {
            let headers = OwnedHeaders::new_with_capacity(message.headers.len());
            let headers = message.headers.iter().fold(headers, |headers, (name, value)| {
                headers.insert(Header { key: name, value: value.as_ref() })
            });
            let record = BaseRecord {
                topic: &self.names.input,
                partition: Some(message.partition),
                payload: message.payload.as_ref(),
                key: message.key.as_ref(),
                timestamp: None,
                headers: Some(headers),
                delivery_opaque: (),
            };
            producer.send(record).map_err(|(error, _)| failed(error))?;
            producer.poll(Duration::ZERO);
        }
        producer.flush(PATIENCE).map_err(failed)?;
        match producer.context().counts() {
            (_, 0) => Ok(()),
            (_, lost) => Err(format!("{lost} messages were not written to {}", self.names.input)),
        }
    }

    pub fn read(&self, topic: Topic) -> Result<Vec<Found>, Failure> {
        let mut all = Vec::new();
        let topics = &self.names.topics;
        let isolation = Isolation::ReadCommitted;
        reader::read_topic(&self.servers, topics, topic, isolation, |found| all.push(found))?;
        Ok(all)
    }

    /// What comes into a topic, from its beginning on.
    pub fn watch(&self, topic: Topic) -> Result<reader::Watch, Failure> {
        reader::Watch::open(&self.servers, &self.names.topics, topic)
    }

    /// Whether, before patience is at an end, nothing of the input is uncommitted.
    pub fn all_committed(&self) -> Result<bool, Failure> {
        self.wait(|| self.is_all_committed())
    }

    pub fn is_all_committed(&self) -> Result<bool, Failure> {
        let Names { input, topics, group } = &self.names;
        Ok(reader::uncommitted(&self.servers, group, input, topics.partitions)? == 0)
    }

    /// Up to where the group has committed, 0 where it has not.
    pub fn committed(&self, partition: i32) -> Result<i64, Failure> {
        let failed = |error: KafkaError| format!("could not ask for an offset: {error}");
        let mut wanted = TopicPartitionList::new();
        wanted.add_partition(&self.names.input, partition);
        let committed = self.member()?.committed_offsets(wanted, PATIENCE).map_err(failed)?;
        Ok(committed.elements().first().map_or(0, |element| match element.offset() {
            Offset::Offset(offset) => offset,
            _ => 0,
        }))
    }

    /// As a member that has gone would have left it.
    pub fn commit(&self, partition: i32, offset: i64) -> Result<(), Failure> {
        let failed = |error: KafkaError| format!("could not commit an offset: {error}");
        let mut offsets = TopicPartitionList::new();
        offsets
            .add_partition_offset(&self.names.input, partition, Offset::Offset(offset))
            .map_err(failed)?;
        self.member()?.commit(&offsets, CommitMode::Sync).map_err(failed)
    }

    /// That never joins.
    fn member(&self) -> Result<BaseConsumer, Failure> {
        ClientConfig::new()
            .set("bootstrap.servers", &self.servers)
            .set("group.id", &self.names.group)
            .create()
            .map_err(|error| format!("could not start a consumer: {error}"))
    }

    /// Whether it holds before patience is at an end.
    pub fn wait(&self, mut holds: impl FnMut() -> Result<bool, Failure>) -> Result<bool, Failure> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if holds()? {
                return Ok(true);
            }
            std::thread::sleep(10 * TICK);
        }
        Ok(false)
    }

    /// Whether a worker has said this in any way.
    pub fn said(&self, words: &str) -> Result<bool, Failure> {
        Ok(log_texts(&self.ground.logs)?.iter().any(|text| text.contains(words)))
    }

    pub fn logged(&self, message: &str, field: &str) -> Result<usize, Failure> {
        logged(&self.ground.logs, message, field)
    }
}

impl Raw {
    pub fn text(partition: i32, key: &str, text: &str) -> Self {
        let payload = serde_json::json!({ "id": key, "text": text }).to_string().into_bytes();
        Self {
            partition,
            key: Some(key.as_bytes().to_vec()),
            payload: Some(payload),
            headers: Headers::new(),
        }
    }
}

/// How a worker ends by itself; `None` when it does not.
pub fn end_of(worker: &mut Worker) -> Option<ExitStatus> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = worker.ended() {
            return Some(status);
        }
        std::thread::sleep(TICK);
    }
    None
}

/// SIGTERM, and how it ends then.
pub fn terminate(worker: &mut Worker) -> Option<ExitStatus> {
    worker.terminate(PATIENCE, false);
    end_of(worker)
}

/// How many lines of the workers' logs say this with a field that is neither 0 nor empty.
pub fn logged(logs: &Path, message: &str, field: &str) -> Result<usize, Failure> {
    let lines = |text: &String| {
        text.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| says(line, "message") == Some(&Value::from(message)))
            .filter(|line| match says(line, field) {
                Some(Value::Number(number)) => number.as_u64() != Some(0),
                Some(Value::String(text)) => !text.is_empty(),
                _ => false,
            })
            .count()
    };
    Ok(log_texts(logs)?.iter().map(lines).sum())
}

pub fn log_texts(logs: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error: std::io::Error| format!("could not read {}: {error}", logs.display());
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(logs).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            let text = std::fs::read(&path).map_err(failed)?;
            texts.push(String::from_utf8_lossy(&text).into_owned());
        }
    }
    Ok(texts)
}

fn says<'a>(line: &'a Value, field: &str) -> Option<&'a Value> {
    line.get(field).or_else(|| line.get("fields")?.get(field))
}
