//! The public message formats.

mod bad_input;
mod charsets;
mod dead_letters;
mod decode;
mod encode;
pub mod schema;

use copydesk::error::DecodeError;
use copydesk::settings::InputSettings;
use copydesk::transport::{Delivery, Headers, Lane, Origin, Receipt};
use copydesk::wire::raw::{Decoder, RawArticle};

fn decode_with(headers: &[(&str, &str)], payload: &[u8]) -> Result<RawArticle, DecodeError> {
    Decoder::new(InputSettings::default()).decode(payload, &headers_of(headers))
}

fn decode(payload: impl AsRef<[u8]>) -> Result<RawArticle, DecodeError> {
    decode_with(&[], payload.as_ref())
}

fn headers_of(headers: &[(&str, &str)]) -> Headers {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), Some(value.as_bytes().to_vec())))
        .collect()
}

fn delivery(payload: &[u8], headers: Headers) -> Delivery {
    Delivery {
        key: Some(b"harbour".to_vec()),
        payload: Some(payload.to_vec()),
        headers,
        timestamp_millis: Some(1_714_980_612_000),
        origin: Origin { topic: "articles.raw".into(), partition: 3, offset: 18_204 },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset: 18_204 },
    }
}
