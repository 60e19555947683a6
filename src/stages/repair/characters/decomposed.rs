//! Letters taken apart into base and accent: `Cafe\u{301}` → `Café`. The result
//! is Unicode's normal form C, which changes no meaning.

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfc_quick,
};

use super::{Rule, next_beyond_ascii, signals::Signals};
use crate::edit::{Proposal, RuleId};

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.decomposed"), signals: Signals::DECOMPOSED, propose };

fn propose(text: &str) -> Vec<Proposal> {
    if is_surely_composed(text) {
        return Vec::new();
    }
    let mut proposals = Vec::new();
    let mut start = 0;
    let mut is_settled = true;
    for (at, character) in text.char_indices() {
        let is_inert = stands_alone(character);
        if is_inert {
            if !is_settled {
                compose(text, start, at, &mut proposals);
            }
            start = at;
            is_settled = true;
        } else {
            is_settled = false;
        }
    }
    if !is_settled {
        compose(text, start, text.len(), &mut proposals);
    }
    proposals
}

/// ASCII is, and parts what is beyond it.
fn is_surely_composed(text: &str) -> bool {
    let mut at = 0;
    while next_beyond_ascii(text, &mut at).is_some() {
        let rest = &text[at..];
        let stretch = &rest[..rest.bytes().position(|byte| byte.is_ascii()).unwrap_or(rest.len())];
        if is_nfc_quick(stretch.chars()) != IsNormalized::Yes {
            return false;
        }
        at += stretch.len();
    }
    true
}

/// Whether nothing before the character can merge with it or change its place.
fn stands_alone(character: char) -> bool {
    character.is_ascii()
        || (canonical_combining_class(character) == 0
            && is_nfc_quick(std::iter::once(character)) == IsNormalized::Yes)
}

fn compose(text: &str, start: usize, end: usize, proposals: &mut Vec<Proposal>) {
    let stretch = &text[start..end];
    let composed: String = stretch.nfc().collect();
    if composed != stretch {
        proposals.push(Proposal::edit(RULE.id, start..end, composed, 0.99));
    }
}
