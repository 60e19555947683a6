//! Whether a text was reworded by some spinner, whichever it was: by a thesaurus, say, or by
//! translating there and back, which the table knows nothing of. Such a text holds words
//! that news seldom does, words that never stand side by side although both are common, and
//! "a" before vowels. Made by `copydesk-train rewording REWORDING TABLE NGRAMS NEWS …`.
//!
//! The file: lines that begin with # say what it was made of; then a word and its weight a
//! line, separated by a tab, and a third column with a + where the counts hold all that the
//! word stands beside. Names that begin with a space are no words but the weights of a
//! [`Trait`]; that of the empty name is of a text without any.

use super::leaning::share;
use super::ngrams::{Ngrams, ngram_hash};
use super::tokens::{Token, WordHash, word_hash};
use super::vocabulary::{Word, weights};
use crate::text::hashing::FastSet;

#[derive(Default)]
pub struct Rewording {
    traits: [f32; Trait::ALL.len()],
    of_none: f32,
}

/// What a text shows beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// How much rarer two words stand side by side than chance would have it, in news, as a
    /// logarithm; the mean over the pairs of small words.
    Clash,
    /// Different words that "a" stands before and that open with a vowel, or "an" and with none,
    /// in a thousand words.
    Article,
    /// The share of small words that are unknown.
    Unknown,
}

impl Trait {
    pub const ALL: [Self; 3] = [Self::Clash, Self::Article, Self::Unknown];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clash => " clash",
            Self::Article => " article",
            Self::Unknown => " unknown",
        }
    }

    /// More is taken for so much.
    fn most(self) -> f32 {
        match self {
            Self::Clash => 2.0,
            Self::Article => 6.0,
            Self::Unknown => 0.15,
        }
    }
}

/// Texts with a larger share of unknown words are not English.
const MOST_UNKNOWN: f32 = 0.3;

/// Shorter texts say too little, in words.
const FEWEST_WORDS: usize = 50;

/// A text is reworded throughout, or not at all: words behind so many are not asked.
pub const ENOUGH_WORDS: usize = 800;

/// What is counted in a text.
pub struct Counted {
    a: WordHash,
    an: WordHash,
    pub words: usize,
    /// Those in small letters, and those of them that are unknown.
    small: usize,
    unknown: usize,
    /// The word before, if it is in small letters, and what is known of it.
    before: WordHash,
    known_before: Option<Known>,
    /// The words that stand behind the wrong article.
    misled: Vec<WordHash>,
    /// The pairs of known words whose counts the model has, by their hashes.
    pub pairs: Vec<u64>,
    /// How often news would have each of them by chance.
    expected: Vec<f32>,
}

/// What pairs are counted by.
#[derive(Clone, Copy)]
struct Known {
    count: f32,
    has_pairs: bool,
}

impl Rewording {
    pub fn read(file: &str) -> Self {
        let mut read = Self::default();
        for line in weights(file) {
            if let Some(at) = Trait::ALL.iter().position(|known| known.name() == line.name) {
                read.traits[at] = line.weight;
            } else if line.name.is_empty() {
                read.of_none = line.weight;
            }
        }
        read
    }

    /// How much likelier a text is reworded than not, as a logarithm, if its words weigh so
    /// much; less than any other of a text that is short or not English.
    pub fn of(&self, counted: &Counted, words: f32, news: &Ngrams) -> f32 {
        let Some(traits) = counted.traits(news.counts_of(&counted.pairs)) else {
            return f32::NEG_INFINITY;
        };
        let of_traits: f32 = traits.iter().zip(self.traits).map(|(much, each)| much * each).sum();
        self.of_none + words * share(counted.words) + of_traits
    }
}

impl Default for Counted {
    fn default() -> Self {
        let [a, an] = ["a", "an"].map(word_hash);
        Self {
            a,
            an,
            words: 0,
            small: 0,
            unknown: 0,
            before: 0,
            known_before: None,
            misled: Vec::new(),
            pairs: Vec::new(),
            expected: Vec::new(),
        }
    }
}

impl Counted {
    /// Whether it needs no further words.
    pub fn has_enough(&self) -> bool {
        self.words >= ENOUGH_WORDS
    }

    /// Nothing stands before the next word.
    pub fn begin_line(&mut self) {
        self.before = 0;
        self.known_before = None;
    }

    /// Counts the next word of a text, of which `word` is known.
    #[inline]
    pub fn add(&mut self, text: &str, token: &Token, word: Option<&Word>, news: &Ngrams) {
        let before = std::mem::take(&mut self.before);
        let known_before = self.known_before.take();
        self.words += 1;
        if !text.as_bytes().get(token.span.start).is_some_and(u8::is_ascii_lowercase) {
            return;
        }
        self.small += 1;
        self.before = token.hash;
        let is_misled = before == self.a && token.is_vowel || before == self.an && !token.is_vowel;
        if token.follows_on && is_misled {
            self.misled.push(token.hash);
        }
        let Some(word) = word.filter(|word| word.is_known) else {
            self.unknown += 1;
            return;
        };
        let known = Known { count: word.count, has_pairs: word.has_pairs };
        self.known_before = Some(known);
        if let Some(first) = known_before
            && token.follows_on
            && (first.has_pairs || known.has_pairs)
            && first.count * known.count > 0.0
        {
            self.pairs.push(ngram_hash(&[before, token.hash]));
            self.expected.push(news.by_chance(first.count, known.count));
        }
    }

    /// How much the text has of each trait, if news has the pairs so often; none of a text
    /// that is short or not English.
    pub fn traits(&self, counts: impl Iterator<Item = f32>) -> Option<[f32; Trait::ALL.len()]> {
        let unknown = self.unknown as f32 / self.small.max(1) as f32;
        if self.words < FEWEST_WORDS || unknown > MOST_UNKNOWN {
            return None;
        }
        let rarer = counts.zip(&self.expected).filter(|(count, expected)| count < expected);
        let clashes = rarer.map(|(count, expected)| ((expected + 1.0) / (count + 1.0)).ln());
        let clash = clashes.sum::<f32>() / self.pairs.len().max(1) as f32;
        let misled: FastSet<WordHash> = self.misled.iter().copied().collect();
        let articles = misled.len() as f32 * 1000.0 / self.words as f32;
        let of_each = [clash, articles, unknown];
        Some(std::array::from_fn(|at| of_each[at].min(Trait::ALL[at].most())))
    }
}
