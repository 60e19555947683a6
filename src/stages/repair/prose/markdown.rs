//! Markdown that came through as text: `the [council](https://harbour.example/c)
//! met` → `the council met`, `**Harbour:** two lanes` → `Harbour: two lanes`.
//!
//! Links and images only with a whole address behind them. Bold marks only in a text
//! that has two pairs of them or a link, and only about whole words: `f**k` and
//! footnotes have them, too. Single stars and underscores mean too much else.

use std::ops::Range;

use super::stray_markup::{LONGEST, stands_alone, with_gap};
use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.markdown"), propose };

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    if !draft.holds(b'[') && !draft.holds(b'*') {
        return Vec::new();
    }
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut bold: Vec<Range<usize>> = Vec::new();
    let mut links = 0;
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let offset = |span: Range<usize>| line.start + span.start..line.start + span.end;
        for at in memchr::memmem::find_iter(text.as_bytes(), "](") {
            let Some((opening, closing)) = link(text, at) else { continue };
            links += 1;
            if text[opening.clone()].starts_with('!') {
                let image = with_gap(text, opening.start..closing.end);
                marks.extend((image.len() < text.len()).then(|| offset(image)));
            } else {
                marks.extend([offset(opening), offset(closing)]);
            }
        }
        bold.extend(bold_pairs(text).into_iter().map(offset));
    }
    if links > 0 || bold.len() >= 4 {
        marks.append(&mut bold);
    }
    marks.sort_by_key(|mark| mark.start);
    marks.into_iter().map(|mark| Proposal::edit(RULE.id, mark, "", 0.93)).collect()
}

/// The marks before and behind the text of a link, of which `](` stands at `middle`.
fn link(text: &str, middle: usize) -> Option<(Range<usize>, Range<usize>)> {
    let from = text.floor_char_boundary(middle.saturating_sub(LONGEST));
    let mut start = from + text[from..middle].rfind(['[', ']', '\n'])?;
    if !text[start..].starts_with('[') {
        return None;
    }
    let words = &text[start + 1..middle];
    let is_image = text[..start].ends_with('!');
    if words.trim().is_empty() && !is_image {
        return None;
    }
    let opening = start + 1;
    start -= usize::from(is_image);
    let to = text.floor_char_boundary((middle + LONGEST).min(text.len()));
    let address = &text[middle + 2..to];
    let address = &address[..address.find([')', '(', '[', ']', '<', '>', '{', '}'])?];
    let end = middle + 2 + address.len() + 1;
    let bare = address.split([' ', '"']).next()?;
    let is_address = ["https://", "http://", "mailto:"].iter().any(|p| bare.starts_with(p));
    (is_address && text[..end].ends_with(')') && stands_alone(text, &(start..end)))
        .then_some((start..opening, middle..end))
}

/// The marks about bold words, an opening and a closing one in turns.
fn bold_pairs(text: &str) -> Vec<Range<usize>> {
    let mut marks = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for at in memchr::memmem::find_iter(text.as_bytes(), "**") {
        let (before, behind) = (&text[..at], &text[at + 2..]);
        if before.ends_with('*') || behind.starts_with('*') {
            open = None;
            continue;
        }
        let is_word = |c: char| c.is_alphanumeric();
        let opens = !before.ends_with(is_word) && behind.starts_with(|c: char| !c.is_whitespace());
        let closes = !behind.starts_with(is_word) && before.ends_with(|c: char| !c.is_whitespace());
        match open.take() {
            Some(opening) if closes && text[opening.end..at].contains(is_word) => {
                marks.extend([opening, at..at + 2]);
            }
            _ if opens => open = Some(at..at + 2),
            _ => {}
        }
    }
    marks
}
