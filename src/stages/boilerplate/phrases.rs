//! The wording of page furniture in 27 languages, read from `phrases/*.txt`
//! once. A line of such a file is a phrase under the `[label]` above it:
//!
//! ```text
//! leave a reply            the whole line
//! ^ read more              the line begins so
//! ^ related:               the line begins so, and a colon follows
//! ~ all rights reserved    the line contains it
//! press play to {listen|take heed} to this {text|article}      alternatives
//! ```
//!
//! Phrases and lines are compared as folding keys ([`crate::text::fold`]), so
//! case, accents, punctuation and numbers do not matter; `0` stands for any number.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::stages::boilerplate::openings::{Openings, first_word};
use crate::text::fold::{fold, fold_into, is_unspaced};
use crate::text::hashing::{FastMap, fingerprint};
use crate::text::lines::measure;

/// What a known wording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phrase {
    Advertisement,
    Newsletter,
    Related,
    Share,
    Comments,
    Cookie,
    Paywall,
    Copyright,
    Listen,
    UpdateNotice,
    Credit,
    Byline,
    Date,
    Navigation,
    Section,
}

impl Phrase {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "advertisement" => Phrase::Advertisement,
            "newsletter" => Phrase::Newsletter,
            "related" => Phrase::Related,
            "share" => Phrase::Share,
            "comments" => Phrase::Comments,
            "cookie" => Phrase::Cookie,
            "paywall" => Phrase::Paywall,
            "copyright" => Phrase::Copyright,
            "listen" => Phrase::Listen,
            "update" => Phrase::UpdateNotice,
            "credit" => Phrase::Credit,
            "byline" => Phrase::Byline,
            "date" => Phrase::Date,
            "navigation" => Phrase::Navigation,
            "section" => Phrase::Section,
            _ => return None,
        })
    }
}

/// The files, by language.
const SOURCES: &[&str] = &[
    include_str!("phrases/en.txt"),
    include_str!("phrases/de.txt"),
    include_str!("phrases/fr.txt"),
    include_str!("phrases/es.txt"),
    include_str!("phrases/it.txt"),
    include_str!("phrases/pt.txt"),
    include_str!("phrases/nl.txt"),
    include_str!("phrases/pl.txt"),
    include_str!("phrases/ru.txt"),
    include_str!("phrases/tr.txt"),
    include_str!("phrases/ar.txt"),
    include_str!("phrases/hi.txt"),
    include_str!("phrases/zh.txt"),
    include_str!("phrases/ja.txt"),
    include_str!("phrases/ko.txt"),
    include_str!("phrases/cs.txt"),
    include_str!("phrases/el.txt"),
    include_str!("phrases/fa.txt"),
    include_str!("phrases/fi.txt"),
    include_str!("phrases/he.txt"),
    include_str!("phrases/hu.txt"),
    include_str!("phrases/id.txt"),
    include_str!("phrases/ro.txt"),
    include_str!("phrases/sv.txt"),
    include_str!("phrases/th.txt"),
    include_str!("phrases/uk.txt"),
    include_str!("phrases/vi.txt"),
];

/// Longer lines are text that may well contain such a phrase and mean it.
const LONGEST_LINE: usize = 400;
/// The longest line that is judged by how it begins.
const LONGEST_BEGUN: usize = 240;
/// The longest word that begins bylines and sentences alike ("by", "von", "par"), in bytes.
const LONGEST_PREPOSITION: usize = 4;
/// The longest label before a colon, in bytes.
const LONGEST_LABEL: usize = 80;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Anywhere,
}

/// A wording that is a part of lines.
struct Part {
    key: String,
    anchor: Anchor,
    phrase: Phrase,
}

struct Table {
    whole: FastMap<String, Phrase>,
    /// What stands before a line's first colon.
    labels: FastMap<String, Phrase>,
    parts: Vec<Part>,
    /// What parts begin with that stand at the start of a line, and those anywhere.
    at_start: Openings,
    anywhere: Openings,
    /// Places in `parts` by the hashes of all their words, and the length of the longest.
    by_words: FastMap<u64, Vec<usize>>,
    longest: usize,
    /// For lines without spaces, in which a part may begin anywhere.
    automaton: AhoCorasick,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::read(SOURCES).expect("the files that come with the program have no fault")
});

thread_local! {
    static KEY: RefCell<String> = const { RefCell::new(String::new()) };
    /// An operator's own wordings, while an article is worked at.
    static OWN: RefCell<Option<Arc<Table>>> = const { RefCell::new(None) };
}

/// Wordings of an operator's own, which go before those that come with the program: read
/// from a file of the same form, and again while articles are worked at.
#[derive(Clone, Default)]
pub struct OwnPhrases(Arc<RwLock<Option<Own>>>);

#[derive(Clone)]
struct Own {
    table: Arc<Table>,
    digest: u64,
}

