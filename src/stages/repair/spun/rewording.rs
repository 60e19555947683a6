//! Whether a text was reworded by some spinner, whichever it was: by a thesaurus, say, or by
//! translating there and back, which the table knows nothing of. Such a text holds words
//! that news seldom does, words that never stand side by side although both are common, and
//! "a" before vowels. Made by `copydesk-train rewording REWORDING TABLE NGRAMS NEWS …`.
//!
//! The file: lines that begin with # say what it was made of; then a word and its weight a
//! line, separated by a tab, and a third column with a + where the counts hold all that the
//! word stands beside. Names that begin with a space are no words but the weights of a
//! [`Trait`]; that of the empty name is of a text without any.

use super::evidence::Line;
use super::leaning::{MOST, share};
use super::ngrams::{Ngrams, ngram_hash};
use super::tokens::{Token, WordHash, word_hash};
use crate::text::hashing::FastMap;

pub struct Rewording {
    numbers: FastMap<WordHash, u32>,
    words: Vec<Word>,
    traits: [f32; Trait::ALL.len()],
    of_none: f32,
    /// By how much the logarithm of a count and one grows with the next.
    once_more: [f32; MOST],
}

struct Word {
    weight: f32,
    /// How often news has it; 0 if rarely.
    count: f32,
    /// Whether the counts hold the pairs that it is in.
    has_pairs: bool,
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

/// A text is reworded throughout, or not at all: lines behind so many words are not asked.
const ENOUGH_WORDS: usize = 400;

/// What is counted in a text.
#[derive(Default)]
pub struct Counted {
    pub words: usize,
    /// Those in small letters, and those of them that are unknown.
    small: usize,
    unknown: usize,
    /// The words that stand behind the wrong article.
    misled: Vec<WordHash>,
    /// The pairs of known words whose counts the model has, by their hashes.
    pub pairs: Vec<u64>,
    /// How often news would have each of them by chance.
    expected: Vec<f32>,
}

impl Rewording {
    /// Lines that are no word and weight are skipped.
    pub fn read(file: &str, news: &Ngrams) -> Self {
        let mut read = Self {
            numbers: FastMap::default(),
            words: Vec::new(),
            traits: [0.0; Trait::ALL.len()],
            of_none: 0.0,
            once_more: std::array::from_fn(|count| (1.0 / (count as f32 + 1.0)).ln_1p()),
        };
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(name), Some(weight)) = (columns.next(), columns.next()) else { continue };
            let Ok(weight) = weight.parse::<f32>() else { continue };
            if let Some(at) = Trait::ALL.iter().position(|known| known.name() == name) {
                read.traits[at] = weight;
            } else if name.is_empty() {
                read.of_none = weight;
            } else {
                let hash = word_hash(name);
                read.numbers.insert(hash, read.words.len() as u32);
                let count = news.count_of(ngram_hash(&[hash]));
                read.words.push(Word { weight, count, has_pairs: columns.next() == Some("+") });
            }
        }
        read
    }

    /// How much likelier the text is reworded than not, as a logarithm; less than any other
    /// of a text that is short or not English.
    pub fn of(&self, lines: &[Line], news: &Ngrams) -> f32 {
        let mut counts = vec![0u8; self.words.len()];
        let mut sum = 0.0;
        let counted = self.count(lines, news, |number| {
            let count = &mut counts[number as usize];
            if let Some(more) = self.once_more.get(usize::from(*count)) {
                sum += self.words[number as usize].weight * more;
                *count += 1;
            }
        });
        let Some(traits) = counted.traits(news.counts_of(&counted.pairs)) else {
            return f32::NEG_INFINITY;
        };
        let of_traits: f32 = traits.iter().zip(self.traits).map(|(much, each)| much * each).sum();
        self.of_none + sum * share(counted.words) + of_traits
    }

    /// Counts a text, and hands over the number of each word that is known, as often as it
    /// comes.
    pub fn count(&self, lines: &[Line], news: &Ngrams, mut found: impl FnMut(u32)) -> Counted {
        let [a, an] = ["a", "an"].map(word_hash);
        let mut counted = Counted::default();
        for line in lines {
            if counted.words >= ENOUGH_WORDS {
                break;
            }
            let is_small = |token: &Token| {
                line.text.as_bytes().get(token.span.start).is_some_and(u8::is_ascii_lowercase)
            };
            let mut before: Option<(WordHash, &Word)> = None;
            let mut last = 0;
            for token in line.tokens.iter().filter(|token| token.is_word()) {
                counted.words += 1;
                let number = self.numbers.get(&token.hash);
                if let Some(number) = number {
                    found(*number);
                }
                let word = number.map(|number| &self.words[*number as usize]);
                let (is_small, follows_on) = (is_small(token), token.follows_on);
                if is_small {
                    counted.small += 1;
                    counted.unknown += usize::from(word.is_none());
                    if follows_on && (last == a && token.is_vowel || last == an && !token.is_vowel)
                    {
                        counted.misled.push(token.hash);
                    }
                    if let (Some((hash, before)), Some(word)) = (before, word)
                        && follows_on
                        && (before.has_pairs || word.has_pairs)
                        && before.count * word.count > 0.0
                    {
                        counted.pairs.push(ngram_hash(&[hash, token.hash]));
                        counted.expected.push(news.by_chance(before.count, word.count));
                    }
                }
                before = word.filter(|_| is_small).map(|word| (token.hash, word));
                last = if is_small { token.hash } else { 0 };
            }
        }
        counted.misled.sort_unstable();
        counted.misled.dedup();
        counted
    }

    #[cfg(feature = "train")]
    pub fn words(&self) -> usize {
        self.words.len()
    }
}

impl Counted {
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
        let articles = self.misled.len() as f32 * 1000.0 / self.words as f32;
        let of_each = [clash, articles, unknown];
        Some(std::array::from_fn(|at| of_each[at].min(Trait::ALL[at].most())))
    }
}
