//! Brokers that err, stall and go away. Only the embedded one does so on
//! command.

use std::time::Duration;

use copydesk::error::TransportError;
use copydesk::settings::KafkaSettings;
use copydesk::transport::kafka::{KafkaSink, KafkaSource};
use copydesk::transport::{Outbound, Sink, Source};
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as Code};

use super::broker::{Cluster, PATIENCE, eventually, next, numbered, outbound, send_all, take};

const BUDGET: usize = 64 * 1024 * 1024;

fn numbered_outbounds(count: usize) -> Vec<Outbound> {
    (0..count).map(|number| outbound(0, "key", &number.to_string())).collect()
}

#[tokio::test]
async fn errors_of_the_broker_that_pass_cost_no_message_and_no_order() {
    for code in [
        Code::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        Code::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        Code::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        Code::RD_KAFKA_RESP_ERR__TRANSPORT,
    ] {
        let cluster = Cluster::embedded();
        let settings = cluster.settings("unused", 1).await;
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let broker = cluster.embedded.as_ref().unwrap();
        broker.cluster().request_errors(Api::Produce, &[code, code]);
        let reports = send_all(&mut sink, numbered_outbounds(100)).await;
        assert!(reports.iter().all(|report| report.result.is_ok()), "{code:?}: {reports:?}");
        sink.close().await;
        let stored = cluster.read_all(&settings.output_topic);
        let payloads: Vec<_> = stored.into_iter().filter_map(|message| message.payload).collect();
        let expected: Vec<_> = (0..100).map(|number| number.to_string().into_bytes()).collect();
        assert_eq!(payloads, expected, "{code:?}");
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_is_sent_again_message_by_message() {
    for code in [
        Code::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
        Code::RD_KAFKA_RESP_ERR_INVALID_RECORD,
        Code::RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    ] {
        let cluster = Cluster::embedded();
        let settings = KafkaSettings { linger_millis: 50, ..cluster.settings("unused", 1).await };
        let mut sink = KafkaSink::open(&settings).await.unwrap();
        let status = sink.status();
        let broker = cluster.embedded.as_ref().unwrap();
        // The first refuses the batch, the second the first message sent alone.
        broker.cluster().request_errors(Api::Produce, &[code, code]);
        let messages = (0..20)
            .map(|number| Outbound {
                headers: vec![("number".to_owned(), Some(vec![number]))],
                timestamp_millis: Some(1_700_000_000_000 + i64::from(number)),
                ..outbound(0, "key", &number.to_string())
            })
            .collect();
        let reports = send_all(&mut sink, messages).await;
        let refused: Vec<_> = reports.iter().filter(|report| report.result.is_err()).collect();
        assert_eq!(refused.len(), 1, "{code:?}: {refused:?}");
        assert!(matches!(refused[0].result, Err(TransportError::MessageRefused { .. })));
        assert_eq!(status.sent_alone(), 20);
        sink.close().await;

        let stored = cluster.read_all(&settings.output_topic);
        assert_eq!(stored.len(), 19);
        for message in stored {
            let number: u8 = String::from_utf8(message.payload.unwrap()).unwrap().parse().unwrap();
            assert_ne!(usize::from(number), refused[0].ticket.0);
            assert_eq!(message.headers, [("number".to_owned(), Some(vec![number]))]);
            assert_eq!(message.timestamp_millis, Some(1_700_000_000_000 + i64::from(number)));
            assert_eq!(message.key.as_deref(), Some(b"key".as_slice()));
        }
    }
}

#[tokio::test]
async fn an_error_that_stays_is_fatal() {
    let cluster = Cluster::embedded();
    let settings = cluster.settings("unused", 1).await;
    let mut sink = KafkaSink::open(&settings).await.unwrap();
    let broker = cluster.embedded.as_ref().unwrap();
    let code = Code::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    broker.cluster().request_errors(Api::Produce, &[code]);
    let reports = send_all(&mut sink, numbered_outbounds(1)).await;
    let Err(TransportError::Fatal { why, .. }) = &reports[0].result else { panic!("{reports:?}") };
    assert!(why.contains("authorization"), "{why}");
    sink.close().await;
}

#[tokio::test]
async fn what_is_not_delivered_in_time_is_reported_as_passing() {
    let cluster = Cluster::embedded();
    let settings =
        KafkaSettings { delivery_timeout_millis: 300, ..cluster.settings("unused", 1).await };
    let mut sink = KafkaSink::open(&settings).await.unwrap();
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().broker_down(-1).unwrap();
    let reports = send_all(&mut sink, numbered_outbounds(3)).await;
    for report in &reports {
        assert!(matches!(report.result, Err(TransportError::Transient { .. })), "{report:?}");
    }
    broker.cluster().broker_up(-1).unwrap();
    // The same sink goes on when the brokers are back.
    let mut tries = 0;
    while send_all(&mut sink, numbered_outbounds(1)).await[0].result.is_err() {
        tries += 1;
        assert!(tries < 100);
    }
    sink.close().await;
}

#[tokio::test]
async fn commits_that_fail_are_counted_and_made_again() {
    for code in [
        Code::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
        Code::RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE,
        Code::RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE,
    ] {
        let cluster = Cluster::embedded();
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        cluster.publish(&input, &numbered(1, 10));
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        let status = source.status();
        let taken = take(&mut source, 10).await;
        let broker = cluster.embedded.as_ref().unwrap();
        broker.cluster().request_errors(Api::OffsetCommit, &[code]);
        for delivery in &taken {
            source.ack(delivery.receipt);
        }
        eventually("a commit", || status.partitions()[0].committed == Some(10)).await;
        assert!(status.commit_failures() >= 1, "{code:?}");
        source.close().await.unwrap();
        assert_eq!(cluster.committed(&settings, &input, 1), [10]);
    }
}

#[tokio::test]
async fn a_commit_that_is_sent_again_does_not_land_behind_the_last() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 1).await;
    let settings = KafkaSettings {
        close_timeout_millis: PATIENCE.as_millis() as u64,
        session_timeout_millis: PATIENCE.as_millis() as u64,
        ..cluster.settings(&input, 1).await
    };
    cluster.publish(&input, &numbered(1, 20));
    let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
    let taken = take(&mut source, 20).await;
    // Sent again by librdkafka after a while, and not told meanwhile.
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().request_errors(Api::OffsetCommit, &[Code::RD_KAFKA_RESP_ERR_NOT_COORDINATOR]);
    for delivery in &taken[..10] {
        source.ack(delivery.receipt);
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    for delivery in &taken[10..] {
        source.ack(delivery.receipt);
    }
    source.close().await.unwrap();
    assert_eq!(cluster.committed(&settings, &input, 1), [20]);
}

#[tokio::test]
async fn the_stream_goes_on_when_the_brokers_are_back() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 3).await;
    let settings = cluster.settings(&input, 3).await;
    cluster.publish(&input, &numbered(3, 100));
    let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
    let first = take(&mut source, 300).await;
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().broker_down(-1).unwrap();
    for delivery in &first {
        source.ack(delivery.receipt);
    }
    // The source says so, and is not ended by it.
    let error = source.next().await.unwrap_err();
    assert!(matches!(error, TransportError::Transient { .. }), "{error:?}");
    broker.cluster().broker_up(-1).unwrap();
    cluster.publish(&input, &numbered(3, 10));
    let mut fresh = 0;
    while fresh < 30 {
        match source.next().await {
            Ok(Some(delivery)) => {
                fresh += usize::from(delivery.origin.offset >= 100);
                source.ack(delivery.receipt);
            }
            Ok(None) => panic!("ended"),
            Err(error) => assert!(matches!(error, TransportError::Transient { .. }), "{error:?}"),
        }
    }
    source.close().await.unwrap();
    assert_eq!(cluster.committed(&settings, &input, 3), [110, 110, 110]);
    cluster.assert_nothing_evicted(&[&input]);
}

