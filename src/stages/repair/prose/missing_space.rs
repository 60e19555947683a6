//! A space lost behind a sentence, where pieces of a page were joined:
//! `the bridge.The ferry` → `the bridge. The ferry`.
//!
//! The next sentence must open with a word that opens sentences, from the list
//! below. Addresses, file and brand names (`Node.Js`, `www.The…`) and initials
//! do not.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.missing_space"), propose };

/// Words that open sentences, in alphabetical order.
const OPENERS: [&str; 72] = [
    "A",
    "After",
    "Again",
    "All",
    "Also",
    "Although",
    "An",
    "And",
    "Another",
    "As",
    "At",
    "Before",
    "Both",
    "But",
    "By",
    "Despite",
    "During",
    "Each",
    "Earlier",
    "Even",
    "Every",
    "First",
    "For",
    "From",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "In",
    "It",
    "Its",
    "Last",
    "Later",
    "Many",
    "Meanwhile",
    "More",
    "Most",
    "My",
    "No",
    "Not",
    "Now",
    "On",
    "Once",
    "One",
    "Our",
    "Police",
    "She",
    "Since",
    "So",
    "Some",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Under",
    "We",
    "What",
    "When",
    "While",
    "With",
    "Yet",
    "You",
];

fn propose(draft: &Draft, _deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for line in draft.lines() {
        let text = draft.of(&line);
        let bytes = text.as_bytes();
        for at in memchr::memchr3_iter(b'.', b'?', b'!', bytes) {
            let is_capital = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
            let behind = match &text[at + 1..] {
                rest if rest.starts_with('”') => at + 1 + '”'.len_utf8(),
                _ => at + 1,
            };
            if is_capital(behind) && ends_sentence(&text[..at]) && opens_sentence(&text[behind..]) {
                let place = line.start + behind;
                proposals.push(Proposal::edit(RULE.id, place..place, " ", 0.93));
            }
        }
    }
    proposals
}

/// Whether a plain word of at least two small letters ends here, that is no part
/// of an address.
fn ends_sentence(text: &str) -> bool {
    let token = last_token(text);
    let word: usize = token.chars().rev().take_while(|c| c.is_lowercase()).count();
    word >= 2 && !token.contains(['/', '@', '_', '=', '.']) && !token.starts_with("www")
}

fn last_token(text: &str) -> &str {
    // No plain word is longer, and the search must not go back without end.
    let mut start = text.len().saturating_sub(64);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let near = &text[start..];
    near.rsplit(char::is_whitespace).next().unwrap_or(near)
}

fn opens_sentence(text: &str) -> bool {
    let length = text.bytes().take(16).take_while(u8::is_ascii_alphabetic).count();
    let behind = &text[length..];
    OPENERS.binary_search(&&text[..length]).is_ok()
        && (behind.starts_with([' ', ',', '’', '\'', '\u{A0}']) && length < 16)
}
