//! Spins clean news as observed pages were spun: for each document and original
//! one rendering, drawn by how often it was seen, kept throughout; a share of the
//! table is not used; the first letter's case is kept, and a/an left as it stood.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lexicon::Pair;
use crate::stages::repair::spun::ngrams::ngram_hash;
use crate::stages::repair::spun::tokens::{Token, WordHash, tokens};
use crate::text::hashing::{FastMap, fingerprint};
use crate::train::random::Shifts;

/// A spun text, and what stood in each place that was spun.
pub struct Spun {
    pub text: String,
    /// Places in `text`, in order, with their originals.
    pub marks: Vec<(Range<usize>, String)>,
}

impl Spun {
    /// With each place that was spun as `{spun|original}`.
    pub fn marked(&self) -> String {
        let mut marked = String::with_capacity(self.text.len() * 3 / 2);
        let mut done = 0;
        for (span, original) in &self.marks {
            let gap = &self.text[done..span.start];
            marked.push_str(&format!("{gap}{{{}|{original}}}", &self.text[span.clone()]));
            done = span.end;
        }
        marked + &self.text[done..]
    }
}

pub struct Spinner {
    by_original: BTreeMap<String, Renderings>,
}

#[derive(Default)]
struct Renderings {
    /// The share of pages that replace the original.
    used: f32,
    /// With how often each was seen.
    drawn: Vec<(String, f32)>,
}

/// The longest original, in words.
const LONGEST: usize = 6;

impl Spinner {
    /// `used` is the share of originals that a page replaces.
    pub fn new(pairs: impl IntoIterator<Item = Pair>, used: f32) -> Self {
        Self { by_original: BTreeMap::new() }.and(pairs, used)
    }

    pub fn and(mut self, pairs: impl IntoIterator<Item = Pair>, used: f32) -> Self {
        for pair in pairs {
            let original = pair.original.to_lowercase().replace('’', "'");
            let spun = pair.spun.to_lowercase().replace('’', "'");
            let renderings = self.by_original.entry(original).or_default();
            renderings.used = renderings.used.max(used);
            renderings.drawn.push((spun, pair.weight));
        }
        self
    }

    /// The same for the same text.
    pub fn spin(&self, text: &str) -> Spun {
        let mut random = Shifts::new(fingerprint(text.as_bytes()) | 1);
        let mut chosen: FastMap<u64, &str> = FastMap::default();
        for (original, Renderings { used, drawn }) in &self.by_original {
            if random.unit() >= *used {
                continue;
            }
            let mut at = random.unit() * drawn.iter().map(|(_, seen)| seen).sum::<f32>();
            let found = drawn.iter().find(|(_, seen)| {
                at -= seen;
                at <= 0.0
            });
            if let Some((spun, _)) = found.or(drawn.last()) {
                chosen.insert(ngram_hash(&super::table::hashes(original)), spun);
            }
        }
        let tokens = tokens(text);
        replace(text, &tokens, |_, words| {
            let words: Vec<WordHash> = words.iter().map(|token| token.hash).collect();
            chosen.get(&ngram_hash(&words)).copied()
        })
    }
}

/// `rendering` tells what is written for some tokens, of which the first is the so manieth.
pub fn replace<'r>(
    text: &str,
    tokens: &[Token],
    rendering: impl Fn(usize, &[Token]) -> Option<&'r str>,
) -> Spun {
    let mut spun = Spun { text: String::with_capacity(text.len() * 11 / 10), marks: Vec::new() };
    let (mut at, mut done) = (0, 0);
    while at < tokens.len() {
        let joined = tokens[at + 1..].iter().take_while(|token| token.follows_on).count();
        let longest = (joined + 1).min(LONGEST);
        let found = (1..=longest).rev().filter(|_| tokens[at].is_word()).find_map(|length| {
            rendering(at, &tokens[at..at + length]).map(|rendering| (length, rendering))
        });
        let Some((length, rendering)) = found else {
            at += 1;
            continue;
        };
        let span = tokens[at].span.start..tokens[at + length - 1].span.end;
        let original = &text[span.clone()];
        spun.text.push_str(&text[done..span.start]);
        let start = spun.text.len();
        let mut letters = rendering.chars();
        match letters.next().filter(|_| original.starts_with(char::is_uppercase)) {
            Some(first) => {
                spun.text.extend(first.to_uppercase());
                spun.text.push_str(letters.as_str());
            }
            None => spun.text.push_str(rendering),
        }
        spun.marks.push((start..spun.text.len(), original.to_owned()));
        done = span.end;
        at += length;
    }
    spun.text.push_str(&text[done..]);
    spun
}
