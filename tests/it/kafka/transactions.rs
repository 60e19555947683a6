//! Exactly once. What the embedded broker can show is that the mechanism moves: it commits
//! whatever it is told to. That nothing is seen twice is shown on a real Kafka.

use copydesk::error::TransportError;
use copydesk::settings::{Compression, Guarantee, KafkaSettings, Order, WorkerSettings};
use copydesk::transport::kafka::embedded::StoredMessage;
use copydesk::transport::kafka::{KafkaSource, KafkaTransactions};
use copydesk::transport::{Report, Sink, Source, Ticket};

use super::broker::{Cluster, PATIENCE, eventually, message, next, outbound, unique};
use super::worker::{PARTITIONS, Run, articles, find};

const BUDGET: usize = 64 * 1024 * 1024;

async fn exactly_once(cluster: &Cluster, input: &str, partitions: u16) -> KafkaSettings {
    KafkaSettings {
        delivery: Guarantee::ExactlyOnce,
        transaction_interval_millis: 100,
        ..cluster.settings(input, partitions).await
    }
}

fn real_ones() -> impl Iterator<Item = Cluster> {
    Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none())
}

async fn report(sink: &mut KafkaTransactions) -> Report {
    tokio::time::timeout(PATIENCE, sink.next_report()).await.expect("a report in time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outputs_and_dead_letters_go_through_transactions() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", PARTITIONS as u16).await;
        let settings = exactly_once(&cluster, &input, PARTITIONS as u16).await;
        cluster.publish(&input, &articles(0..200));
        cluster.publish(&input, &[message(0, "not json", "{\"text\": \"The bridge")]);
        let run = Run::start(&settings, WorkerSettings::default()).await;
        let letters = || cluster.stored(&settings.dead_letter_topic);
        eventually("all of it", || cluster.stored(&settings.output_topic) >= 600 && letters() >= 1)
            .await;
        let summary = run.stop().await;
        assert_eq!((summary.enriched, summary.dead_lettered), (600, 1), "{summary:?}");
        assert_eq!((summary.withdrawn, summary.unfinished), (0, 0));
        let found = find(&cluster, &settings.output_topic);
        assert_eq!((found.distinct, found.repeated, found.reordered), (600, 0, 0));
        assert_eq!(cluster.read_all(&settings.dead_letter_topic).len(), 1);
        if cluster.embedded.is_none() {
            assert_eq!(cluster.committed(&settings, &input, PARTITIONS), [201, 200, 200]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_doubles_nothing_in_any_order() {
    for cluster in real_ones() {
        for order in [Order::Partition, Order::Key, Order::None] {
            let input = cluster.topic("input", PARTITIONS as u16).await;
            let settings = exactly_once(&cluster, &input, PARTITIONS as u16).await;
            // So that the next one ends what this one has left open.
            let settings =
                KafkaSettings { transactional_id: settings.group_id.clone(), ..settings };
            let worker = WorkerSettings { order, ..WorkerSettings::default() };
            cluster.publish(&input, &articles(0..1_500));
            for crash in 1..=3 {
                let run = Run::start(&settings, worker.clone()).await;
                let wanted = crash * 800;
                eventually("some output", || cluster.stored(&settings.output_topic) >= wanted)
                    .await;
                run.crash().await;
            }
            let run = Run::start(&settings, worker).await;
            let all = vec![1_500; PARTITIONS as usize];
            eventually("commits of all", || {
                cluster.committed(&settings, &input, PARTITIONS) == all
            })
            .await;
            run.stop().await;
            let found = find(&cluster, &settings.output_topic);
            assert_eq!((found.distinct, found.repeated), (4_500, 0), "{order:?}");
            if order == Order::Partition {
                assert_eq!(found.reordered, 0);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_broker_refuses_becomes_a_dead_letter_and_its_neighbours_do_not() {
    for cluster in real_ones() {
        let input = cluster.topic("input", 1).await;
        let settings = KafkaSettings {
            compression: Compression::None,
            ..exactly_once(&cluster, &input, 1).await
        };
        let run = Run::start(&settings, WorkerSettings::default()).await;
        // The limit falls after it was learned, so that the broker has to say it.
        cluster.limit_messages(&settings.output_topic, 10_000).await;
        let large = format!("The bridge: {}", "a wide span of it, and more of it. ".repeat(400));
        cluster.publish(
            &input,
            &[
                message(0, "first", "The bridge reopened on Monday."),
                message(0, "large", &large),
                StoredMessage { payload: None, ..message(0, "tombstone", "") },
                message(0, "last", "The bridge closed again on Friday."),
            ],
        );
        eventually("commits of all", || cluster.committed(&settings, &input, 1) == [4]).await;
        run.stop().await;
        let keys = |topic: &str| -> Vec<String> {
            let messages = cluster.read_all(topic).into_iter();
            messages.map(|message| String::from_utf8(message.key.unwrap()).unwrap()).collect()
        };
        assert_eq!(keys(&settings.output_topic), ["first", "tombstone", "last"]);
        assert_eq!(keys(&settings.dead_letter_topic), ["large"]);
    }
}

#[tokio::test]
async fn an_ended_transaction_is_withdrawn_and_its_delivery_comes_again() {
    for cluster in real_ones() {
        let input = cluster.topic("input", 1).await;
        let settings = KafkaSettings {
            transactional_id: unique("identity"),
            // So long has the other for its registration, or there is nothing to end.
            transaction_interval_millis: 50_000,
            ..exactly_once(&cluster, &input, 1).await
        };
        cluster.publish(&input, &[message(0, "key", "The bridge reopened on Monday.")]);
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let mut sink = KafkaTransactions::open(&settings, &source).await.unwrap();
        let delivery = next(&mut source).await;
        let other_input = cluster.topic("other-input", 1).await;
        let group_id = unique("other-group");
        let other = KafkaSettings { group_id, input_topics: vec![other_input], ..settings.clone() };
        let other_source = KafkaSource::open(&other, BUDGET).unwrap();
        sink.send(Ticket(0), delivery.receipt, &outbound(0, "key", "first")).unwrap();
        // Another of the same identity: the first is fenced, and what it had open is ended.
        eventually("an open transaction", || cluster.stored(&settings.output_topic) > 0).await;
        let other_sink = KafkaTransactions::open(&other, &other_source).await.unwrap();
        let result = report(&mut sink).await.result;
        assert!(matches!(result, Err(TransportError::Withdrawn { .. })), "{result:?}");
        other_sink.close().await;
        other_source.close().await.unwrap();

        let again = next(&mut source).await;
        assert_eq!(again.origin, delivery.origin);
        assert_ne!(again.receipt, delivery.receipt);
        sink.send(Ticket(1), again.receipt, &outbound(0, "key", "second")).unwrap();
        // Nobody waits for more, so it is committed at once.
        source.stop();
        let fate = report(&mut sink).await;
        assert!(fate.result.is_ok() && fate.ticket == Ticket(1), "{fate:?}");
        source.ack(again.receipt);
        sink.close().await;
        source.close().await.unwrap();
        let payloads: Vec<_> =
            cluster.read_all(&settings.output_topic).into_iter().map(|it| it.payload).collect();
        assert_eq!(payloads, [Some(b"second".to_vec())]);
        assert_eq!(cluster.committed(&settings, &input, 1), [1]);
    }
}
