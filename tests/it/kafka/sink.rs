//! What the sink publishes, refuses and reports.

use std::collections::{BTreeMap, BTreeSet};

use copydesk::desk::{Desk, Outcome};
use copydesk::error::TransportError;
use copydesk::settings::{KafkaSettings, Settings};
use copydesk::transport::kafka::KafkaSink;
use copydesk::transport::{
    Delivery, Destination, Lane, NotSent, Origin, Outbound, Receipt, Sink, Ticket,
};

use super::broker::{Cluster, RECEIPT, outbound, report, send_all, unique};

#[tokio::test]
async fn a_message_is_published_as_it_is() {
    for cluster in Cluster::all() {
        let settings = cluster.settings("unused", 3).await;
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let full = Outbound {
            headers: vec![
                ("trace".to_owned(), Some(b"a".to_vec())),
                ("nothing".to_owned(), None),
                ("trace".to_owned(), Some(vec![])),
            ],
            timestamp_millis: Some(1_700_000_000_123),
            ..outbound(1, "key", "body")
        };
        let tombstone = Outbound { payload: None, ..full.clone() };
        let keyless = Outbound { key: None, payload: Some(vec![]), ..full.clone() };
        let dead = Outbound { destination: Destination::DeadLetter, ..full.clone() };
        let reports =
            send_all(&mut sink, vec![full.clone(), tombstone, keyless, dead.clone()]).await;
        assert!(reports.iter().all(|report| report.result.is_ok()), "{reports:?}");
        sink.close().await;

        let stored = cluster.read_all(&settings.output_topic);
        assert_eq!(stored.len(), 3);
        assert!(stored.iter().all(|message| message.partition == Some(1)));
        assert_eq!(stored[0].key, full.key);
        assert_eq!(stored[0].payload, full.payload);
        assert_eq!(stored[0].headers, full.headers);
        assert_eq!(stored[0].timestamp_millis, full.timestamp_millis);
        assert_eq!(stored[1].payload, None);
        assert_eq!((&stored[2].key, &stored[2].payload), (&None, &Some(vec![])));
        let dead_letters = cluster.read_all(&settings.dead_letter_topic);
        assert_eq!(dead_letters.len(), 1);
        assert_eq!((dead_letters[0].partition, &dead_letters[0].key), (Some(1), &dead.key));
    }
}

#[tokio::test]
async fn an_output_that_its_topic_would_not_take_goes_without_its_lists() {
    for cluster in Cluster::all() {
        let settings = cluster.settings("unused", 1).await;
        let settings = KafkaSettings { max_message_bytes: 20_000, ..settings };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let text: String = (0..200)
            .map(|number| format!("The cafÃ© at berth {number} is open again after its repairs. "))
            .collect();
        let delivery = Delivery {
            key: Some(vec![b'k'; 500]),
            payload: Some(text.into_bytes()),
            headers: vec![("content-type".into(), Some(b"text/plain; charset=utf-8".to_vec()))],
            timestamp_millis: None,
            origin: Origin { topic: "unused".into(), partition: 0, offset: 0 },
            receipt: Receipt { lane: Lane(0), epoch: 0, offset: 0 },
        };
        let edited = |desk: Desk| match desk.edit(&delivery) {
            Outcome::Enriched { outbound, .. } => outbound,
            other => panic!("{other:?}"),
        };
        let whole = edited(Desk::new(&Settings::default()));
        let fits = edited(Desk::new(&Settings::default()).within(sink.largest_message()));
        let reports = send_all(&mut sink, vec![whole, fits]).await;
        let refused = &reports[0].result;
        assert!(matches!(refused, Err(TransportError::MessageRefused { .. })), "{refused:?}");
        assert!(reports[1].result.is_ok(), "{reports:?}");
        sink.close().await;
        let stored = cluster.read_all(&settings.output_topic);
        let payload = String::from_utf8(stored[0].payload.clone().unwrap()).unwrap();
        assert!(payload.contains("\"omitted\":[{\"field\":\"edits\""), "{payload}");
        assert!(payload.contains("The café at berth 7 is open"));
    }
}

