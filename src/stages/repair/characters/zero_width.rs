//! Zero-width spaces and joiners: `Ju\u{200B}ne` → `June`.
//!
//! Joiners stay beside letters that they shape (Arabic, Persian, Indic) and
//! between emoji; zero-width spaces stay in scripts without spaces.

use super::{Rule, beyond_ascii, replace_characters, signals::Signals};
use crate::edit::RuleId;
use crate::text::characters::{is_emoji_part, is_shaped_by_joiners, is_unspaced_script};

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.zero_width"),
    signals: Signals::ZERO_WIDTH,
    propose: |text| {
        replace_characters(RULE.id, beyond_ascii(text), 0.98, |at, character| {
            let is_at_home: fn(char) -> bool = match character {
                '\u{200B}' | '\u{2060}' => is_unspaced_script,
                '\u{200C}' => is_shaped_by_joiners,
                '\u{200D}' => |c| is_shaped_by_joiners(c) || is_emoji_part(c),
                _ => return None,
            };
            let before = text[..at].chars().next_back();
            let after = text[at..].chars().nth(1);
            (!before.is_some_and(is_at_home) && !after.is_some_and(is_at_home)).then_some("")
        })
    },
};
