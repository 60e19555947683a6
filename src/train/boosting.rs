//! Gradient-boosted trees on binned columns, for a yes-or-no question with
//! weighted examples. Deterministic: the same rows give the same forest.

use crate::stages::forest::{DEPTH, Forest, SPLITS, Split};
use crate::train::random::Shifts;

pub struct Plan {
    pub trees: usize,
    pub learning_rate: f32,
    /// Added to a leaf's curvature.
    pub ridge: f32,
    /// The least total curvature of a leaf.
    pub least: f32,
    /// The shares of rows and columns that a tree sees.
    pub rows: f32,
    pub columns: f32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { trees: 100, learning_rate: 0.1, ridge: 2.0, least: 5.0, rows: 0.6, columns: 0.35 }
    }
}

/// Examples: rows of equal length, one after the other.
#[derive(Default)]
pub struct Examples {
    pub columns: usize,
    pub cells: Vec<f32>,
    pub labels: Vec<bool>,
    pub weights: Vec<f32>,
}

const BINS: usize = 64;

pub fn train(examples: &Examples, plan: &Plan) -> Forest {
    let rows = examples.labels.len();
    let cuts = cut_points(examples);
    let binned = bin(examples, &cuts);
    let scale = rows as f32 / examples.weights.iter().sum::<f32>();
    let positive: f32 = examples
        .labels
        .iter()
        .zip(&examples.weights)
        .map(|(&label, &weight)| if label { weight * scale } else { 0.0 })
        .sum();
    let share = (positive / rows as f32).clamp(0.01, 0.99);
    let bias = (share / (1.0 - share)).ln();
    let mut scores = vec![bias; rows];
    let mut random = Shifts::new(0x9e37_79b9_7f4a_7c15);
    let (mut nodes, mut leaves) = (Vec::new(), Vec::new());
    for _ in 0..plan.trees {
        let slopes: Vec<(f32, f32)> = (0..rows)
            .map(|row| {
                let probability = 1.0 / (1.0 + (-scores[row]).exp());
                let weight = examples.weights[row] * scale;
                let target = f32::from(u8::from(examples.labels[row]));
                (weight * (probability - target), weight * probability * (1.0 - probability))
            })
            .collect();
        let sample: Vec<u32> = (0..rows as u32).filter(|_| random.unit() < plan.rows).collect();
        let columns: Vec<usize> =
            (0..examples.columns).filter(|_| random.unit() < plan.columns).collect();
        let tree = grow(&binned, examples.columns, &cuts, &slopes, sample, &columns, plan);
        for (row, score) in scores.iter_mut().enumerate() {
            *score += tree.leaf(&binned[row * examples.columns..]);
        }
        nodes.extend(tree.splits.iter().map(|&(column, bin)| Split {
            column: column as u8,
            threshold: cuts[column].get(bin).copied().unwrap_or(f32::INFINITY),
        }));
        leaves.extend(tree.leaves);
    }
    Forest::new(examples.columns, bias, &nodes, &leaves)
}

/// For each column the numbers that separate its bins, ascending.
fn cut_points(examples: &Examples) -> Vec<Vec<f32>> {
    let rows = examples.labels.len();
    let step = (rows / 20_000).max(1);
    (0..examples.columns)
        .map(|column| {
            let mut values: Vec<f32> = (0..rows)
                .step_by(step)
                .map(|row| examples.cells[row * examples.columns + column])
                .collect();
            values.sort_by(f32::total_cmp);
            let mut distinct = values.clone();
            distinct.dedup();
            if distinct.len() < BINS {
                return distinct.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
            }
            let mut cuts: Vec<f32> =
                (1..BINS).map(|bin| values[bin * (values.len() - 1) / BINS]).collect();
            cuts.dedup();
            cuts
        })
        .collect()
}

fn bin(examples: &Examples, cuts: &[Vec<f32>]) -> Vec<u8> {
    examples
        .cells
        .chunks(examples.columns)
        .flat_map(|row| {
            row.iter().zip(cuts).map(|(&cell, cuts)| cuts.partition_point(|&cut| cut < cell) as u8)
        })
        .collect()
}

struct Tree {
    /// Column and the last bin that goes left.
    splits: Vec<(usize, usize)>,
    leaves: Vec<f32>,
}

impl Tree {
    fn leaf(&self, row: &[u8]) -> f32 {
        let mut at = 0;
        for _ in 0..DEPTH {
            let (column, bin) = self.splits[at];
            at = 2 * at + 1 + usize::from(usize::from(row[column]) > bin);
        }
        self.leaves[at - self.splits.len()]
    }
}

fn grow(
    binned: &[u8],
    width: usize,
    cuts: &[Vec<f32>],
    slopes: &[(f32, f32)],
    sample: Vec<u32>,
    columns: &[usize],
    plan: &Plan,
) -> Tree {
    let mut tree = Tree { splits: vec![(0, BINS); SPLITS], leaves: Vec::new() };
    let mut level: Vec<Vec<u32>> = vec![sample];
    for depth in 0..DEPTH {
        let mut next = Vec::with_capacity(level.len() * 2);
        for (place, rows) in level.into_iter().enumerate() {
            let at = (1usize << depth) - 1 + place;
            if let Some(split) = best_split(binned, width, cuts, slopes, &rows, columns, plan) {
                tree.splits[at] = split;
            }
            let (column, bin) = tree.splits[at];
            let (left, right) = rows
                .into_iter()
                .partition(|&row| usize::from(binned[row as usize * width + column]) <= bin);
            next.extend([left, right]);
        }
        level = next;
    }
    tree.leaves = level
        .iter()
        .map(|rows| {
            let (slope, curve) = total(slopes, rows);
            -plan.learning_rate * slope / (curve + plan.ridge)
        })
        .collect();
    tree
}

fn total(slopes: &[(f32, f32)], rows: &[u32]) -> (f32, f32) {
    rows.iter().fold((0.0, 0.0), |(slope, curve), &row| {
        (slope + slopes[row as usize].0, curve + slopes[row as usize].1)
    })
}

fn best_split(
    binned: &[u8],
    width: usize,
    cuts: &[Vec<f32>],
    slopes: &[(f32, f32)],
    rows: &[u32],
    columns: &[usize],
    plan: &Plan,
) -> Option<(usize, usize)> {
    let (slope, curve) = total(slopes, rows);
    if curve < plan.least * 2.0 {
        return None;
    }
    let mut histogram = vec![(0.0f32, 0.0f32); columns.len() * BINS];
    for &row in rows {
        let (row_slope, row_curve) = slopes[row as usize];
        let cells = &binned[row as usize * width..(row as usize + 1) * width];
        for (place, &column) in columns.iter().enumerate() {
            let entry = &mut histogram[place * BINS + usize::from(cells[column])];
            entry.0 += row_slope;
            entry.1 += row_curve;
        }
    }
    let gain = |slope: f32, curve: f32| slope * slope / (curve + plan.ridge);
    let whole = gain(slope, curve);
    let mut best = (1e-3, None);
    for (place, &column) in columns.iter().enumerate() {
        let (mut left_slope, mut left_curve) = (0.0, 0.0);
        for bin in 0..cuts[column].len() {
            let (bin_slope, bin_curve) = histogram[place * BINS + bin];
            left_slope += bin_slope;
            left_curve += bin_curve;
            if left_curve < plan.least || curve - left_curve < plan.least {
                continue;
            }
            let won =
                gain(left_slope, left_curve) + gain(slope - left_slope, curve - left_curve) - whole;
            if won > best.0 {
                best = (won, Some((column, bin)));
            }
        }
    }
    best.1
}
