//! Boosted decision trees of one depth, laid out for speed: a walk has no branches, and
//! whatever it reads is in a place of fixed size.
//!
//! A model file is a line of text that says what it was made of and how,
//! then the numbers, little-endian: depth, columns, trees (u32 each); the bias
//! (f32); and for each tree its columns (u16), thresholds (f32) and leaves (f32).
//! An inner node at `i` has its children at `2i + 1` and `2i + 2`.

use crate::binary::take;

/// Of every tree; and how many leaves that makes, and splits.
pub const DEPTH: usize = 6;
pub const LEAVES: usize = 1 << DEPTH;
pub const SPLITS: usize = LEAVES - 1;

/// The most numbers of a row.
pub const COLUMNS: usize = 1 << u8::BITS;

/// A forest that was read from a model file.
pub struct Forest {
    /// The length of the rows it was trained on.
    columns: usize,
    bias: f32,
    trees: Vec<Tree>,
}

/// A row, and after it zeros.
type Row = [f32; COLUMNS];

#[derive(Clone)]
struct Tree {
    /// From 1 on: the children of a node at `i` are at `2i` and `2i + 1`.
    splits: [Split; LEAVES],
    leaves: [f32; LEAVES],
}

/// Rows with a larger number in the column go right.
#[derive(Debug, Clone, Copy, Default)]
pub struct Split {
    pub column: u8,
    pub threshold: f32,
}

impl Forest {
    #[cfg(feature = "train")]
    /// Of trees of [`SPLITS`] splits and [`LEAVES`] leaves each.
    pub fn new(columns: usize, bias: f32, splits: &[Split], leaves: &[f32]) -> Self {
        assert!(columns <= COLUMNS, "a row has at most {COLUMNS} numbers");
        let (splits, leaves) = (splits.as_chunks::<SPLITS>().0, leaves.as_chunks::<LEAVES>().0);
        let trees = splits.iter().zip(leaves).map(|(splits, leaves)| {
            let mut tree = Tree { splits: [Split::default(); LEAVES], leaves: *leaves };
            tree.splits[1..].copy_from_slice(splits);
            tree
        });
        Self { columns, bias, trees: trees.collect() }
    }

