//! The sequence model: a conditional random field of the first order (Lafferty,
//! McCallum and Pereira 2001) over stretches of candidate tokens.
//!
//! A model file is a line of text that says what it was made of and how, then,
//! little-endian: the scale (f32), the transitions ([`TAGS`] + 1 rows of [`TAGS`] +
//! 1, f32; the last row is the start, the last column the end), which rows of the table
//! are there (a bit each, [`ROWS`] in all), and those ([`TAGS`] × i8 each).

use std::sync::LazyLock;

use super::features::{self, Known, ROWS};
use crate::stage::Deadline;

/// Outside; then the beginning and the inside of a person's, an organisation's and a
/// place's name.
pub const TAGS: usize = 7;
pub const OUTSIDE: usize = 0;

/// Whether `tag` begins a name.
pub fn begins(tag: usize) -> bool {
    tag % 2 == 1
}

/// Whether `tag` goes on with the name that `before` is of.
pub fn goes_on(before: usize, tag: usize) -> bool {
    tag != OUTSIDE && !begins(tag) && (before == tag || before + 1 == tag)
}

/// 0 person, 1 organisation, 2 place, of a tag that is not outside.
pub fn class(tag: usize) -> usize {
    (tag - 1) / 2
}

pub type Transitions = [[f32; TAGS + 1]; TAGS + 1];
pub const START: usize = TAGS;
pub const STOP: usize = TAGS;

pub static ENGLISH: LazyLock<Model> = LazyLock::new(|| {
    Model::read(include_bytes!("english.model")).expect("the file is part of the crate")
});

pub struct Model {
    scale: f32,
    transitions: Transitions,
    weights: Weights,
}

/// The rows of the table that are there, read where the file stands: of most rows
/// there is nothing to hold.
struct Weights {
    /// A bit for each row of the table, and how many are there before each 64.
    there: Vec<(u64, u32)>,
    /// [`TAGS`] bytes a row.
    rows: &'static [u8],
}

impl Weights {
    /// `None` unless there are as many rows as there are bits.
    fn new(there: &[u8], rows: &'static [[u8; TAGS]]) -> Option<Self> {
        let mut before = 0;
        let bits = there.as_chunks::<8>().0.iter().map(|bytes| {
            let bits = u64::from_le_bytes(*bytes);
            before += bits.count_ones();
            (bits, before - bits.count_ones())
        });
        let there = bits.collect();
        (before as usize == rows.len()).then_some(Self { there, rows: rows.as_flattened() })
    }

    /// Whether a row is there, and its place or that of the next that is.
    #[inline]
    fn place(&self, row: u32) -> (bool, u32) {
        let (bits, before) = self.there[row as usize / 64];
        let bit = 1u64 << (row % 64);
        (bits & bit != 0, before + (bits & (bit - 1)).count_ones())
    }

    /// The row at a place, and a number more, so that eight can be added at once.
    #[inline]
    fn at(&self, place: u32) -> [u8; TAGS + 1] {
        let start = place as usize * TAGS;
        match self.rows[start..].first_chunk() {
            Some(row) => *row,
            None => {
                let mut last = [0; TAGS + 1];
                last[..TAGS].copy_from_slice(&self.rows[start..]);
                last
            }
        }
    }
}

/// A name: tokens from `start` to `end`, what it names, and how likely that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    pub start: usize,
    pub end: usize,
    pub class: usize,
    pub probability: f32,
}

impl Model {
    /// `None` if the bytes are not such a file.
    pub fn read(file: &'static [u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let (scale, mut rest) = file.get(header..)?.split_first_chunk::<4>()?;
        let mut transitions = [[0.0; TAGS + 1]; TAGS + 1];
        for number in transitions.iter_mut().flatten() {
            let (bytes, behind) = rest.split_first_chunk::<4>()?;
            *number = f32::from_le_bytes(*bytes);
            rest = behind;
        }
        let (there, rest) = rest.split_at_checked(ROWS / 8)?;
        let (rows, rest) = rest.as_chunks::<TAGS>();
        let scale = f32::from_le_bytes(*scale);
        let weights = Weights::new(there, rows).filter(|_| rest.is_empty())?;
        Some(Self { scale, transitions, weights })
    }

    #[cfg(feature = "train")]
    pub fn write(
        header: &str,
        scale: f32,
        transitions: &Transitions,
        table: &[[i8; TAGS]],
    ) -> Vec<u8> {
        let mut file = format!("{header}\n").into_bytes();
        file.extend(scale.to_le_bytes());
        file.extend(transitions.iter().flatten().flat_map(|number| number.to_le_bytes()));
        let is_there = |row: &[i8; TAGS]| row.iter().any(|weight| *weight != 0);
        for rows in table.chunks(8) {
            let bits = rows.iter().enumerate().map(|(bit, row)| u8::from(is_there(row)) << bit);
            file.push(bits.sum());
        }
        let rows = table.iter().filter(|row| is_there(row));
        file.extend(rows.flatten().map(|weight| weight.cast_unsigned()));
        file
    }

    /// Finds the names among tokens. `deadline` is looked at once a stretch of them.
    pub fn find(&self, known: &[Known], found: &mut Vec<Found>, deadline: &Deadline) {
        let mut lattice = Lattice::default();
        for stretch in stretches(known) {
            deadline.check();
            lattice.scores.clear();
            for index in stretch.clone() {
                // About half of the rows are there, and which cannot be foreseen: none is
                // branched for.
                let mut places = [0u32; features::MOST_ROWS];
                let mut count = 0;
                features::rows(known, index, |row| {
                    let (is_there, place) = self.weights.place(row);
                    places[count] = place;
                    count += usize::from(is_there);
                });
                let mut sum = [0i16; TAGS + 1];
                for place in &places[..count] {
                    for (sum, weight) in sum.iter_mut().zip(self.weights.at(*place)) {
                        *sum = sum.wrapping_add(i16::from(weight.cast_signed()));
                    }
                }
                lattice.scores.push(std::array::from_fn(|tag| f32::from(sum[tag]) * self.scale));
            }
            lattice.decode(&self.transitions, stretch.start, found);
        }
    }
}

