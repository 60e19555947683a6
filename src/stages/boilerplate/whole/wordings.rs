//! Known wordings of pages that are no articles, in fifteen languages, read from
//! `wordings.txt` once. They are compared as folding keys, like the phrases of
//! furniture, and written in the same way: a line is the whole of a title's part,
//! `~` before it lets it stand anywhere in a notice.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::stages::boilerplate::openings::Openings;
use crate::stages::boilerplate::phrases::{alternatives, is_boundary};
use crate::text::fold::fold;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wording {
    /// There is no such page.
    Missing,
    /// What stands around a status code.
    Status,
    /// Robot checks, and calls to turn scripts on.
    Gate,
    /// Cookies, and what partners do with them.
    Consent,
    /// The rest is for subscribers.
    Locked,
}

impl Wording {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "missing" => Wording::Missing,
            "status" => Wording::Status,
            "gate" => Wording::Gate,
            "consent" => Wording::Consent,
            "locked" => Wording::Locked,
            _ => return None,
        })
    }
}

struct Table {
    whole: HashMap<String, Vec<Wording>>,
    parts: Vec<Wording>,
    openings: HashMap<Wording, Openings>,
    automaton: AhoCorasick,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("wordings.txt")));

/// Longer stretches, in bytes, are no titles and no notices.
const LONGEST: usize = 600;

/// Whether the text is the wording, from its beginning to its end, give or take a word.
pub fn is(text: &str, wording: Wording) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let key = fold(text);
    TABLE.whole.get(&key).is_some_and(|known| known.contains(&wording))
        || TABLE.places(&key, wording).any(|place| place.len() * 4 >= key.len() * 3)
}

/// Whether the wording stands in the text.
pub fn holds(text: &str, wording: Wording) -> bool {
    text.len() <= LONGEST && TABLE.places(&fold(text), wording).next().is_some()
}

impl Table {
    fn read(source: &str) -> Self {
        let mut whole: HashMap<String, Vec<Wording>> = HashMap::new();
        let (mut keys, mut parts) = (Vec::new(), Vec::new());
        let mut openings: HashMap<Wording, Openings> = HashMap::new();
        let mut wording = None;
        for line in source.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                wording = Wording::named(name);
                continue;
            }
            let Some(wording) = wording else { continue };
            let part = line.strip_prefix('~');
            for spelling in alternatives(part.unwrap_or(line)) {
                let key = fold(&spelling);
                if part.is_some() {
                    openings.entry(wording).or_default().add(&key);
                    keys.push(key);
                    parts.push(wording);
                } else {
                    whole.entry(key).or_default().push(wording);
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&keys)
            .expect("the file is small enough for an automaton");
        Self { whole, parts, openings, automaton }
    }

    fn places(&self, key: &str, wording: Wording) -> impl Iterator<Item = Range<usize>> {
        let found = self.may_have(key, wording).then(|| self.automaton.find_overlapping_iter(key));
        found
            .into_iter()
            .flatten()
            .filter(move |found| {
                self.parts[found.pattern().as_usize()] == wording
                    && is_boundary(key, found.start())
                    && (is_boundary(key, found.end()) || ends_in_hangul(&key[..found.end()]))
            })
            .map(|found| found.range())
    }

    /// In ASCII there are spaces between words, and no particles behind them.
    fn may_have(&self, key: &str, wording: Wording) -> bool {
        let openings = self.openings.get(&wording);
        !key.is_ascii() || openings.is_some_and(|it| it.places(key).next().is_some())
    }
}

/// Korean writes particles behind a word without a space.
fn ends_in_hangul(key: &str) -> bool {
    // Folding keys are decomposed, to single letters of the script.
    key.ends_with(|last: char| matches!(last, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}'))
}
