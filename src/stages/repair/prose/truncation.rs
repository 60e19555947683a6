//! Whether the text stops short. It is said, never mended: what is missing
//! cannot be known.

use crate::article::Article;

/// How readers of feeds and previews end; compared without case.
const MARKS: [&str; 10] = [
    "[…]",
    "[...]",
    "(more…)",
    "(more...)",
    "… read more",
    "... read more",
    "…read more",
    "...read more",
    "continue reading",
    "continue reading →",
];

/// Ends that feeds and news interfaces leave: `… [+1234 chars]`, `[…]`, or an
/// ellipsis behind a word in a paragraph that is no quotation.
pub(super) fn stops_short(article: &Article) -> bool {
    let Some(last) = article.blocks().last() else { return false };
    let text = article.block_text(last).trim_end();
    let marked = MARKS.iter().any(|mark| {
        let from = text.floor_char_boundary(text.len().saturating_sub(mark.len()));
        text[from..].eq_ignore_ascii_case(mark)
    });
    marked || counts_what_is_missing(text) || breaks_off(text)
}

/// `[+1234 chars]`, and how feeds of other makers write it.
fn counts_what_is_missing(text: &str) -> bool {
    text.strip_suffix(" chars]")
        .and_then(|rest| rest.rsplit_once("[+"))
        .is_some_and(|(_, count)| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

/// A long paragraph that ends in an ellipsis right behind a word.
fn breaks_off(text: &str) -> bool {
    let stem = text.strip_suffix('…').or_else(|| text.strip_suffix("..."));
    stem.is_some_and(|stem| stem.ends_with(|c: char| c.is_alphanumeric()))
        && text.split_whitespace().count() >= 12
}
