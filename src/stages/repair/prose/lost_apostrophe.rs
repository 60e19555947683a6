//! An apostrophe that an encoding could not hold and that came out as a question
//! mark or as a replacement character: `it?s`, `don\u{FFFD}t` → `it's`, `don't`.
//!
//! Only before the endings that an apostrophe goes before, inside a plain word;
//! never in an address.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.lost_apostrophe"), propose };

const ENDINGS: [&str; 7] = ["d", "ll", "m", "re", "s", "t", "ve"];

fn propose(draft: &Draft, _deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    // 0xEF opens U+FFFD.
    if !draft.holds(b'?') && !draft.holds(0xEF) {
        return proposals;
    }
    for line in draft.lines() {
        let text = draft.of(&line);
        for at in memchr::memchr2_iter(b'?', 0xEF, text.as_bytes()) {
            let Some(mark) = text[at..].chars().next() else { continue };
            let end = at + mark.len_utf8();
            let is_mark = matches!(mark, '?' | char::REPLACEMENT_CHARACTER);
            if is_mark && is_inside_word(&text[..at], &text[end..]) {
                let place = line.start + at..line.start + end;
                proposals.push(Proposal::edit(RULE.id, place, "'", 0.93));
            }
        }
    }
    proposals
}

fn is_inside_word(before: &str, behind: &str) -> bool {
    let length = behind.bytes().take(3).take_while(u8::is_ascii_lowercase).count();
    let ending = &behind[..length];
    let word = before.bytes().rev().take(32).take_while(u8::is_ascii_alphabetic).count();
    let opens_word = before[..before.len() - word].ends_with([' ', '\n', '(', '"', '“', '‘'])
        || word == before.len();
    let closes_word = |c: char| c.is_whitespace() || ".,;:!?)\"”".contains(c);
    let fits = if ending == "t" { before.ends_with('n') } else { ENDINGS.contains(&ending) };
    let rest = &behind[length..];
    (word >= 2 || before.ends_with('I'))
        && opens_word
        && fits
        && (rest.is_empty() || rest.starts_with(closes_word))
}
