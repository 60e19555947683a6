//! What a schema registry and its consumers exchange: the prefix of messages, and the
//! registry's requests and answers. The shapes are those of Confluent's Schema Registry,
//! which others (Apicurio, Karapace, Redpanda) speak as well.

use serde_json::{Value, json};

use crate::wire::schema::{MessageKind, schema};

/// What requests and answers are, beside plain JSON.
pub const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// Says that the schema's id follows.
const MAGIC: u8 = 0;
pub const PREFIX_BYTES: usize = 5;

/// What a message of the schema begins with.
pub fn prefix(schema_id: u32) -> [u8; PREFIX_BYTES] {
    let [a, b, c, d] = schema_id.to_be_bytes();
    [MAGIC, a, b, c, d]
}

/// The payload without its prefix, where it has one and is JSON otherwise. A zero byte
/// begins no text but UTF-16's, whose zeroes go on behind the brace.
pub(super) fn without_prefix(payload: &[u8]) -> &[u8] {
    let Some((prefix, message)) = payload.split_first_chunk::<PREFIX_BYTES>() else {
        return payload;
    };
    match message.trim_ascii_start() {
        [b'{', next, ..] if prefix[0] == MAGIC && *next != 0 => message,
        _ => payload,
    }
}

/// Asks for the enriched message's schema to be registered, or to be looked up.
pub fn question() -> Vec<u8> {
    let question = json!({ "schemaType": "JSON", "schema": schema(MessageKind::Enriched) });
    question.to_string().into_bytes()
}

/// The schema's id out of the answer to either.
pub fn id(answer: &[u8]) -> Option<u32> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    answer["id"].as_u64()?.try_into().ok()
}

/// What the registry says against it, in its own words.
pub fn complaint(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let message = answer["message"].as_str()?;
    Some(match answer["error_code"].as_u64() {
        Some(code) => format!("{message} (error {code})"),
        None => message.to_owned(),
    })
}
