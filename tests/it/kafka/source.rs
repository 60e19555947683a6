//! What the source hands out, holds back and commits.

use std::collections::BTreeSet;

use copydesk::error::TransportError;
use copydesk::settings::{KafkaSettings, OffsetReset};
use copydesk::transport::kafka::KafkaSource;
use copydesk::transport::kafka::embedded::StoredMessage;
use copydesk::transport::{Delivery, Source};

use super::broker::{Cluster, PATIENCE, eventually, message, next, numbered, take, unique};

const BUDGET: usize = 64 * 1024 * 1024;

#[tokio::test]
async fn only_what_has_no_gap_before_it_is_committed() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        cluster.publish(&input, &numbered(1, 10));

        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = source.status();
        let taken = take(&mut source, 10).await;
        // 3 is missing, so 4 to 9 wait behind it.
        for offset in [9, 0, 2, 1, 8, 4, 5, 6, 7] {
            source.ack(taken[offset].receipt);
        }
        eventually("a commit", || {
            status.partitions().iter().any(|partition| partition.committed == Some(3))
        })
        .await;
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [3]);

        let mut restarted = KafkaSource::open(&settings, BUDGET).unwrap();
        let again = take(&mut restarted, 7).await;
        assert_eq!(again[0].origin.offset, 3);
        for delivery in &again {
            restarted.ack(delivery.receipt);
        }
        restarted.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [10]);
        cluster.assert_nothing_evicted(&[&input]);
    }
}

#[tokio::test]
async fn a_message_comes_as_it_was_written() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 3).await;
        let settings = cluster.settings(&input, 3).await;
        let headers = vec![
            ("trace".to_owned(), Some(b"a".to_vec())),
            ("trace".to_owned(), Some(vec![0, 255])),
            ("nothing".to_owned(), None),
            ("empty".to_owned(), Some(vec![])),
        ];
        let full = StoredMessage {
            partition: Some(2),
            offset: None,
            key: Some(vec![0xff, 0]),
            payload: Some(b"body".to_vec()),
            headers: headers.clone(),
            timestamp_millis: Some(1_700_000_000_123),
        };
        let tombstone = StoredMessage { payload: None, headers: vec![], ..full.clone() };
        let empty = StoredMessage { key: Some(vec![]), payload: Some(vec![]), ..full.clone() };
        let keyless = StoredMessage { key: None, ..full.clone() };
        cluster.publish(&input, &[full, tombstone, empty, keyless]);

        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let taken = take(&mut source, 4).await;
        assert_eq!(taken[0].key, Some(vec![0xff, 0]));
        assert_eq!(taken[0].payload, Some(b"body".to_vec()));
        assert_eq!(taken[0].headers, headers);
        assert_eq!(taken[0].timestamp_millis, Some(1_700_000_000_123));
        assert_eq!((taken[0].origin.partition, taken[0].origin.offset), (2, 0));
        assert_eq!(&*taken[0].origin.topic, input);
        assert_eq!((&taken[1].payload, taken[1].headers.len()), (&None, 0));
        assert_eq!((&taken[2].key, &taken[2].payload), (&Some(vec![]), &Some(vec![])));
        assert_eq!(taken[3].key, None);
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn topics_are_subscribed_by_name_and_by_pattern() {
    for cluster in Cluster::all() {
        let family = unique("family");
        let (one, two) = (
            cluster.topic_named(&family, "one", 2).await,
            cluster.topic_named(&family, "two", 1).await,
        );
        let named = cluster.topic("named", 1).await;
        let settings = KafkaSettings {
            input_topics: vec![named.clone(), format!("^{family}\\..+")],
            ..cluster.settings(&named, 1).await
        };
        for topic in [&one, &two, &named] {
            cluster.publish(topic, &[message(0, "key", topic)]);
        }
        cluster.publish(&one, &[message(1, "key", &one)]);

        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let mut lanes = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for delivery in take(&mut source, 4).await {
            assert_eq!(delivery.payload.as_deref(), Some(delivery.origin.topic.as_bytes()));
            lanes.insert(delivery.receipt.lane.0);
            seen.insert((delivery.origin.topic.to_string(), delivery.origin.partition));
        }
        let expected = [(&one, 0), (&one, 1), (&two, 0), (&named, 0)];
        let expected = expected.map(|(topic, partition)| (topic.clone(), partition));
        assert_eq!(seen, BTreeSet::from(expected));
        assert_eq!(lanes.len(), 4, "a lane is one partition of one topic");
        let status = source.status();
        assert_eq!((status.joined(), status.assigned()), (true, 4));
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn reading_pauses_at_the_budget_and_goes_on_below_it() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 2).await;
        let settings = cluster.settings(&input, 2).await;
        let body = "x".repeat(10_000);
        let messages: Vec<_> =
            (0..100).map(|number| message(number % 2, &number.to_string(), &body)).collect();
        cluster.publish(&input, &messages);

        let budget = 200_000;
        let mut source = KafkaSource::open(&settings, budget).unwrap();
        let status = source.status();
        let mut open: Vec<Delivery> = take(&mut source, 1).await;
        eventually("a pause", || status.paused()).await;
        let most = status.bytes_in_flight();
        assert!((budget..budget + 11_000).contains(&most), "{most}");

        let mut done = 0;
        while done < messages.len() {
            match open.pop() {
                Some(delivery) => {
                    source.ack(delivery.receipt);
                    done += 1;
                }
                None => open.push(next(&mut source).await),
            }
            assert!(status.bytes_in_flight() <= budget + 11_000);
        }
        assert_eq!(status.bytes_in_flight(), 0);
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 2), [50, 50]);
        cluster.assert_nothing_evicted(&[&input]);
    }
}

