//! Prose that was damaged on the way: lines broken for a page that is gone,
//! spaces and words lost or doubled where pieces were joined. Spelling, grammar
//! and style are the writer's.

mod bracket_code;
mod doubled_word;
mod draft;
mod duplicate_paragraph;
mod duplicate_sentence;
mod glued_quotation;
mod glued_word;
mod hard_wrap;
mod line_break_hyphen;
mod lost_apostrophe;
mod markdown;
mod missing_apostrophe;
mod missing_space;
mod page_residue;
mod stray_markup;
mod stray_tag;
mod template_remnant;
mod truncation;

use crate::article::{Article, Flag};
use crate::edit::{Proposal, RuleId};
use crate::passage::Passage;
use crate::stage::Deadline;
use draft::Draft;

/// A rule of this group.
struct Rule {
    id: RuleId,
    propose: fn(&Draft, &Deadline) -> Vec<Proposal>,
}

/// Order matters: what markup left behind goes first, for it hides what stands
/// beside it; words that a line's end cut in two are whole again before words are
/// compared, and sentences and paragraphs are compared last.
const REGISTRY: &[Rule] = &[
    stray_tag::RULE,
    bracket_code::RULE,
    markdown::RULE,
    template_remnant::RULE,
    page_residue::RULE,
    line_break_hyphen::RULE,
    hard_wrap::RULE,
    missing_space::RULE,
    glued_word::RULE,
    glued_quotation::RULE,
    lost_apostrophe::RULE,
    missing_apostrophe::RULE,
    doubled_word::RULE,
    duplicate_sentence::RULE,
    duplicate_paragraph::RULE,
];

pub(super) const IDS: &[RuleId] = &ids_of!(REGISTRY);

/// One rule's change may give another something to do; more turns than this
/// were never seen to be needed.
const MAX_TURNS: usize = 6;

/// Mends the prose; returns whether there was anything to mend.
pub(super) fn mend(article: &mut Article, deadline: &Deadline) -> bool {
    let mut changed = false;
    for _ in 0..MAX_TURNS {
        let mut is_settled = true;
        let mut next = 0;
        while let Some((index, proposals)) = first_to_propose(article, next, deadline) {
            article.apply(proposals);
            is_settled = false;
            next = index + 1;
        }
        if is_settled {
            break;
        }
        changed = true;
    }
    if truncation::stops_short(article) {
        article.flag(Flag::Truncated);
    }
    changed
}

/// Mends a text that is one line by its nature.
pub(super) fn mend_line(line: &mut Passage) {
    let proposals = hard_wrap::within_line(line.text());
    line.apply(proposals);
}

/// The first rule from `next` on that has something to propose.
fn first_to_propose(
    article: &Article,
    next: usize,
    deadline: &Deadline,
) -> Option<(usize, Vec<Proposal>)> {
    let draft = Draft::new(article);
    REGISTRY.iter().enumerate().skip(next).find_map(|(index, rule)| {
        deadline.check();
        let proposals = (rule.propose)(&draft, deadline);
        (!proposals.is_empty()).then_some((index, proposals))
    })
}
