//! Byte order marks, left where files were joined: `\u{FEFF}The` → `The`.

use super::{Rule, replace_beyond_ascii, signals::Signals};
use crate::edit::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.byte_order_mark"),
    signals: Signals::BYTE_ORDER_MARK,
    propose: |text| {
        replace_beyond_ascii(RULE.id, text, 0.99, |_, character| {
            (character == '\u{FEFF}').then_some("")
        })
    },
};
