//! The worker between two topics, judged by a reader of its output that knows
//! only what was written: what is missing, what came twice, what is out of order.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use copydesk::desk::{Desk, Rejected};
use copydesk::error::Error;
use copydesk::pipeline::Pipeline;
use copydesk::settings::{Guarantee, InputSettings, KafkaSettings, OutputSettings, WorkerSettings};
use copydesk::telemetry::Telemetry;
use copydesk::transport::Sink;
use copydesk::transport::kafka::embedded::StoredMessage;
use copydesk::transport::kafka::{KafkaSink, KafkaSource, KafkaTransactions};
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;
use copydesk::worker::{self, Summary, Threads};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::broker::{Cluster, eventually, message};

pub const PARTITIONS: i32 = 3;

/// A worker on a task of its own.
pub struct Run {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<Summary, Error>>,
}

impl Run {
    pub async fn start(kafka: &KafkaSettings, settings: WorkerSettings) -> Self {
        let desk = Arc::new(Desk {
            decoder: Decoder::new(InputSettings::default()),
            pipeline: Pipeline::new(vec![], None),
            encoder: Encoder::new(OutputSettings::default()),
            rejected: Rejected::Forward,
            memory: None,
            duplicates: None,
            tracer: Default::default(),
        });
        let source = KafkaSource::open(kafka, settings.in_flight_bytes).unwrap();
        match kafka.delivery {
            Guarantee::AtLeastOnce => {
                Self::over(source, KafkaSink::open(kafka).await.unwrap(), desk, settings)
            }
            Guarantee::ExactlyOnce => {
                let sink = KafkaTransactions::open(kafka, &source).await.unwrap();
                Self::over(source, sink, desk, settings)
            }
        }
    }

    fn over(
        source: KafkaSource,
        sink: impl Sink + 'static,
        desk: Arc<Desk>,
        settings: WorkerSettings,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let telemetry = Telemetry::default();
            let stopped = async {
                let _ = stopped.await;
            };
            let threads = Threads::Own(2);
            worker::run(source, sink, desk, &settings, threads, &telemetry, stopped).await
        });
        Self { stop, ended }
    }

    pub async fn stop(self) -> Summary {
        self.stop.send(()).expect("the worker is still at it");
        self.ended.await.unwrap().unwrap()
    }

    /// Ends it where it stands, as a crash would.
    pub async fn crash(self) {
        self.ended.abort();
        let _ = self.ended.await;
    }
}

/// What a reader finds in a topic.
#[derive(Debug, Default)]
pub struct Found {
    pub distinct: usize,
    pub repeated: usize,
    /// First occurrences that came after a later one of their partition.
    pub reordered: usize,
}

/// Articles with the keys `partition:number`.
pub fn articles(numbers: Range<usize>) -> Vec<StoredMessage> {
    numbers
        .flat_map(|number| {
            (0..PARTITIONS).map(move |partition| {
                let body = format!("Article {number} of the council's meeting, part {partition}.");
                StoredMessage {
                    headers: vec![("trace".into(), Some(number.to_string().into_bytes()))],
                    timestamp_millis: Some(1_700_000_000_000 + number as i64),
                    ..message(partition, &format!("{partition}:{number}"), &body)
                }
            })
        })
        .collect()
}

