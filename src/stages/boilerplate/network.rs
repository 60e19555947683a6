//! A small network of convolutions over a page's segments, for what trees that see one row
//! at a time cannot: how the whole goes on before and behind. Each layer looks at a row and
//! at those so far before and behind it, and adds what it finds to what is known of the row
//! (dilated convolutions with residuals, as in Bai, Kolter and Koltun 2018, "An empirical
//! evaluation of generic convolutional and recurrent networks for sequence modeling", here
//! to both sides); last, each row is judged beside the mean of all. Several such networks
//! that were drawn from other numbers are averaged.
//!
//! Every sum is taken in one order and without fused steps, so the outcome is the same on
//! all machines.
//!
//! A model file is a line of text that says what it was made of and how, then little-endian:
//! columns (u32); for each column how many cuts it has (u32), and the cuts (f32); and the
//! weights (f32) of one network after the other, each in the order of [`Layout`].

use std::array::from_fn;
use std::ops::Range;

use crate::stage::Deadline;
use crate::stages::forest::probability_of;

/// Numbers that are known of a row between layers.
pub const WIDTH: usize = 32;
/// How far each layer looks to either side, in rows.
pub const REACHES: [usize; 6] = [1, 2, 4, 8, 16, 1];
/// What is known of a row.
pub type Known = [f32; WIDTH];

/// Outputs that are reckoned at once, as the lanes of two of the narrowest vectors.
pub const LANES: usize = 8;
/// Rows that are reckoned at once: a weight is read once for all of them.
pub const ABREAST: usize = 4;

/// Where each layer's weights are. For every [`LANES`] outputs there are their biases, and
/// then, of one input after the other, their weights.
pub struct Layout {
    columns: usize,
}

impl Layout {
    pub fn new(columns: usize) -> Self {
        Self { columns }
    }

    /// From a row's columns.
    pub fn input(&self) -> Range<usize> {
        0..size(self.columns)
    }

    /// From the row before, the row and the one behind.
    pub fn layer(&self, layer: usize) -> Range<usize> {
        let start = self.input().end + layer * size(3 * WIDTH);
        start..start + size(3 * WIDTH)
    }

    /// From the mean of all rows and a row.
    pub fn judgement(&self) -> Range<usize> {
        let start = self.layer(REACHES.len()).start;
        start..start + size(2 * WIDTH)
    }

    /// To the log-odds: the weights, and the bias.
    pub fn output(&self) -> Range<usize> {
        let start = self.judgement().end;
        start..start + WIDTH + 1
    }

    /// How many weights a network has.
    pub fn weights(&self) -> usize {
        self.output().end
    }
}

/// Of a layer with so many inputs.
fn size(inputs: usize) -> usize {
    (inputs + 1) * WIDTH
}

/// Networks that were read from a model file.
pub struct Networks {
    scales: Scales,
    weights: Vec<f32>,
}

