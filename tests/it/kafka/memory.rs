//! The memory of sites in its topic: shared, read at the start, never in the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::desk::Desk;
use copydesk::settings::{KafkaSettings, Settings, SiteMemoryMode, SiteMemorySettings};
use copydesk::site::{Address, PLACES, Shown, SiteMemory, Wording, place_of};
use copydesk::telemetry::Telemetry;
use copydesk::transport::kafka::embedded::StoredMessage;
use copydesk::transport::kafka::memory::faults;
use copydesk::transport::kafka::{KafkaMemory, KafkaSink, KafkaSource};

use copydesk::worker::{self, Threads};

use super::broker::{Cluster, PATIENCE, eventually, message, unique};

async fn compacted(cluster: &Cluster, partitions: u16) -> String {
    cluster.topic_with("memory", partitions, &[("cleanup.policy", "compact")]).await
}

fn settings(cluster: &Cluster, topic: &str) -> (KafkaSettings, SiteMemorySettings) {
    let kafka = KafkaSettings {
        brokers: cluster.brokers.clone(),
        group_id: unique("group"),
        ..KafkaSettings::default()
    };
    let memory = SiteMemorySettings {
        topic: topic.to_owned(),
        write_interval_millis: 20,
        ..SiteMemorySettings::default()
    };
    (kafka, memory)
}

/// The page whose place on its host is `number`.
fn address(host: &str, number: usize) -> Address {
    let mut addresses =
        (0..).filter_map(|at| Address::of(&format!("https://{host}/{number}/{at}")));
    addresses.find(|address| usize::from(place_of(address.page)) == number % PLACES).unwrap()
}

fn reader(host: &str) -> Address {
    Address::of(&format!("https://{host}/reader")).unwrap()
}

fn shown(story: &str) -> Shown {
    Shown::new(vec![Wording::exact("advertisement")], vec![Wording::exact(story)])
}

