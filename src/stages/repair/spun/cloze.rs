//! How well a word stands in its place in a sentence, as news has it: a small network that
//! sees the words to either side in their order, where counts see three and vectors see a
//! heap. Made by `copydesk-train cloze CLOZE TABLE NEWS`; the file holds hashes and rounded
//! numbers and no text.
//!
//! The vectors of the words in the window are summed, each number weighed by the place it
//! comes from; what is greater than nothing goes through one layer; and the result times the
//! vector of a word of the table says how well it stands there, as a logarithm that means
//! something only beside another word's.
//!
//! The file: a line that says what it was made of; the numbers of words and of those that
//! the table of spun phrases tells apart, which come first (u32, little endian, as all here);
//! the weights of the places, the layer's biases and weights (f32); a vector for what is
//! beyond the line and one for unknown words; then for each word its hash (u64) and its
//! vector, and for those of the table its bias (f32) and its vector as what stands there. A
//! vector is its unit (f32) and the numbers in units (i8).

use super::tokens::WordHash;
use crate::binary::take;
use crate::text::hashing::FastMap;

/// Words to either side that are looked at.
pub const REACH: usize = 8;

pub const PLACES: usize = 2 * REACH;

/// Numbers of a word's vector.
pub const WIDTH: usize = 128;

/// Numbers of what is found of a place.
pub const FOUND: usize = 64;

pub type Vector = [f32; WIDTH];
pub type Found = [f32; FOUND];

/// A word by its number.
pub type Number = u32;

/// Beyond the line's ends.
pub const OUTSIDE: Number = 0;
/// Words that the network does not know.
pub const UNKNOWN: Number = 1;
/// The numbers of words begin here, those of the table first.
pub const FIRST: Number = 2;

pub struct Cloze {
    numbers: FastMap<WordHash, Number>,
    words: Vec<Rounded<WIDTH>>,
    layers: Layers,
    answers: Vec<(f32, Rounded<FOUND>)>,
}

/// What is learnt besides the vectors.
pub struct Layers {
    pub places: [Vector; PLACES],
    pub first: Vector,
    pub weights: Vec<Found>,
    pub second: Found,
}

/// A vector in 127 steps of a unit to either side of nothing.
struct Rounded<const LENGTH: usize> {
    unit: f32,
    steps: [i8; LENGTH],
}

impl<const LENGTH: usize> Rounded<LENGTH> {
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let unit = f32::from_le_bytes(take(bytes)?);
        Some(Self { unit, steps: take::<LENGTH>(bytes)?.map(u8::cast_signed) })
    }
}

fn floats<const LENGTH: usize>(bytes: &mut &[u8]) -> Option<[f32; LENGTH]> {
    let mut floats = [0.0; LENGTH];
    for float in &mut floats {
        *float = f32::from_le_bytes(take(bytes)?);
    }
    Some(floats)
}

impl Cloze {
    /// `None` if the bytes are not such a file.
    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|byte| *byte == b'\n')?;
        let mut bytes = &file[header + 1..];
        let words = u32::from_le_bytes(take(&mut bytes)?);
        let of_table = u32::from_le_bytes(take(&mut bytes)?);
        let mut places = [[0.0; WIDTH]; PLACES];
        for place in &mut places {
            *place = floats(&mut bytes)?;
        }
        let first = floats(&mut bytes)?;
        let weights = (0..WIDTH).map(|_| floats(&mut bytes)).collect::<Option<_>>()?;
        let layers = Layers { places, first, weights, second: floats(&mut bytes)? };
        let mut read =
            Self { numbers: FastMap::default(), words: Vec::new(), layers, answers: Vec::new() };
        for _ in 0..FIRST {
            read.words.push(Rounded::read(&mut bytes)?);
        }
        for number in 0..words {
            read.numbers.insert(WordHash::from_le_bytes(take(&mut bytes)?), FIRST + number);
            read.words.push(Rounded::read(&mut bytes)?);
            if number < of_table {
                let bias = f32::from_le_bytes(take(&mut bytes)?);
                read.answers.push((bias, Rounded::read(&mut bytes)?));
            }
        }
        bytes.is_empty().then_some(read)
    }

    pub fn number(&self, word: WordHash) -> Number {
        self.numbers.get(&word).copied().unwrap_or(UNKNOWN)
    }

    /// The same for a word of the table of spun phrases.
    pub fn number_in_table(&self, word: WordHash) -> Option<Number> {
        let number = self.number(word);
        (number >= FIRST && ((number - FIRST) as usize) < self.answers.len()).then_some(number)
    }

    /// What is to be expected between the words of a window.
    pub fn find(&self, window: &[Number; PLACES]) -> Found {
        let mut sums = self.layers.first;
        for (number, weights) in window.iter().zip(&self.layers.places) {
            let Rounded { unit, steps } = &self.words[*number as usize];
            for ((sum, step), weight) in sums.iter_mut().zip(steps).zip(weights) {
                *sum += unit * f32::from(*step) * weight;
            }
        }
        let mut found = self.layers.second;
        for (sum, weights) in sums.iter().zip(&self.layers.weights) {
            if *sum > 0.0 {
                for (found, weight) in found.iter_mut().zip(weights) {
                    *found += sum * weight;
                }
            }
        }
        found
    }

    /// How well a word of the table stands where this was found.
    pub fn fit(&self, number: Number, found: &Found) -> f32 {
        let (bias, Rounded { unit, steps }) = &self.answers[(number - FIRST) as usize];
        let product: f32 =
            steps.iter().zip(found).map(|(step, found)| f32::from(*step) * found).sum();
        bias + unit * product
    }
}
