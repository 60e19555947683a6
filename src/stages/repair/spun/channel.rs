//! What spinners write for what: `channel.tsv` holds spun phrase, original, and
//! how often the pair was seen on pages whose original is known (0: by what the
//! dialect does to similar words).

use std::sync::LazyLock;

use super::ngrams::{NEWS, ngram_hash};
use super::tokens::{Token, WordHash, tokens, word_hash};
use crate::text::hashing::{FastMap, FastSet};

pub static CHANNEL: LazyLock<Channel> =
    LazyLock::new(|| Channel::read(include_str!("channel.tsv")));

/// What is added to the times a pair was seen, for it may be real unseen.
const UNSEEN: f32 = 0.3;

pub struct Channel {
    entries: Vec<Entry>,
    /// Single words that the table replaces: less likely to stand for themselves.
    replaced: FastSet<WordHash>,
    /// Entries by the first word of the spun phrase, longest phrases first.
    by_first: FastMap<WordHash, Vec<u32>>,
}

pub struct Entry {
    /// The spun phrase as words; marks cannot be part of it.
    pub spun: Vec<WordHash>,
    pub original: Vec<WordHash>,
    /// In lower case, but for names.
    pub original_text: &'static str,
    /// How often the pair was seen, and a little.
    seen: f32,
    /// The logarithm of how likely the spinner is to write this for that.
    pub cost: f32,
    /// How much likelier a text with the phrase is spun than not, as a
    /// logarithm; see [`super::score`].
    pub weight: f32,
}

impl Channel {
    fn read(table: &'static str) -> Self {
        let mut entries: Vec<Entry> = table.lines().filter_map(Entry::read).collect();
        weigh(&mut entries);
        let mut by_first: FastMap<WordHash, Vec<u32>> = FastMap::default();
        for (index, entry) in entries.iter().enumerate() {
            by_first.entry(entry.spun[0]).or_default().push(index as u32);
        }
        for candidates in by_first.values_mut() {
            candidates.sort_by_key(|index| std::cmp::Reverse(entries[*index as usize].spun.len()));
        }
        let single = entries.iter().filter(|entry| entry.original.len() == 1);
        let replaced = single.map(|entry| entry.original[0]).collect();
        Self { entries, replaced, by_first }
    }

    /// The logarithm of how likely a word is to be found as it was written.
    pub fn kept(&self, word: WordHash) -> f32 {
        if self.replaced.contains(&word) { (1.0 - SPUN_SHARE).ln() } else { 0.0 }
    }

    /// The entries whose spun phrase `tokens` open with, longest first.
    pub fn matches<'a>(&'a self, tokens: &[Token]) -> Vec<&'a Entry> {
        let Some(candidates) = tokens.first().and_then(|first| self.by_first.get(&first.hash))
        else {
            return Vec::new();
        };
        candidates
            .iter()
            .map(|index| &self.entries[*index as usize])
            .filter(|entry| {
                tokens.len() >= entry.spun.len()
                    && entry.spun.iter().zip(tokens).all(|(word, token)| token.hash == *word)
                    && tokens[1..entry.spun.len()].iter().all(|token| token.follows_on)
            })
            .collect()
    }
}

impl Entry {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (spun, original) = (fields.next()?, fields.next()?);
        let seen = UNSEEN + fields.next()?.parse::<f32>().ok()?;
        let hashes = |text: &str| -> Vec<WordHash> {
            tokens(text)
                .iter()
                .filter(|t| t.is_word())
                .map(|t| word_hash(&text[t.span.clone()]))
                .collect()
        };
        let entry = Self {
            spun: hashes(spun),
            original: hashes(original),
            original_text: original,
            seen,
            cost: 0.0,
            weight: 0.0,
        };
        (!entry.spun.is_empty() && !entry.original.is_empty()).then_some(entry)
    }

    /// Names are phrases in which every word counts; they are written in
    /// capitals in the table.
    pub fn is_name(&self) -> bool {
        self.original_text.starts_with(char::is_uppercase)
    }
}

/// The share of a table's words that a spun page replaces.
const SPUN_SHARE: f32 = 0.5;

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
        let share = SPUN_SHARE * entry.seen / renderings[&ngram_hash(&entry.original)];
        entry.cost = share.ln();
        *spun.entry(ngram_hash(&entry.spun)).or_default() += frequency(&entry.original) * share;
    }
    for entry in entries {
        let clean = frequency(&entry.spun) + 1.0;
        entry.weight = ((clean + spun[&ngram_hash(&entry.spun)]) / clean).ln().min(5.0);
    }
}

/// How often the model saw the words; of long phrases, the rarest part of three.
fn frequency(words: &[WordHash]) -> f32 {
    if words.len() <= 3 {
        return NEWS.count(words);
    }
    words.windows(3).map(|part| NEWS.count(part)).fold(f32::INFINITY, f32::min)
}