    /// `None` if the bytes are not such a file, or of other trees or wider rows.
    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let mut rest = file.get(header..)?;
        let depth = u32::from_le_bytes(take(&mut rest)?);
        let columns = u32::from_le_bytes(take(&mut rest)?) as usize;
        let trees = u32::from_le_bytes(take(&mut rest)?) as usize;
        if depth as usize != DEPTH || columns > COLUMNS {
            return None;
        }
        let bias = f32::from_le_bytes(take(&mut rest)?);
        let mut forest = Self { columns, bias, trees: Vec::new() };
        for _ in 0..trees {
            let mut tree = Tree { splits: [Split::default(); LEAVES], leaves: [0.0; LEAVES] };
            for split in &mut tree.splits[1..] {
                let column = u16::from_le_bytes(take(&mut rest)?);
                split.column = u8::try_from(column).ok()?;
            }
            for split in &mut tree.splits[1..] {
                split.threshold = f32::from_le_bytes(take(&mut rest)?);
            }
            for leaf in &mut tree.leaves {
                *leaf = f32::from_le_bytes(take(&mut rest)?);
            }
            forest.trees.push(tree);
        }
        let mut splits = forest.trees.iter().flat_map(|tree| &tree.splits);
        splits.all(|split| usize::from(split.column) < columns).then_some(forest)
    }

    #[cfg(feature = "train")]
    pub fn write(&self, header: &str) -> Vec<u8> {
        let mut file = format!("{}\n", header.replace('\n', " ")).into_bytes();
        for number in [DEPTH, self.columns, self.trees.len()] {
            file.extend((number as u32).to_le_bytes());
        }
        file.extend(self.bias.to_le_bytes());
        for Tree { splits, leaves } in &self.trees {
            let splits = &splits[1..];
            file.extend(splits.iter().flat_map(|split| u16::from(split.column).to_le_bytes()));
            file.extend(splits.iter().flat_map(|split| split.threshold.to_le_bytes()));
            file.extend(leaves.iter().flat_map(|leaf| leaf.to_le_bytes()));
        }
        file
    }

    /// The probability, 0 to 1, for each of many rows of numbers: a tree is walked for many
    /// of them while it is near. `check` is called now and then; it unwinds when it is time
    /// to end.
    pub fn probabilities(&self, rows: &[&[f32]], check: &dyn Fn()) -> Vec<f32> {
        self.probabilities_of_hopeful(rows, &[], check)
    }

    /// The same, but given up in time: for each share of the trees and probability in
    /// `looks`, in order, rows that so many trees think less probable than that are not
    /// walked through the others, and stay where they are.
    ///
    /// # Panics
    ///
    /// If the rows are not of the length that the forest was trained on.
    pub fn probabilities_of_hopeful(
        &self,
        rows: &[&[f32]],
        looks: &[(f32, f32)],
        check: &dyn Fn(),
    ) -> Vec<f32> {
        let judged = rows.chunks(AT_ONCE).flat_map(|rows| {
            check();
            self.judge(rows, looks)
        });
        judged.collect()
    }

    fn judge(&self, rows: &[&[f32]], looks: &[(f32, f32)]) -> Vec<f32> {
        // Those that are walked, and whose they are; some more fill the last group.
        let mut hopeful: Vec<usize> = (0..rows.len()).collect();
        let mut walked = vec![[0.0; COLUMNS]; rows.len().next_multiple_of(ABREAST)];
        for (walked, row) in walked.iter_mut().zip(rows) {
            walked[..self.columns].copy_from_slice(row);
        }
        let mut sums = vec![self.bias; walked.len()];
        let mut probabilities = vec![0.0; rows.len()];
        let mut done = 0;
        for (share, hopeless) in looks.iter().copied().chain([(1.0, 0.0)]) {
            let next = (self.trees.len() as f32 * share) as usize;
            add(&self.trees[done..next], &walked, &mut sums);
            done = next;
            let mut left = 0;
            for at in 0..hopeful.len() {
                let probability = probability_of(sums[at]);
                probabilities[hopeful[at]] = probability;
                if probability >= hopeless {
                    (hopeful[left], sums[left]) = (hopeful[at], sums[at]);
                    walked.copy_within(at..=at, left);
                    left += 1;
                }
            }
            hopeful.truncate(left);
            walked.truncate(left.next_multiple_of(ABREAST));
            sums.truncate(walked.len());
        }
        probabilities
    }
}

/// Adds what the trees say of each row.
fn add(trees: &[Tree], rows: &[Row], sums: &mut [f32]) {
    let groups = rows.as_chunks::<ABREAST>().0;
    for tree in trees {
        for (rows, sums) in groups.iter().zip(sums.as_chunks_mut::<ABREAST>().0) {
            for (sum, leaf) in sums.iter_mut().zip(tree.walk(rows)) {
                *sum += leaf;
            }
        }
    }
}

impl Tree {
    /// The leaves that the rows come to, walked side by side: each step waits for the one
    /// before, but not for those of the other rows.
    #[inline(always)]
    fn walk(&self, rows: &[Row; ABREAST]) -> [f32; ABREAST] {
        let mut at = [1; ABREAST];
        for _ in 0..DEPTH {
            for (at, row) in at.iter_mut().zip(rows) {
                let split = self.splits[*at % LEAVES];
                *at = 2 * *at + usize::from(row[usize::from(split.column)] > split.threshold);
            }
        }
        at.map(|at| self.leaves[at % LEAVES])
    }
}

/// Of log-odds, 0 to 1.
pub(crate) fn probability_of(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Rows that are walked through a tree at once.
const ABREAST: usize = 8;

/// Rows that are judged between two looks at the time, a few milliseconds.
const AT_ONCE: usize = 512;
