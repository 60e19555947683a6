//! A paragraph that the text holds twice: the later copy goes.
//!
//! Compared without case, punctuation and white space, but with the numbers.
//! Short paragraphs are spared: refrains, questions of an interview, lines of a
//! scoreboard come back by intent.

use std::collections::HashSet;

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.duplicate_paragraph"), propose };

/// In letters and digits.
const MIN_LENGTH: usize = 80;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut proposals = Vec::new();
    let mut key = String::new();
    for line in draft.lines() {
        deadline.check();
        if line.len() < MIN_LENGTH {
            continue;
        }
        key.clear();
        let letters = draft.of(&line).chars().filter(|c| c.is_alphanumeric());
        key.extend(letters.flat_map(char::to_lowercase));
        if key.len() < MIN_LENGTH {
            continue;
        }
        if seen.contains(&key) {
            // With the gap before it; a copy always has text before it.
            let gap = draft.text[..line.start].trim_end().len();
            proposals.push(Proposal::removal(RULE.id, gap..line.end, 0.95));
        } else {
            seen.insert(key.clone());
        }
    }
    proposals
}
