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
use std::sync::atomic::{AtomicU64, Ordering};

use super::tokens::WordHash;

/// Read where the file stands: a copy would be the largest thing the worker holds.
#[derive(Debug)]
pub struct Ngrams {
    tokens: f64,
    /// What is behind the number of tokens.
    packed: Cow<'static, [u8]>,
    /// Told from all others that were ever read.
    number: u64,
}

/// How many were read, and one.
static READ: AtomicU64 = AtomicU64::new(1);

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
        let read = Self { tokens, packed, number: READ.fetch_add(1, Ordering::Relaxed) };
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

    /// Where the bucket of a hash is, among all numbers.
    #[inline]
    fn bucket(&self, hash: u64) -> (&[[u8; ENTRY_BYTES]], usize, usize) {
        let bucket = bucket_of(hash) as usize;
        let numbers = self.packed.as_chunks::<ENTRY_BYTES>().0;
        let offset = |bucket: usize| BUCKETS + 1 + u32::from_le_bytes(numbers[bucket]) as usize;
        (numbers, offset(bucket), offset(bucket + 1))
    }

    /// Has the processor bring near what [`Self::answer`] will read, all at once.
    fn fetch(&self, hashes: &[u64]) {
        let read = hashes.iter().fold(0, |read, hash| {
            let (numbers, start, end) = self.bucket(*hash);
            read ^ numbers[start.min(end - 1)][0] ^ numbers[end - 1][0]
        });
        std::hint::black_box(read);
    }

    /// How often news holds an n-gram, within a fifth, by its hash; 0 if rarely.
    pub fn count_of(&self, hash: u64) -> f32 {
        self.steps_of(hash).map_or(0.0, |steps| COUNTS[steps as usize + 1])
    }

    /// The same of many, of which each is asked for once.
    pub fn counts_of<'h>(&'h self, hashes: &'h [u64]) -> impl Iterator<Item = f32> + 'h {
        hashes.chunks(AT_ONCE).flat_map(|hashes| {
            self.fetch(hashes);
            hashes.iter().map(|hash| self.count_of(*hash))
        })
    }

    /// How often news would hold two words side by side that it holds so often, if it mixed
    /// its words.
    pub fn by_chance(&self, first: f32, second: f32) -> f32 {
        first * (second / self.tokens as f32)
    }

    #[inline(never)]
    fn answer(&self, hash: u64) -> u64 {
        hash & !ANSWER_MASK | self.steps_of(hash).map_or(0, |steps| u64::from(steps) + 1)
    }

    /// The steps of the count of an n-gram by its hash; none if it is rare.
    #[inline]
    fn steps_of(&self, hash: u64) -> Option<u32> {
        let (numbers, start, end) = self.bucket(hash);
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

/// N-grams whose counts are brought near together.
const AT_ONCE: usize = 128;

/// Nearly all buckets have no more entries.
const MOST_AT_ONCE: usize = 16;

/// Asks for counts, and remembers the answers: a decoder asks for the same few
/// n-grams over and over, and so do the decoders of the next texts.
pub struct Reader<'m> {
    news: &'m Ngrams,
    answers: RefCell<Answers>,
}

/// The hash's place is given by its lowest bits; the lowest few of an answer hold, in
/// their stead, 0 if the n-gram is rare, else the steps of its count and one.
#[derive(Default)]
struct Answers {
    /// The number of the counts whose they are; 0 for none.
    of: u64,
    by_place: Vec<u64>,
}

const ANSWERS: usize = 1 << 14;
const ANSWER_MASK: u64 = (1 << (COUNT_BITS + 1)) - 1;

impl Answers {
    #[inline]
    fn place(&mut self, hash: u64) -> &mut u64 {
        &mut self.by_place[hash as usize % ANSWERS]
    }
}

#[inline]
fn is_for(answer: u64, hash: u64) -> bool {
    (answer ^ hash) & !ANSWER_MASK == 0
}

thread_local! {
    /// What the last reader of the thread remembered.
    static REMEMBERED: RefCell<Answers> = RefCell::default();
}

/// Two words and how often they were counted, together and the second alone.
#[derive(Debug, Clone, Copy)]
pub struct History {
    pub words: [WordHash; 2],
    pair: Steps,
    last: Steps,
}

/// 0 for what is rare, else the steps of a count and one.
type Steps = u8;

impl<'m> Reader<'m> {
    pub fn new(news: &'m Ngrams) -> Self {
        let mut answers = REMEMBERED.take();
        let of = news.number;
        if answers.of != of {
            answers = Answers { of, by_place: vec![0; ANSWERS] };
        }
        Self { news, answers: RefCell::new(answers) }
    }

