//! `copydesk dlq` over a real protocol: what it shows, and that it sends each letter on
//! its way once. Only a real broker has transactions, so only there is a replay killed.

use std::collections::BTreeMap;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use copydesk::error::{DecodeError, Error, PipelineError};
use copydesk::settings::KafkaSettings;
use copydesk::stage::StageName;
use copydesk::transport::kafka::embedded::StoredMessage;
use copydesk::transport::{Delivery, Headers, Lane, Origin, Receipt};
use copydesk::wire::dead_letter::{self, HeaderStyle};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::broker::{Cluster, PATIENCE, eventually};

const TEXT: &str = "The harbour council met on Tuesday to talk about the ferry, which has been out \
                    of service since March. Nobody could say when it will be back.";

/// The settings and topics of a test.
struct Desk {
    cluster: Cluster,
    kafka: KafkaSettings,
    input: String,
}

impl Desk {
    async fn all() -> Vec<Self> {
        let mut desks = Vec::new();
        for cluster in Cluster::all() {
            let input = cluster.topic("raw", 2).await;
            let kafka = cluster.settings(&input, 2).await;
            desks.push(Self { cluster, kafka, input });
        }
        desks
    }

    /// What a topic holds once that is so many messages: that a transaction is committed is
    /// told before every partition shows it.
    async fn read(&self, topic: &str, messages: usize) -> Vec<StoredMessage> {
        let mut held = Vec::new();
        eventually("what was replayed", || {
            held = self.cluster.read_all(topic);
            held.len() >= messages
        })
        .await;
        held
    }

    /// Waits for what a command says of the dead letters and of what became of them.
    async fn says(&self, command: &str, expected: impl Fn(&str) -> bool) {
        let mut said = String::new();
        eventually(command, || {
            said = self.run(&[command]);
            expected(&said)
        })
        .await;
    }