#[tokio::test]
async fn a_message_larger_than_the_budget_goes_through() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        let large = "x".repeat(300_000);
        let messages =
            [message(0, "a", "small"), message(0, "b", &large), message(0, "c", "small")];
        cluster.publish(&input, &messages);

        let mut source = KafkaSource::open(&settings, 1_000).unwrap();
        for expected in &messages {
            let delivery = next(&mut source).await;
            assert_eq!(delivery.payload, expected.payload);
            source.ack(delivery.receipt);
        }
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_stopped_source_hands_out_nothing_and_takes_acks() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        cluster.publish(&input, &numbered(1, 50));

        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let taken = take(&mut source, 5).await;
        source.stop();
        assert!(source.next().await.unwrap().is_none());
        for delivery in &taken {
            source.ack(delivery.receipt);
        }
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [5]);
    }
}

#[tokio::test]
async fn lag_falls_to_nothing_as_articles_are_done() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 2).await;
        let settings = cluster.settings(&input, 2).await;
        cluster.publish(&input, &numbered(2, 20));
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = source.status();
        let taken = take(&mut source, 40).await;
        eventually("the lag of all", || status.lag() == 40).await;
        for delivery in &taken[..30] {
            source.ack(delivery.receipt);
        }
        eventually("the lag of the rest", || status.lag() <= 20 && status.lag() >= 10).await;
        for delivery in &taken[30..] {
            source.ack(delivery.receipt);
        }
        eventually("no lag", || status.lag() == 0).await;
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_policy_for_missing_offsets_is_kept_and_never_silent() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 1).await;
        let base = cluster.settings(&input, 1).await;
        cluster.publish(&input, &numbered(1, 10));
        let with = |offset_reset| KafkaSettings {
            offset_reset,
            group_id: unique("group"),
            ..base.clone()
        };

        // A group without offsets, then one whose offset is far beyond the end.
        for committed in [None, Some(5_000)] {
            let settings = with(OffsetReset::Error);
            if let Some(offset) = committed {
                cluster.commit(&settings, &input, offset);
            }
            let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
            let error = tokio::time::timeout(PATIENCE, source.next()).await.unwrap().unwrap_err();
            let TransportError::Fatal { why, .. } = &error else { panic!("{error:?}") };
            assert!(why.contains("kafka.offset_reset"), "{why}");
            assert!(source.next().await.unwrap().is_none(), "the source has ended");
            source.close().await.unwrap();
        }

        let settings = with(OffsetReset::Earliest);
        cluster.commit(&settings, &input, 5_000);
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        assert_eq!(next(&mut source).await.origin.offset, 0);
        source.close().await.unwrap();

        let settings = with(OffsetReset::Latest);
        cluster.commit(&settings, &input, 5_000);
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = source.status();
        // The end is looked up after the assignment; what is written later comes.
        eventually("an assignment", || status.assigned() == 1).await;
        let mut published = 10;
        let delivery = loop {
            cluster.publish(&input, &[message(0, "late", "late")]);
            published += 1;
            let waited = std::time::Duration::from_millis(500);
            if let Ok(delivery) = tokio::time::timeout(waited, source.next()).await {
                break delivery.unwrap().unwrap();
            }
        };
        assert!((10..published).contains(&delivery.origin.offset), "{:?}", delivery.origin);
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn markers_of_transactions_leave_no_gap() {
    // The embedded broker writes no markers.
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        for number in 0..5 {
            cluster.publish_in_transaction(&input, &message(0, "key", &number.to_string()));
        }
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let taken = take(&mut source, 5).await;
        assert_eq!(taken[4].origin.offset, 8, "every other offset is a marker");
        for delivery in taken.iter().rev() {
            source.ack(delivery.receipt);
        }
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [9]);
    }
}
