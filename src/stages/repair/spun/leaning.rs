//! Which way a text's words lean: to news as it is written, or to what a spinner leaves of
//! it. The table says what is replaced by what; a page spun with another table still lacks
//! the words that spinners replace, and holds those they like. Made by
//! `copydesk-train leaning LEANING TABLE NEWS SEEN…`.
//!
//! The file: lines that begin with # say what it was made of; then a word and its weight a
//! line, separated by a tab; the weight of no word is that of a text without any.

use super::vocabulary::weights;

/// A text of so many words has words as often as they weigh; of a longer one each says less.
const WORDS: f32 = 500.0;

/// Of a word that comes again and again no more are counted.
pub const MOST: usize = 30;

/// The weight of a text without any word of the file.
pub fn of_no_word(file: &str) -> f32 {
    weights(file).find(|line| line.name.is_empty()).map_or(0.0, |line| line.weight)
}

/// By how much the logarithm of a count and one grows with the next, by which each word counts.
pub struct OnceMore([f32; MOST]);

impl Default for OnceMore {
    fn default() -> Self {
        Self(std::array::from_fn(|count| (1.0 / (count as f32 + 1.0)).ln_1p()))
    }
}

impl OnceMore {
    /// Counts the word; nothing of one that came too often.
    #[inline]
    pub fn of(&self, count: &mut u8) -> f32 {
        let Some(more) = self.0.get(usize::from(*count)) else { return 0.0 };
        *count += 1;
        *more
    }
}

/// What one word says of a text of so many.
pub fn share(words: usize) -> f32 {
    (WORDS / words.max(1) as f32).sqrt()
}
