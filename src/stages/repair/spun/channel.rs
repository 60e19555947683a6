//! What spinners write for what: the table of spun phrases, one pair a line: spun
//! form, original, weight (how often it was seen on pages whose original is known;
//! a fraction where it is only supposed), and how often clean news holds either.

use std::cmp::Reverse;

use super::formal::is_formal;
use super::ngrams::{Chain, ngram_hash};
use super::tokens::{Token, WordHash, tokens, word_hash};
use super::vocabulary::Word;
use crate::text::hashing::FastMap;

pub struct Channel {
    entries: Vec<Entry>,
    /// The logarithm of how likely a word that the table replaces is to be left.
    kept: FastMap<WordHash, f32>,
    openings: Openings,
    sieve: Sieve,
}

/// The words by which entries are found. Many phrases open with the same two.
const OPENING: usize = 3;

/// The entries by the first words of the spun phrase, at most [`OPENING`]: an open table
/// by their hash.
struct Openings(Vec<Opening>);

#[derive(Clone, Copy, Default)]
struct Opening {
    hash: u64,
    /// Of the entries, longest phrases first; none where the place is free.
    start: u32,
    end: u32,
    /// In words, and what it weighs: of the first of them, so that it need not be read.
    longest: u32,
    weight: f32,
}

impl Openings {
    fn of(entries: &[Entry]) -> Self {
        let size = (entries.len() + entries.len() / 2).next_power_of_two();
        let mut openings = Self(vec![Opening::default(); size]);
        for (index, entry) in (0..).zip(entries) {
            let hash = entry.opening();
            let place = openings.place(hash);
            let opening = &mut openings.0[place];
            if opening.end == 0 {
                let longest = entry.spun.len() as u32;
                *opening = Opening { hash, start: index, end: 0, longest, weight: entry.weight };
            }
            opening.end = index + 1;
        }
        openings
    }

    /// Where a hash is, or where it belongs.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        let mask = self.0.len() - 1;
        let mut place = (hash >> 20) as usize & mask;
        while self.0[place].end > 0 && self.0[place].hash != hash {
            place = (place + 1) & mask;
        }
        place
    }

    #[inline]
    fn get(&self, hash: u64) -> Option<&Opening> {
        Some(&self.0[self.place(hash)]).filter(|opening| opening.end > 0)
    }
}

/// Openings that have entries, and those that longer ones open with: most words of a text
/// are neither, and are not looked up. Now and then it holds one more than was put in.
struct Sieve(Vec<u64>);

impl Sieve {
    /// In words of 64 bits, of which the lower half is for those that have entries; 64 KB.
    const SIZE: usize = 1 << 13;

    fn place(hash: u64) -> (usize, u32) {
        ((hash >> 32) as usize % Self::SIZE, hash as u32 % 32)
    }

    fn put_filed(&mut self, hash: u64) {
        let (word, bit) = Self::place(hash);
        self.0[word] |= 1 << bit;
    }

    fn put_followed(&mut self, hash: u64) {
        let (word, bit) = Self::place(hash);
        self.0[word] |= 1 << (bit + 32);
    }

    /// Whether it may have entries, and whether longer ones may open with it.
    #[inline]
    fn may_hold(&self, hash: u64) -> (bool, bool) {
        let (word, bit) = Self::place(hash);
        let bits = self.0[word] >> bit;
        (bits & 1 != 0, bits >> 32 & 1 != 0)
    }
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
    /// Whether clean text of other registers than news has the spun phrase.
    pub is_formal: bool,
    /// How often clean news holds the spun phrase, and the original.
    pub clean: [f32; 2],
    /// The logarithm of how likely the spinner is to write this for that.
    pub cost: f32,
    /// The logarithm of how likely the spun phrase, met on a spun page, stands for
    /// this, as far as counts tell.
    pub prior: f32,
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
        let openings = Openings::of(&entries);
        let mut sieve = Sieve(vec![0; Sieve::SIZE]);
        for entry in &entries {
            sieve.put_filed(entry.opening());
            for length in 1..entry.spun.len().min(OPENING) {
                sieve.put_followed(ngram_hash(&entry.spun[..length]));
            }
        }
        let mut kept: FastMap<WordHash, f32> = FastMap::default();
        for entry in entries.iter().filter(|entry| entry.original.len() == 1) {
            let left = (1.0 - entry.share()).ln();
            let known = kept.entry(entry.original[0]).or_insert(left);
            *known = known.min(left);
        }
        Self { entries, kept, openings, sieve }
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The logarithm of how likely a word is to be found as it was written.
    pub fn kept(&self, word: WordHash) -> f32 {
        self.kept.get(&word).copied().unwrap_or(0.0)
    }

