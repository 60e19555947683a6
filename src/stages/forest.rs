//! Boosted decision trees of one depth, laid out for speed: an inner node at
//! `i` has its children at `2i + 1` and `2i + 2`, so a walk has no branches.
//!
//! A model file is a line of text that says what it was made of and how,
//! then the numbers, little-endian: depth, columns, trees (u32 each); the bias
//! (f32); and for each tree its columns (u16), thresholds (f32) and leaves (f32).

use std::ops::Range;

/// A forest that was read from a model file.
pub struct Forest {
    depth: u32,
    /// The length of the rows it was trained on.
    #[cfg_attr(
        not(feature = "train"),
        expect(dead_code, reason = "only written back by training")
    )]
    columns: usize,
    bias: f32,
    nodes: Vec<Split>,
    leaves: Vec<f32>,
}

/// Rows with a larger number in the column go right.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    pub column: u16,
    pub threshold: f32,
}

impl Forest {
    #[cfg(feature = "train")]
    /// Of trees of `2^depth − 1` splits and `2^depth` leaves each.
    pub fn new(depth: u32, columns: usize, bias: f32, nodes: Vec<Split>, leaves: Vec<f32>) -> Self {
        Self { depth, columns, bias, nodes, leaves }
    }

    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let mut rest = file.get(header..)?;
        let depth = u32::from_le_bytes(take(&mut rest)?);
        let columns = u32::from_le_bytes(take(&mut rest)?) as usize;
        let trees = u32::from_le_bytes(take(&mut rest)?) as usize;
        let bias = f32::from_le_bytes(take(&mut rest)?);
        let mut forest = Self { depth, columns, bias, nodes: Vec::new(), leaves: Vec::new() };
        for _ in 0..trees {
            let mut split_columns = Vec::with_capacity(1 << depth);
            for _ in 0..(1usize << depth) - 1 {
                split_columns.push(u16::from_le_bytes(take(&mut rest)?));
            }
            for column in split_columns {
                let threshold = f32::from_le_bytes(take(&mut rest)?);
                forest.nodes.push(Split { column, threshold });
            }
            for _ in 0..1usize << depth {
                forest.leaves.push(f32::from_le_bytes(take(&mut rest)?));
            }
        }
        let fits = forest.nodes.iter().all(|split| usize::from(split.column) < columns);
        fits.then_some(forest)
    }

    #[cfg(feature = "train")]
    pub fn write(&self, header: &str) -> Vec<u8> {
        let mut file = format!("{}\n", header.replace('\n', " ")).into_bytes();
        let inner = (1usize << self.depth) - 1;
        let trees = self.nodes.len() / inner;
        for number in [self.depth, self.columns as u32, trees as u32] {
            file.extend(number.to_le_bytes());
        }
        file.extend(self.bias.to_le_bytes());
        for (splits, leaves) in self.nodes.chunks(inner).zip(self.leaves.chunks(inner + 1)) {
            file.extend(splits.iter().flat_map(|split| split.column.to_le_bytes()));
            file.extend(splits.iter().flat_map(|split| split.threshold.to_le_bytes()));
            file.extend(leaves.iter().flat_map(|leaf| leaf.to_le_bytes()));
        }
        file
    }

    /// The probability, 0 to 1, for each of many rows of numbers: a tree is walked for all
    /// of them while it is near.
    pub fn probabilities(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut sums = vec![self.bias; rows.len()];
        self.add(0..self.trees(), rows, &mut sums);
        sums.into_iter().map(probability_of).collect()
    }

    /// The same, but given up in time: for each share of the trees and probability in
    /// `looks`, in order, rows that so many trees think less probable than that are not
    /// walked through the others, and stay where they are.
    pub fn probabilities_of_hopeful(&self, rows: &[&[f32]], looks: &[(f32, f32)]) -> Vec<f32> {
        let mut sums = vec![self.bias; rows.len()];
        let mut hopeful: Vec<usize> = (0..rows.len()).collect();
        let mut done = 0;
        for (share, hopeless) in looks.iter().copied().chain([(1.0, 0.0)]) {
            let next = (self.trees() as f32 * share) as usize;
            let left: Vec<&[f32]> = hopeful.iter().map(|&row| rows[row]).collect();
            let mut left_sums: Vec<f32> = hopeful.iter().map(|&row| sums[row]).collect();
            self.add(done..next, &left, &mut left_sums);
            for (&row, sum) in hopeful.iter().zip(left_sums) {
                sums[row] = sum;
            }
            hopeful.retain(|&row| probability_of(sums[row]) >= hopeless);
            done = next;
        }
        sums.into_iter().map(probability_of).collect()
    }

    fn trees(&self) -> usize {
        self.leaves.len() >> self.depth
    }

    /// Adds what the trees in a range say of each row.
    fn add(&self, trees: Range<usize>, rows: &[&[f32]], sums: &mut [f32]) {
        let inner = (1usize << self.depth) - 1;
        for tree in trees {
            let splits = &self.nodes[tree * inner..(tree + 1) * inner];
            let leaves = &self.leaves[tree * (inner + 1)..(tree + 1) * (inner + 1)];
            let (groups, left) = rows.as_chunks::<ABREAST>();
            let (sum_groups, sums_left) = sums.as_chunks_mut::<ABREAST>();
            for (group, sums) in groups.iter().zip(sum_groups) {
                for (sum, leaf) in sums.iter_mut().zip(self.walk(splits, group)) {
                    *sum += leaves[leaf];
                }
            }
            for (row, sum) in left.iter().zip(sums_left) {
                *sum += leaves[self.walk(splits, &[*row])[0]];
            }
        }
    }

    /// The leaves that the rows come to, walked side by side: each step waits for the one
    /// before, but not for those of the other rows.
    fn walk<const N: usize>(&self, splits: &[Split], rows: &[&[f32]; N]) -> [usize; N] {
        let mut at = [0; N];
        for _ in 0..self.depth {
            for (at, row) in at.iter_mut().zip(rows) {
                let split = splits[*at];
                *at = 2 * *at + 1 + usize::from(row[usize::from(split.column)] > split.threshold);
            }
        }
        at.map(|at| at - splits.len())
    }
}

fn probability_of(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Rows that are walked through a tree at once.
const ABREAST: usize = 8;

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*bytes)
}
