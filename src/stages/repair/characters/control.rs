//! Control characters that mean nothing in running text: `mar\u{0}ket` → `market`.
//!
//! Tabs and line breaks stay.

use super::{Rule, replace_characters, signals::Signals};
use crate::edit::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.control"),
    signals: Signals::CONTROL,
    propose: |text| {
        replace_characters(RULE.id, text.char_indices(), 0.99, |_, character| {
            matches!(character, '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}').then_some("")
        })
    },
};