/// The runs of candidate tokens.
pub fn stretches(known: &[Known]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + known[at..].iter().position(|known| known.is_candidate)?;
        let length = known[start..].iter().position(|known| !known.is_candidate);
        let end = length.map_or(known.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

/// Scores of a stretch, and the sums over all its readings.
#[derive(Default)]
pub struct Lattice {
    pub scores: Vec<[f32; TAGS]>,
    forward: Vec<[f32; TAGS]>,
    backward: Vec<[f32; TAGS]>,
    /// The logarithm of the sum over all readings.
    total: f32,
}

impl Lattice {
    /// Fills the sums, in logarithms.
    pub fn sum(&mut self, transitions: &Transitions) -> f32 {
        let length = self.scores.len();
        self.forward.clear();
        self.forward.push(std::array::from_fn(|tag| transitions[START][tag] + self.scores[0][tag]));
        for at in 1..length {
            let before = self.forward[at - 1];
            self.forward.push(std::array::from_fn(|tag| {
                self.scores[at][tag]
                    + log_sum(std::array::from_fn(|from| before[from] + transitions[from][tag]))
            }));
        }
        self.backward.clear();
        self.backward.resize(length, [0.0; TAGS]);
        self.backward[length - 1] = std::array::from_fn(|tag| transitions[tag][STOP]);
        for at in (0..length - 1).rev() {
            let behind = self.backward[at + 1];
            self.backward[at] = std::array::from_fn(|tag| {
                log_sum(std::array::from_fn(|to| {
                    transitions[tag][to] + self.scores[at + 1][to] + behind[to]
                }))
            });
        }
        let last = self.forward[length - 1];
        self.total = log_sum(std::array::from_fn(|tag| last[tag] + transitions[tag][STOP]));
        self.total
    }

    /// How likely `tag` is at a place, after [`Lattice::sum`].
    pub fn marginal(&self, at: usize, tag: usize) -> f32 {
        (self.forward[at][tag] + self.backward[at][tag] - self.total).exp()
    }

    /// How likely `from` and then `to` are at `at` and behind it, after [`Lattice::sum`].
    pub fn pair(&self, transitions: &Transitions, at: usize, from: usize, to: usize) -> f32 {
        (self.forward[at][from]
            + transitions[from][to]
            + self.scores[at + 1][to]
            + self.backward[at + 1][to]
            - self.total)
            .exp()
    }

    /// The likeliest reading's names; `offset` is where the stretch starts.
    fn decode(&mut self, transitions: &Transitions, offset: usize, found: &mut Vec<Found>) {
        let length = self.scores.len();
        let mut best: [f32; TAGS] =
            std::array::from_fn(|tag| transitions[START][tag] + self.scores[0][tag]);
        let mut ways: Vec<[u8; TAGS]> = Vec::with_capacity(length);
        for at in 1..length {
            let mut way = [0u8; TAGS];
            best = std::array::from_fn(|tag| {
                let mut most = f32::MIN;
                for from in 0..TAGS {
                    let score = best[from] + transitions[from][tag];
                    if score > most {
                        most = score;
                        way[tag] = from as u8;
                    }
                }
                most + self.scores[at][tag]
            });
            ways.push(way);
        }
        let mut tag = (0..TAGS)
            .max_by(|a, b| {
                (best[*a] + transitions[*a][STOP]).total_cmp(&(best[*b] + transitions[*b][STOP]))
            })
            .unwrap_or(OUTSIDE);
        let mut path = vec![tag; length];
        for at in (1..length).rev() {
            tag = usize::from(ways[at - 1][tag]);
            path[at - 1] = tag;
        }
        if path.iter().all(|tag| *tag == OUTSIDE) {
            return;
        }
        self.sum(transitions);
        let mut at = 0;
        while at < length {
            if path[at] == OUTSIDE {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < length && goes_on(path[end - 1], path[end]) {
                end += 1;
            }
            let probability = self.probability(transitions, at, end, &path[at..end]);
            found.push(Found {
                start: offset + at,
                end: offset + end,
                class: class(path[at]),
                probability,
            });
            at = end;
        }
    }

    /// Of all readings, the share that has just this name.
    fn probability(
        &self,
        transitions: &Transitions,
        start: usize,
        end: usize,
        path: &[usize],
    ) -> f32 {
        let mut score = self.forward[start][path[0]];
        for at in start + 1..end {
            score += transitions[path[at - start - 1]][path[at - start]]
                + self.scores[at][path[at - start]];
        }
        let last = path[path.len() - 1];
        // What follows must not go on with the name.
        let behind = if end == self.scores.len() {
            transitions[last][STOP]
        } else {
            log_sum(std::array::from_fn(|to| {
                if goes_on(last, to) {
                    f32::MIN
                } else {
                    transitions[last][to] + self.scores[end][to] + self.backward[end][to]
                }
            }))
        };
        (score + behind - self.total).exp().min(1.0)
    }
}

fn log_sum(values: [f32; TAGS]) -> f32 {
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    most + values.iter().map(|value| (value - most).exp()).sum::<f32>().ln()
}
