//! What company words keep in news: vectors of words as neighbours and as what stands
//! between them, learnt so that the two fit where news has the word. Made by
//! `copydesk-train vectors VECTORS TABLE NEWS`; the file holds hashes and rounded numbers
//! and no text.
//!
//! The file: a line that says what it was made of; the numbers of words and of those that
//! the table of spun phrases has, which come first (u32, little endian, as all here); then
//! for each word its hash (u64), its weight among neighbours and the unit of either vector
//! (f32), the vector as a neighbour and, for words of the table, as what stands between (i8).

use super::tokens::WordHash;
use crate::binary::take;
use crate::text::hashing::FastMap;

/// Numbers of a vector.
pub const DIMENSIONS: usize = 32;

/// Words to either side that are neighbours.
pub const WINDOW: usize = 12;

/// What the weights of neighbours must sum to; fewer say little.
pub const LEAST_WEIGHT: f32 = 0.3;

pub type Vector = [f32; DIMENSIONS];

#[derive(Debug)]
pub struct Vectors {
    numbers: FastMap<WordHash, u32>,
    /// As often as each weighs, and its weight.
    neighbours: Vec<(Vector, f32)>,
    between: Vec<Vector>,
}

/// Takes numbers off the front of a file.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn take<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        take(&mut self.0)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }

    fn vector(&mut self, unit: f32) -> Option<Vector> {
        let steps = self.take::<DIMENSIONS>()?;
        Some(steps.map(|byte| unit * f32::from(byte.cast_signed())))
    }
}

impl Vectors {
    /// `None` if the bytes are not such a file.
    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|byte| *byte == b'\n')?;
        let mut bytes = Bytes(&file[header + 1..]);
        let (words, of_table) = (bytes.u32()?, bytes.u32()?);
        let mut read =
            Self { numbers: FastMap::default(), neighbours: Vec::new(), between: Vec::new() };
        for number in 0..words {
            read.numbers.insert(WordHash::from_le_bytes(bytes.take()?), number);
            let (weight, unit, unit_between) = (bytes.f32()?, bytes.f32()?, bytes.f32()?);
            read.neighbours.push((bytes.vector(weight * unit)?, weight));
            if number < of_table {
                read.between.push(bytes.vector(unit_between)?);
            }
        }
        bytes.0.is_empty().then_some(read)
    }

    pub fn number(&self, word: WordHash) -> Option<u32> {
        self.numbers.get(&word).copied()
    }

    /// The same for a word of the table of spun phrases.
    pub fn number_in_table(&self, word: WordHash) -> Option<u32> {
        self.number(word).filter(|number| (*number as usize) < self.between.len())
    }

    /// How much a word weighs among neighbours, 0 to 1: the commoner, the less.
    pub fn weight(&self, number: u32) -> f32 {
        self.neighbours[number as usize].1
    }

    /// Adds a neighbour's vector as often as it weighs, and returns its weight.
    pub fn add(&self, sum: &mut Vector, number: u32) -> f32 {
        let (vector, weight) = &self.neighbours[number as usize];
        for (sum, number) in sum.iter_mut().zip(vector) {
            *sum += number;
        }
        *weight
    }

    /// How well a word of the table stands among neighbours, as a logarithm.
    pub fn fit(&self, number: u32, among: &Vector) -> f32 {
        self.between[number as usize].iter().zip(among).map(|(a, b)| a * b).sum()
    }
}