    /// Those on a broker that has transactions.
    async fn real() -> Vec<Self> {
        let mut desks = Self::all().await;
        desks.retain(|desk| desk.cluster.embedded.is_none());
        desks
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("COPYDESK") {
                command.env_remove(name);
            }
        }
        command.arg("dlq").args(arguments);
        for (key, value) in [
            ("brokers", &self.kafka.brokers.join(",")),
            ("input_topics", &self.input),
            ("output_topic", &self.kafka.output_topic),
            ("dead_letter_topic", &self.kafka.dead_letter_topic),
        ] {
            command.arg("--set").arg(format!("kafka.{key}={value}"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Dead letters as the worker writes them, one for each offset of the input.
    fn publish_letters(&self, letters: &[(Letter, Error)]) {
        let stored: Vec<_> = letters
            .iter()
            .enumerate()
            .map(|(offset, (letter, error))| self.dead(offset, letter, error))
            .collect();
        self.cluster.publish(&self.kafka.dead_letter_topic, &stored);
    }

    fn dead(&self, offset: usize, letter: &Letter, error: &Error) -> StoredMessage {
        let delivery = Delivery {
            key: letter.key.map(|key| key.as_bytes().to_vec()),
            payload: Some(letter.payload.clone()),
            headers: letter.headers.clone(),
            timestamp_millis: Some(letter.millis),
            origin: Origin {
                topic: self.input.as_str().into(),
                partition: 1,
                offset: offset as i64,
            },
            receipt: Receipt { lane: Lane(0), epoch: 0, offset: offset as i64 },
        };
        let outbound = dead_letter::outbound(&delivery, error, letter.style);
        StoredMessage {
            partition: Some(1),
            offset: None,
            key: outbound.key,
            payload: outbound.payload,
            headers: outbound.headers,
            timestamp_millis: outbound.timestamp_millis,
        }
    }

    /// How often each key is in the input, for readers of what is committed.
    async fn replayed_keys(&self, messages: usize) -> BTreeMap<String, usize> {
        let mut keys = BTreeMap::new();
        for message in self.read(&self.input, messages).await {
            let key = String::from_utf8(message.key.unwrap()).unwrap();
            *keys.entry(key).or_default() += 1;
        }
        keys
    }
}

#[derive(Clone)]
struct Letter {
    key: Option<&'static str>,
    payload: Vec<u8>,
    headers: Headers,
    millis: i64,
    style: HeaderStyle,
}

/// 2024-05-06T07:30:12Z
const MILLIS: i64 = 1_714_980_612_000;

impl Letter {
    fn new(payload: &[u8]) -> Self {
        Self {
            key: Some("harbour"),
            payload: payload.to_vec(),
            headers: vec![("trace".into(), Some(b"7".to_vec()))],
            millis: MILLIS,
            style: HeaderStyle::Copydesk,
        }
    }

    fn article(host: &str) -> Self {
        let url = format!("https://www.{host}/ferry");
        Self::new(format!("{{\"url\": {url:?}, \"text\": {TEXT:?}}}").as_bytes())
    }
}

fn not_json() -> Error {
    DecodeError::NotJson { why: "it ends too early", line: 1, column: 9 }.into()
}

fn panicked() -> Error {
    PipelineError::StagePanicked { stage: StageName::Repair }.into()
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn dlq_finds_letters_by_reason_stage_host_and_time() {
    for desk in Desk::all().await {
        desk.publish_letters(&[
            (Letter::new(b"{\"text\":"), not_json()),
            (Letter::article("harbour.example"), panicked()),
            (Letter { style: HeaderStyle::Spring, ..Letter::article("ferry.example") }, panicked()),
            (
                Letter {
                    style: HeaderStyle::Streams,
                    millis: MILLIS + 3_600_000,
                    ..Letter::new(b"\xff")
                },
                not_json(),
            ),
        ]);
        let places = |arguments: &[&str]| -> Vec<String> {
            let listed = desk.run(&[&["list"], arguments].concat());
            let rows = listed.lines().skip(1).map(|row| row.split(' ').next().unwrap().to_owned());
            rows.collect()
        };
        assert_eq!(places(&[]), ["1:0", "1:1", "1:2", "1:3"]);
        assert_eq!(places(&["--reason", "not_json"]), ["1:0", "1:3"]);
        assert_eq!(places(&["--stage", "repair,tag"]), ["1:1", "1:2"]);
        assert_eq!(places(&["--host", "ferry.example"]), ["1:2"]);
        assert_eq!(places(&["--since", "2024-05-06T08:00Z"]), ["1:3"]);
        assert_eq!(places(&["--until", "2024-05-06T08:00Z", "--limit", "2"]), ["1:0", "1:1"]);
        assert_eq!(places(&["--since", "1d"]), [""; 0]);

        let stats = desk.run(&["stats"]);
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = stats.lines().map(words).collect();
        assert_eq!(lines[0], "4 letters, 0 of them replayed");
        for line in [
            "not_json 2 0",
            "stage_panicked 2 0",
            "decode 2 0",
            "repair 2 0",
            "ferry.example 1 0",
            "harbour.example 1 0",
            "- 2 0",
        ] {
            assert!(lines.iter().any(|known| known == line), "{line} is not in\n{stats}");
        }
        // Looking leaves no group behind that could be mistaken for a worker's.
        assert_eq!(desk.cluster.committed(&desk.kafka, &desk.kafka.dead_letter_topic, 2), [-1, -1]);
    }
}

#[tokio::test]
async fn dlq_shows_a_letter_whatever_is_in_it() {
    for desk in Desk::all().await {
        desk.publish_letters(&[
            (Letter::new(b"{\"text\": \x1b[31m"), not_json()),
            (Letter::new(b"\xff\x00bytes"), not_json()),
        ]);
        let shown = desk.run(&["show", "1:0"]);
        for line in [
            "reason     not_json",
            "state      waiting",
            "header     trace: \"7\"",
            "key        \"harbour\"",
            "{\"text\": \\u{1b}[31m",
        ] {
            assert!(shown.lines().any(|known| known == line), "{line} is not in\n{shown}");
        }
        assert!(!shown.contains('\x1b'), "{shown:?}");
        let shown = desk.run(&["show", "1:1"]);
        assert!(shown.contains("ff 00 62 79 74 65 73"), "{shown}");
        assert!(shown.contains("|..bytes|"), "{shown}");
        let output = desk.command(&["show", "1:1", "--payload"]).output().unwrap();
        assert_eq!(output.stdout, b"\xff\x00bytes");
        let output = desk.command(&["show", "1:2"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(told(&output).contains("no letter at 1:2"), "{}", told(&output));
    }
}

#[tokio::test]
async fn dlq_replays_the_original_exactly_and_once() {
    for desk in Desk::all().await {
        let mut letter = Letter::new(b"\xff\x00 as it was");
        letter.headers.push(("nothing".into(), None));
        letter.headers.push(("copydesk-id".into(), Some(b"somebody's own".to_vec())));
        for style in [HeaderStyle::Copydesk, HeaderStyle::Spring, HeaderStyle::Streams] {
            desk.publish_letters(&[(Letter { style, ..letter.clone() }, not_json())]);
        }
        let rehearsed = desk.run(&["replay", "--to", "input", "--all", "--dry-run"]);
        assert!(rehearsed.contains("3 letters would be replayed"), "{rehearsed}");
        assert_eq!(desk.cluster.read_all(&desk.input), []);

        let done = desk.run(&["replay", "--to", "input", "--all"]);
        assert_eq!(done, "3 letters replayed, 0 left alone, 0 failed\n");
        let replayed = desk.read(&desk.input, 3).await;
        assert_eq!(replayed.len(), 3);
        for (offset, message) in replayed.iter().enumerate() {
            assert_eq!(message.key.as_deref(), Some(&b"harbour"[..]));
            assert_eq!(message.payload.as_deref(), Some(&letter.payload[..]));
            assert_eq!(message.timestamp_millis, Some(MILLIS));
            assert_eq!(message.partition, Some(1));
            let (own, marks) = message.headers.split_at(letter.headers.len());
            assert_eq!(own, letter.headers);
            let origin = format!("{}/1/{offset}", desk.kafka.dead_letter_topic);
            assert_eq!(
                marks,
                [
                    ("copydesk-replays".to_owned(), Some(b"1".to_vec())),
                    ("copydesk-replay-of".to_owned(), Some(origin.into_bytes())),
                ]
            );
        }
        let again = desk.run(&["replay", "--to", "input", "--all"]);
        assert_eq!(again, "0 letters replayed, 3 left alone, 0 failed\n");
        assert!(desk.run(&["show", "1:0"]).contains("state      replayed"));
        assert!(desk.run(&["stats"]).starts_with("3 letters, 3 of them replayed\n"));
        let meant = desk
            .run(&["replay", "--to", "input", "--reason", "not_json", "--again", "--limit", "1"]);
        assert_eq!(meant, "1 letters replayed, 0 left alone, 0 failed\n");
    }
}

#[tokio::test]
async fn dlq_leaves_alone_what_comes_back_again_and_again() {
    for desk in Desk::all().await {
        desk.publish_letters(&[(Letter::new(b"never"), not_json())]);
        for round in 1..=2 {
            let done = desk.run(&["replay", "--to", "input", "--all", "--max-replays", "2"]);
            assert!(done.starts_with("1 letters replayed"), "{done}");
            // The worker gives it up again, with the headers it came with.
            let replayed = desk.read(&desk.input, round).await.pop().unwrap();
            let letter = Letter { headers: replayed.headers, ..Letter::new(b"never") };
            desk.publish_letters(&[(letter, not_json())]);
            let waiting = format!("{round} waiting");
            desk.says("list", |listed| {
                let last = listed.lines().rfind(|row| row.contains("waiting"));
                last.is_some_and(|last| last.contains(&waiting))
            })
            .await;
        }
        let done = desk.run(&["replay", "--to", "input", "--all", "--max-replays", "2"]);
        assert!(done.starts_with("0 letters replayed, 3 left alone"), "{done}");
        let rehearsed =
            desk.run(&["replay", "--to", "input", "--all", "--max-replays", "2", "--dry-run"]);
        assert!(rehearsed.contains("it came back after 2 replays"), "{rehearsed}");
        assert_eq!(desk.read(&desk.input, 2).await.len(), 2);
    }
}

#[tokio::test]
async fn dlq_replays_through_the_stages() {
    for desk in Desk::all().await {
        desk.publish_letters(&[
            (Letter::article("harbour.example"), panicked()),
            (Letter::new(b"{\"text\":"), not_json()),
        ]);
        let output = desk.command(&["replay", "--to", "pipeline", "--all"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "one fails again");
        let told = told(&output);
        assert!(told.contains("1:1 was not replayed: not_json"), "{told}");
        assert!(told.contains("1 letters replayed, 0 left alone, 1 failed"), "{told}");
        let enriched = desk.read(&desk.kafka.output_topic, 1).await;
        assert_eq!(enriched.len(), 1);
        assert_eq!((enriched[0].partition, enriched[0].timestamp_millis), (Some(1), Some(MILLIS)));
        let payload = String::from_utf8(enriched[0].payload.clone().unwrap()).unwrap();
        assert!(payload.contains("The harbour council met"), "{payload}");
        // What fails again stays as it was: it is no new letter and not on record.
        desk.says("stats", |stats| stats.starts_with("2 letters, 1 of them replayed\n")).await;
        assert_eq!(desk.cluster.read_all(&desk.input), []);
    }
}

#[tokio::test]
async fn dlq_replays_only_to_topics_that_are_taken_in() {
    for desk in Desk::all().await {
        let foreign = Desk {
            input: "elsewhere".into(),
            kafka: desk.kafka.clone(),
            cluster: Cluster { brokers: desk.cluster.brokers.clone(), embedded: None },
        };
        foreign.publish_letters(&[(Letter::new(b"x"), not_json())]);
        desk.cluster.publish(
            &desk.kafka.dead_letter_topic,
            &[StoredMessage { payload: Some(b"no reasons".to_vec()), ..StoredMessage::default() }],
        );
        let done = desk.run(&["replay", "--to", "input", "--all"]);
        assert!(done.contains("kafka.input_topics does not take in elsewhere"), "{done}");
        assert!(done.contains("no header says where it came from"), "{done}");
        assert!(done.contains("0 letters replayed, 2 left alone"), "{done}");
        let output = desk.command(&["replay", "--to", "input"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "nothing selects letters");
    }
}

#[tokio::test]
async fn dlq_replays_each_letter_once_though_a_replay_dies_between_message_and_mark() {
    for desk in Desk::real().await {
        desk.publish_letters(&[(Letter::new(b"once"), not_json())]);
        // A replay that has sent the message, and is gone before the mark.
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", desk.cluster.brokers.join(","))
            .set("transactional.id", format!("copydesk-replay-{}", desk.kafka.dead_letter_topic))
            .set("transaction.timeout.ms", "60000")
            .create()
            .unwrap();
        producer.init_transactions(PATIENCE).unwrap();
        producer.begin_transaction().unwrap();
        let sent = BaseRecord::to(&desk.input).key("harbour").payload("once");
        producer.send(sent).map_err(|(error, _)| error).unwrap();
        while producer.in_flight_count() > 0 {
            producer.poll(Duration::from_millis(1));
        }
        std::mem::forget(producer);

        let done = desk.run(&["replay", "--to", "input", "--all"]);
        assert!(done.starts_with("1 letters replayed"), "{done}");
        eventually("two messages, an abort, a commit", || desk.cluster.stored(&desk.input) == 4)
            .await;
        assert_eq!(desk.replayed_keys(1).await, [("harbour".to_owned(), 1)].into());
    }
}

#[tokio::test]
async fn dlq_replays_each_letter_once_though_it_is_killed_again_and_again() {
    const LETTERS: usize = 300;
    for desk in Desk::real().await {
        let letters: Vec<_> = (0..LETTERS)
            .map(|number| {
                let key: &'static str = Box::leak(format!("letter {number}").into_boxed_str());
                (Letter { key: Some(key), ..Letter::new(b"once") }, not_json())
            })
            .collect();
        desk.publish_letters(&letters);
        let mut kills = 0;
        for millis in [400, 900, 1_300, 700, 1_100] {
            // So slowly that none of them gets to the end, however busy the machine is.
            let mut replay = desk.start(&["replay", "--to", "input", "--all", "--rate", "10"]);
            let before = desk.cluster.stored(&desk.input);
            // Somewhere after it has begun to send.
            eventually("the replay begins", || desk.cluster.stored(&desk.input) > before).await;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            replay.kill().unwrap();
            kills += usize::from(!replay.wait().unwrap().success());
        }
        assert_eq!(kills, 5, "each was killed on the way");
        assert!(desk.run(&["replay", "--to", "input", "--all"]).contains(" 0 failed"));
        let keys = desk.replayed_keys(LETTERS).await;
        assert_eq!(keys.len(), LETTERS, "missing");
        assert!(keys.values().all(|count| *count == 1), "twice: {keys:?}");
        let done = desk.run(&["replay", "--to", "input", "--all"]);
        assert!(done.starts_with("0 letters replayed, 300 left alone"), "{done}");
    }
}

#[tokio::test]
async fn dlq_lets_only_the_later_of_two_replays_go_on() {
    for desk in Desk::real().await {
        let letters: Vec<_> = (0..40)
            .map(|number| {
                let key: &'static str = Box::leak(format!("letter {number}").into_boxed_str());
                (Letter { key: Some(key), ..Letter::new(b"once") }, not_json())
            })
            .collect();
        desk.publish_letters(&letters);
        let slow = desk.start(&["replay", "--to", "input", "--all", "--rate", "2"]);
        eventually("the replay begins", || desk.cluster.stored(&desk.input) > 0).await;
        assert!(desk.run(&["replay", "--to", "input", "--all"]).contains(" 0 failed"));
        let output = slow.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            told(&output).contains("another replay of this topic has taken over"),
            "{}",
            told(&output)
        );
        let keys = desk.replayed_keys(40).await;
        assert_eq!((keys.len(), keys.values().max()), (40, Some(&1)));
    }
}
