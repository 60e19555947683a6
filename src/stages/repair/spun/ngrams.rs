//! How often words follow each other in news: counts of one, two and three
//! words, packed. Made by `copydesk-train spun news.ngrams channel.tsv NEWS`
//! from 40 million tokens of English news articles of many publishers, of which
//! it holds hashes and rounded counts and no text.
//!
//! The file: the number of tokens counted (u64, little endian, as all here),
//! 131,073 offsets of buckets (u32), then the entries (u32). An n-gram's hash
//! chooses the bucket by its top 17 bits; an entry holds the next 26 bits and
//! the count in steps of half an octave, so that two n-grams are taken for each
//! other once in some millions of questions.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::LazyLock;

use super::tokens::WordHash;

/// Read where the file stands: a copy would be the largest thing the worker holds.
#[derive(Debug)]
pub struct Ngrams {
    tokens: f64,
    /// What is behind the number of tokens.
    packed: Cow<'static, [u8]>,
}

const BUCKET_BITS: u32 = 17;
const BUCKETS: usize = 1 << BUCKET_BITS;
const ENTRY_BYTES: usize = 4;
const OFFSETS_BYTES: usize = (BUCKETS + 1) * ENTRY_BYTES;
const COUNT_BITS: u32 = 6;

/// What is lost when a shorter history must do.
const BACKOFF: f32 = -0.916;

impl Ngrams {
    /// `None` if the bytes are not such a file.
    pub fn read(file: impl Into<Cow<'static, [u8]>>) -> Option<Self> {
        let file = file.into();
        let tokens = u64::from_le_bytes(*file.first_chunk()?) as f64;
        let packed = match file {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[8..]),
            Cow::Owned(mut bytes) => Cow::Owned(bytes.split_off(8)),
        };
        let read = Self { tokens, packed };
        let (offsets, entries) = read.packed.split_at_checked(OFFSETS_BYTES)?;
        let offsets = offsets.as_chunks::<ENTRY_BYTES>().0.iter().copied().map(u32::from_le_bytes);
        let fits = offsets.clone().is_sorted()
            && offsets.clone().next_back()? as usize * ENTRY_BYTES == entries.len();
        fits.then_some(read)
    }

    /// Packs counts by the hash of their n-grams.
    #[cfg(feature = "train")]
    pub fn pack(tokens: u64, counts: impl IntoIterator<Item = (u64, u32)>) -> Vec<u8> {
        let mut sorted: Vec<(u64, u32)> = counts.into_iter().collect();
        sorted.sort_unstable();
        let mut bytes = tokens.to_le_bytes().to_vec();
        let mut next = 0;
        for bucket in 0..=BUCKETS as u64 {
            next += sorted[next..].partition_point(|(hash, _)| bucket_of(*hash) < bucket);
            bytes.extend((next as u32).to_le_bytes());
        }
        for (hash, count) in sorted {
            bytes.extend((fingerprint_of(hash) | steps(count)).to_le_bytes());
        }
        bytes
    }

    /// The steps of the count of an n-gram by its hash; none if it is rare.
    #[inline]
    fn steps_of(&self, hash: u64) -> Option<u32> {
        let bucket = bucket_of(hash) as usize;
        let numbers = self.packed.as_chunks::<ENTRY_BYTES>().0;
        let offset = |bucket: usize| BUCKETS + 1 + u32::from_le_bytes(numbers[bucket]) as usize;
        let (start, end) = (offset(bucket), offset(bucket + 1));
        let wanted = fingerprint_of(hash);
        // About ten entries, in one or two lines of the cache. They are compared all at
        // once: a branch on each could not be foreseen.
        if let Some(all) = numbers[start..].first_chunk::<MOST_AT_ONCE>()
            && end - start <= MOST_AT_ONCE
        {
            let (mut found, mut count) = (0, 0);
            for (at, entry) in (start as u32..).zip(all) {
                let entry = u32::from_le_bytes(*entry);
                let is_wanted = (entry & !COUNT_MASK == wanted) & (at < end as u32);
                found |= if is_wanted { entry } else { 0 };
                count += u32::from(is_wanted);
            }
            if count <= 1 {
                return (count == 1).then_some(found & COUNT_MASK);
            }
        }
        let mut entries = numbers[start..end].iter().copied().map(u32::from_le_bytes);
        let found = entries.find(|entry| entry & !COUNT_MASK == wanted)?;
        Some(found & COUNT_MASK)
    }
}

