//! What becomes of messages that cannot be processed.

use copydesk::desk::{Desk, Outcome, Rejected};
use copydesk::error::{DecodeError, Error, PipelineError};
use copydesk::pipeline::Pipeline;
use copydesk::settings::{InputSettings, OutputSettings};
use copydesk::stage::StageName;
use copydesk::transport::{Destination, Headers, StoredMessage};
use copydesk::wire::dead_letter::{self, DeadLetter, Entry, HeaderStyle, Reasons};
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;

use super::{delivery, headers_of, schema};

fn desk() -> Desk {
    Desk {
        decoder: Decoder::new(InputSettings::default()),
        pipeline: Pipeline::new(Vec::new(), None),
        encoder: Encoder::new(OutputSettings::default()),
        rejected: Rejected::Forward,
        memory: None,
        duplicates: None,
        tracer: Default::default(),
    }
}

fn shown(headers: &Headers) -> Vec<String> {
    headers
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}: {}", String::from_utf8_lossy(value)),
            None => format!("{name} is null"),
        })
        .collect()
}

#[test]
fn a_dead_letter_is_the_original_with_reasons() {
    let payload = b"{\"text\": \xff";
    let mut headers = headers_of(&[
        ("content-type", "application/json"),
        ("trace", "7"),
        ("trace", "8"),
        ("copydesk-error-reason", "from an earlier pass"),
        ("copydesk-note", "somebody's own"),
    ]);
    headers.push(("empty".into(), None));
    let delivery = delivery(payload, headers);
    let Outcome::DeadLetter { outbound, error } = desk().edit(&delivery) else {
        panic!("should be a dead letter");
    };
    assert_eq!(error.reason(), "not_json");
    assert_eq!(outbound.destination, Destination::DeadLetter);
    assert_eq!(outbound.key, delivery.key);
    assert_eq!(outbound.payload.as_deref(), Some(&payload[..]));
    assert_eq!(outbound.timestamp_millis, delivery.timestamp_millis);
    assert_eq!(outbound.partition, 3);
    assert_eq!(
        shown(&outbound.headers),
        [
            "content-type: application/json",
            "trace: 7",
            "trace: 8",
            "copydesk-note: somebody's own",
            "empty is null",
            "copydesk-error-reason: not_json",
            "copydesk-error-stage: decode",
            "copydesk-error-message: payload is not JSON: it breaks the syntax at line 1 column 10",
            "copydesk-origin-topic: articles.raw",
            "copydesk-origin-partition: 3",
            "copydesk-origin-offset: 18204",
            concat!("copydesk-version: ", env!("CARGO_PKG_VERSION")),
            "copydesk-origin-timestamp: 1714980612000",
        ]
    );
}

#[test]
fn a_dead_letter_can_be_replayed() {
    let headers = headers_of(&[("content-type", "text/plain"), ("trace", "7")]);
    let sound = delivery(b"The ferry is back.", headers);
    let error = Error::from(PipelineError::StagePanicked { stage: StageName::Repair });
    let letter = dead_letter::outbound(&sound, &error, HeaderStyle::Copydesk);
    let replayed = delivery(&letter.payload.expect("has one"), letter.headers);
    let Outcome::Enriched { outbound, .. } = desk().edit(&replayed) else {
        panic!("should be enriched this time");
    };
    schema::assert_enriched(&outbound.payload.expect("has one"));
    // Neither the reasons nor the raw payload's type go on.
    let headers = shown(&outbound.headers);
    assert_eq!(headers[..2], ["trace: 7", "content-type: application/json"]);
    assert!(!headers.iter().any(|header| header.starts_with("copydesk-error")), "{headers:?}");
}

#[test]
fn a_dead_letter_file_holds_the_original_byte_for_byte() {
    let error = Error::from(DecodeError::NotText);
    for payload in [&b"\xff\0\x80 not text"[..], "text — \"quoted\"\n".as_bytes(), b""] {
        let mut headers = headers_of(&[("trace", "7")]);
        headers.push(("binary".into(), Some(vec![0xff])));
        headers.push(("empty".into(), None));
        let line = dead_letter::line(&delivery(payload, headers.clone()), &error);
        schema::assert_dead_letter(&line);
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        let read: DeadLetter = serde_json::from_slice(&line).expect("is a dead letter");
        let bytes = read.payload.as_ref().and_then(|payload| payload.to_bytes());
        assert_eq!(bytes.as_deref(), Some(payload));
        let read_headers: Headers = read
            .headers
            .iter()
            .map(|header| {
                let value = header.value.as_ref().map(|value| value.to_bytes().expect("is base64"));
                (header.name.to_string(), value)
            })
            .collect();
        assert_eq!(read_headers, headers);
        assert_eq!(read.reason, "not_text");
        assert_eq!(read.origin.offset, 18_204);
    }
}

