//! Where quotation marks open and close.

use std::ops::Range;

/// The spans between quotation marks, without the marks, and whether the last one is
/// not closed: the speech goes on in the next paragraph.
pub fn quoted(paragraph: &str) -> (Vec<Range<usize>>, bool) {
    let mut spans = Vec::new();
    let mut open: Option<usize> = None;
    let mut before = ' ';
    for (at, character) in paragraph.char_indices() {
        let end = at + character.len_utf8();
        let opens = match character {
            '“' | '„' | '«' => Some(true),
            // Some keyboards close before they open.
            '”' if open.is_none() && before.is_whitespace() => Some(true),
            '”' | '»' => Some(false),
            // A straight mark opens behind a blank and closes elsewhere.
            '"' if open.is_none() => {
                (before.is_whitespace() || "([—–-:".contains(before)).then_some(true)
            }
            '"' => Some(false),
            _ => None,
        };
        match (opens, open) {
            (Some(true), None) => open = Some(end),
            (Some(false), Some(start)) => {
                spans.push(start..at);
                open = None;
            }
            _ => {}
        }
        before = character;
    }
    let left_open = open.is_some();
    if let Some(start) = open {
        spans.push(start..paragraph.len());
    }
    spans.retain(|span| !span.is_empty());
    (spans, left_open)
}
