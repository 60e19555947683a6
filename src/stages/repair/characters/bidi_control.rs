//! Marks and controls of text direction in lines without right-to-left letters:
//! `\u{200E}May 4` → `May 4`.

use super::{Rule, extend, signals::Signals};
use crate::edit::{Proposal, RuleId};
use crate::text::characters::is_right_to_left;

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.bidi_control"), signals: Signals::BIDI_CONTROL, propose };

fn propose(text: &str) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        // The Arabic letter mark lies among the letters but is itself a control.
        if !line.chars().any(|c| is_right_to_left(c) && !is_bidi_control(c)) {
            for (at, found) in line.match_indices(is_bidi_control) {
                let span = start + at..start + at + found.len();
                extend(&mut proposals, RULE.id, span, "", 0.98);
            }
        }
        start += line.len();
    }
    proposals
}

fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}')
}