    /// How often news holds the words, within a fifth; 0 if rarely.
    #[inline]
    pub fn count<const WORDS: usize>(&self, words: [WordHash; WORDS]) -> f32 {
        COUNTS[usize::from(self.steps(words))]
    }

    #[inline]
    fn steps<const WORDS: usize>(&self, words: [WordHash; WORDS]) -> Steps {
        let hash = ngram_hash(&words);
        let mut answers = self.answers.borrow_mut();
        let answer = answers.place(hash);
        if !is_for(*answer, hash) {
            *answer = self.news.answer(hash);
        }
        (*answer & ANSWER_MASK) as Steps
    }

    /// Takes in the answers for n-grams, by their hashes, that will be asked for: together
    /// they come in the time of a few, for the memory that holds the counts is far away.
    pub fn prepare(&self, hashes: &mut Vec<u64>) {
        let mut answers = self.answers.borrow_mut();
        hashes.retain(|hash| !is_for(*answers.place(*hash), *hash));
        self.news.fetch(hashes);
        for hash in hashes {
            *answers.place(*hash) = self.news.answer(*hash);
        }
    }

    /// The logarithm of one more than that.
    #[inline]
    pub fn log_count<const WORDS: usize>(&self, words: [WordHash; WORDS]) -> f32 {
        LOG_COUNTS[usize::from(self.steps(words))]
    }

    /// How often a text of so many tokens would hold what news holds `count` times.
    pub fn expected(&self, count: f32, tokens: usize) -> f32 {
        (f64::from(count) * tokens as f64 / self.news.tokens) as f32
    }

    /// Whether a word makes up more than the given share of news.
    pub fn is_commoner(&self, word: WordHash, share: f64) -> bool {
        f64::from(self.count([word])) >= share * self.news.tokens
    }

    /// What is known of two words that others may follow.
    #[inline]
    pub fn history(&self, words: [WordHash; 2]) -> History {
        History { words, pair: self.steps(words), last: self.steps([words[1]]) }
    }

    /// The logarithm of how likely `word` is after `before`.
    #[inline]
    pub fn log_likelihood(&self, before: &History, word: WordHash) -> f32 {
        let [first, second] = before.words;
        if before.pair > 0 {
            let all = self.steps([first, second, word]);
            if all > 0 {
                return log_share(all, before.pair);
            }
        }
        if before.last > 0 {
            let pair = self.steps([second, word]);
            if pair > 0 {
                return BACKOFF + log_share(pair, before.last);
            }
        }
        2.0 * BACKOFF + ((self.count([word]) + 0.5) / self.news.tokens as f32).ln()
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        REMEMBERED.set(self.answers.take());
    }
}

/// What each number of steps and one stands for.
static COUNTS: LazyLock<[f32; 1 + (1 << COUNT_BITS)]> = LazyLock::new(|| {
    std::array::from_fn(|steps| match steps {
        0 => 0.0,
        _ => ((steps - 1) as f32 / 2.0).exp2(),
    })
});

static LOG_COUNTS: LazyLock<[f32; 1 + (1 << COUNT_BITS)]> =
    LazyLock::new(|| COUNTS.map(|count| (1.0 + count).ln()));

/// The logarithm of the share that one count has of another, neither of which is rare; at
/// most 0.
#[inline]
fn log_share(part: Steps, whole: Steps) -> f32 {
    LOG_SHARES[usize::from(part - 1)][usize::from(whole - 1)]
}

static LOG_SHARES: LazyLock<[[f32; 1 << COUNT_BITS]; 1 << COUNT_BITS]> = LazyLock::new(|| {
    let share = |part: usize, whole: usize| (COUNTS[part + 1] / COUNTS[whole + 1]).min(1.0);
    std::array::from_fn(|part| std::array::from_fn(|whole| share(part, whole).ln()))
});

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
    Chain::of(words).hash()
}

/// The hash of an n-gram, word by word.
#[derive(Clone, Copy)]
pub struct Chain(u64);

impl Default for Chain {
    fn default() -> Self {
        Self(0x51_7c_c1_b7_27_22_0a_95)
    }
}

impl Chain {
    #[inline]
    pub fn of(words: &[WordHash]) -> Self {
        words.iter().fold(Self::default(), |chain, word| chain.then(*word))
    }

    #[inline]
    pub fn then(self, word: WordHash) -> Self {
        Self((self.0.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Of the words so far.
    #[inline]
    pub fn hash(self) -> u64 {
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ mixed >> 29
    }
}
