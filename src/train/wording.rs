//! Trains the linear model of a segment's wording, by logistic regression with a penalty
//! on the weights' squares and a step size of its own for each weight.

use crate::stages::boilerplate::wording::{Wording, features, words_of};
use crate::train::random::Shifts;

/// One weight for each hash of so many bits.
const BITS: u32 = 18;
const EPOCHS: usize = 6;
const STEP: f32 = 0.1;
/// The squares of all weights cost this much for each example: what is seen once should
/// not decide.
const PENALTY: f32 = 0.33;

pub struct Example<'a> {
    pub text: &'a str,
    pub is_body: bool,
    pub weight: f32,
}

pub fn train<'a>(examples: impl Iterator<Item = Example<'a>>) -> Wording {
    let mut rows: Vec<(Vec<u32>, bool, f32)> = Vec::new();
    let mut words = Vec::new();
    for example in examples {
        words_of(example.text, &mut words);
        let mut hashes = Vec::with_capacity(words.len() * 2 + 8);
        features(&words, |hash| hashes.push(hash >> (32 - BITS)));
        rows.push((hashes, example.is_body, example.weight));
    }
    let scale = rows.len() as f32 / rows.iter().map(|row| row.2).sum::<f32>();
    let mut weights = vec![0.0f32; 1 << BITS];
    let mut slopes = vec![1e-3f32; 1 << BITS];
    let (mut bias, mut bias_slopes) = (0.0f32, 1e-3f32);
    // A weight pays its penalty in parts, at each visit of an example that has its hash.
    let mut visits = vec![0.0f32; 1 << BITS];
    rows.iter().flat_map(|row| &row.0).for_each(|&hash| visits[hash as usize] += 1.0);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Shifts::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..EPOCHS {
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for &row in &order {
            let (hashes, is_body, weight) = &rows[row];
            let part = 1.0 / (hashes.len().max(1) as f32).sqrt();
            let sum: f32 = hashes.iter().map(|&hash| weights[hash as usize]).sum();
            let probability = 1.0 / (1.0 + (-(bias + sum * part)).exp());
            let slope = (probability - f32::from(u8::from(*is_body))) * weight * scale;
            bias_slopes += slope * slope;
            bias -= STEP * slope / bias_slopes.sqrt();
            for &hash in hashes {
                let at = hash as usize;
                let own = slope * part + PENALTY * weights[at] / visits[at];
                slopes[at] += own * own;
                weights[at] -= STEP * own / slopes[at].sqrt();
            }
        }
    }
    let largest = weights.iter().fold(1e-6f32, |largest, weight| largest.max(weight.abs()));
    let step = largest / 127.0;
    let weights = weights.iter().map(|weight| (weight / step).round() as i8).collect();
    Wording::new(BITS, step, bias, weights)
}
