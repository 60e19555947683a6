//! Partitions that no member of the group has: what a static member leaves behind that is
//! killed between the two steps of a move.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use copydesk::settings::KafkaSettings;
use copydesk::transport::Source;
use copydesk::transport::kafka::KafkaSource;
use copydesk::transport::kafka::unowned::share;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaRespErr;

use super::broker::{Cluster, PATIENCE, eventually, numbered, take};

const BUDGET: usize = 64 * 1024 * 1024;
const PARTITIONS: i32 = 6;

/// Takes what it is given, and when it is to give some up, only notes what.
#[derive(Default)]
struct Slow {
    to_give_up: Mutex<Option<TopicPartitionList>>,
}

impl ClientContext for Slow {}

impl ConsumerContext for Slow {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        event: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            consumer.incremental_assign(partitions).unwrap();
        } else {
            *self.to_give_up.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(partitions.clone());
        }
    }
}

/// A member with a name that has been dealt all partitions.
fn slow_member(settings: &KafkaSettings) -> BaseConsumer<Slow> {
    let consumer: BaseConsumer<Slow> = ClientConfig::new()
        .set("bootstrap.servers", settings.brokers.join(","))
        .set("group.id", &settings.group_id)
        .set("group.instance.id", &settings.group_instance_id)
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", settings.session_timeout_millis.to_string())
        .set("heartbeat.interval.ms", "100")
        .create_with_context(Slow::default())
        .unwrap();
    let topics: Vec<&str> = settings.input_topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics).unwrap();
    poll_until(&consumer, "all partitions", || {
        consumer.assignment().unwrap().count() == PARTITIONS as usize
    });
    consumer
}

fn poll_until(consumer: &BaseConsumer<Slow>, what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        let _ = consumer.poll(Duration::from_millis(20));
    }
}

#[test]
fn a_share_is_read_from_what_the_protocol_has() {
    let mut bytes = vec![0, 3, 0, 0, 0, 2, 0, 3];
    bytes.extend(b"raw");
    bytes.extend([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1]);
    bytes.extend(b"s");
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 7]);
    let whole: Vec<(String, i32)> = vec![("raw".into(), 0), ("raw".into(), 257), ("s".into(), 7)];
    assert_eq!(share(&bytes), Some(whole.clone()));
    let with_data = [&bytes[..], &[0, 0, 0, 2, 9, 9]].concat();
    assert_eq!(share(&with_data), Some(whole));
    assert_eq!(share(&[]), Some(Vec::new()));
    for cut in 1..bytes.len() {
        assert_eq!(share(&bytes[..cut]), None, "cut at {cut}");
    }
    let negative = [0, 0, 0, 0, 0, 1, 255, 255, 0, 0, 0, 0];
    assert_eq!(share(&negative), None);
}

#[tokio::test]
async fn what_a_static_member_gave_up_as_it_was_killed_finds_an_owner() {
    for cluster in Cluster::all().into_iter().filter(|cluster| cluster.embedded.is_none()) {
        let input = cluster.topic("input", PARTITIONS as u16).await;
        let settings = cluster.settings(&input, 1).await;
        let member = |name: &str| KafkaSettings {
            group_instance_id: format!("desk-{name}"),
            revoke_drain_millis: 500,
            ..settings.clone()
        };
        cluster.publish(&input, &numbered(PARTITIONS, 10));
        let killed = slow_member(&member("0"));
        let mut other = KafkaSource::open(&member("1"), BUDGET).unwrap();
        let given_up = || killed.context().to_give_up.lock().unwrap().clone();
        poll_until(&killed, "partitions to give up", || given_up().is_some());

        // It gives them up, and ends before it joins again. Static members do not say
        // that they leave.
        killed.close_queue().unwrap();
        killed.incremental_unassign(&given_up().unwrap()).unwrap();
        drop(killed);
        let mut again = KafkaSource::open(&member("0"), BUDGET).unwrap();
        let (one, two) = (again.status(), other.status());
        eventually("the old share", || one.assigned() > 0).await;
        assert_eq!(two.assigned(), 0, "nothing was to move yet");
        eventually("an owner for every partition", || one.assigned() + two.assigned() == 6).await;
        assert!(two.assigned() > 0);

        let half = one.assigned() * 10;
        take(&mut again, half).await;
        take(&mut other, 60 - half).await;
        again.close().await.unwrap();
        other.close().await.unwrap();
    }
}