#[tokio::test]
async fn order_is_kept_in_a_partition() {
    for cluster in Cluster::all() {
        let settings = cluster.settings("unused", 2).await;
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let messages =
            (0..2_000).map(|number| outbound(number % 2, "key", &number.to_string())).collect();
        let reports = send_all(&mut sink, messages).await;
        assert!(reports.iter().all(|report| report.result.is_ok()));
        sink.close().await;
        let stored = cluster.read_all(&settings.output_topic);
        let numbers: Vec<u32> = stored
            .iter()
            .map(|message| String::from_utf8(message.payload.clone().unwrap()).unwrap())
            .map(|text| text.parse().unwrap())
            .collect();
        let expected: Vec<u32> = (0..2_000).step_by(2).chain((1..2_000).step_by(2)).collect();
        assert_eq!(numbers, expected);
        cluster.assert_nothing_evicted(&[&settings.output_topic]);
    }
}

#[tokio::test]
async fn partitions_the_output_does_not_have_go_by_key() {
    for cluster in Cluster::all() {
        let settings = KafkaSettings {
            output_topic: cluster.topic("narrow", 2).await,
            ..cluster.settings("unused", 4).await
        };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let messages = (0..40)
            .map(|number| outbound(number % 4, &format!("key-{}", number % 8), "body"))
            .collect();
        let reports = send_all(&mut sink, messages).await;
        assert!(reports.iter().all(|report| report.result.is_ok()), "{reports:?}");
        sink.close().await;
        let mut partitions: BTreeMap<Vec<u8>, BTreeSet<Option<i32>>> = BTreeMap::new();
        for message in cluster.read_all(&settings.output_topic) {
            partitions.entry(message.key.unwrap()).or_default().insert(message.partition);
        }
        assert_eq!(partitions.len(), 8);
        assert!(partitions.values().all(|places| places.len() == 1), "{partitions:?}");
        // Keys 0, 1, 4 and 5 came from partitions 0 and 1, which are there.
        for (key, partition) in [("key-0", 0), ("key-1", 1), ("key-4", 0), ("key-5", 1)] {
            assert_eq!(partitions[key.as_bytes()], BTreeSet::from([Some(partition)]));
        }
    }
}

