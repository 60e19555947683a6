//! What becomes of messages that cannot be processed.

use copydesk::desk::{Desk, Outcome, Rejected};
use copydesk::error::{DecodeError, Error, PipelineError};
use copydesk::pipeline::Pipeline;
use copydesk::settings::{InputSettings, OutputSettings};
use copydesk::stage::StageName;
use copydesk::transport::{Destination, Headers};
use copydesk::wire::dead_letter::{self, DeadLetter};
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
    let letter = dead_letter::outbound(&sound, &error);
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