/// Checks each message against what was written, and counts.
pub fn find(cluster: &Cluster, topic: &str) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    let mut last: BTreeMap<i32, usize> = BTreeMap::new();
    for message in cluster.read_all(topic) {
        let key = String::from_utf8(message.key.unwrap()).unwrap();
        let (partition, number) = key.split_once(':').unwrap();
        let (partition, number): (i32, usize) =
            (partition.parse().unwrap(), number.parse().unwrap());
        assert_eq!(message.partition, Some(partition), "{key} changed its partition");
        assert_eq!(message.timestamp_millis, Some(1_700_000_000_000 + number as i64), "{key}");
        let trace = ("trace".to_owned(), Some(number.to_string().into_bytes()));
        assert!(message.headers.contains(&trace), "{key} lost its headers");
        let article: serde_json::Value = serde_json::from_slice(&message.payload.unwrap()).unwrap();
        let body = format!("Article {number} of the council's meeting, part {partition}.");
        assert_eq!(article["articleBody"], body, "{key} has another body");
        if !seen.insert(key) {
            found.repeated += 1;
        } else if last.insert(partition, number).is_some_and(|before| before > number) {
            found.reordered += 1;
        }
    }
    found.distinct = seen.len();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn articles_go_from_topic_to_topic() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", PARTITIONS as u16).await;
        let settings = cluster.settings(&input, PARTITIONS as u16).await;
        cluster.publish(&input, &articles(0..200));
        let run = Run::start(&settings, WorkerSettings::default()).await;
        let committed = || cluster.committed(&settings, &input, PARTITIONS);
        eventually("commits of all", || committed() == [200, 200, 200]).await;
        let summary = run.stop().await;
        assert_eq!((summary.taken, summary.enriched, summary.unfinished), (600, 600, 0));
        let found = find(&cluster, &settings.output_topic);
        assert_eq!((found.distinct, found.repeated, found.reordered), (600, 0, 0));
        assert_eq!(cluster.stored(&settings.dead_letter_topic), 0);
        cluster.assert_nothing_evicted(&[&input, &settings.output_topic]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_published_is_dead_lettered_before_its_offset_moves() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings =
            KafkaSettings { max_message_bytes: 20_000, ..cluster.settings(&input, 1).await };
        // Its JSON form is larger than it is; as a dead letter it is not.
        let swollen = format!("The bridge: {}", "\\".repeat(15_000));
        cluster.publish(
            &input,
            &[
                message(0, "good", "The bridge reopened on Monday."),
                message(0, "not json", "{\"text\": \"The bridge"),
                StoredMessage { payload: None, ..message(0, "tombstone", "") },
                message(0, "swollen", &swollen),
                message(0, "good too", "The bridge closed again on Friday."),
            ],
        );
        let run = Run::start(&settings, WorkerSettings::default()).await;
        eventually("commits of all", || cluster.committed(&settings, &input, 1) == [5]).await;
        let summary = run.stop().await;
        assert_eq!((summary.enriched, summary.tombstones), (2, 1), "{summary:?}");
        let keys = |topic: &str| -> Vec<String> {
            let messages = cluster.read_all(topic).into_iter();
            messages.map(|message| String::from_utf8(message.key.unwrap()).unwrap()).collect()
        };
        assert_eq!(keys(&settings.output_topic), ["good", "tombstone", "good too"]);
        assert_eq!(keys(&settings.dead_letter_topic), ["not json", "swollen"]);
        let letters = cluster.read_all(&settings.dead_letter_topic);
        assert_eq!(letters[1].payload.as_deref(), Some(swollen.as_bytes()));
        let reason = ("copydesk-error-reason".to_owned(), Some(b"output_refused".to_vec()));
        assert!(letters[1].headers.contains(&reason), "{:?}", letters[1].headers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_repeats_nothing() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", PARTITIONS as u16).await;
        let settings = cluster.settings(&input, PARTITIONS as u16).await;
        cluster.publish(&input, &articles(0..1_000));
        let mut taken = 0;
        while taken < 3_000 {
            let run = Run::start(&settings, WorkerSettings::default()).await;
            let before = cluster.stored(&settings.output_topic);
            let wanted = (before + 300).min(3_000);
            eventually("some output", || cluster.stored(&settings.output_topic) >= wanted).await;
            let summary = run.stop().await;
            assert_eq!(summary.unfinished, 0);
            taken += summary.taken;
        }
        let found = find(&cluster, &settings.output_topic);
        assert_eq!((found.distinct, found.repeated, found.reordered), (3_000, 0, 0));
        cluster.assert_nothing_evicted(&[&input, &settings.output_topic]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_come_crash_and_go_lose_nothing() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", PARTITIONS as u16).await;
        let settings = KafkaSettings {
            revoke_drain_millis: 200,
            ..cluster.settings(&input, PARTITIONS as u16).await
        };
        let mut published = 0;
        let mut runs = vec![Run::start(&settings, WorkerSettings::default()).await];
        for round in 0..4 {
            cluster.publish(&input, &articles(published..published + 200));
            published += 200;
            runs.push(Run::start(&settings, WorkerSettings::default()).await);
            let oldest = runs.remove(0);
            if round % 2 == 0 {
                oldest.crash().await;
            } else {
                oldest.stop().await;
            }
        }
        let all = vec![published as i64; PARTITIONS as usize];
        eventually("commits of all", || cluster.committed(&settings, &input, PARTITIONS) == all)
            .await;
        for run in runs {
            run.stop().await;
        }
        let found = find(&cluster, &settings.output_topic);
        assert_eq!(found.distinct, published * PARTITIONS as usize, "{found:?}");
        cluster.assert_nothing_evicted(&[&input, &settings.output_topic]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_that_go_and_come_back_cost_nothing() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", PARTITIONS as u16).await;
    let settings = KafkaSettings {
        delivery_timeout_millis: 1_000,
        ..cluster.settings(&input, PARTITIONS as u16).await
    };
    cluster.publish(&input, &articles(0..1_000));
    let run = Run::start(&settings, WorkerSettings::default()).await;
    let broker = cluster.embedded.as_ref().unwrap();
    for outage in 1..=3 {
        let wanted = outage * 100;
        eventually("some output", || cluster.stored(&settings.output_topic) >= wanted).await;
        broker.cluster().broker_down(-1).unwrap();
        // Longer than a message may take, so that deliveries fail.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        broker.cluster().broker_up(-1).unwrap();
    }
    let committed = || cluster.committed(&settings, &input, PARTITIONS);
    eventually("commits of all", || committed() == [1_000, 1_000, 1_000]).await;
    let summary = run.stop().await;
    assert_eq!(summary.dead_lettered, 0, "no article is at fault");
    let found = find(&cluster, &settings.output_topic);
    assert_eq!(found.distinct, 3_000, "{found:?}");
    cluster.assert_nothing_evicted(&[&input, &settings.output_topic]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_output_holds_the_input_back() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", PARTITIONS as u16).await;
    let settings = cluster.settings(&input, PARTITIONS as u16).await;
    cluster.publish(&input, &articles(0..300));
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().broker_round_trip_time(-1, Duration::from_millis(300)).unwrap();
    let worker = WorkerSettings { in_flight_bytes: 40_000, ..WorkerSettings::default() };
    let run = Run::start(&settings, worker).await;
    eventually("output of all", || cluster.stored(&settings.output_topic) == 900).await;
    broker.cluster().broker_round_trip_time(-1, Duration::ZERO).unwrap();
    let summary = run.stop().await;
    assert_eq!((summary.taken, summary.unfinished), (900, 0));
    let found = find(&cluster, &settings.output_topic);
    assert_eq!((found.distinct, found.repeated, found.reordered), (900, 0, 0));
}
