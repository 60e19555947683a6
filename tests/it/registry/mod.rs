//! The schema registry: how its id is got, what cannot be got, and messages that bear it.

mod server;

use std::process::{Command, Stdio};
use std::time::Duration;

use copydesk::desk::Desk;
use copydesk::schema_registry::{RegistryError, SchemaRegistry};
use copydesk::settings::{Flag, Settings, Sources};
use copydesk::transport::kafka::KafkaSource;
use copydesk::transport::kafka::embedded::{self, EmbeddedBroker, StoredMessage};
use copydesk::transport::{Headers, Source};
use copydesk::wire::raw::Decoder;
use copydesk::wire::schema::{MessageKind, schema};
use serde_json::Value;
use server::Registry;

use crate::articles::delivery;

fn settings(assignments: &[&str]) -> Settings {
    let flag = |text: &&str| Flag { name: "--set", assignment: (*text).to_owned() };
    let flags = assignments.iter().map(flag).collect();
    Settings::load(&Sources { flags, ..Sources::default() }).unwrap()
}

/// A client of the registry, with more settings.
fn client(registry: &Registry, more: &[&str]) -> SchemaRegistry {
    let endpoint = format!("schema_registry.endpoint={}", registry.endpoint);
    let mut all = vec![endpoint.as_str()];
    all.extend(more);
    SchemaRegistry::of(&settings(&all)).expect("it is named")
}

#[test]
fn without_an_endpoint_there_is_none() {
    assert!(SchemaRegistry::of(&Settings::default()).is_none());
}

#[tokio::test]
async fn the_schema_is_registered_once_under_the_output_topics_name() {
    let registry = Registry::start();
    let first = client(&registry, &[]).schema_id().await.unwrap();
    assert_eq!(client(&registry, &[]).schema_id().await.unwrap(), first);
    let elsewhere = client(&registry, &["schema_registry.subject=:.news:articles/v1"]);
    assert_eq!(elsewhere.schema_id().await.unwrap(), first);
    let kept = registry.kept.lock().unwrap();
    let mut subjects: Vec<_> = kept.subjects.iter().collect();
    subjects.sort();
    let [(context, _), (default, versions)] = subjects[..] else { panic!("{subjects:?}") };
    assert_eq!(
        (context.as_str(), default.as_str()),
        (":.news:articles/v1", "articles.enriched-value")
    );
    assert_eq!(versions.len(), 1);
}

#[tokio::test]
async fn what_may_not_be_registered_must_be_there() {
    let registry = Registry::start();
    let reader = client(&registry, &["schema_registry.register=false"]);
    let error = reader.schema_id().await.unwrap_err();
    assert!(matches!(error, RegistryError::NotRegistered { .. }), "{error}");
    assert!(error.to_string().contains("articles.enriched-value"), "{error}");
    let id = client(&registry, &[]).schema_id().await.unwrap();
    assert_eq!(reader.schema_id().await.unwrap(), id);
}

#[tokio::test]
async fn a_check_registers_nothing() {
    let registry = Registry::start();
    client(&registry, &[]).check().await.unwrap();
    assert!(registry.kept.lock().unwrap().subjects.is_empty());
    let reader = client(&registry, &["schema_registry.register=false"]);
    assert!(reader.check().await.is_err());
}

#[tokio::test]
async fn a_registry_that_is_busy_is_asked_again() {
    let registry = Registry::start();
    registry.kept.lock().unwrap().busy = 2;
    client(&registry, &[]).schema_id().await.unwrap();
    assert_eq!(registry.kept.lock().unwrap().asked, 3);
}

#[tokio::test]
async fn a_registry_that_is_down_is_given_up_in_time() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("schema_registry.endpoint=http://{address}");
    let settings = settings(&[&endpoint, "schema_registry.start_timeout_millis=300"]);
    let error = SchemaRegistry::of(&settings).unwrap().schema_id().await.unwrap_err();
    let told = error.to_string();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{told}");
    assert!(told.contains(&address.to_string()) && told.contains("300 ms"), "{told}");
}

#[tokio::test]
async fn a_registry_that_never_answers_is_given_up_in_time() {
    // Takes connections, and leaves it at that.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("schema_registry.endpoint=http://{}", listener.local_addr().unwrap());
    let settings = settings(&[&endpoint, "schema_registry.start_timeout_millis=300"]);
    let error = SchemaRegistry::of(&settings).unwrap().schema_id().await.unwrap_err();
    assert!(error.to_string().contains("no answer"), "{error}");
}

#[tokio::test]
async fn a_refusal_is_told_at_once_in_the_registrys_words() {
    let registry = Registry::start();
    registry.kept.lock().unwrap().credentials = Some("Basic YW5uOmhhcmJvdXI=".to_owned());
    let error = client(&registry, &[]).schema_id().await.unwrap_err();
    assert!(error.to_string().contains("401") && error.to_string().contains("Unauthorized"));
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "harbour\n").unwrap();
    let password = format!("schema_registry.password_file={}", password.display());
    let named = ["schema_registry.username=ann", &password];
    client(&registry, &named).schema_id().await.unwrap();

    registry.kept.lock().unwrap().incompatible = true;
    let other = [&named[..], &["schema_registry.subject=other"]].concat();
    let error = client(&registry, &other).schema_id().await.unwrap_err();
    assert!(error.to_string().contains("incompatible with an earlier schema"), "{error}");
    assert_eq!(registry.kept.lock().unwrap().asked, 3, "what lasts is not asked again");
}

