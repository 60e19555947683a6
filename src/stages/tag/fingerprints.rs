//! Fingerprints of the body, to find copies of it elsewhere.
//!
//! `sha256` is equal for equal text only. The two others survive changes and are
//! made of the body's folded words (lower case; see [`crate::text::words`]):
//!
//! - `simhash64`: each run of three words casts its 64-bit hash's bits as votes;
//!   a bit is set where more ones than zeros were cast. Copies differ in few bits.
//! - `minhash`: 112 values. A run of five words is a shingle; its hash `h` is
//!   folded to 32 bits and value `i` is the least of `(h ^ b[i]) * a[i]` modulo 2³²
//!   over all shingles, where `a` (made odd) and `b` come from splitmix64 seeded
//!   with [`SEED`]. The share of equal values estimates the share of shingles that
//!   two bodies have in common. Whoever looks for copies chooses the banding: 28
//!   bands of 4 find more, 14 bands of 8 err less.
//!
//! A word's hash is FNV-1a of its folded UTF-8 bytes, a run's hash chains its
//! words' (`mix(chain * 31 + word)`), and `mix` is the finaliser of splitmix64. A
//! body shorter than a run is one run. A body without words has neither value.

use sha2::{Digest, Sha256};

use crate::stage::Deadline;
use crate::tags::Fingerprints;
use crate::text::words::words;

pub const MINHASH_VALUES: usize = 112;
pub const SHINGLE_WORDS: usize = 5;
pub const SIMHASH_WORDS: usize = 3;
pub const SEED: u64 = 0x636f_7079_6465_736b;

pub fn fingerprints(text: &str, deadline: &Deadline) -> Fingerprints {
    let mut hashes = Hashes::of(text);
    for (index, span) in words(text).enumerate() {
        if index % CHECK_EVERY == 0 {
            deadline.check();
        }
        hashes.add(&text[span]);
    }
    hashes.fingerprints(text, deadline)
}

/// The hashes of a text's words.
pub(super) struct Hashes(Vec<u64>);

impl Hashes {
    /// None yet, and room for those of `text`.
    pub fn of(text: &str) -> Self {
        Self(Vec::with_capacity(text.len() / 6))
    }

    pub fn add(&mut self, word: &str) {
        let hash = if word.is_ascii() {
            word.bytes().fold(FNV_OFFSET, |hash, byte| fnv(hash, byte.to_ascii_lowercase()))
        } else {
            let mut buffer = [0; 4];
            word.chars().flat_map(char::to_lowercase).fold(FNV_OFFSET, |hash, character| {
                character.encode_utf8(&mut buffer).bytes().fold(hash, fnv)
            })
        };
        self.0.push(hash);
    }

    /// Of the text that the words are of.
    pub fn fingerprints(&self, text: &str, deadline: &Deadline) -> Fingerprints {
        Fingerprints {
            sha256: Sha256::digest(text.as_bytes()).into(),
            simhash64: simhash(&self.0, deadline),
            minhash: minhash(&self.0, deadline),
        }
    }
}

fn simhash(words: &[u64], deadline: &Deadline) -> u64 {
    let mut ones = [0u32; 64];
    // How many runs have each bit: a byte a bit, of as many runs as a byte can count.
    let mut packed = [0u64; 8];
    let mut count = 0u32;
    for hash in runs(words, SIMHASH_WORDS) {
        for (packed, byte) in packed.iter_mut().zip(hash.to_le_bytes()) {
            *packed += SPREAD[usize::from(byte)];
        }
        count += 1;
        if count.is_multiple_of(u32::from(u8::MAX)) {
            deadline.check();
            unpack(&mut packed, &mut ones);
        }
    }
    unpack(&mut packed, &mut ones);
    (0..64).filter(|bit| ones[*bit] * 2 > count).fold(0, |value, bit| value | 1 << bit)
}

/// Adds the counts and sets them to nothing.
fn unpack(packed: &mut [u64; 8], ones: &mut [u32; 64]) {
    for (packed, ones) in packed.iter_mut().zip(ones.as_chunks_mut::<8>().0) {
        for (ones, count) in ones.iter_mut().zip(std::mem::take(packed).to_le_bytes()) {
            *ones += u32::from(count);
        }
    }
}

/// The bits of a byte, a byte each.
static SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte] |= (byte as u64 >> bit & 1) << (8 * bit);
            bit += 1;
        }
        byte += 1;
    }
    table
};

fn minhash(words: &[u64], deadline: &Deadline) -> Vec<u32> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut least = [i32::MAX; MINHASH_VALUES];
    let mut runs = runs(words, SHINGLE_WORDS).map(|hash| (hash ^ hash >> 32) as u32);
    let mut some = [0u32; RUNS_AT_ONCE];
    loop {
        deadline.check();
        let mut count = 0;
        for (place, hash) in some.iter_mut().zip(runs.by_ref()) {
            *place = hash;
            count += 1;
        }
        if count == 0 {
            break;
        }
        // A few values stay in registers while all the runs go by.
        for (least, parameters) in
            least.as_chunks_mut::<VALUES_AT_ONCE>().0.iter_mut().zip(&PARAMETERS)
        {
            let mut values = *least;
            for hash in &some[..count] {
                let parameters = parameters.flips.iter().zip(&parameters.factors);
                for (value, (flip, factor)) in values.iter_mut().zip(parameters) {
                    *value = (*value).min((hash ^ flip).wrapping_mul(*factor).cast_signed());
                }
            }
            *least = values;
        }
    }
    least.map(unsigned).to_vec()
}

/// The hashes of all runs of `length` words; of all words if there are fewer.
fn runs(words: &[u64], length: usize) -> impl Iterator<Item = u64> {
    words.windows(length.min(words.len()).max(1)).map(|run| {
        run.iter().fold(0u64, |chain, word| mix(chain.wrapping_mul(31).wrapping_add(*word)))
    })
}

/// How many words or runs pass between two looks at the deadline.
const CHECK_EVERY: usize = 1024;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

const RUNS_AT_ONCE: usize = 256;
const VALUES_AT_ONCE: usize = 8;

/// Factors and flips of some values.
struct Parameters {
    factors: [u32; VALUES_AT_ONCE],
    /// With the highest bit turned, which turns that of the value, for the factor is odd:
    /// the least of such values by sign is the least of the values without, and the
    /// instructions that every processor has find the least by sign.
    flips: [u32; VALUES_AT_ONCE],
}

fn unsigned(value: i32) -> u32 {
    value.cast_unsigned() ^ HIGHEST_BIT
}

const HIGHEST_BIT: u32 = 1 << 31;

static PARAMETERS: [Parameters; MINHASH_VALUES / VALUES_AT_ONCE] = {
    const NONE: Parameters =
        Parameters { factors: [0; VALUES_AT_ONCE], flips: [0; VALUES_AT_ONCE] };
    let mut parameters = [NONE; MINHASH_VALUES / VALUES_AT_ONCE];
    let mut state = SEED;
    let mut index = 0;
    while index < MINHASH_VALUES {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let drawn = mix(state);
        let some = &mut parameters[index / VALUES_AT_ONCE];
        some.factors[index % VALUES_AT_ONCE] = (drawn >> 32) as u32 | 1;
        some.flips[index % VALUES_AT_ONCE] = drawn as u32 ^ HIGHEST_BIT;
        index += 1;
    }
    parameters
};