    /// Fills in the entries whose spun phrase `tokens` open with, longest first.
    pub fn matches<'m>(&'m self, tokens: &[Token], found: &mut Vec<&'m Entry>) {
        found.clear();
        let Some(first) = tokens.first() else { return };
        let of_first = self.sieve.may_hold(ngram_hash(&[first.hash]));
        for opening in self.opened(tokens, of_first).into_iter().flatten() {
            for entry in self.entries_of(opening) {
                if entry.opens(tokens) {
                    found.push(entry);
                }
            }
        }
    }

    /// How many words the longest phrase has that `tokens` open with, and what it weighs;
    /// `first` is what is known of the first of them.
    #[inline]
    pub fn longest(&self, first: &Word, tokens: &[Token]) -> Option<(usize, f32)> {
        let longer = first.is_followed.then(|| self.longer(tokens)).flatten();
        longer.or_else(|| first.alone().map(|weight| (1, weight)))
    }

    fn longer(&self, tokens: &[Token]) -> Option<(usize, f32)> {
        self.opened(tokens, (false, true)).into_iter().flatten().find_map(|opening| {
            if opening.longest as usize <= OPENING {
                return Some((opening.longest as usize, opening.weight));
            }
            let entry = self.entries_of(opening).iter().find(|entry| entry.opens(tokens))?;
            Some((entry.spun.len(), entry.weight))
        })
    }

    fn entries_of(&self, opening: &Opening) -> &[Entry] {
        &self.entries[opening.start as usize..opening.end as usize]
    }

    /// The openings that `tokens` have, longest first. Whether the first word has entries and
    /// whether longer openings begin with it is known.
    #[inline]
    fn opened(&self, tokens: &[Token], of_first: (bool, bool)) -> [Option<&Opening>; OPENING] {
        let mut found = [None; OPENING];
        let mut words = Chain::default();
        for (length, token) in (1..=OPENING).zip(tokens) {
            if !token.is_word() || length > 1 && !token.follows_on {
                break;
            }
            words = words.then(token.hash);
            let opening = words.hash();
            let (is_filed, is_followed) =
                if length == 1 { of_first } else { self.sieve.may_hold(opening) };
            if is_filed {
                found[OPENING - length] = self.openings.get(opening);
            }
            if !is_followed {
                break;
            }
        }
        found
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
            is_formal: is_formal(spun),
            clean,
            cost: 0.0,
            prior: 0.0,
            weight: 0.0,
        };
        (!entry.spun.is_empty() && !entry.original.is_empty()).then_some(entry)
    }

    fn opening(&self) -> u64 {
        ngram_hash(&self.spun[..self.spun.len().min(OPENING)])
    }

    #[inline]
    fn opens(&self, tokens: &[Token]) -> bool {
        let length = self.spun.len();
        // The opening is known to be there.
        length <= OPENING
            || tokens.len() >= length
                && self.spun.iter().zip(tokens).all(|(word, token)| token.hash == *word)
                && tokens[1..length].iter().all(|token| token.follows_on)
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
        let all = clean + spun[&ngram_hash(&entry.spun)];
        entry.prior = (entry.cost.exp() * (entry.clean[1] + 0.1) / all).ln();
        entry.weight = (all / clean).ln().min(5.0);
    }
}
