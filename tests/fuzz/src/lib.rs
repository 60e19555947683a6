//! What a target holds its subject to, beyond that nothing panics. The laws are
//! those of the test suite.

#[path = "../../it/held.rs"]
pub mod held;
#[path = "../../it/provocations.rs"]
pub mod provocations;
pub mod seeds;

use copydesk::desk::{Desk, Outcome, Rejected};
use copydesk::error::Error;
use copydesk::settings::Settings;
use copydesk::transport::{Delivery, Headers, Lane, Origin, Receipt};
use copydesk::wire::enriched::Enriched;

/// As the default settings make it, without a time limit: libFuzzer has its own,
/// and an article that is given up is no finding.
pub fn desk() -> Desk {
    let mut settings = Settings::default();
    settings.worker.article_deadline_millis = u64::MAX;
    settings.worker.rejected = Rejected::Forward;
    Desk::new(&settings)
}

pub fn delivery(payload: &[u8], headers: Headers) -> Delivery {
    Delivery {
        key: Some(b"key".to_vec()),
        payload: Some(payload.to_vec()),
        headers,
        timestamp_millis: None,
        origin: Origin { topic: "articles.raw".into(), partition: 0, offset: 7 },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset: 7 },
    }
}

/// Panics unless the outcome is one that a reader of the topics can rely on.
pub fn hold_outcome(delivery: &Delivery, outcome: &Outcome) {
    match outcome {
        Outcome::DeadLetter { outbound, error } => {
            assert!(
                matches!(error, Error::Decode(_) | Error::Encode(_)),
                "{error}: no article may be the end of a stage"
            );
            assert_eq!(outbound.payload, delivery.payload, "a dead letter is the original");
        }
        outcome => {
            let outbound = outcome.outbound().expect("rejected ones are forwarded");
            hold_message(outbound.payload.as_deref().expect("it has a payload"));
        }
    }
}

/// Panics unless the message is JSON of its schema whose every offset fits.
fn hold_message(payload: &[u8]) {
    let enriched: Enriched = serde_json::from_slice(payload).expect("the output is its own form");
    let original = enriched.original_body().expect("the changes lead back");
    let original_scalars = original.chars().count();
    let body: Vec<char> = enriched.article_body.chars().collect();
    let mut end = 0;
    for edit in enriched.edits.iter().filter(|edit| edit.field.is_none()) {
        assert!(edit.start >= end && edit.end >= edit.start, "edits are in order: {edit:?}");
        let before: String =
            original.chars().skip(edit.start).take(edit.end - edit.start).collect();
        assert_eq!(before, edit.before, "an edit is where it says");
        end = edit.end;
    }
    let mut end = 0;
    for removal in enriched.removals.iter().filter(|removal| removal.field.is_none()) {
        assert!(removal.start >= end, "removals are in order: {removal:?}");
        end = removal.start + removal.text.chars().count();
        assert!(end <= original_scalars, "a removal is within the text: {removal:?}");
    }
    for quote in &enriched.quotes {
        let said: String = body[quote.start..quote.end].iter().collect();
        assert_eq!(said, quote.text, "a quote is where it says");
    }
    let confidences = (enriched.edits.iter().map(|edit| edit.confidence))
        .chain(enriched.removals.iter().map(|removal| removal.confidence))
        .chain(enriched.quotes.iter().map(|quote| quote.confidence))
        .chain(enriched.provenance.inferred.iter().map(|inferred| inferred.confidence));
    for confidence in confidences {
        assert!((0.0..=1.0).contains(&confidence), "{confidence} is no confidence");
    }
}
