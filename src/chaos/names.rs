//! What a run calls its topics and its group, so that no two runs meet, and what its workers
//! are told of it.

use std::sync::atomic::{AtomicU32, Ordering};

use super::reader::Topics;

pub struct Names {
    pub input: String,
    pub topics: Topics,
    pub group: String,
}

impl Names {
    pub fn new(partitions: u32) -> Self {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let run = format!(
            "chaos.{}.{}.{}",
            std::process::id(),
            now.map_or(0, |it| it.as_millis()),
            RUNS.fetch_add(1, Ordering::Relaxed)
        );
        Self {
            input: format!("{run}.raw"),
            topics: Topics {
                output: format!("{run}.enriched"),
                dead_letters: format!("{run}.dead-letter"),
                partitions,
            },
            group: run,
        }
    }

    /// What every worker of the run is told, `{slot}` being the number of its place.
    pub fn settings(&self, servers: &str) -> Vec<String> {
        vec![
            format!("kafka.brokers={servers}"),
            format!("kafka.group_id={}", self.group),
            format!("kafka.input_topics={}", self.input),
            format!("kafka.output_topic={}", self.topics.output),
            format!("kafka.dead_letter_topic={}", self.topics.dead_letters),
            // As a StatefulSet would name them.
            format!("kafka.transactional_id={}-{{slot}}", self.group),
            "http.address=".into(),
            "log.format=json".into(),
        ]
    }
}
