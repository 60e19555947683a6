//! A paragraph that the text holds twice: the later copy goes.
//!
//! Compared without case, punctuation and white space, but with the numbers.
//! Short paragraphs are spared: refrains, questions of an interview, lines of a
//! scoreboard come back by intent.

use std::collections::hash_map::Entry;
use std::ops::Range;

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use crate::text::hashing::FastMap;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.duplicate_paragraph"), propose };

/// In letters and digits.
const MIN_LENGTH: usize = 80;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut seen: FastMap<u64, Range<usize>> = FastMap::default();
    let mut proposals = Vec::new();
    for line in draft.lines().filter(|line| line.len() >= MIN_LENGTH) {
        deadline.check();
        let (mut hash, mut length) = (0u64, 0);
        for letter in folded(draft.of(&line)) {
            hash = (hash.rotate_left(7) ^ u64::from(letter)).wrapping_mul(FACTOR);
            length += 1;
        }
        if length < MIN_LENGTH {
            continue;
        }
        match seen.entry(hash) {
            Entry::Vacant(vacant) => {
                vacant.insert(line);
            }
            Entry::Occupied(first) => {
                if folded(draft.of(first.get())).eq(folded(draft.of(&line))) {
                    // With the gap before it; a copy always has text before it.
                    let gap = draft.text[..line.start].trim_end().len();
                    proposals.push(Proposal::removal(RULE.id, gap..line.end, 0.95));
                }
            }
        }
    }
    proposals
}

/// Any odd number with bits all over.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