impl OwnPhrases {
    /// Takes these instead of what there was. Faults, each as `line N: why`, change nothing.
    pub fn replace(&self, source: &str) -> Result<(), Vec<String>> {
        let table = Arc::new(Table::read(&[source])?);
        let own = Own { table, digest: fingerprint(source.as_bytes()) };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(own);
        Ok(())
    }

    /// There are none any more.
    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Has [`find`] look among them while this thread works; `work` gets their digest.
    pub(super) fn during<T>(&self, work: impl FnOnce(Option<u64>) -> T) -> T {
        /// However the work ends: it may panic.
        struct Reset;
        impl Drop for Reset {
            fn drop(&mut self) {
                OWN.with_borrow_mut(Option::take);
            }
        }
        let own = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let digest = own.as_ref().map(|own| own.digest);
        OWN.with_borrow_mut(|current| *current = own.map(|own| own.table));
        let _reset = Reset;
        work(digest)
    }
}

/// What is wrong with a file of phrases, each as `line N: why`; empty when nothing is.
pub fn faults(source: &str) -> Vec<String> {
    Table::read(&[source]).err().unwrap_or_default()
}

/// What the wording of a line says it is, if it is a known one.
pub fn find(line: &str) -> Option<Phrase> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let own = OWN.with_borrow(Clone::clone);
    KEY.with_borrow_mut(|key| {
        if let Some(colon) = colon(line) {
            fold_into(&line[..colon], key);
            let own = own.as_ref().and_then(|own| own.labels.get(key));
            if let Some(&phrase) = own.or_else(|| TABLE.labels.get(key)) {
                return Some(phrase);
            }
        }
        fold_into(line, key);
        let own = own.and_then(|own| own.find(key, line));
        own.or_else(|| TABLE.find(key, line))
    })
}

/// Where the label before a line's first colon ends, if it is not too long for one.
fn colon(line: &str) -> Option<usize> {
    let is_colon = |(at, &byte): (usize, &u8)| {
        byte == b':' || byte == WIDE_COLON[0] && line.as_bytes()[at..].starts_with(WIDE_COLON)
    };
    line.as_bytes().iter().take(LONGEST_LABEL + 1).enumerate().position(is_colon)
}

const WIDE_COLON: &[u8] = "：".as_bytes();