#[tokio::test]
async fn a_source_closes_in_time_while_the_brokers_are_away() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 1).await;
    let settings = KafkaSettings { close_timeout_millis: 300, ..cluster.settings(&input, 1).await };
    cluster.publish(&input, &numbered(1, 1));
    let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
    let delivery = next(&mut source).await;
    cluster.embedded.as_ref().unwrap().cluster().broker_down(-1).unwrap();
    source.ack(delivery.receipt);
    let started = std::time::Instant::now();
    // Whether the commit got through before is left to chance.
    let _ = source.close().await;
    // The client itself would try for a minute.
    assert!(started.elapsed() < PATIENCE / 2, "{:?}", started.elapsed());
    cluster.embedded.as_ref().unwrap().cluster().broker_up(-1).unwrap();
}

#[tokio::test]
async fn what_the_embedded_broker_forgets_is_noticed() {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 1).await;
    let body = "x".repeat(100_000);
    let messages: Vec<_> = (0..60).map(|_| super::broker::message(0, "key", &body)).collect();
    cluster.publish(&input, &messages);
    let evicted = cluster.embedded.as_ref().unwrap().evicted(&[&input]).unwrap();
    assert_eq!(evicted, [format!("{input}[0]")]);
}

#[tokio::test]
async fn a_last_commit_is_made_again_while_the_group_rebalances_and_left_to_others_after() {
    for (code, committed) in [
        (Code::RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, 10),
        (Code::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, -1),
    ] {
        let cluster = Cluster::embedded();
        let input = cluster.topic("input", 1).await;
        let settings =
            KafkaSettings { commit_interval_millis: 60_000, ..cluster.settings(&input, 1).await };
        cluster.publish(&input, &numbered(1, 10));
        let mut source = KafkaSource::open(&settings, BUDGET).unwrap();
        for delivery in take(&mut source, 10).await {
            source.ack(delivery.receipt);
        }
        let broker = cluster.embedded.as_ref().unwrap();
        broker.cluster().request_errors(Api::OffsetCommit, &[code, code]);
        let closed = source.close().await;
        assert!(closed.is_ok(), "{code:?}: {closed:?}");
        assert_eq!(cluster.committed(&settings, &input, 1), [committed], "{code:?}");
    }
}

