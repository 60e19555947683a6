//! The bytes of a message through the whole desk. The first byte says which
//! headers come with it.
#![no_main]

use std::sync::LazyLock;

use copydesk::desk::Desk;
use copydesk_fuzz::{delivery, desk, hold_outcome, seeds};
use libfuzzer_sys::fuzz_target;

/// The second is a desk of its own, so that nothing may hang on the order of a hash map.
static DESKS: LazyLock<[Desk; 2]> = LazyLock::new(|| [desk(), desk()]);

const CONTENT_TYPES: [&str; 8] = [
    "",
    "application/json",
    "text/html",
    "text/plain; charset=utf-8",
    "text/html; charset=windows-1252",
    "text/html; charset=shift_jis",
    "text/plain; charset=iso-2022-jp",
    "text/html; charset=utf-16le",
];
const CONTENT_ENCODINGS: [&str; 4] = ["", "gzip", "zstd", "gzip, zstd"];

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let Some((&selector, payload)) = input.split_first() else { return };
    let mut headers = Vec::new();
    for (name, value) in [
        ("content-type", CONTENT_TYPES[usize::from(selector & 7)]),
        ("content-encoding", CONTENT_ENCODINGS[usize::from(selector >> 3 & 3)]),
    ] {
        if !value.is_empty() {
            headers.push((name.to_owned(), Some(value.as_bytes().to_vec())));
        }
    }
    let delivery = delivery(payload, headers);
    let [first, second] = DESKS.each_ref().map(|desk| desk.edit(&delivery));
    hold_outcome(&delivery, &first);
    assert_eq!(first.outbound(), second.outbound(), "the same message gives the same bytes");
});
