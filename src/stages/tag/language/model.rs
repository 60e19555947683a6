//! A naive Bayes model over byte n-grams, in `languages.bin`: made by
//! `make_model.py` of the model of py3langid 0.4.0 (BSD 3-Clause, see
//! `LICENSE.py3langid`; its authors trained it and name their corpora there).
//!
//! Little-endian: `cdlang1\0`, count of classes (u16), step (f32), count of
//! n-grams (u32); a class is its label (u8 length, bytes), floor and prior (f32
//! each); an n-gram is its bytes (u8 length), then its weights (u8 count, each a
//! u8 class and a u8 in steps above the class's floor). Sorted by n-gram.

use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::parse(FILE).expect("the model file ships with the crate, whole"));

static FILE: &[u8] = include_bytes!("languages.bin");

pub struct Model {
    classes: Vec<Class>,
    /// What one unit of a weight adds.
    step: f32,
    /// Packed n-grams by hash; zero where a slot is free.
    keys: Vec<u64>,
    /// For each slot, where in `FILE` its n-gram's weights begin.
    weights: Vec<u32>,
}

struct Class {
    label: &'static str,
    /// The first class of the same label: a language may be written in two scripts.
    first: usize,
    floor: f32,
    prior: f32,
}

impl Model {
    /// Languages from the likeliest down, with shares that add up to one. Empty
    /// if the text holds nothing the model knows.
    pub fn rank(&self, text: &str) -> Vec<(&'static str, f32)> {
        let text = normalised(text);
        let counts = self.count(text.as_bytes());
        if counts.is_empty() {
            return Vec::new();
        }
        let mut sums = vec![0f32; self.classes.len()];
        let mut total = 0f32;
        for (offset, count) in counts {
            let times = (1.0 + count as f32).ln();
            total += times;
            let at = offset as usize;
            let length = FILE[at] as usize;
            for pair in FILE[at + 1..at + 1 + 2 * length].chunks_exact(2) {
                sums[pair[0] as usize] += times * f32::from(pair[1]);
            }
        }
        let score =
            |(class, sum): (&Class, f32)| sum * self.step + class.floor * total + class.prior;
        let scores: Vec<f32> = self.classes.iter().zip(sums).map(score).collect();
        self.shares(&scores, (text.len() as f32).sqrt())
    }

    /// Divided by the root of the length, scores of short and long texts give
    /// shares that mean the same.
    fn shares(&self, scores: &[f32], spread: f32) -> Vec<(&'static str, f32)> {
        let best = scores.iter().copied().fold(f32::MIN, f32::max);
        let mut shares = vec![0f32; scores.len()];
        for (class, score) in self.classes.iter().zip(scores) {
            shares[class.first] += ((score - best) / spread).exp();
        }
        let sum: f32 = shares.iter().sum();
        let mut ranking: Vec<(&'static str, f32)> = self
            .classes
            .iter()
            .zip(shares)
            .filter(|(_, share)| *share > 0.0)
            .map(|(class, share)| (class.label, share / sum))
            .collect();
        ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranking
    }

    /// How often each n-gram ends a position as the longest known one there, by
    /// the offset of its weights.
    fn count(&self, bytes: &[u8]) -> Vec<(u32, u32)> {
        let mut found: Vec<u32> = Vec::with_capacity(bytes.len());
        let mut last = 0u64;
        for (index, &byte) in bytes.iter().enumerate() {
            last = last << 8 | u64::from(byte);
            let longest = LONGEST.min(index + 1);
            if let Some(offset) =
                (SHORTEST..=longest).rev().find_map(|length| self.find(packed(last, length)))
            {
                found.push(offset);
            }
        }
        found.sort_unstable();
        found.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect()
    }

    fn find(&self, key: u64) -> Option<u32> {
        let mut slot = self.slot(key);
        while self.keys[slot] != 0 {
            if self.keys[slot] == key {
                return Some(self.weights[slot]);
            }
            slot = (slot + 1) & (self.keys.len() - 1);
        }
        None
    }

    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (self.keys.len() - 1)
    }

    fn parse(file: &'static [u8]) -> Option<Self> {
        let mut reader = Reader { rest: file.strip_prefix(b"cdlang1\0")? };
        let class_count = u16::from_le_bytes(reader.take()?);
        let step = f32::from_le_bytes(reader.take()?);
        let count = u32::from_le_bytes(reader.take()?) as usize;
        let mut classes = Vec::with_capacity(class_count.into());
        for _ in 0..class_count {
            let label = std::str::from_utf8(reader.counted(1)?).ok()?;
            let (floor, prior) =
                (f32::from_le_bytes(reader.take()?), f32::from_le_bytes(reader.take()?));
            let first = classes.iter().position(|known: &Class| known.label == label);
            let first = first.unwrap_or(classes.len());
            classes.push(Class { label, first, floor, prior });
        }
        let slots = (count * 2).next_power_of_two();
        let mut model = Self { classes, step, keys: vec![0; slots], weights: vec![0; slots] };
        for _ in 0..count {
            let gram = reader.counted(1)?;
            let offset = u32::try_from(file.len() - reader.rest.len()).ok()?;
            let pairs = reader.counted(2)?;
            let fits = (SHORTEST..=LONGEST).contains(&gram.len())
                && pairs.chunks_exact(2).all(|pair| usize::from(pair[0]) < model.classes.len());
            if !fits {
                return None;
            }
            let last = gram.iter().fold(0, |last, &byte| last << 8 | u64::from(byte));
            model.insert(packed(last, gram.len()), offset);
        }
        reader.rest.is_empty().then_some(model)
    }

    fn insert(&mut self, key: u64, offset: u32) {
        let mut slot = self.slot(key);
        while self.keys[slot] != 0 {
            slot = (slot + 1) & (self.keys.len() - 1);
        }
        self.keys[slot] = key;
        self.weights[slot] = offset;
    }
}

const SHORTEST: usize = 2;
const LONGEST: usize = 6;

/// The last `length` bytes and the length in one number that is never zero.
fn packed(last: u64, length: usize) -> u64 {
    last & ((1 << (8 * length)) - 1) | (length as u64) << 56
}

/// Composed, and in lower case if it is all capitals: the form the model knows.
fn normalised(text: &str) -> std::borrow::Cow<'_, str> {
    let all_capitals =
        text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
    let composed = is_nfc_quick(text.chars()) == IsNormalized::Yes;
    match (all_capitals, composed) {
        (false, true) => text.into(),
        (true, _) => text.to_lowercase().nfc().collect::<String>().into(),
        (false, false) => text.nfc().collect::<String>().into(),
    }
}

struct Reader {
    rest: &'static [u8],
}

impl Reader {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    /// A count in a byte, then so many items of `size` bytes.
    fn counted(&mut self, size: usize) -> Option<&'static [u8]> {
        let [count] = self.take()?;
        let (head, rest) = self.rest.split_at_checked(usize::from(count) * size)?;
        self.rest = rest;
        Some(head)
    }
}