impl Networks {
    #[cfg(feature = "train")]
    /// With the weights of one after the other.
    pub fn new(scales: Scales, weights: Vec<f32>) -> Self {
        Self { scales, weights }
    }

    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let mut words = file.get(header..)?.as_chunks::<4>().0.iter();
        let columns = u32::from_le_bytes(*words.next()?) as usize;
        let mut scales = Scales::default();
        for _ in 0..columns {
            let count = u32::from_le_bytes(*words.next()?) as usize;
            let cuts: Vec<f32> =
                words.by_ref().take(count).map(|word| f32::from_le_bytes(*word)).collect();
            scales.add(&cuts).filter(|()| cuts.len() == count)?;
        }
        let weights: Vec<f32> = words.map(|word| f32::from_le_bytes(*word)).collect();
        let fits =
            !weights.is_empty() && weights.len().is_multiple_of(Layout::new(columns).weights());
        fits.then_some(Self { scales, weights })
    }

    #[cfg(feature = "train")]
    pub fn write(&self, header: &str) -> Vec<u8> {
        let mut file = format!("{}\n", header.replace('\n', " ")).into_bytes();
        file.extend((self.scales.columns() as u32).to_le_bytes());
        for cuts in self.scales.cuts() {
            file.extend((cuts.len() as u32).to_le_bytes());
            file.extend(cuts.iter().flat_map(|cut| cut.to_le_bytes()));
        }
        file.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        file
    }

    /// The probability, 0 to 1, for each row of a sequence.
    pub fn probabilities(&self, rows: &[&[f32]], deadline: &Deadline) -> Vec<f32> {
        let layout = Layout::new(self.scales.columns());
        let networks: Vec<&[f32]> = self.weights.chunks_exact(layout.weights()).collect();
        let mut sums = vec![0.0; rows.len()];
        let first = self.first_known(rows, &layout, &networks, deadline);
        for (mut known, weights) in first.into_iter().zip(&networks) {
            let mut after = known.clone();
            for (layer, &reach) in REACHES.iter().enumerate() {
                look(&known, reach, &weights[layout.layer(layer)], &mut after, deadline);
                std::mem::swap(&mut known, &mut after);
            }
            judge(&known, &layout, weights, &mut sums);
        }
        let share = 1.0 / networks.len() as f32;
        sums.into_iter().map(|sum| sum * share).collect()
    }

    /// What each network knows of rows by themselves.
    fn first_known(
        &self,
        rows: &[&[f32]],
        layout: &Layout,
        networks: &[&[f32]],
        deadline: &Deadline,
    ) -> Vec<Vec<Known>> {
        let layers = networks.iter().map(|weights| Affine::new(&weights[layout.input()]));
        let mut networks: Vec<_> =
            layers.map(|layer| (layer, Vec::with_capacity(rows.len()))).collect();
        let mut scaled: [Vec<f32>; ABREAST] = from_fn(|_| vec![0.0; self.scales.columns()]);
        for (block, rows) in rows.chunks(ABREAST).enumerate() {
            look_at(deadline, block);
            for (row, scaled) in rows.iter().zip(&mut scaled) {
                self.scales.scale(row, scaled);
            }
            for (layer, known) in &mut networks {
                let found = layer.of([from_fn(|at| &scaled[at][..])]);
                known.extend(found[..rows.len()].iter().map(rectified));
            }
        }
        networks.into_iter().map(|(_, known)| known).collect()
    }
}

/// Looks at the deadline before every so many blocks of rows.
fn look_at(deadline: &Deadline, block: usize) {
    const BLOCKS: usize = 64;
    if block.is_multiple_of(BLOCKS) {
        deadline.check();
    }
}

/// Adds the probabilities that follow from what is known of all rows.
fn judge(known: &[Known], layout: &Layout, weights: &[f32], sums: &mut [f32]) {
    let judgement = Affine::new(&weights[layout.judgement()]).after(&mean(known));
    let (output, bias) = weights[layout.output()].split_at(WIDTH);
    for (known, sums) in known.chunks(ABREAST).zip(sums.chunks_mut(ABREAST)) {
        let judged = judgement.of([from_fn(|at| &known[at.min(known.len() - 1)][..])]);
        for (sum, judged) in sums.iter_mut().zip(&judged) {
            *sum += probability_of(dot(&rectified(judged), output) + bias[0]);
        }
    }
}

/// What a layer adds to what is known of each row, from it and those so far before and
/// behind it; rows that are not there are zeros.
fn look(known: &[Known], reach: usize, weights: &[f32], after: &mut [Known], deadline: &Deadline) {
    const NONE: Known = [0.0; WIDTH];
    let layer = Affine::new(weights);
    let row = |at: Option<usize>| at.and_then(|at| known.get(at)).unwrap_or(&NONE).as_slice();
    for (block, after) in after.chunks_mut(ABREAST).enumerate() {
        look_at(deadline, block);
        let start = block * ABREAST;
        let found = layer.of([
            from_fn(|at| row((start + at).checked_sub(reach))),
            from_fn(|at| row(Some(start + at))),
            from_fn(|at| row(Some(start + at + reach))),
        ]);
        for (at, (after, found)) in after.iter_mut().zip(&found).enumerate() {
            *after = rectified(found);
            add(after, &known[start + at]);
        }
    }
}

/// A layer's weights and, for every [`LANES`] outputs, what their sums begin with.
pub struct Affine<'a> {
    starts: [[f32; LANES]; WIDTH / LANES],
    weights: [&'a [[f32; LANES]]; WIDTH / LANES],
}

