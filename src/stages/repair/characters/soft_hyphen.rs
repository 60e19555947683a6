//! Soft hyphens: `govern\u{AD}ment` → `government`. One that stands at a line's
//! end inside a word takes the line break with it.

use super::{Rule, extend, signals::Signals};
use crate::edit::{Proposal, RuleId};

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.soft_hyphen"), signals: Signals::SOFT_HYPHEN, propose };

const SOFT_HYPHEN: char = '\u{AD}';

fn propose(text: &str) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for (at, _) in text.match_indices(SOFT_HYPHEN) {
        let behind = at + SOFT_HYPHEN.len_utf8();
        let splits_word = text[..at].ends_with(char::is_alphabetic)
            && text[behind..].strip_prefix('\n').is_some_and(|t| t.starts_with(char::is_lowercase));
        let end = if splits_word { behind + 1 } else { behind };
        extend(&mut proposals, RULE.id, at..end, "", 0.98);
    }
    proposals
}
