//! What spinners write for what: the table of spun phrases, one pair a line: spun
//! form, original, weight (how often it was seen on pages whose original is known;
//! a fraction where it is only supposed), and how often clean news holds either.

use std::cmp::Reverse;
use std::ops::Range;

use super::ngrams::ngram_hash;
use super::tokens::{Token, WordHash, tokens, word_hash};
use crate::text::hashing::FastMap;

pub struct Channel {
    entries: Vec<Entry>,
    /// The logarithm of how likely a word that the table replaces is to be left.
    kept: FastMap<WordHash, f32>,
    /// The entries' range by the first two words of the spun phrase, or its only one;
    /// longest phrases first.
    by_opening: FastMap<u64, Range<u32>>,
}

#[derive(Debug)]
pub struct Entry {
    /// The spun phrase as words; marks cannot be part of it.
    pub spun: Box<[WordHash]>,
    pub original: Box<[WordHash]>,
    /// In lower case, but for names.
    pub original_text: Box<str>,
    /// Whether it takes "an".
    pub is_vowel: bool,
    /// How often the pair was seen; a fraction where it is only supposed.
    pub seen: f32,
    /// How often clean news holds the spun phrase, and the original.
    pub clean: [f32; 2],
    /// The logarithm of how likely the spinner is to write this for that.
    pub cost: f32,
    /// How much likelier a text with the phrase is spun than not, as a
    /// logarithm; see [`super::score`].
    pub weight: f32,
}

impl Channel {
    /// Lines with a # in front are skipped, as are lines that are no pair.
    pub fn read(table: &str) -> Self {
        let rows = table.lines().filter(|line| !line.starts_with('#'));
        let mut entries: Vec<Entry> = rows.filter_map(Entry::read).collect();
        weigh(&mut entries);
        entries.sort_by_key(|entry| (entry.opening(), Reverse(entry.spun.len())));
        entries.shrink_to_fit();
        let mut by_opening: FastMap<u64, Range<u32>> = FastMap::default();
        for (index, entry) in (0..).zip(&entries) {
            by_opening.entry(entry.opening()).or_insert(index..index).end = index + 1;
        }
        let mut kept: FastMap<WordHash, f32> = FastMap::default();
        for entry in entries.iter().filter(|entry| entry.original.len() == 1) {
            let left = (1.0 - entry.share()).ln();
            let known = kept.entry(entry.original[0]).or_insert(left);
            *known = known.min(left);
        }
        Self { entries, kept, by_opening }
    }

    /// The logarithm of how likely a word is to be found as it was written.
    pub fn kept(&self, word: WordHash) -> f32 {
        self.kept.get(&word).copied().unwrap_or(0.0)
    }

    /// The entries whose spun phrase `tokens` open with, longest first.
    pub fn matches<'m>(&'m self, tokens: &[Token]) -> Vec<&'m Entry> {
        let Some(first) = tokens.first().filter(|token| token.is_word()) else {
            return Vec::new();
        };
        let second = tokens.get(1).filter(|token| token.follows_on);
        let phrases = second.and_then(|second| self.opened(&[first.hash, second.hash]));
        let words = self.opened(&[first.hash]);
        let found = [phrases, words].into_iter().flatten().flatten();
        found.filter(|entry| entry.opens(tokens)).collect()
    }

    fn opened(&self, words: &[WordHash]) -> Option<&[Entry]> {
        let range = self.by_opening.get(&ngram_hash(words))?;
        Some(&self.entries[range.start as usize..range.end as usize])
    }
}

impl Entry {
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (spun, original) = (fields.next()?, fields.next()?);
        let mut number = || fields.next()?.parse::<f32>().ok();
        let (seen, clean) = (number()?, [number()?, number()?]);
        let hashes = |text: &str| -> Box<[WordHash]> {
            tokens(text)
                .iter()
                .filter(|t| t.is_word())
                .map(|t| word_hash(&text[t.span.clone()]))
                .collect()
        };
        let entry = Self {
            spun: hashes(spun),
            original: hashes(original),
            original_text: original.into(),
            is_vowel: super::tokens::takes_an(original),
            seen,
            clean,
            cost: 0.0,
            weight: 0.0,
        };
        (!entry.spun.is_empty() && !entry.original.is_empty()).then_some(entry)
    }

    fn opening(&self) -> u64 {
        ngram_hash(&self.spun[..self.spun.len().min(2)])
    }

    fn opens(&self, tokens: &[Token]) -> bool {
        tokens.len() >= self.spun.len()
            && self.spun.iter().zip(tokens).all(|(word, token)| token.hash == *word)
            && tokens[1..self.spun.len()].iter().all(|token| token.follows_on)
    }

    /// Names are phrases in which every word counts; they are written in
    /// capitals in the table.
    pub fn is_name(&self) -> bool {
        self.original_text.starts_with(char::is_uppercase)
    }

    /// Whether it is more than a word for a word; a compound is a phrase.
    pub fn is_phrase(&self) -> bool {
        self.spun.len() > 1 || self.original.len() > 1 || self.original_text.contains('-')
    }

    /// The share of a table's words that a spun page replaces: half where the
    /// pair was seen, less where it may not be in the table.
    fn share(&self) -> f32 {
        if self.seen >= 1.0 { 0.5 } else { 0.3 }
    }
}

/// Each original is shared out among its renderings by how often they were seen.
/// A phrase that clean news hardly holds though its original is frequent weighs
/// most.
fn weigh(entries: &mut [Entry]) {
    let mut renderings: FastMap<u64, f32> = FastMap::default();
    for entry in entries.iter() {
        *renderings.entry(ngram_hash(&entry.original)).or_default() += entry.seen;
    }
    let mut spun: FastMap<u64, f32> = FastMap::default();
    for entry in entries.iter_mut() {
        let share = entry.share() * entry.seen / renderings[&ngram_hash(&entry.original)];
        entry.cost = share.ln();
        *spun.entry(ngram_hash(&entry.spun)).or_default() += entry.clean[1] * share;
    }
    for entry in entries {
        let clean = entry.clean[0] + 1.0;
        entry.weight = ((clean + spun[&ngram_hash(&entry.spun)]) / clean).ln().min(5.0);
    }
}
