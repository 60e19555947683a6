//! A text through the repair stage alone: what is repaired once is not repaired again.
#![no_main]

use copydesk::article::Article;
use copydesk::stage::{Deadline, StageName};
use copydesk::stages;
use copydesk_fuzz::held::repaired;
use copydesk_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let mut article = Article::from_text(repaired(&String::from_utf8_lossy(input)));
    stages::named(StageName::Repair).apply(&mut article, &Deadline::never());
    for change in article.body().log().changes() {
        // What a spinner did is judged by the article as a whole, which the first run
        // has changed: there is no fixed point to hold it to.
        assert!(change.rule.0.starts_with("repair.spun."), "{change:?}");
    }
});
