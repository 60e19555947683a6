//! A sentence that stands twice in a row in one paragraph, where pieces of a page
//! were joined: the later copy goes.
//!
//! Compared without case, punctuation and white space, but with the numbers. Short
//! sentences are spared, and whatever is quoted: people repeat themselves.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.duplicate_sentence"), propose };

/// In bytes, with spaces and marks.
const SHORTEST: usize = 60;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for line in draft.lines().filter(|line| line.len() >= 2 * SHORTEST) {
        deadline.check();
        let text = draft.of(&line);
        let mut kept = "";
        let mut start = 0;
        for end in ends(text) {
            let sentence = &text[start..end];
            if sentence.len() >= SHORTEST && is_same(kept, sentence) && !is_quoted(sentence) {
                // With the gap before it; a copy always has text before it.
                let gap = text[..start].trim_end().len();
                let place = line.start + gap..line.start + end;
                proposals.push(Proposal::removal(RULE.id, place, 0.95));
            } else {
                kept = sentence;
            }
            start = end + (text[end..].len() - text[end..].trim_start().len());
        }
    }
    proposals
}

/// Where sentences end: behind their marks, before a space or the line's end.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr3_iter(b'.', b'!', b'?', bytes)
        .map(|at| at + 1)
        .filter(|end| matches!(bytes.get(*end), None | Some(b' ')))
}

fn is_quoted(sentence: &str) -> bool {
    sentence.contains(['"', '“', '”', '„', '«', '»'])
}

fn is_same(first: &str, second: &str) -> bool {
    // Nearly all sentences begin with letters, and with others than the one before.
    let differs = |(a, b): (&u8, &u8)| {
        a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && !a.eq_ignore_ascii_case(b)
    };
    let is_other = first.as_bytes().first().zip(second.as_bytes().first()).is_some_and(differs);
    !is_other && folded(first).eq(folded(second))
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
