//! Prose that was damaged on the way: lines broken for a page that is gone,
//! spaces and words lost or doubled where pieces were joined. Spelling, grammar
//! and style are the writer's.

mod doubled_word;
mod draft;
mod duplicate_paragraph;
mod hard_wrap;
mod line_break_hyphen;
mod lost_apostrophe;
mod missing_space;
mod truncation;

use crate::article::{Article, Flag};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use draft::Draft;

/// A rule of this group.
struct Rule {
    id: RuleId,
    propose: fn(&Draft, &Deadline) -> Vec<Proposal>,
}

/// Order matters: words that a line's end cut in two are whole again before
/// words are compared, and paragraphs are compared last.
const REGISTRY: [Rule; 6] = [
    line_break_hyphen::RULE,
    hard_wrap::RULE,
    missing_space::RULE,
    lost_apostrophe::RULE,
    doubled_word::RULE,
    duplicate_paragraph::RULE,
];

pub(super) const IDS: [RuleId; REGISTRY.len()] = {
    let mut ids = [RuleId(""); REGISTRY.len()];
    let mut index = 0;
    while index < ids.len() {
        ids[index] = REGISTRY[index].id;
        index += 1;
    }
    ids
};

/// One rule's change may give another something to do; more turns than this
/// were never seen to be needed.
const MAX_TURNS: usize = 6;

pub(super) fn mend(article: &mut Article, deadline: &Deadline) {
    for _ in 0..MAX_TURNS {
        let mut changed = false;
        for rule in &REGISTRY {
            deadline.check();
            let proposals = (rule.propose)(&Draft::new(article), deadline);
            if !proposals.is_empty() {
                article.apply(proposals);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    if truncation::stops_short(article) {
        article.flag(Flag::Truncated);
    }
}
