//! A text through the repair stage alone: what is repaired once is not repaired again.
#![no_main]

use copydesk::article::Article;
use copydesk::stage::{Deadline, StageName};
use copydesk::stages;
use copydesk_fuzz::held::repaired;
use copydesk_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let once = repaired(&text);
    // What a spinner did is judged by the article as a whole, which the first run has
    // changed, and words that it has brought back attest others ("White Home" makes
    // "TheHouse" two words): there is no fixed point to hold such a text to.
    if is_respun(&repair(&text)) {
        return;
    }
    let again = repair(&once);
    for change in again.body().log().changes() {
        assert!(change.rule.0.starts_with("repair.spun."), "{change:?}");
    }
});

fn repair(text: &str) -> Article {
    let mut article = Article::from_text(text);
    stages::named(StageName::Repair).apply(&mut article, &Deadline::never());
    article
}

fn is_respun(article: &Article) -> bool {
    article.body().log().changes().iter().any(|change| change.rule.0.starts_with("repair.spun."))
}