impl Table {
    fn read(sources: &[&str]) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut whole = FastMap::default();
        let mut labels = FastMap::default();
        let mut parts = Vec::new();
        for source in sources {
            let mut label = None;
            for (number, line) in source.lines().map(str::trim).enumerate() {
                let mut refuse = |why: &str| faults.push(format!("line {}: {why}", number + 1));
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                    label = Phrase::named(name);
                    if label.is_none() {
                        refuse("this label is none of those there are");
                    }
                    continue;
                }
                let Some(label) = label else {
                    refuse("a phrase stands below the label of what it is");
                    continue;
                };
                let (anchor, phrase) = match line.split_at_checked(1) {
                    Some(("^", rest)) => (Some(Anchor::Start), rest),
                    Some(("~", rest)) => (Some(Anchor::Anywhere), rest),
                    _ => (None, line),
                };
                for spelling in alternatives(phrase) {
                    let key = fold(&spelling);
                    if key.trim().is_empty() || spelling.contains(['{', '}']) {
                        refuse("no words, or a brace without its other");
                        continue;
                    }
                    match anchor {
                        None => {
                            whole.entry(key).or_insert(label);
                        }
                        Some(Anchor::Start) if spelling.ends_with(':') => {
                            labels.entry(key).or_insert(label);
                        }
                        Some(anchor) => parts.push(Part { key, anchor, phrase: label }),
                    }
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(parts.iter().map(|part| &part.key))
            .map_err(|error| vec![format!("too much for an automaton: {error}")])?;
        if !faults.is_empty() {
            return Err(faults);
        }
        let (mut at_start, mut anywhere) = (Openings::default(), Openings::default());
        let mut by_words: FastMap<u64, Vec<usize>> = FastMap::default();
        for (at, part) in parts.iter().enumerate() {
            let openings = match part.anchor {
                Anchor::Start => &mut at_start,
                Anchor::Anywhere => &mut anywhere,
            };
            openings.add(&part.key);
            let hash = beginnings(&part.key).last().map_or(0, |(_, hash)| hash);
            by_words.entry(hash).or_default().push(at);
        }
        let longest = parts.iter().map(|part| part.key.len()).max().unwrap_or(0);
        Ok(Self { whole, labels, parts, at_start, anywhere, by_words, longest, automaton })
    }

    /// What a line says it is, by its folding key.
    fn find(&self, key: &str, line: &str) -> Option<Phrase> {
        if let Some(&phrase) = self.whole.get(key) {
            return Some(phrase);
        }
        if opens_with_quotation(line) {
            return None;
        }
        let part = if !key.is_ascii() && key.contains(is_unspaced) {
            self.part_anywhere(key, line)
        } else {
            self.part_of_words(key, line)
        };
        part.map(|part| part.phrase)
    }

    /// The part that ends first of those that the line has, and of these the longest. A part
    /// begins where a word does.
    fn part_of_words(&self, key: &str, line: &str) -> Option<&Part> {
        let mut first: Option<(usize, &Part)> = None;
        let at_start = self.at_start.has(first_word(key.as_bytes())).then_some(0);
        for start in at_start.into_iter().chain(self.anywhere.places(key)) {
            let latest = first.map_or(start + self.longest, |(end, _)| end - 1);
            let found = beginnings(&key[start..])
                .take_while(|(length, _)| start + length <= latest)
                .filter_map(|(length, hash)| Some((length, self.by_words.get(&hash)?)))
                .find_map(|(length, parts)| {
                    let mut parts = parts.iter().map(|&part| &self.parts[part]);
                    let is_here = |part: &&Part| {
                        part.key == key[start..start + length] && part.fits(start, key, line)
                    };
                    Some((start + length, parts.find(is_here)?))
                });
            first = found.or(first);
        }
        first.map(|(_, part)| part)
    }

    /// The same where words are written without spaces.
    fn part_anywhere(&self, key: &str, line: &str) -> Option<&Part> {
        self.automaton.find_overlapping_iter(key).find_map(|found| {
            let part = &self.parts[found.pattern().as_usize()];
            part.fits(found.start(), key, line).then_some(part)
        })
    }
}

impl Part {
    /// Whether what the key has from `start` on, which reads like this, is meant so.
    fn fits(&self, start: usize, key: &str, line: &str) -> bool {
        let fits = match self.anchor {
            Anchor::Start => start == 0 && key.len() <= LONGEST_BEGUN,
            Anchor::Anywhere => is_boundary(key, start),
        };
        if !(fits && is_boundary(key, start + self.key.len())) {
            return false;
        }
        let is_preposition = self.phrase == Phrase::Byline && self.key.len() <= LONGEST_PREPOSITION;
        let is_told = is_preposition && is_running_text(line)
            || self.anchor == Anchor::Anywhere && is_quoted(&self.key, line);
        !is_told
    }
}

/// The lengths of what a key begins with, in whole words, each with a hash of these words.
fn beginnings(key: &str) -> impl Iterator<Item = (usize, u64)> {
    let (mut next, mut hash) = (0, 0u64);
    std::iter::from_fn(move || {
        let word = first_word(key.as_bytes().get(next..)?);
        let length = next + word.len();
        next = length + 1;
        hash = hash.rotate_left(23) ^ fingerprint(word);
        Some((length, hash))
    })
}

/// Whether a line goes on as no list of names does: "By default, the system handles …".
fn is_running_text(line: &str) -> bool {
    let measure = measure(line);
    measure.words >= 8 && measure.lowercase * 2 > measure.words
        || measure.words >= 20 && measure.sentence_ends >= 2
}

/// Whether a wording stands between quotation marks: the line tells of what pages say.
fn is_quoted(key: &str, line: &str) -> bool {
    let parts: Vec<&str> = line.split(['“', '”', '„', '«', '»', '"']).collect();
    let closed = parts.len() - 1;
    parts[..closed].iter().skip(1).step_by(2).any(|quoted| fold(quoted).contains(key))
}

/// Furniture does not quote: in a line that opens with a quotation mark the
/// wording is somebody's words, and a story about them.
pub(super) fn opens_with_quotation(line: &str) -> bool {
    line.trim_start().starts_with(['“', '"', '„', '«', '‘', '「', '『'])
}

/// Whether a word begins or ends here.
pub(super) fn is_boundary(key: &str, at: usize) -> bool {
    let before = key[..at].chars().next_back();
    let after = key[at..].chars().next();
    match (before, after) {
        (None, _) | (_, None) | (Some(' '), _) | (_, Some(' ')) => true,
        (Some(before), Some(after)) => is_unspaced(before) || is_unspaced(after),
    }
}

/// `{a|b} c` → `a c`, `b c`. Groups may stand inside of groups.
pub(super) fn alternatives(phrase: &str) -> Vec<String> {
    let mut open = vec![phrase.to_owned()];
    let mut spellings = Vec::new();
    while let Some(spelling) = open.pop() {
        let innermost = spelling.find('}').and_then(|end| Some((spelling[..end].rfind('{')?, end)));
        match innermost {
            None => spellings.push(spelling),
            Some((start, end)) => open.extend(
                spelling[start + 1..end]
                    .split('|')
                    .map(|one| format!("{}{one}{}", &spelling[..start], &spelling[end + 1..])),
            ),
        }
    }
    spellings
}
