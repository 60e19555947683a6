//! Dead letters: the original bytes and headers, and why they are here.
//!
//! On a topic the original is the message and the reasons are headers; in a
//! file ([`line`]) both are one line of JSON. Neither quotes the article in its
//! reasons.

mod letter;
mod reasons;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use letter::{Entry, Letter, Place};
pub use reasons::{HeaderStyle, Reasons};

use crate::error::Error;
use crate::transport::{Delivery, Destination, Outbound};
use crate::wire::VERSION;

/// The dead letter for a delivery that could not be processed. Key, payload,
/// timestamp and headers are the original's, `content-type` and the like too,
/// so that it can be replayed; of its headers only the reasons are replaced that an
/// earlier dead letter for it has left.
pub fn outbound(delivery: &Delivery, error: &Error, style: HeaderStyle) -> Outbound {
    let mut headers = reasons::without(&delivery.headers);
    headers.extend(Reasons::new(delivery, error).write(style));
    Outbound {
        destination: Destination::DeadLetter,
        key: delivery.key.clone(),
        payload: delivery.payload.clone(),
        headers,
        timestamp_millis: delivery.timestamp_millis,
        partition: delivery.origin.partition,
    }
}

/// The dead letter as a line of JSON, with the line break.
pub fn line(delivery: &Delivery, error: &Error) -> Vec<u8> {
    let letter = DeadLetter::new(delivery, error);
    let mut line = serde_json::to_vec(&letter).expect("text and numbers always have a JSON form");
    line.push(b'\n');
    line
}

/// A message that could not be processed, as a line of a dead-letter file.
///
/// On the dead-letter topic the same stands in headers around the original
/// payload (`output.dead_letter_headers` has other names for them): `copydesk-error-reason`, `copydesk-error-stage`,
/// `copydesk-error-message`, `copydesk-origin-topic`, `copydesk-origin-partition`,
/// `copydesk-origin-offset`, `copydesk-origin-timestamp`, `copydesk-version`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Dead letter")]
pub struct DeadLetter<'a> {
    /// Why, as one of a closed set of short names.
    #[schemars(example = &"not_json")]
    #[serde(borrow)]
    pub reason: Cow<'a, str>,
    /// The part of copydesk that failed: `decode`, a stage, `encode`, …
    #[schemars(example = &"decode")]
    #[serde(borrow)]
    pub stage: Cow<'a, str>,
    /// Why, in words. Never quotes the article.
    #[schemars(example = &"payload is not JSON: it ends too early at line 1 column 18")]
    #[serde(borrow)]
    pub message: Cow<'a, str>,
    /// Which message it was.
    #[serde(borrow)]
    pub origin: OriginOnRecord<'a>,
    /// The version of copydesk.
    #[schemars(example = &"0.1.0")]
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    /// The original's key.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub key: Option<Octets<'a>>,
    /// The original's headers, in their order.
    #[serde(borrow)]
    pub headers: Vec<HeaderOnRecord<'a>>,
    /// The original's payload.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Octets<'a>>,
}

/// Which message a dead letter is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginOnRecord<'a> {
    /// The topic, or the file.
    #[schemars(example = &"articles.raw")]
    #[serde(borrow)]
    pub topic: Cow<'a, str>,
    /// Its partition; 0 for a file.
    #[schemars(example = 3)]
    pub partition: i32,
    /// Its place in the partition, or its line in the file.
    #[schemars(example = 18204)]
    pub offset: i64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[schemars(example = 1714980612000i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_millis: Option<i64>,
}

/// A header of the original.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeaderOnRecord<'a> {
    /// The header's name.
    #[schemars(example = &"content-type")]
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Absent where the header's value is null.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub value: Option<Octets<'a>>,
}

/// Bytes: as text where they are UTF-8, otherwise in base64 (RFC 4648, padded).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Octets<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Base64(#[serde(borrow)] Cow<'a, str>),
}

impl<'a> DeadLetter<'a> {
    fn new(delivery: &'a Delivery, error: &Error) -> Self {
        Self {
            reason: error.reason().into(),
            stage: error.stage().into(),
            message: error.to_string().into(),
            origin: OriginOnRecord {
                topic: (*delivery.origin.topic).into(),
                partition: delivery.origin.partition,
                offset: delivery.origin.offset,
                timestamp_millis: delivery.timestamp_millis,
            },
            version: VERSION.into(),
            key: delivery.key.as_deref().map(Octets::new),
            headers: delivery
                .headers
                .iter()
                .map(|(name, value)| HeaderOnRecord {
                    name: name.into(),
                    value: value.as_deref().map(Octets::new),
                })
                .collect(),
            payload: delivery.payload.as_deref().map(Octets::new),
        }
    }
}

impl<'a> Octets<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => Octets::Text(text.into()),
            Err(_) => Octets::Base64(BASE64.encode(bytes).into()),
        }
    }

    /// The bytes; `None` if what should be base64 is not.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Octets::Text(text) => Some(text.as_bytes().to_vec()),
            Octets::Base64(text) => BASE64.decode(text.as_bytes()).ok(),
        }
    }
}
