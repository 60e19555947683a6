//! C1 controls: bytes of Windows-1252 (or, rarely, Mac OS Roman) that were read
//! as ISO 8859-1. `He said \u{93}no\u{94}` → `He said “no”`.
//!
//! Silent on the five that Windows-1252 leaves undefined. Read as Mac OS Roman
//! only where a control inside a word rules Windows-1252 out and every control
//! inside a word gives a small letter.

use super::{Rule, extend, signals::Signals};
use crate::edit::{Proposal, RuleId};
use crate::text::characters::is_c1_control;
use crate::text::code_pages::{mac_roman, windows_1252};

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.c1_control"), signals: Signals::C1_CONTROL, propose };

fn propose(text: &str) -> Vec<Proposal> {
    let mac = is_mac_roman(text);
    let mut proposals = Vec::new();
    let mut buffer = [0; 4];
    for (at, character) in controls(text) {
        let byte = character as u8;
        let after =
            if mac && stands_inside_word(text, at) { mac_roman(byte) } else { windows_1252(byte) };
        if let Some(after) = after {
            let span = at..at + character.len_utf8();
            extend(&mut proposals, RULE.id, span, after.encode_utf8(&mut buffer), 0.95);
        }
    }
    proposals
}

fn controls(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, character)| is_c1_control(*character))
}

fn is_mac_roman(text: &str) -> bool {
    let mut rules_out_windows = false;
    for (at, character) in controls(text) {
        if !stands_inside_word(text, at) {
            continue;
        }
        let byte = character as u8;
        if !mac_roman(byte).is_some_and(char::is_lowercase) {
            return false;
        }
        // An apostrophe, a dash or a letter may well stand inside a word.
        rules_out_windows |= windows_1252(byte)
            .is_none_or(|c| !c.is_alphabetic() && !matches!(c, '‘' | '’' | '–' | '—' | '…'));
    }
    rules_out_windows
}

fn stands_inside_word(text: &str, at: usize) -> bool {
    let mut after = text[at..].chars().skip(1);
    text[..at].ends_with(|c: char| c.is_ascii_lowercase())
        && after.next().is_some_and(|c| c.is_ascii_lowercase())
}
