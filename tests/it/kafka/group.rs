//! What makes a worker a good member of its group: a name that lasts, either protocol,
//! polls that never stop, partitions that are added while it runs.

use std::time::{Duration, Instant};

use copydesk::error::TransportError;
use copydesk::settings::{GroupProtocol, KafkaSettings};
use copydesk::transport::Source;
use copydesk::transport::kafka::KafkaSource;
use rdkafka::admin::{AdminOptions, NewPartitions};

use super::broker::{Cluster, PATIENCE, eventually, message, next, numbered, take, unique};

const BUDGET: usize = 64 * 1024 * 1024;

/// The embedded broker knows dynamic members of the classic protocol only.
fn real() -> Vec<Cluster> {
    Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()).collect()
}

#[tokio::test]
async fn a_static_member_that_restarts_moves_no_partition_of_others() {
    for cluster in real() {
        let input = cluster.topic("input", 2).await;
        let member = |name: &str, settings: &KafkaSettings| KafkaSettings {
            group_instance_id: format!("desk-{name}"),
            ..settings.clone()
        };
        let settings = cluster.settings(&input, 1).await;
        let first = KafkaSource::open(&member("0", &settings), BUDGET).unwrap();
        let second = KafkaSource::open(&member("1", &settings), BUDGET).unwrap();
        let (one, two) = (first.status(), second.status());
        eventually("a share for each", || one.assigned() == 1 && two.assigned() == 1).await;
        let (mine, before) = (one.partitions()[0].partition, one.rebalances());

        second.close().await.unwrap();
        let mut again = KafkaSource::open(&member("1", &settings), BUDGET).unwrap();
        let back = again.status();
        eventually("its old share", || back.assigned() == 1).await;
        assert_eq!(back.partitions()[0].partition, 1 - mine);
        cluster.publish(&input, &[message(1 - mine, "key", "after the restart")]);
        assert_eq!(next(&mut again).await.origin.partition, 1 - mine);
        assert_eq!(one.rebalances(), before, "the other member heard nothing of it");
        again.close().await.unwrap();
        first.close().await.unwrap();
    }
}

#[tokio::test]
async fn two_members_of_one_name_are_told_apart_clearly() {
    for cluster in real() {
        let input = cluster.topic("input", 2).await;
        let settings = KafkaSettings {
            group_instance_id: "desk-0".into(),
            ..cluster.settings(&input, 1).await
        };
        let mut first = KafkaSource::open(&settings, BUDGET).unwrap();
        let one = first.status();
        eventually("an assignment", || one.assigned() == 2).await;
        let second = KafkaSource::open(&settings, BUDGET).unwrap();
        let error = tokio::time::timeout(PATIENCE, first.next()).await.unwrap().unwrap_err();
        let TransportError::Fatal { why, .. } = &error else { panic!("{error:?}") };
        assert!(why.contains("kafka.group_instance_id"), "{why}");
        second.close().await.unwrap();
        // Fenced: it has nothing left to commit, and must not hang over it.
        let _ = first.close().await;
    }
}

#[tokio::test]
async fn the_newer_protocol_shares_out_commits_and_goes_on_where_it_was() {
    for cluster in real() {
        let input = cluster.topic("input", 4).await;
        let settings = KafkaSettings {
            group_protocol: GroupProtocol::Consumer,
            // Under this protocol the broker says how often members are to be heard of.
            consumer_properties: [].into(),
            ..cluster.settings(&input, 1).await
        };
        cluster.publish(&input, &numbered(4, 20));
        let mut first = KafkaSource::open(&settings, BUDGET).unwrap();
        for delivery in take(&mut first, 80).await {
            first.ack(delivery.receipt);
        }
        let mut second = KafkaSource::open(&settings, BUDGET).unwrap();
        let (one, two) = (first.status(), second.status());
        eventually("a share for each", || one.assigned() == 2 && two.assigned() == 2).await;
        cluster.publish(&input, &numbered(4, 5));
        for source in [&mut first, &mut second] {
            for delivery in take(source, 10).await {
                assert!(delivery.origin.offset >= 20, "what was done came again");
                source.ack(delivery.receipt);
            }
        }
        first.close().await.unwrap();
        eventually("all of it", || two.assigned() == 4).await;
        second.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 4), [25; 4]);
    }
}

#[tokio::test]
async fn partitions_that_are_added_are_read_from_their_first_message() {
    for cluster in real() {
        let input = cluster.topic("input", 1).await;
        let mut settings = cluster.settings(&input, 1).await;
        let refresh = ("topic.metadata.refresh.interval.ms".into(), "500".into());
        settings.consumer_properties.extend([refresh]);
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = source.status();
        eventually("an assignment", || status.assigned() == 1).await;
        let more = NewPartitions::new(&input, 3);
        let made = cluster.admin().create_partitions([&more], &AdminOptions::new()).await.unwrap();
        made.into_iter().for_each(|result| {
            result.unwrap();
        });
        // Before the worker can have heard of them.
        cluster.publish(&input, &[message(1, "a", "first"), message(2, "b", "first")]);
        for delivery in take(&mut source, 2).await {
            assert_eq!(delivery.origin.offset, 0);
            source.ack(delivery.receipt);
        }
        assert_eq!(status.assigned(), 3);
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 3), [-1, 1, 1]);
    }
}

#[tokio::test]
async fn a_worker_that_is_busy_for_longer_than_it_may_not_poll_stays_a_member() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        let settings = KafkaSettings {
            // No less than the session timeout is allowed.
            max_poll_interval_millis: settings.session_timeout_millis,
            group_id: unique("busy"),
            ..settings
        };
        cluster.publish(&input, &numbered(1, 10));
        // Room for one message alone, so that the source holds back.
        let mut source = KafkaSource::open(&settings, 1).unwrap();
        let status = source.status();
        let held = next(&mut source).await;
        let rebalances = status.rebalances();
        let busy = Duration::from_millis(settings.max_poll_interval_millis + 1_500);
        let until = Instant::now() + busy;
        eventually("the article takes its time", || Instant::now() > until).await;
        assert!(status.paused() && status.joined());
        source.ack(held.receipt);
        for _ in 1..10 {
            let delivery = next(&mut source).await;
            source.ack(delivery.receipt);
        }
        assert_eq!(status.rebalances(), rebalances, "it was never thrown out");
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [10]);
    }
}
