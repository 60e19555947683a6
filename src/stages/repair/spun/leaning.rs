//! Which way a text's words lean: to news as it is written, or to what a spinner leaves of
//! it. The table says what is replaced by what; a page spun with another table still lacks
//! the words that spinners replace, and holds those they like. Made by
//! `copydesk-train leaning LEANING TABLE NEWS SEEN…`.
//!
//! The file: lines that begin with # say what it was made of; then a word and its weight a
//! line, separated by a tab; the weight of no word is that of a text without any.

use super::tokens::{Token, WordHash, word_hash};
use crate::text::hashing::FastMap;

pub struct Leaning {
    numbers: FastMap<WordHash, u32>,
    weights: Vec<f32>,
    of_no_word: f32,
    /// By how much the logarithm of a count and one grows with the next.
    once_more: [f32; MOST],
}

/// A text of so many words has words as often as they weigh; of a longer one each says less.
const WORDS: f32 = 500.0;

/// Of a word that comes again and again no more are counted.
pub const MOST: usize = 30;

impl Leaning {
    /// Lines that are no word and weight are skipped.
    pub fn read(file: &str) -> Self {
        let mut read = Self {
            numbers: FastMap::default(),
            weights: Vec::new(),
            of_no_word: 0.0,
            once_more: std::array::from_fn(|count| (1.0 / (count as f32 + 1.0)).ln_1p()),
        };
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let Some((word, weight)) = line.split_once('\t') else { continue };
            let Ok(weight) = weight.parse::<f32>() else { continue };
            if word.is_empty() {
                read.of_no_word = weight;
            } else {
                read.numbers.insert(word_hash(word), read.weights.len() as u32);
                read.weights.push(weight);
            }
        }
        read
    }

    /// How much likelier the text is spun than not, as a logarithm, going by its words alone:
    /// each counts by the logarithm of how often it comes.
    pub fn of<'t>(&self, tokens: impl IntoIterator<Item = &'t Token>) -> f32 {
        let mut counts = vec![0u8; self.weights.len()];
        let (mut sum, mut words) = (0.0, 0usize);
        for token in tokens {
            words += usize::from(token.is_word());
            let Some(number) = self.numbers.get(&token.hash) else { continue };
            let count = &mut counts[*number as usize];
            if let Some(more) = self.once_more.get(usize::from(*count)) {
                sum += self.weights[*number as usize] * more;
                *count += 1;
            }
        }
        self.of_no_word + sum * share(words)
    }
}

/// What one word says of a text of so many.
pub fn share(words: usize) -> f32 {
    (WORDS / words.max(1) as f32).sqrt()
}
