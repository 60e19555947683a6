//! A text through the repair stage alone: what is repaired once is not repaired again.
#![no_main]

use copydesk_fuzz::held::repaired;
use copydesk_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let once = repaired(&text);
    assert_eq!(repaired(&once), once, "it settles");
});