fn pages(memory: &KafkaMemory, host: &str) -> usize {
    memory.share().view(&reader(host)).pages()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_what_they_learn_and_a_new_one_does_not_start_blind() {
    for cluster in Cluster::all() {
        let topic = compacted(&cluster, 3).await;
        let (kafka, settings) = settings(&cluster, &topic);
        let one = KafkaMemory::open(&kafka, &settings).await.unwrap();
        let other = KafkaMemory::open(&kafka, &settings).await.unwrap();
        for number in 0..10 {
            let memory = if number % 2 == 0 { &one } else { &other };
            memory.share().learn(&address("news.example", number), shown(&number.to_string()));
        }
        // The same page, redelivered to the other worker, is no other page.
        other.share().learn(&address("news.example", 0), shown("0"));
        for memory in [&one, &other] {
            eventually("all pages", || pages(memory, "news.example") == 10).await;
        }
        let state = |memory: &KafkaMemory| memory.share().view(&reader("news.example")).digest();
        eventually("one state", || state(&one) == state(&other)).await;
        let digest = state(&one);
        one.close().await;
        other.close().await;

        let restarted = KafkaMemory::open(&kafka, &settings).await.unwrap();
        assert_eq!(pages(&restarted, "news.example"), 10);
        assert_eq!(state(&restarted), digest);
        restarted.close().await;
        cluster.assert_nothing_evicted(&[&topic]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_learned_last_is_written_before_the_end() {
    for cluster in Cluster::all() {
        let topic = compacted(&cluster, 1).await;
        let (kafka, mut settings) = settings(&cluster, &topic);
        settings.write_interval_millis = 3_600_000;
        let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
        memory.share().learn(&address("news.example", 1), shown("a"));
        assert_eq!(memory.share().standing().unwritten, 1);
        memory.close().await;
        assert_eq!(cluster.read_all(&topic).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_learn_the_same_place_come_to_agree() {
    for cluster in Cluster::all() {
        let topic = compacted(&cluster, 1).await;
        let (kafka, settings) = settings(&cluster, &topic);
        let one = KafkaMemory::open(&kafka, &settings).await.unwrap();
        let other = KafkaMemory::open(&kafka, &settings).await.unwrap();
        for round in 0..20 {
            for (memory, who) in [(&one, "one"), (&other, "other")] {
                let page = address("news.example", 3 + round * PLACES);
                memory.share().learn(&page, shown(&format!("{who} {round}")));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let state = |memory: &KafkaMemory| {
            (
                memory.share().standing().unwritten,
                memory.share().view(&reader("news.example")).digest(),
            )
        };
        let mut last = None;
        eventually("one state that stays", || {
            let now = (state(&one), state(&other));
            let settled = now.0 == now.1 && now.0.0 == 0 && last == Some(now);
            last = Some(now);
            settled
        })
        .await;
        one.close().await;
        other.close().await;
        let restarted = KafkaMemory::open(&kafka, &settings).await.unwrap();
        assert_eq!(pages(&restarted, "news.example"), 1);
        restarted.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_topic_is_emptied_of_hosts_that_are_forgotten() {
    for cluster in Cluster::all() {
        let topic = compacted(&cluster, 1).await;
        let (kafka, mut settings) = settings(&cluster, &topic);
        settings.hosts = 2;
        let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
        for host in ["a.example", "b.example", "c.example"] {
            memory.share().learn(&address(host, 1), shown(host));
        }
        memory.close().await;
        let mut left: Vec<(String, bool)> = Vec::new();
        for StoredMessage { key, payload, .. } in cluster.read_all(&topic) {
            let key = String::from_utf8(key.unwrap()).unwrap();
            left.retain(|(known, _)| *known != key);
            left.push((key, payload.is_some()));
        }
        left.sort();
        let expected = [("a.example/1", false), ("b.example/1", true), ("c.example/1", true)];
        assert_eq!(left, expected.map(|(key, is_there)| (key.to_owned(), is_there)));
        // One that is learned here is emptied for the others too.
        let other = KafkaMemory::open(&kafka, &settings).await.unwrap();
        assert_eq!(other.share().standing().hosts, 2);
        other.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_none_are_passed_over() {
    for cluster in Cluster::all() {
        let topic = compacted(&cluster, 1).await;
        let (kafka, settings) = settings(&cluster, &topic);
        let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
        memory.share().learn(&address("news.example", 1), shown("a"));
        memory.close().await;
        let record = |key: Option<&[u8]>, payload: Option<&[u8]>| StoredMessage {
            key: key.map(<[u8]>::to_vec),
            payload: payload.map(<[u8]>::to_vec),
            ..StoredMessage::default()
        };
        cluster.publish(
            &topic,
            &[
                record(None, Some(b"what?")),
                record(Some(b"news.example"), Some(b"\x01")),
                record(Some(b"news.example/2"), Some(&[2; 40])),
                record(Some(b"news.example/2"), None),
                record(Some(&[0xff, 0xfe]), None),
                record(Some(b"news.example/3"), Some(&[])),
            ],
        );
        let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
        assert_eq!(pages(&memory, "news.example"), 1);
        memory.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_holds_nothing_up_and_loses_nothing() {
    let cluster = Cluster::embedded();
    let topic = compacted(&cluster, 1).await;
    let (kafka, settings) = settings(&cluster, &topic);
    let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().broker_down(-1).unwrap();
    let started = Instant::now();
    let sites = memory.share();
    for number in 0..2_000 {
        let host = format!("news-{number}.example");
        sites.learn(&address(&host, 1), shown("a"));
        assert_eq!(sites.view(&reader(&host)).pages(), 1, "known to its own worker");
    }
    // Had each waited for a broker, and be it for a tenth of a second, it were minutes.
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    eventually("a failure that is counted", || sites.standing().failures > 0).await;
    broker.cluster().broker_up(-1).unwrap();
    eventually("all of it in the topic", || cluster.stored(&topic) >= 2_000).await;
    memory.close().await;
    let restarted = KafkaMemory::open(&kafka, &settings).await.unwrap();
    assert_eq!(restarted.share().standing().hosts, 2_000);
    restarted.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn articles_go_on_without_the_topic_of_the_memory() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 1).await;
    let kafka = cluster.settings(&input, 1).await;
    // Brokers of its own, so that they alone can be down.
    let elsewhere = Cluster::embedded();
    let topic = compacted(&elsewhere, 1).await;
    let (far, mut memory_settings) = settings(&elsewhere, &topic);
    elsewhere.embedded.as_ref().unwrap().cluster().broker_down(-1).unwrap();
    memory_settings.load_timeout_millis = 50;
    let memory = KafkaMemory::open(&far, &memory_settings).await.unwrap();

    let mut all = Settings { kafka: kafka.clone(), ..Settings::default() };
    all.site_memory.mode = SiteMemoryMode::Apply;
    let desk = Desk::new(&all).sharing(Arc::new(memory.share()));
    let articles: Vec<StoredMessage> = (0..100)
        .map(|number| {
            let url = format!("https://news.example/{number}");
            let text = format!("Ship {number} left the harbour on Monday, the pilots said.");
            let raw = serde_json::json!({ "url": url, "text": text });
            message(0, &number.to_string(), &raw.to_string())
        })
        .collect();
    cluster.publish(&input, &articles);
    let sink = KafkaSink::open(&kafka).await.unwrap();
    let source = KafkaSource::open(&kafka, all.worker.in_flight_bytes).unwrap();
    let done = async {
        eventually("output of all", || cluster.stored(&kafka.output_topic) == 100).await;
    };
    let telemetry = Telemetry::default();
    let (desk, threads) = (Arc::new(desk), Threads::Own(2));
    let summary = worker::run(source, sink, desk, &all.worker, threads, &telemetry, done).await;
    assert_eq!(summary.unwrap().enriched, 100);
    let sites = memory.share();
    assert!(sites.standing().unwritten > 0 && sites.standing().hosts == 1);
    eventually("a failure that is counted", || sites.standing().failures > 0).await;
    memory.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_not_there_is_no_reason_not_to_start() {
    for cluster in Cluster::all() {
        let topic = unique("memory");
        let (kafka, mut settings) = settings(&cluster, &topic);
        settings.load_timeout_millis = 100;
        let memory = KafkaMemory::open(&kafka, &settings).await.unwrap();
        memory.share().learn(&address("news.example", 1), shown("a"));
        eventually("a failure that is counted", || memory.share().standing().failures > 0).await;
        assert_eq!(pages(&memory, "news.example"), 1);
        memory.close().await;
    }
}

#[tokio::test]
async fn a_topic_that_forgets_is_a_fault() {
    for cluster in Cluster::all() {
        let (kafka, _) = settings(&cluster, "unused");
        let absent = faults(&kafka, "no-such-topic", PATIENCE).await;
        assert_eq!(absent.len(), 1, "{absent:?}");
        assert!(absent[0].starts_with("site_memory.topic: \"no-such-topic\""), "{absent:?}");
        assert!(absent[0].contains("does not exist"), "{absent:?}");

        let good = compacted(&cluster, 1).await;
        assert_eq!(faults(&kafka, &good, PATIENCE).await, Vec::<String>::new());
        // The embedded broker does not tell how a topic is cleaned.
        if cluster.embedded.is_none() {
            let both = [("cleanup.policy", "compact,delete")];
            let both = cluster.topic_with("memory", 1, &both).await;
            assert_eq!(faults(&kafka, &both, PATIENCE).await, Vec::<String>::new());
            let plain = cluster.topic("memory", 1).await;
            let told = faults(&kafka, &plain, PATIENCE).await;
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains("cleanup.policy is delete, expected compact"), "{told:?}");
        }
    }
}