const RAW: &[u8] = br#"{"id": "ferry-1", "text": "Ferry back\nThe ferry to Port Ellery is back."}"#;

fn behind_prefix(message: &[u8]) -> Vec<u8> {
    [&[0, 0, 1, 2, 3], message].concat()
}

#[test]
fn a_message_of_a_registered_schema_is_read_like_a_bare_one() {
    let decoder = Decoder::new(Settings::default().input);
    let bare = decoder.decode(RAW, &Headers::default()).unwrap();
    let framed = decoder.decode(&behind_prefix(RAW), &Headers::default()).unwrap();
    assert_eq!(framed.article.id, "ferry-1");
    assert_eq!(framed.article.text(), bare.article.text());
    let blank = decoder.decode(&behind_prefix(&[b"\n ", RAW].concat()), &Headers::default());
    assert_eq!(blank.unwrap().article.id, "ferry-1");
}

#[test]
fn nothing_else_that_begins_with_a_zero_byte_is_cut() {
    let decoder = Decoder::new(Settings::default().input);
    // Avro or Protobuf of some schema, and a prefix with nothing behind it.
    for payload in [&behind_prefix(b"\x02\x0cferry")[..], &[0, 0, 0, 0, 7], &[0; 64]] {
        assert!(decoder.decode(payload, &Headers::default()).is_err(), "{payload:?}");
    }
    // UTF-16 without a mark has a zero byte in the same place.
    let wide: Vec<u8> =
        r#"  {"text": "The ferry is back."}"#.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cut = decoder.decode(&wide[5..], &Headers::default()).map(|raw| raw.article.id);
    let whole = decoder.decode(&wide, &Headers::default()).map(|raw| raw.article.id);
    assert!(whole.is_err() || whole != cut, "{whole:?}");
}

fn published(desk: &Desk, raw: &[u8]) -> (Vec<u8>, Headers) {
    let outbound = desk.edit(&delivery(raw)).into_outbound().expect("it is published");
    (outbound.payload.expect("an article"), outbound.headers)
}

#[test]
fn an_enriched_message_names_its_schema_and_is_otherwise_the_same() {
    let bare = Desk::new(&Settings::default());
    let registered = Desk::new(&Settings::default()).registered(0x0102_0304);
    let ((bare, plain), (framed, headers)) = (published(&bare, RAW), published(&registered, RAW));
    let (prefix, message) = framed.split_at(5);
    assert_eq!(prefix, [0, 1, 2, 3, 4]);
    assert_eq!(message, bare);
    let schema: Value = serde_json::from_str(&schema(MessageKind::Enriched)).unwrap();
    let message: Value = serde_json::from_slice(message).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&message).unwrap();
    let type_of = |headers: &Headers| headers.iter().any(|(name, _)| name == "content-type");
    assert!(type_of(&plain) && !type_of(&headers), "bytes before it make it no JSON");
}

#[test]
fn the_prefix_counts_towards_the_limit() {
    let whole = published(&Desk::new(&Settings::default()), RAW).0.len();
    let within = |limit: usize, registered: bool| {
        let desk = Desk::new(&settings(&[&format!("output.max_bytes={limit}")]));
        let desk = if registered { desk.registered(7) } else { desk };
        let (payload, _) = published(&desk, RAW);
        assert!(payload.len() <= limit, "{} > {limit}", payload.len());
        String::from_utf8_lossy(&payload).contains("\"omitted\"")
    };
    assert!(!within(whole, false) && within(whole, true) && !within(whole + 5, true));
}

/// The binary, the registry and the embedded broker: what a consumer would see.
#[tokio::test]
async fn a_worker_publishes_messages_of_the_registered_schema() {
    let registry = Registry::start();
    let broker = EmbeddedBroker::start(1).unwrap();
    for topic in ["articles.raw", "articles.enriched", "articles.dead-letter"] {
        broker.create_topic(topic, 1).unwrap();
    }
    let brokers = broker.brokers().join(",");
    let mut worker = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["run", "--brokers", &brokers, "--set", "http.address="])
        .args(["--set", &format!("schema_registry.endpoint={}", registry.endpoint)])
        .env_remove("COPYDESK_CONFIG")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let message = StoredMessage { payload: Some(behind_prefix(RAW)), ..StoredMessage::default() };
    embedded::publish(&broker.brokers(), "articles.raw", &[message]).unwrap();
    let mut kafka =
        settings(&["kafka.input_topics=articles.enriched", "kafka.output_topic=none"]).kafka;
    kafka.brokers = broker.brokers();
    kafka.group_id = "reader".to_owned();
    let mut reader = KafkaSource::open(&kafka, 1 << 20).unwrap();
    let next = tokio::time::timeout(Duration::from_secs(120), reader.next()).await;
    worker.kill().unwrap();
    worker.wait().unwrap();
    let payload = next.expect("it comes out").unwrap().unwrap().payload.unwrap();
    assert_eq!(payload[..5], [0, 0, 0, 0, 100]);
    let message: Value = serde_json::from_slice(&payload[5..]).unwrap();
    assert_eq!(message["id"], "ferry-1");
}

#[test]
fn a_worker_without_its_registry_ends_and_says_so() {
    let broker = EmbeddedBroker::start(1).unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["run", "--brokers", &broker.brokers().join(","), "--set", "http.address="])
        .args(["--set", &format!("schema_registry.endpoint=http://{address}")])
        .args(["--set", "schema_registry.start_timeout_millis=300"])
        .env_remove("COPYDESK_CONFIG")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("did not answer within 300 ms"), "{told}");
}