/// Nearly all buckets have no more entries.
const MOST_AT_ONCE: usize = 16;

/// Asks for counts, and remembers the answers: a decoder asks for the same few
/// n-grams over and over.
pub struct Reader<'m> {
    news: &'m Ngrams,
    /// The hash's place is given by its lowest bits; the lowest few of an answer hold, in
    /// their stead, 0 if the n-gram is rare, else the steps of its count and one.
    answers: RefCell<Vec<u64>>,
}

const ANSWERS: usize = 1 << 13;
const ANSWER_MASK: u64 = (1 << (COUNT_BITS + 1)) - 1;

/// Two words and how often they were counted, together and the second alone.
#[derive(Debug, Clone, Copy)]
pub struct History {
    pub words: [WordHash; 2],
    pair: f32,
    last: f32,
}

impl<'m> Reader<'m> {
    pub fn new(news: &'m Ngrams) -> Self {
        Self { news, answers: RefCell::new(vec![0; ANSWERS]) }
    }

    /// How often news holds the words, within a fifth; 0 if rarely.
    #[inline]
    pub fn count(&self, words: &[WordHash]) -> f32 {
        let hash = ngram_hash(words);
        let answer = &mut self.answers.borrow_mut()[hash as usize % ANSWERS];
        if (*answer ^ hash) & !ANSWER_MASK != 0 {
            let steps = self.news.steps_of(hash).map_or(0, |steps| u64::from(steps) + 1);
            *answer = hash & !ANSWER_MASK | steps;
        }
        match *answer & ANSWER_MASK {
            0 => 0.0,
            steps => COUNTS[steps as usize - 1],
        }
    }

    /// How often a text of so many tokens would hold what news holds `count` times.
    pub fn expected(&self, count: f32, tokens: usize) -> f32 {
        (f64::from(count) * tokens as f64 / self.news.tokens) as f32
    }

    /// Whether a word makes up more than the given share of news.
    pub fn is_commoner(&self, word: WordHash, share: f64) -> bool {
        f64::from(self.count(&[word])) >= share * self.news.tokens
    }

    /// What is known of two words that others may follow.
    pub fn history(&self, words: [WordHash; 2]) -> History {
        History { words, pair: self.count(&words), last: self.count(&words[1..]) }
    }

    /// The logarithm of how likely `word` is after `before`.
    pub fn log_likelihood(&self, before: &History, word: WordHash) -> f32 {
        let [first, second] = before.words;
        if before.pair > 0.0 {
            let all = self.count(&[first, second, word]);
            if all > 0.0 {
                return (all / before.pair).min(1.0).ln();
            }
        }
        if before.last > 0.0 {
            let pair = self.count(&[second, word]);
            if pair > 0.0 {
                return BACKOFF + (pair / before.last).min(1.0).ln();
            }
        }
        2.0 * BACKOFF + ((self.count(&[word]) + 0.5) / self.news.tokens as f32).ln()
    }
}

/// What each number of steps stands for.
static COUNTS: LazyLock<[f32; 1 << COUNT_BITS]> =
    LazyLock::new(|| std::array::from_fn(|steps| (steps as f32 / 2.0).exp2()));

const COUNT_MASK: u32 = (1 << COUNT_BITS) - 1;

fn bucket_of(hash: u64) -> u64 {
    hash >> (64 - BUCKET_BITS)
}

fn fingerprint_of(hash: u64) -> u32 {
    (hash >> (32 - BUCKET_BITS)) as u32 & !COUNT_MASK
}

/// Twice the binary logarithm.
#[cfg(feature = "train")]
fn steps(count: u32) -> u32 {
    ((count.max(1) as f32).log2() * 2.0).round() as u32 & COUNT_MASK
}

/// Of one to three words.
#[inline]
pub fn ngram_hash(words: &[WordHash]) -> u64 {
    let mixed = words.iter().fold(0x51_7c_c1_b7_27_22_0a_95u64, |hash, word| {
        (hash.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ mixed >> 29
}
