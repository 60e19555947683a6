//! A logistic regression over what texts have, learnt one text at a time.

use crate::stages::repair::spun::leaning::MOST;
use crate::text::hashing::FastMap;
use crate::train::random::Random;

/// What is known of a text: its traits by number, and how much it has of each.
pub type Row = Vec<(u32, f32)>;

/// Of words by number and how often a text has each: the logarithm of that, times `share`.
pub fn words(counts: FastMap<u32, usize>, share: f32) -> Row {
    let weigh = |count: usize| (count.min(MOST) as f32).ln_1p() * share;
    let mut row: Row = counts.into_iter().map(|(word, count)| (word, weigh(count))).collect();
    row.sort_unstable_by_key(|(word, _)| *word);
    row
}

const PASSES: usize = 8;

/// The step where little was learnt yet (Duchi and others 2011, Adagrad).
const RATE: f32 = 0.3;
const CALM: f32 = 1.0;

/// The weights of so many traits, and behind them that of a text without any. With each text
/// all weights shrink by `shrinking` (Hoerl and Kennard 1970, ridge regression): `shares` are
/// those of the texts that have each trait, so that a rare one's weight shrinks as much as
/// others', but all at once where the trait is seen.
pub fn learn(rows: &[(Row, f32)], shares: &[f32], shrinking: f32) -> Vec<f32> {
    let traits = shares.len();
    let (mut weights, mut squares) = (vec![0.0f32; traits + 1], vec![CALM; traits + 1]);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random::new(1);
    for _ in 0..PASSES {
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for (row, label) in order.iter().map(|at| &rows[*at]) {
            let all = || row.iter().copied().chain([(traits as u32, 1.0)]);
            let sum: f32 = all().map(|(number, much)| weights[number as usize] * much).sum();
            let error = 1.0 / (1.0 + (-sum).exp()) - label;
            for (number, much) in all() {
                let at = number as usize;
                let shrinks = shares.get(at).map_or(0.0, |share| shrinking * weights[at] / share);
                let slope = error * much + shrinks;
                squares[at] += slope * slope;
                weights[at] -= RATE * slope / squares[at].sqrt();
            }
        }
    }
    weights
}
