use copydesk::transport::Source;
use copydesk::transport::kafka::KafkaSource;

use super::broker::{Cluster, eventually, numbered, take};

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
