//! Header names and values, between librdkafka's form and ours.

use std::ffi::CStr;

use rdkafka::bindings;
use rdkafka::message::{BorrowedMessage, Header, OwnedHeaders};

use crate::transport::Headers;

/// The message's headers in order, repeated names and null values kept. A name
/// that is not UTF-8 comes with its bad bytes replaced: rdkafka's own reader
/// would panic on it.
pub(super) fn read(message: &BorrowedMessage<'_>) -> Headers {
    let mut native = std::ptr::null_mut();
    // SAFETY: the message is alive for the whole function, and the headers are
    // owned by it.
    let error = unsafe { bindings::rd_kafka_message_headers(message.ptr(), &mut native) };
    if error != bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || native.is_null() {
        return Headers::new();
    }
    // SAFETY: `native` was just obtained and is not null.
    let count = unsafe { bindings::rd_kafka_header_cnt(native) };
    let mut headers = Headers::with_capacity(count);
    for index in 0..count {
        let (mut name, mut value, mut size) = (std::ptr::null(), std::ptr::null(), 0);
        // SAFETY: `native` is alive; the three places are written on success.
        let error = unsafe {
            bindings::rd_kafka_header_get_all(native, index, &mut name, &mut value, &mut size)
        };
        if error != bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || name.is_null() {
            break;
        }
        // SAFETY: librdkafka keeps names with a terminating zero.
        let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
        let value = (!value.is_null()).then(|| {
            // SAFETY: `value` is not null and holds `size` bytes.
            unsafe { std::slice::from_raw_parts(value.cast::<u8>(), size) }.to_vec()
        });
        headers.push((name, value));
    }
    headers
}

pub(super) fn write(headers: &Headers) -> Option<OwnedHeaders> {
    if headers.is_empty() {
        return None;
    }
    let owned = OwnedHeaders::new_with_capacity(headers.len());
    Some(headers.iter().fold(owned, |owned, (name, value)| {
        owned.insert(Header { key: name, value: value.as_ref() })
    }))
}
