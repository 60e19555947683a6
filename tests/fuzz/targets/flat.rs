//! Flat text through the stages, and the laws after each.
#![no_main]

use copydesk::article::Article;
use copydesk_fuzz::held::hold_the_laws;
use copydesk_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    if let Err(broken) = hold_the_laws(Article::from_text(&*text), Some(&text)) {
        panic!("{broken}");
    }
});
