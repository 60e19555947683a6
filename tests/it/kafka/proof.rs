//! The proof page, asked for messages by their place.

use copydesk::settings::Settings;
use copydesk::transport::StoredMessage;

use super::broker::{Cluster, message};
use crate::proof::Served;

#[tokio::test]
async fn a_message_is_shown_by_its_place() {
    for cluster in Cluster::all() {
        let input = cluster.topic("input", 2).await;
        let foreign = cluster.topic("foreign", 1).await;
        let kafka = cluster.settings(&input, 1).await;
        let letters = kafka.dead_letter_topic.clone();
        let story = r#"{"body": "The ferry to the islands was late again on Monday."}"#;
        let broken = StoredMessage { partition: Some(0), ..message(0, "key", "{") };
        let tombstone = StoredMessage { payload: None, ..message(1, "key", "") };
        cluster.publish(&input, &[message(1, "key", "{"), message(1, "key", story), tombstone]);
        cluster.publish(&letters, &[broken]);
        cluster.publish(&foreign, &[message(0, "key", story)]);
        let settings = Settings { kafka, ..Settings::default() };
        let asked = tokio::task::spawn_blocking(move || {
            let served = Served::with(&settings);
            let place = |topic: &str, partition: i32, offset: i64| {
                let place = serde_json::json!({
                    "topic": topic, "partition": partition, "offset": offset
                });
                let answer = served.message(&place.to_string());
                (answer.code, answer.body)
            };
            [
                place(&input, 1, 1),
                place(&input, 1, 0),
                place(&input, 1, 2),
                place(&input, 1, 3),
                place(&input, 7, 0),
                place(&letters, 0, 0),
                place(&foreign, 0, 0),
            ]
        });
        let answers = asked.await.unwrap();
        let expected = [
            (200, "The ferry to the islands"),
            (422, "it would be a dead letter"),
            (422, "tombstone"),
            (404, "no such message"),
            (404, "no such message"),
            (422, "it would be a dead letter"),
            (403, "no topic of raw articles"),
        ];
        for ((code, body), (wanted, part)) in answers.iter().zip(expected) {
            assert_eq!(*code, wanted, "{body}");
            assert!(body.contains(part), "{part} is not in {body}");
        }
    }
}
