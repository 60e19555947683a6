//! The words that wordings begin with. Most lines have none of them, and so none of the
//! wordings: to look for these words is faster than to look for the wordings themselves.

use crate::text::hashing::{FastSet, fingerprint};

/// The first words of folding keys.
pub struct Openings {
    words: FastSet<u64>,
    /// For each byte that one of the words begins with, bits for the lengths of such words.
    lengths: [u64; 256],
}

impl Default for Openings {
    fn default() -> Self {
        Self { words: FastSet::default(), lengths: [0; 256] }
    }
}

impl Openings {
    pub fn add(&mut self, key: &str) {
        let word = first_word(key.as_bytes());
        self.words.insert(fingerprint(word));
        if let Some(&first) = word.first() {
            self.lengths[usize::from(first)] |= bit(word);
        }
    }

    pub fn has(&self, word: &[u8]) -> bool {
        let Some(&first) = word.first() else { return false };
        self.lengths[usize::from(first)] & bit(word) != 0 && self.words.contains(&fingerprint(word))
    }

    /// Where such words stand in a folding key.
    pub fn places(&self, key: &str) -> impl Iterator<Item = usize> {
        let mut next = 0;
        std::iter::from_fn(move || {
            while next < key.len() {
                let start = next;
                let word = first_word(&key.as_bytes()[start..]);
                next += word.len() + 1;
                if self.has(word) {
                    return Some(start);
                }
            }
            None
        })
    }
}

/// What stands before the first space.
pub fn first_word(key: &[u8]) -> &[u8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    const SPACES: u64 = 0x20 * EACH;
    let (chunks, rest) = key.as_chunks::<8>();
    for (at, chunk) in chunks.iter().enumerate() {
        // The first byte that is zero here is a space, and told by its highest bit.
        let other = u64::from_le_bytes(*chunk) ^ SPACES;
        let spaces = other.wrapping_sub(EACH) & !other & HIGHEST;
        if spaces != 0 {
            return &key[..8 * at + spaces.trailing_zeros() as usize / 8];
        }
    }
    let end = rest.iter().position(|&byte| byte == b' ').unwrap_or(rest.len());
    &key[..key.len() - rest.len() + end]
}

/// The bit for a word's length; all that are longer share the last.
fn bit(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}