#[test]
fn a_tombstone_passes_as_one() {
    let mut tombstone = delivery(b"", headers_of(&[("trace", "7")]));
    tombstone.payload = None;
    let Outcome::Tombstone { outbound } = desk().edit(&tombstone) else {
        panic!("should be a tombstone");
    };
    assert_eq!(outbound.payload, None);
    assert_eq!(outbound.key, tombstone.key);
    assert_eq!(outbound.headers, tombstone.headers);
    // An empty payload is none: it is a message that went wrong.
    let Outcome::DeadLetter { error, .. } = desk().edit(&delivery(b"", Vec::new())) else {
        panic!("should be a dead letter");
    };
    assert_eq!(error.reason(), "empty_payload");
}

#[test]
fn a_letter_in_any_style_gives_the_original_back() {
    let error = Error::from(PipelineError::StagePanicked { stage: StageName::Repair });
    // An original that was itself somebody's output or somebody's dead letter.
    let mut headers = headers_of(&[
        ("trace", "7"),
        ("copydesk-id", "from a desk before"),
        ("copydesk-version", "0.0.1"),
    ]);
    headers.push(("empty".into(), None));
    for style in [HeaderStyle::Copydesk, HeaderStyle::Spring, HeaderStyle::Streams] {
        let original = delivery(b"\xff\0", headers.clone());
        let outbound = dead_letter::outbound(&original, &error, style);
        let stored = StoredMessage {
            partition: Some(2),
            offset: Some(9),
            key: outbound.key,
            payload: outbound.payload,
            headers: outbound.headers,
            timestamp_millis: outbound.timestamp_millis,
        };
        let Entry::Letter(letter) = Entry::read(stored) else { panic!("a letter is no mark") };
        let back = letter.delivery("articles.dead-letter");
        assert_eq!(back.origin, original.origin, "{style:?}");
        assert_eq!((back.key, back.payload), (original.key.clone(), original.payload.clone()));
        assert_eq!(back.headers, headers, "{style:?}");
        assert_eq!(back.timestamp_millis, original.timestamp_millis);
        let mut expected = Reasons::new(&original, &error);
        if style == HeaderStyle::Streams {
            expected.timestamp_millis = None;
        }
        assert_eq!(letter.reasons, Some(expected), "{style:?}");
    }
}

#[test]
fn letters_of_other_programs_are_read_as_they_write_them() {
    let read = |headers: Headers| {
        let stored = StoredMessage { headers, ..StoredMessage::default() };
        let Entry::Letter(letter) = Entry::read(stored) else { panic!("a letter is no mark") };
        letter
    };
    // Spring writes numbers as big-endian bytes, and more headers than copydesk does.
    let letter = read(vec![
        ("trace".into(), Some(b"7".to_vec())),
        ("kafka_dlt-original-topic".into(), Some(b"articles.raw".to_vec())),
        ("kafka_dlt-original-partition".into(), Some(7i32.to_be_bytes().to_vec())),
        ("kafka_dlt-original-offset".into(), Some(40_000_000_000i64.to_be_bytes().to_vec())),
        ("kafka_dlt-original-consumer-group".into(), Some(b"desk".to_vec())),
        ("kafka_dlt-exception-fqcn".into(), Some(b"org.example.Refused".to_vec())),
        ("kafka_dlt-exception-stacktrace".into(), Some(b"at ...".to_vec())),
    ]);
    let reasons = letter.reasons.expect("has some");
    assert_eq!((&*reasons.reason, reasons.stage), ("org.example.Refused", None));
    assert_eq!((reasons.partition, reasons.offset), (Some(7), Some(40_000_000_000)));
    assert_eq!(letter.headers, headers_of(&[("trace", "7")]));

    let letter = read(headers_of(&[
        ("__streams.errors.exception", "org.example.Refused"),
        ("__streams.errors.topic", "articles.raw"),
        ("__streams.errors.partition", "7"),
        ("__streams.errors.offset", "40000000000"),
    ]));
    let reasons = letter.reasons.expect("has some");
    assert_eq!((reasons.partition, reasons.offset), (Some(7), Some(40_000_000_000)));
    assert_eq!(letter.headers, []);

    assert_eq!(read(headers_of(&[("trace", "7")])).reasons, None);
}
