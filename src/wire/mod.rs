//! The public message formats and nothing else: what comes in ([`raw`]), what
//! goes out ([`enriched`]), and what could not be processed ([`dead_letter`]).
//! Only this folder knows JSON shapes.

pub mod dead_letter;
pub mod enriched;
pub mod raw;

use crate::transport::Headers;

/// copydesk's own headers start with this.
pub const HEADER_PREFIX: &str = "copydesk-";

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
