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
    let hashes = word_hashes(text, deadline);
    Fingerprints {
        sha256: Sha256::digest(text.as_bytes()).into(),
        simhash64: simhash(&hashes, deadline),
        minhash: minhash(&hashes, deadline),
    }
}

fn word_hashes(text: &str, deadline: &Deadline) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(text.len() / 6);
    for span in words(text) {
        if hashes.len() % CHECK_EVERY == 0 {
            deadline.check();
        }
        let word = &text[span];
        let hash = if word.is_ascii() {
            word.bytes().fold(FNV_OFFSET, |hash, byte| fnv(hash, byte.to_ascii_lowercase()))
        } else {
            let mut buffer = [0; 4];
            word.chars().flat_map(char::to_lowercase).fold(FNV_OFFSET, |hash, character| {
                character.encode_utf8(&mut buffer).bytes().fold(hash, fnv)
            })
        };
        hashes.push(hash);
    }
    hashes
}

fn simhash(words: &[u64], deadline: &Deadline) -> u64 {
    let mut balance = [0i32; 64];
    for (index, hash) in runs(words, SIMHASH_WORDS).enumerate() {
        if index % CHECK_EVERY == 0 {
            deadline.check();
        }
        for (bit, balance) in balance.iter_mut().enumerate() {
            *balance += ((hash >> bit & 1) as i32) * 2 - 1;
        }
    }
    balance
        .iter()
        .enumerate()
        .fold(0, |value, (bit, &balance)| value | (u64::from(balance > 0) << bit))
}

fn minhash(words: &[u64], deadline: &Deadline) -> Vec<u32> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut least = [u32::MAX; MINHASH_VALUES];
    let parameters = &PARAMETERS;
    for (index, hash) in runs(words, SHINGLE_WORDS).enumerate() {
        if index % CHECK_EVERY == 0 {
            deadline.check();
        }
        let hash = (hash ^ hash >> 32) as u32;
        for (value, (factor, flip)) in least.iter_mut().zip(parameters) {
            *value = (*value).min((hash ^ flip).wrapping_mul(*factor));
        }
    }
    least.to_vec()
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

/// Factor and flip of each value.
static PARAMETERS: [(u32, u32); MINHASH_VALUES] = parameters();

const fn parameters() -> [(u32, u32); MINHASH_VALUES] {
    let mut pairs = [(0, 0); MINHASH_VALUES];
    let mut state = SEED;
    let mut index = 0;
    while index < MINHASH_VALUES {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let drawn = mix(state);
        pairs[index] = ((drawn >> 32) as u32 | 1, drawn as u32);
        index += 1;
    }
    pairs
}
