//! A space lost outside a quotation mark: `“We are ready,”said the mayor` →
//! `ready,” said`, `attesting that“nobody came”` → `that “nobody`.
//!
//! Only curly marks, which tell their side, and only where the mark is the English
//! one: after `„` or in `”Swedish”` they mean something else. A word that goes on
//! behind a mark (`“OK”d`) must be one of those that follow a quotation.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.glued_quotation"), propose };

/// Words that follow a quotation, in alphabetical order.
const FOLLOWING: [&str; 34] = [
    "added", "after", "an", "and", "as", "at", "because", "before", "but", "by", "for", "from",
    "has", "he", "in", "is", "it", "of", "on", "or", "said", "says", "she", "that", "the", "they",
    "to", "told", "was", "we", "when", "which", "who", "with",
];

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    if !draft.holds(MARKS) {
        return proposals;
    }
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        if !is_english(text) {
            continue;
        }
        for (at, mark) in marks(text).filter(|(_, c)| matches!(c, '“' | '”')) {
            let behind = at + mark.len_utf8();
            let place = match mark {
                '“' if opens_inside(&text[..at], &text[behind..]) => at,
                '”' if closes_inside(&text[..at], &text[behind..]) => behind,
                _ => continue,
            };
            let place = line.start + place;
            proposals.push(Proposal::edit(RULE.id, place..place, " ", 0.92));
        }
    }
    proposals
}

/// The first byte of curly marks in UTF-8, and of the angled.
const MARKS: u8 = 0xE2;
const ANGLED_MARKS: u8 = 0xC2;

/// The characters that may be quotation marks: a search for their first bytes is faster
/// than a look at each character.
fn marks(text: &str) -> impl Iterator<Item = (usize, char)> {
    memchr::memchr2_iter(MARKS, ANGLED_MARKS, text.as_bytes())
        .filter_map(|at| Some((at, text[at..].chars().next()?)))
}

/// Whether the line has marks and they take turns, an opening one first.
fn is_english(text: &str) -> bool {
    let mut is_open = false;
    let mut is_paired = false;
    for (_, mark) in marks(text) {
        match mark {
            '„' | '«' | '»' => return false,
            '“' if is_open => return false,
            '”' if !is_open => return false,
            '“' | '”' => {
                is_open = !is_open;
                is_paired |= !is_open;
            }
            _ => {}
        }
    }
    is_paired && !is_open
}

fn opens_inside(before: &str, behind: &str) -> bool {
    let word = before.bytes().rev().take_while(u8::is_ascii_lowercase).count();
    let is_word = before[..before.len() - word].ends_with(' ');
    word >= 2 && is_word && behind.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn closes_inside(before: &str, behind: &str) -> bool {
    let length = behind.bytes().take(16).take_while(u8::is_ascii_lowercase).count();
    let (word, rest) = behind.split_at(length);
    before.ends_with(|c: char| c.is_ascii_alphabetic() || matches!(c, ',' | '.' | '!' | '?'))
        && FOLLOWING.binary_search(&word).is_ok()
        && rest.starts_with([' ', ','])
}
