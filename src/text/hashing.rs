//! Hashing for keys that are hashes already, or numbers given out in order:
//! several times as fast as the standard one, which guards against keys chosen
//! to collide. Text is hashed to 64 bits first, by [`fingerprint`].

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

pub type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;
pub type FastSet<K> = HashSet<K, BuildHasherDefault<FastHasher>>;

#[derive(Default, Clone, Copy)]
pub struct FastHasher(u64);

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for FastHasher {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(fingerprint(bytes));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(FACTOR);
    }
}

/// Eight bytes at a time.
#[inline]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    fingerprint_of(bytes, |eight| eight)
}

/// The fingerprint of the bytes with their capitals of ASCII in lower case.
#[inline]
pub fn lowercase_fingerprint(bytes: &[u8]) -> u64 {
    fingerprint_of(bytes, lowercase)
}

#[inline]
fn fingerprint_of(bytes: &[u8], change: impl Fn(u64) -> u64) -> u64 {
    let mut hash = FACTOR ^ bytes.len() as u64;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        hash = (hash.rotate_left(23) ^ change(u64::from_le_bytes(*chunk))).wrapping_mul(FACTOR);
    }
    hash = (hash.rotate_left(23) ^ change(last(bytes, rest))).wrapping_mul(FACTOR);
    hash ^ hash >> 29
}

/// The bytes of `rest`, at the end of `bytes` and fewer than eight, as the lowest of a
/// number; read in a few pieces that may overlap, for to copy them takes a call.
#[inline]
fn last(bytes: &[u8], rest: &[u8]) -> u64 {
    let length = rest.len();
    if length == 0 {
        return 0;
    }
    if let Some(eight) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*eight) >> (8 * (8 - length));
    }
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        return first | last << (8 * (length - 4));
    }
    let byte = |at: usize| u64::from(rest[at]) << (8 * at);
    byte(0) | byte(length / 2) | byte(length - 1)
}

/// Eight bytes with capitals of ASCII in lower case.
#[inline]
fn lowercase(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    let low = eight & !HIGHEST;
    // The highest bit of a byte tells whether it is one and above.
    let from_a = low + (0x80 - u64::from(b'A')) * EACH;
    let above_z = low + (0x7f - u64::from(b'Z')) * EACH;
    let is_capital = (from_a ^ above_z) & !eight & HIGHEST;
    eight | is_capital >> 2
}