impl<'a> Affine<'a> {
    pub fn new(weights: &'a [f32]) -> Self {
        let (lanes, _) = weights.as_chunks::<LANES>();
        let each = lanes.len() / (WIDTH / LANES);
        let of = |at: usize| &lanes[at * each..(at + 1) * each];
        Self { starts: from_fn(|at| of(at)[0]), weights: from_fn(|at| &of(at)[1..]) }
    }

    /// What remains when the first inputs are the same for all rows.
    pub fn after(self, inputs: &[f32]) -> Self {
        let sums = self.of([[inputs; ABREAST]])[0];
        let (starts, _) = sums.as_chunks::<LANES>();
        Self {
            starts: from_fn(|at| starts[at]),
            weights: self.weights.map(|weights| &weights[inputs.len()..]),
        }
    }

    /// Of rows whose inputs come in parts: the inputs times the weights, added in order.
    pub fn of<const PARTS: usize>(&self, inputs: [[&[f32]; ABREAST]; PARTS]) -> [Known; ABREAST] {
        let mut outputs = [[0.0; WIDTH]; ABREAST];
        for (place, (start, weights)) in self.starts.iter().zip(self.weights).enumerate() {
            let mut sums = [*start; ABREAST];
            let mut weights = weights;
            for rows in inputs {
                let (here, behind) = weights.split_at(rows[0].len());
                weights = behind;
                let rows = rows.map(|row| &row[..here.len()]);
                for (at, weights) in here.iter().enumerate() {
                    for (sums, row) in sums.iter_mut().zip(rows) {
                        for (sum, weight) in sums.iter_mut().zip(weights) {
                            *sum += row[at] * weight;
                        }
                    }
                }
            }
            for (output, sums) in outputs.iter_mut().zip(sums) {
                output[place * LANES..(place + 1) * LANES].copy_from_slice(&sums);
            }
        }
        outputs
    }
}

pub fn mean(known: &[Known]) -> Known {
    let mut sums = [0.0; WIDTH];
    known.iter().for_each(|known| add(&mut sums, known));
    sums.map(|sum| sum / known.len().max(1) as f32)
}

pub fn rectified(known: &Known) -> Known {
    known.map(|number| number.max(0.0))
}

pub fn add(known: &mut Known, more: &Known) {
    for (known, more) in known.iter_mut().zip(more) {
        *known += more;
    }
}

pub fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (one, other) in one.as_chunks::<LANES>().0.iter().zip(other.as_chunks::<LANES>().0) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    sums.iter().sum()
}

/// The most cuts of a column.
pub const CUTS: usize = 63;

/// What makes numbers of unlike columns comparable: each becomes the share of the column's
/// numbers that are smaller, from −1.7 to 1.7, which is about the scale of numbers with a
/// variance of one.
#[derive(Default)]
pub struct Scales {
    /// For each column ascending numbers that part its examples. What no number is above
    /// fills the rest.
    cuts: Vec<[f32; CUTS + 1]>,
    counts: Vec<f32>,
}

impl Scales {
    /// Adds a column, unless there are too many cuts.
    pub fn add(&mut self, cuts: &[f32]) -> Option<()> {
        let mut filled = [f32::NAN; CUTS + 1];
        filled[..CUTS].get_mut(..cuts.len())?.copy_from_slice(cuts);
        self.cuts.push(filled);
        self.counts.push(cuts.len() as f32);
        Some(())
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.cuts.len()
    }

    #[cfg(feature = "train")]
    fn cuts(&self) -> impl Iterator<Item = &[f32]> {
        self.cuts.iter().zip(&self.counts).map(|(cuts, &count)| &cuts[..count as usize])
    }

    pub fn scale(&self, row: &[f32], scaled: &mut [f32]) {
        for (((cell, cuts), count), scaled) in
            row.iter().zip(&self.cuts).zip(&self.counts).zip(scaled)
        {
            let mut smaller = 0;
            for step in [32, 16, 8, 4, 2, 1] {
                smaller += if cuts[(smaller + step - 1) & CUTS] <= *cell { step } else { 0 };
            }
            *scaled = (smaller as f32 / count.max(1.0) - 0.5) * 3.4;
        }
    }
}
