//! Words hyphenated at a line's end that is no more, or still is: `govern-\nment`,
//! `govern- ment` → `government`.
//!
//! Only where the text has the joined word elsewhere and not the hyphenated one:
//! `pre- and post-war` stays.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.line_break_hyphen"), propose };

fn propose(draft: &Draft, _deadline: &Deadline) -> Vec<Proposal> {
    let text = draft.text;
    let mut proposals = Vec::new();
    for at in memchr::memchr_iter(b'-', text.as_bytes()) {
        let Some(break_byte) = text.as_bytes().get(at + 1).filter(|b| matches!(b, b' ' | b'\n'))
        else {
            continue;
        };
        let (head, tail) = (last_word(&text[..at]), first_word(&text[at + 2..]));
        if head.is_empty() || !tail.starts_with(char::is_lowercase) {
            continue;
        }
        let joined = format!("{head}{tail}");
        if draft.attests(&joined) && !draft.attests(&format!("{head}-{tail}")) {
            let confidence = if *break_byte == b'\n' { 0.95 } else { 0.9 };
            proposals.push(Proposal::edit(RULE.id, at..at + 2, "", confidence));
        }
    }
    proposals
}

/// The longest word that is looked at, in bytes.
const MAX_WORD: usize = 64;

fn last_word(text: &str) -> &str {
    let letters: usize = text
        .chars()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .map(char::len_utf8)
        .take(MAX_WORD)
        .sum();
    &text[text.len() - letters..]
}

fn first_word(text: &str) -> &str {
    let letters: usize =
        text.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).take(MAX_WORD).sum();
    &text[..letters]
}
