//! Byte order marks, left where files were joined: `\u{FEFF}The` → `The`.

use super::{Rule, beyond_ascii, replace_characters, signals::Signals};
use crate::edit::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.byte_order_mark"),
    signals: Signals::BYTE_ORDER_MARK,
    propose: |text| {
        replace_characters(RULE.id, beyond_ascii(text), 0.99, |_, character| {
            (character == '\u{FEFF}').then_some("")
        })
    },
};
