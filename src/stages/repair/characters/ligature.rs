//! Latin ligatures and digraphs that stand for separate letters: `ﬁnal` → `final`.
//!
//! No other compatibility form is touched: `10³`, `½` and `™` mean what they say.

use super::{Rule, beyond_ascii, replace_characters, signals::Signals};
use crate::edit::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("repair.characters.ligature"),
    signals: Signals::LIGATURE,
    propose: |text| {
        replace_characters(RULE.id, beyond_ascii(text), 0.99, |_, character| letters(character))
    },
};

fn letters(character: char) -> Option<&'static str> {
    Some(match character {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' => "ſt",
        'ﬆ' => "st",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'ŉ' => "ʼn",
        'Ǆ' => "DŽ",
        'ǅ' => "Dž",
        'ǆ' => "dž",
        'Ǉ' => "LJ",
        'ǈ' => "Lj",
        'ǉ' => "lj",
        'Ǌ' => "NJ",
        'ǋ' => "Nj",
        'ǌ' => "nj",
        'Ǳ' => "DZ",
        'ǲ' => "Dz",
        'ǳ' => "dz",
        _ => return None,
    })
}