/// Java's default partitioner takes the murmur2 hash of the key, without its sign; the hashes
/// are those that Kafka's own tests hold it to.
#[tokio::test]
async fn keys_go_where_java_clients_put_them() {
    const HASHES: [(&str, i32); 4] = [
        ("21", -973_932_308),
        ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("abc", 479_470_107),
    ];
    const PARTITIONS: i32 = 7;
    for cluster in Cluster::all() {
        let settings = KafkaSettings {
            output_topic: cluster.topic("keyed", PARTITIONS as u16).await,
            ..cluster.settings("unused", 1).await
        };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let messages = HASHES.map(|(key, _)| outbound(PARTITIONS, key, "body"));
        let reports = send_all(&mut sink, messages.into()).await;
        assert!(reports.iter().all(|report| report.result.is_ok()), "{reports:?}");
        sink.close().await;
        let stored = cluster.read_all(&settings.output_topic);
        let places: BTreeMap<_, _> =
            stored.into_iter().map(|message| (message.key.unwrap(), message.partition)).collect();
        for (key, hash) in HASHES {
            let partition = (hash & i32::MAX) % PARTITIONS;
            assert_eq!(places[key.as_bytes()], Some(partition), "{key}");
        }
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_alone() {
    for cluster in Cluster::all() {
        let settings =
            KafkaSettings { max_message_bytes: 10_000, ..cluster.settings("unused", 1).await };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let large = "x".repeat(10_001);
        let mut messages: Vec<_> =
            (0..20).map(|number| outbound(0, "key", &number.to_string())).collect();
        messages[7] = outbound(0, "key", &large);
        messages[9] = Outbound {
            headers: vec![("note".to_owned(), Some(large.clone().into_bytes()))],
            ..outbound(0, "key", "small, with a large header")
        };
        let reports = send_all(&mut sink, messages).await;
        for report in &reports {
            let refused = matches!(report.result, Err(TransportError::MessageRefused { .. }));
            assert_eq!(refused, matches!(report.ticket.0, 7 | 9), "{report:?}");
            assert!(refused || report.result.is_ok(), "{report:?}");
        }
        sink.close().await;
        assert_eq!(cluster.read_all(&settings.output_topic).len(), 18);
    }
}

#[tokio::test]
async fn the_limit_of_the_topic_is_learned_from_the_broker() {
    // The embedded broker has no limits and does not describe topics.
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let settings = KafkaSettings {
            output_topic: cluster.topic_with("tight", 1, &[("max.message.bytes", "5000")]).await,
            ..cluster.settings("unused", 1).await
        };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let body = "x".repeat(5_000);
        let dead = Outbound { destination: Destination::DeadLetter, ..outbound(0, "key", &body) };
        let reports = send_all(&mut sink, vec![outbound(0, "key", &body), dead]).await;
        let Err(TransportError::MessageRefused { why, .. }) = &reports[0].result else {
            panic!("{:?}", reports[0]);
        };
        assert!(why.contains("the limit of 5000"), "{why}");
        assert!(reports[1].result.is_ok(), "the other topic takes it: {:?}", reports[1]);
        // 400 messages are far more than one batch of 5,000 bytes.
        let many = (0..400).map(|number| outbound(0, "key", &format!("{number:0>100}"))).collect();
        let reports = send_all(&mut sink, many).await;
        assert!(reports.iter().all(|report| report.result.is_ok()));
        assert_eq!(sink.status().sent_alone(), 0, "no batch was too large");
        sink.close().await;
    }
}

#[tokio::test]
async fn only_the_guilty_message_of_a_refused_batch_fails() {
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let settings = KafkaSettings {
            linger_millis: 100,
            compression: copydesk::settings::Compression::None,
            ..cluster.settings("unused", 1).await
        };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        // The limit falls after it was learned, so the broker has to say it.
        cluster.limit_messages(&settings.output_topic, 3_000).await;
        let mut messages: Vec<_> =
            (0..50).map(|number| outbound(0, "key", &number.to_string())).collect();
        messages[20] = outbound(0, "key", &"x".repeat(3_000));
        let reports = send_all(&mut sink, messages).await;
        for report in &reports {
            let refused = matches!(report.result, Err(TransportError::MessageRefused { .. }));
            assert_eq!(refused, report.ticket.0 == 20, "{report:?}");
            assert!(refused || report.result.is_ok(), "{report:?}");
        }
        assert!(sink.status().sent_alone() >= 50);
        sink.close().await;
        assert_eq!(cluster.read_all(&settings.output_topic).len(), 49);
    }
}

#[tokio::test]
async fn a_full_queue_gives_the_message_back() {
    let cluster = Cluster::embedded();
    let settings = cluster.settings("unused", 8).await;
    let mut sink = KafkaSink::open(&settings).await.unwrap();
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().broker_down(-1).unwrap();
    let body = "x".repeat(900_000);
    let mut tickets = 0;
    let full = |sink: &mut KafkaSink, ticket: usize| {
        let partition = i32::try_from(ticket % 8).unwrap();
        sink.send(Ticket(ticket), RECEIPT, &outbound(partition, "key", &body))
    };
    while full(&mut sink, tickets).is_ok() {
        tickets += 1;
        assert!(tickets < 100, "the queue has no bound");
    }
    assert!(matches!(full(&mut sink, tickets), Err(NotSent::Full)));
    broker.cluster().broker_up(-1).unwrap();
    // Each report makes room at once, or the worker would wait for another.
    for ticket in 0..tickets {
        assert!(report(&mut sink).await.result.is_ok());
        full(&mut sink, tickets + ticket).unwrap();
    }
    for _ in 0..tickets {
        assert!(report(&mut sink).await.result.is_ok());
    }
    sink.close().await;
}

#[tokio::test]
async fn a_topic_that_is_missing_is_told_at_the_start() {
    // The embedded broker makes every topic it is asked for.
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let settings = KafkaSettings {
            dead_letter_topic: unique("missing"),
            ..cluster.settings("unused", 1).await
        };
        let error = KafkaSink::open(&settings).await.err();
        let Some(TransportError::Fatal { why, .. }) = error else { panic!("{error:?}") };
        assert!(why.contains(&settings.dead_letter_topic), "{why}");
    }
}
