//! Line ends other than the line feed: a lone carriage return, vertical tab,
//! form feed, U+2028 and U+2029. `one\rtwo` → `one\ntwo`.
//!
//! A carriage return before a line feed stays: together they are one line end.

use super::{Rule, replace_characters, signals::Signals};
use crate::edit::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.line_separator"),
    signals: Signals::LINE_SEPARATOR,
    propose: |text| {
        replace_characters(RULE.id, text.char_indices(), 0.99, |at, character| match character {
            '\r' if text.as_bytes().get(at + 1) == Some(&b'\n') => None,
            '\r' | '\u{B}' | '\u{C}' | '\u{2028}' | '\u{2029}' => Some("\n"),
            _ => None,
        })
    },
};
