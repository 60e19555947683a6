//! The public message formats and nothing else: what comes in ([`raw`]), what
//! goes out ([`enriched`]), and what could not be processed ([`dead_letter`]).
//! Only this folder knows JSON shapes.

pub mod admin;
pub mod dead_letter;
pub mod enriched;
pub mod json;
pub mod raw;
pub mod registry;
pub mod schema;

mod media;
mod unpack;

use crate::transport::Headers;

/// copydesk's own headers start with this.
pub const HEADER_PREFIX: &str = "copydesk-";

/// The version that messages name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The input's headers as they go on: those that describe the raw payload's
/// form (it is replaced) and copydesk's own from an earlier pass stay behind.
pub fn forwarded_headers(headers: &Headers) -> Headers {
    let describes_payload = |name: &str| {
        ["content-type", "content-encoding", "content-length"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    };
    headers
        .iter()
        .filter(|(name, _)| !describes_payload(name) && !name.starts_with(HEADER_PREFIX))
        .cloned()
        .collect()
}

/// The value of the last header of that name, whatever its case, if it is text.
fn header_text<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    let (_, value) = headers.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(value.as_deref()?).ok()
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
