//! Members that come and go: nothing lost, whoever owns a partition alone
//! speaks for it.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use copydesk::error::TransportError;
use copydesk::settings::{AssignmentStrategy, Choice, KafkaSettings};
use copydesk::transport::kafka::KafkaSource;
use copydesk::transport::{Delivery, Origin, Source};

use super::broker::{Cluster, PATIENCE, eventually, next, numbered, take};

const BUDGET: usize = 64 * 1024 * 1024;
const PARTITIONS: i32 = 6;
const EACH: usize = 50;

/// The next delivery, if one comes soon.
async fn soon(source: &mut KafkaSource) -> Option<Delivery> {
    let next = tokio::time::timeout(Duration::from_millis(100), source.next()).await.ok()?;
    Some(next.unwrap().expect("not ended"))
}

#[tokio::test]
async fn a_member_that_joins_and_leaves_costs_no_message() {
    for cluster in Cluster::all() {
        for (assignment_strategy, name) in AssignmentStrategy::ALL {
            let input = cluster.topic(&format!("input-{name}"), PARTITIONS as u16).await;
            let settings = KafkaSettings {
                assignment_strategy: *assignment_strategy,
                revoke_drain_millis: 500,
                ..cluster.settings(&input, 1).await
            };
            cluster.publish(&input, &numbered(PARTITIONS, EACH));

            let mut first = KafkaSource::open(&settings, BUDGET).unwrap();
            let mut done: HashMap<Origin, usize> = HashMap::new();
            // A third of it is done, a third in flight and never acknowledged.
            for (index, delivery) in take(&mut first, 200).await.into_iter().enumerate() {
                if index % 2 == 0 {
                    first.ack(delivery.receipt);
                    *done.entry(delivery.origin).or_default() += 1;
                }
            }
            let mut second = KafkaSource::open(&settings, BUDGET).unwrap();
            let (one, two) = (first.status(), second.status());
            eventually("a share for each", || one.assigned() == 3 && two.assigned() == 3).await;

            while let Some(delivery) = soon(&mut first).await {
                first.ack(delivery.receipt);
                *done.entry(delivery.origin).or_default() += 1;
            }
            // What the first had in flight of its own partitions stays open; it
            // leaves, and the second must get it.
            first.close().await.unwrap();
            eventually("all of it", || two.assigned() == 6).await;
            let all = PARTITIONS as usize * EACH;
            while done.len() < all {
                let delivery = next(&mut second).await;
                second.ack(delivery.receipt);
                *done.entry(delivery.origin).or_default() += 1;
            }
            second.close().await.unwrap();
            let committed = cluster.committed(&settings, &input, PARTITIONS);
            assert_eq!(committed, vec![EACH as i64; PARTITIONS as usize], "{name}");
            cluster.assert_nothing_evicted(&[&input]);
        }
    }
}

#[tokio::test]
async fn articles_that_finish_while_their_partition_is_revoked_are_not_done_again() {
    // The embedded broker refuses a member's sync that comes after the leader's,
    // so the second joins again while the first drains, and it waits for the
    // first no longer than the session timeout less a second. A real broker
    // waits for max.poll.interval.ms, which is more than the drain may take.
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let input = cluster.topic("input", 2).await;
        // The first waits for as long as this test takes to look.
        let settings =
            KafkaSettings { revoke_drain_millis: 60_000, ..cluster.settings(&input, 1).await };
        cluster.publish(&input, &numbered(2, 10));
        let mut first = KafkaSource::open(&settings, BUDGET).unwrap();
        let taken = take(&mut first, 20).await;
        let mut second = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = second.status();
        // It joins with nothing, while the first is told to let go of its share
        // and waits for its articles.
        eventually("the second in the group", || status.joined()).await;
        for _ in 0..5 {
            assert!(soon(&mut second).await.is_none());
            assert_eq!(status.assigned(), 0);
        }
        for delivery in &taken {
            first.ack(delivery.receipt);
        }
        eventually("a share for the second", || status.assigned() == 1).await;
        cluster.publish(&input, &numbered(2, 1));
        let fresh = next(&mut second).await;
        assert_eq!(fresh.origin.offset, 10, "nothing of what the first had finished");
        first.close().await.unwrap();
        second.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 2), [10, 10]);
    }
}

#[tokio::test]
async fn an_ack_that_comes_after_the_revocation_is_void() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 2).await;
        let settings =
            KafkaSettings { revoke_drain_millis: 20, ..cluster.settings(&input, 1).await };
        cluster.publish(&input, &numbered(2, 10));
        let mut first = KafkaSource::open(&settings, BUDGET).unwrap();
        let late = take(&mut first, 20).await;
        let mut second = KafkaSource::open(&settings, BUDGET).unwrap();
        let (one, two) = (first.status(), second.status());
        eventually("a share for each", || one.assigned() == 1 && two.assigned() == 1).await;
        let moved = two.partitions()[0].partition;
        for delivery in &late {
            first.ack(delivery.receipt);
        }
        first.close().await.unwrap();
        let committed = cluster.committed(&settings, &input, 2);
        assert_eq!(committed[moved as usize], -1, "it was not the first's to commit");
        assert_eq!(committed[1 - moved as usize], 10);
        // It comes again, to the second.
        let again = take(&mut second, 10).await;
        let offsets: BTreeSet<i64> = again.iter().map(|delivery| delivery.origin.offset).collect();
        assert!(again.iter().all(|delivery| delivery.origin.partition == moved));
        assert_eq!(offsets, (0..10).collect());
        second.close().await.unwrap();
    }
}

#[tokio::test]
async fn new_partitions_of_a_paused_source_stay_paused() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 2).await;
        let settings =
            KafkaSettings { revoke_drain_millis: 20, ..cluster.settings(&input, 1).await };
        cluster.publish(&input, &numbered(2, 50));
        let first = KafkaSource::open(&settings, BUDGET).unwrap();
        let mut second = KafkaSource::open(&settings, 2_000).unwrap();
        let (one, two) = (first.status(), second.status());
        eventually("a share for each", || one.assigned() == 1 && two.assigned() == 1).await;
        let held = next(&mut second).await;
        eventually("a pause", || two.paused()).await;
        first.close().await.unwrap();
        eventually("all of it", || two.assigned() == 2).await;
        let before = two.bytes_in_flight();
        assert!(before < 4_000, "{before}");
        // Every message of both partitions still comes.
        second.ack(held.receipt);
        for _ in 0..99 {
            let delivery = next(&mut second).await;
            assert!(two.bytes_in_flight() < 4_000);
            second.ack(delivery.receipt);
        }
        second.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 2), [50, 50]);
    }
}

#[tokio::test]
async fn a_group_of_another_assignor_is_refused_clearly() {
    // The embedded broker lets any mix of assignors in.
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let input = cluster.topic("input", 2).await;
        let settings = cluster.settings(&input, 1).await;
        let first = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = first.status();
        eventually("an assignment", || status.assigned() == 2).await;
        let settings = KafkaSettings { assignment_strategy: AssignmentStrategy::Range, ..settings };
        let mut second = KafkaSource::open(&settings, BUDGET).unwrap();
        let error = tokio::time::timeout(PATIENCE, second.next()).await.unwrap().unwrap_err();
        let TransportError::Fatal { why, .. } = &error else { panic!("{error:?}") };
        assert!(why.contains("kafka.assignment_strategy"), "{why}");
        second.close().await.unwrap();
        first.close().await.unwrap();
    }
}