/// A member with a name of its own, and ten messages for it.
async fn named_member() -> (Cluster, String, KafkaSource) {
    let cluster = Cluster::embedded();
    let input = cluster.topic("input", 1).await;
    let settings =
        KafkaSettings { group_instance_id: "desk-0".into(), ..cluster.settings(&input, 1).await };
    cluster.publish(&input, &numbered(1, 10));
    let source = KafkaSource::open(&settings, BUDGET).unwrap();
    (cluster, input, source)
}

/// What the source says first, but for articles.
async fn failure(source: &mut KafkaSource) -> TransportError {
    let told = async {
        loop {
            match source.next().await {
                Ok(Some(delivery)) => source.ack(delivery.receipt),
                Ok(None) => panic!("ended"),
                Err(error) => return error,
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("an error in time")
}

#[tokio::test]
async fn a_member_that_was_fenced_by_its_own_name_joins_anew_and_not_for_ever() {
    let (cluster, input, mut source) = named_member().await;
    for delivery in take(&mut source, 10).await {
        source.ack(delivery.receipt);
    }
    // Its partitions are lost first, as by an outage; then the name is told to be taken.
    let broker = cluster.embedded.as_ref().unwrap();
    let lose_and_fence = || {
        broker
            .cluster()
            .request_errors(Api::JoinGroup, &[Code::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID]);
        broker
            .cluster()
            .request_errors(Api::Heartbeat, &[Code::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID]);
    };
    lose_and_fence();
    let error = failure(&mut source).await;
    assert!(matches!(error, TransportError::Transient { .. }), "{error:?}");
    assert!(error.to_string().contains("kafka.group_instance_id"), "{error}");
    cluster.publish(&input, &numbered(1, 10));
    while next(&mut source).await.origin.offset < 19 {}

    lose_and_fence();
    let error = failure(&mut source).await;
    assert!(matches!(error, TransportError::Fatal { .. }), "{error:?}");
    let _ = source.close().await;
}

#[tokio::test]
async fn a_member_whose_name_another_takes_ends() {
    let (cluster, _, mut source) = named_member().await;
    take(&mut source, 10).await;
    let broker = cluster.embedded.as_ref().unwrap();
    broker.cluster().request_errors(Api::Heartbeat, &[Code::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID]);
    let error = failure(&mut source).await;
    assert!(matches!(error, TransportError::Fatal { .. }), "{error:?}");
    let _ = source.close().await;
}
