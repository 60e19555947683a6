//! Undoes the packing that a payload's `content-encoding` header names.

use std::borrow::Cow;
use std::io::Read;

use crate::error::DecodeError;
use crate::transport::Headers;
use crate::wire::header_text;

/// The payload as it was before it was packed, at most `limit` bytes; a header
/// that lists several encodings (`gzip, zstd`) is undone from the last.
pub(super) fn unpack<'a>(
    payload: &'a [u8],
    headers: &Headers,
    limit: usize,
) -> Result<Cow<'a, [u8]>, DecodeError> {
    let mut unpacked = Cow::Borrowed(payload);
    let Some(encodings) = header_text(headers, "content-encoding") else {
        return Ok(unpacked);
    };
    let encodings: Vec<String> = encodings
        .split(',')
        .map(|encoding| encoding.trim().to_ascii_lowercase())
        .filter(|encoding| !encoding.is_empty() && encoding != "identity")
        .collect();
    if encodings.len() > MAX_LAYERS {
        return Err(unknown(&encodings.join(", ")));
    }
    for encoding in encodings.iter().rev() {
        let bytes = match encoding.as_str() {
            "gzip" | "x-gzip" => {
                read_within(flate2::bufread::MultiGzDecoder::new(&*unpacked), "gzip", limit)
            }
            "zstd" => zstd::stream::read::Decoder::with_buffer(&*unpacked)
                .and_then(|mut decoder| {
                    decoder.window_log_max(window_log(limit))?;
                    Ok(decoder)
                })
                .map_err(|_| DecodeError::Unpack { encoding: "zstd" })
                .and_then(|decoder| read_within(decoder, "zstd", limit)),
            other => Err(unknown(other)),
        }?;
        unpacked = Cow::Owned(bytes);
    }
    Ok(unpacked)
}

/// Nobody packs more often; without a bound one header could buy much work.
const MAX_LAYERS: usize = 4;

fn unknown(encoding: &str) -> DecodeError {
    // The error is shown in headers and logs: short, whatever the sender wrote.
    DecodeError::UnknownEncoding { encoding: encoding.chars().take(40).collect() }
}

fn read_within(
    reader: impl Read,
    encoding: &'static str,
    limit: usize,
) -> Result<Vec<u8>, DecodeError> {
    let mut bytes = Vec::new();
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| DecodeError::Unpack { encoding })?;
    if bytes.len() > limit { Err(DecodeError::UnpacksTooLarge { limit }) } else { Ok(bytes) }
}

/// The memory that a zstd frame may ask for, as a power of two: what the
/// payload may unpack to, but no less than the 8 MiB that RFC 8878 recommends
/// every decoder to grant and no more than the library's own bound.
fn window_log(limit: usize) -> u32 {
    limit.max(1).next_power_of_two().ilog2().clamp(23, 27)
}
