//! How a segment's wording speaks for it being the article's: a linear model of
//! its words, pairs of words, first and last words, each hashed to a weight.
//! It knows what no list of phrases does: the thousand ways to say "read more".
//!
//! A model file is a line of text that says what it was made of and how, then
//! the bits of a hash (u32), the weight of one step and the bias (f32), all
//! little-endian, then a weight (i8, in steps) for each hash.

use crate::stages::boilerplate::features::Matrix;
use crate::stages::boilerplate::segment::Segment;
use crate::text::fold::is_unspaced;

pub struct Wording {
    bits: u32,
    step: f32,
    bias: f32,
    weights: Vec<i8>,
}

/// The longest segment, in words and marks, of which each is looked at. Of a
/// longer one the beginning and the end tell as much.
const ALL: usize = 40;
const BEGINNING: usize = 16;
const END: usize = 10;
/// The longest segment that is known as a whole.
const WHOLE: usize = 10;

/// The opinions of neighbours on either side that are part of a row.
const NEIGHBOURS: isize = 3;

impl Wording {
    #[cfg(feature = "train")]
    pub fn new(bits: u32, step: f32, bias: f32, weights: Vec<i8>) -> Self {
        Self { bits, step, bias, weights }
    }

    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let (numbers, weights) = file.get(header..)?.split_first_chunk::<12>()?;
        let number = |at: usize| numbers[at..at + 4].first_chunk::<4>().copied();
        let wording = Self {
            bits: u32::from_le_bytes(number(0)?),
            step: f32::from_le_bytes(number(4)?),
            bias: f32::from_le_bytes(number(8)?),
            weights: weights.iter().map(|&byte| byte.cast_signed()).collect(),
        };
        let fits = wording.bits < 32 && wording.weights.len() == 1 << wording.bits;
        fits.then_some(wording)
    }

    #[cfg(feature = "train")]
    pub fn write(&self, header: &str) -> Vec<u8> {
        let mut file = format!("{}\n", header.replace('\n', " ")).into_bytes();
        file.extend(self.bits.to_le_bytes());
        file.extend(self.step.to_le_bytes());
        file.extend(self.bias.to_le_bytes());
        file.extend(self.weights.iter().map(|weight| weight.cast_unsigned()));
        file
    }

    /// The logarithm of the odds.
    fn opinion(&self, text: &str, words: &mut Vec<u32>) -> f32 {
        words_of(text, words);
        let (mut sum, mut count) = (0i32, 0u32);
        features(words, |hash| {
            sum += i32::from(self.weights[(hash >> (32 - self.bits)) as usize]);
            count += 1;
        });
        self.bias + sum as f32 * self.step / (count.max(1) as f32).sqrt()
    }

    /// One a segment; 0 for those that stand beside none of the `wanted`, whose
    /// opinions no row has.
    pub fn opinions(&self, text: &str, segments: &[Segment], wanted: &[bool]) -> Vec<f32> {
        let reach = NEIGHBOURS as usize;
        let mut words = Vec::new();
        segments
            .iter()
            .enumerate()
            .map(|(index, segment)| {
                let end = (index + reach + 1).min(wanted.len());
                if wanted[index.saturating_sub(reach)..end].contains(&true) {
                    self.opinion(&text[segment.span.clone()], &mut words)
                } else {
                    0.0
                }
            })
            .collect()
    }
}

/// Hashes of the words and marks of a text, of a long one of its ends. Numbers are all alike.
pub fn words_of(text: &str, words: &mut Vec<u32>) {
    const BASIS: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    #[derive(PartialEq)]
    enum In {
        Nothing,
        Word,
        Number,
    }
    words.clear();
    let (mut state, mut hash) = (In::Nothing, BASIS);
    for character in text.chars() {
        let next = match character {
            'a'..='z' | 'A'..='Z' => In::Word,
            '0'..='9' => In::Number,
            '\0'..='\x7f' => In::Nothing,
            _ if character.is_alphabetic() && !is_unspaced(character) => In::Word,
            _ if character.is_numeric() && !character.is_alphabetic() => In::Number,
            _ => In::Nothing,
        };
        if state != In::Nothing && state != next {
            words.push(if state == In::Number { NUMBER } else { hash });
            hash = BASIS;
        }
        match next {
            In::Word if character.is_ascii() => {
                hash = (hash ^ u32::from(character.to_ascii_lowercase())).wrapping_mul(PRIME);
            }
            In::Word => {
                for lower in character.to_lowercase() {
                    hash = (hash ^ u32::from(lower)).wrapping_mul(PRIME);
                }
            }
            In::Number => {}
            In::Nothing if character.is_whitespace() => {}
            In::Nothing => words.push((BASIS ^ u32::from(character)).wrapping_mul(PRIME)),
        }
        state = next;
    }
    match state {
        In::Nothing => {}
        In::Word => words.push(hash),
        In::Number => words.push(NUMBER),
    }
    if words.len() > ALL {
        words.drain(BEGINNING..words.len() - END);
    }
}

/// Any number's hash.
const NUMBER: u32 = 7;

/// Calls `with` for each feature's hash, whose upper bits are the better ones.
pub fn features(words: &[u32], mut with: impl FnMut(u32)) {
    let mut one = |kind: u32, first: u32, second: u32, third: u32| {
        let both = u64::from(first) << 32 | u64::from(second.rotate_left(7) ^ third);
        let hash = (both ^ u64::from(kind) << 17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        with(((hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32);
    };
    let at = |index: usize| words.get(index).copied().unwrap_or_default();
    let count = words.len();
    if count <= WHOLE {
        let whole =
            words.iter().fold(0, |hash: u32, word| hash.rotate_left(5).wrapping_mul(31) ^ word);
        one(1, whole, count as u32, 0);
    }
    one(2, at(0), 0, 0);
    one(3, at(0), at(1), 0);
    one(4, at(0), at(1), at(2).rotate_left(13));
    one(5, at(count.wrapping_sub(1)), 0, 0);
    one(6, at(count.wrapping_sub(2)), at(count.wrapping_sub(1)), 0);
    one(7, usize::BITS - count.leading_zeros(), 0, 0);
    for &word in words {
        one(8, word, 0, 0);
    }
    for pair in words.windows(2) {
        one(9, pair[0], pair[1], 0);
    }
}

/// The rows with the opinions of the segment's and its neighbours' wording behind them.
pub fn with_wording(matrix: &Matrix, opinions: &[f32]) -> Matrix {
    let added = (2 * NEIGHBOURS + 1) as usize;
    let mut cells = Vec::with_capacity(opinions.len() * (matrix.columns + added));
    let mut places = vec![usize::MAX; opinions.len()];
    for (index, place) in places.iter_mut().enumerate() {
        let Some(row) = matrix.row(index) else { continue };
        *place = cells.len();
        cells.extend_from_slice(row);
        cells.extend((-NEIGHBOURS..=NEIGHBOURS).map(|offset| {
            let other = index.checked_add_signed(offset).and_then(|at| opinions.get(at));
            other.copied().unwrap_or_default()
        }));
    }
    Matrix::new(matrix.columns + added, cells, places)
}
