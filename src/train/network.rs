//! Trains networks over sequences of rows, for a yes-or-no question a row with weighted
//! examples. Deterministic: the same sequences give the same networks.

use std::array::from_fn;

use super::random::Random;
use crate::stages::boilerplate::network::{
    ABREAST, Affine, CUTS, Known, LANES, Layout, Networks, REACHES, Scales, WIDTH, add, dot, mean,
    rectified,
};
use crate::stages::forest::probability_of;

pub struct Plan {
    /// Times that every sequence is seen.
    pub rounds: usize,
    /// Sequences between two steps.
    pub batch: usize,
    /// Of the first steps; it falls to nothing as a cosine does.
    pub learning_rate: f32,
    /// The shares of numbers that are left out, so that none is relied upon.
    pub dropped_columns: f32,
    pub dropped: f32,
    /// Networks that are averaged.
    pub networks: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            rounds: 15,
            batch: 12,
            learning_rate: 2e-3,
            dropped_columns: 0.1,
            dropped: 0.15,
            networks: 3,
        }
    }
}

/// The rows of a sequence, one behind the other, and what is right of each.
#[derive(Default)]
pub struct Sequence {
    pub cells: Vec<f32>,
    /// From 0 to 1.
    pub labels: Vec<f32>,
    pub weights: Vec<f32>,
}

/// Of the squared gradients and the gradients, what is remembered of earlier steps, and
/// what keeps a step finite (Kingma and Ba 2015, "Adam").
const MOMENTUM: f32 = 0.9;
const SQUARES: f32 = 0.999;
const FINITE: f32 = 1e-8;
/// Of the weights, what is forgotten a step, in learning rates (Loshchilov and Hutter 2019).
const DECAY: f32 = 1e-3;
/// The longest gradient that is followed.
const LONGEST: f32 = 1.0;
/// Sequences together weigh no more than rows of this weight.
const LEAST_WEIGHT: f32 = 0.2;

pub fn train(sequences: &[Sequence], plan: &Plan) -> Networks {
    let sequences: Vec<&Sequence> =
        sequences.iter().filter(|sequence| !sequence.labels.is_empty()).collect();
    let columns = sequences.first().map_or(0, |it| it.cells.len() / it.labels.len());
    let scales = scales(columns, &sequences);
    let weights = (1..=plan.networks).flat_map(|seed| train_one(&scales, &sequences, plan, seed));
    let weights = weights.collect();
    Networks::new(scales, weights)
}

fn train_one(scales: &Scales, sequences: &[&Sequence], plan: &Plan, seed: u64) -> Vec<f32> {
    let layout = Layout::new(scales.columns());
    let mut random = Random::new(seed);
    let mut weights = first_weights(&layout, &mut random);
    let mut descent = Descent::new(weights.len());
    let steps = plan.rounds * sequences.len().div_ceil(plan.batch);
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    for _ in 0..plan.rounds {
        for place in (1..order.len()).rev() {
            order.swap(place, random.below(place + 1));
        }
        for batch in order.chunks(plan.batch) {
            let mut gradient = vec![0.0; weights.len()];
            for &place in batch {
                let sequence = sequences[place];
                let pass = Pass::forward(&layout, &weights, scales, sequence, plan, &mut random);
                pass.backward(&layout, &weights, sequence, &mut gradient);
            }
            gradient.iter_mut().for_each(|slope| *slope /= batch.len() as f32);
            let done = descent.steps as f32 / steps as f32;
            let rate = plan.learning_rate * 0.5 * (1.0 + (std::f32::consts::PI * done).cos());
            descent.step(&mut weights, &gradient, rate);
        }
    }
    weights
}

/// Steps down the gradient, each weight's by what is remembered of its earlier slopes.
struct Descent {
    steps: i32,
    slopes: Vec<f32>,
    squares: Vec<f32>,
}

impl Descent {
    fn new(weights: usize) -> Self {
        Self { steps: 0, slopes: vec![0.0; weights], squares: vec![0.0; weights] }
    }

    fn step(&mut self, weights: &mut [f32], gradient: &[f32], rate: f32) {
        self.steps += 1;
        let length = gradient.iter().map(|slope| slope * slope).sum::<f32>().sqrt();
        let scale = LONGEST / length.max(LONGEST);
        let (first, second) = (1.0 - MOMENTUM.powi(self.steps), 1.0 - SQUARES.powi(self.steps));
        let memories = self.slopes.iter_mut().zip(&mut self.squares);
        for ((weight, slope), (mean, square)) in weights.iter_mut().zip(gradient).zip(memories) {
            let slope = slope * scale;
            *mean += (1.0 - MOMENTUM) * (slope - *mean);
            *square += (1.0 - SQUARES) * (slope * slope - *square);
            let step = *mean / first / ((*square / second).sqrt() + FINITE);
            *weight -= rate * (step + DECAY * *weight);
        }
    }
}

/// Of so many examples a column's cuts are made.
const EXAMPLES: usize = 60_000;

fn scales(columns: usize, sequences: &[&Sequence]) -> Scales {
    let rows: Vec<&[f32]> = sequences.iter().flat_map(|it| it.cells.chunks(columns)).collect();
    let step = rows.len().div_ceil(EXAMPLES).max(1);
    let mut scales = Scales::default();
    for column in 0..columns {
        let mut values: Vec<f32> = rows.iter().step_by(step).map(|row| row[column]).collect();
        values.sort_by(f32::total_cmp);
        let last = values.len().saturating_sub(1);
        let mut cuts: Vec<f32> =
            (1..=CUTS).filter_map(|cut| values.get(cut * last / (CUTS + 1)).copied()).collect();
        cuts.dedup();
        scales.add(&cuts).expect("no more cuts than there can be");
    }
    scales
}

/// Drawn so that numbers keep their scale from layer to layer (He et al. 2015).
fn first_weights(layout: &Layout, random: &mut Random) -> Vec<f32> {
    let mut weights = vec![0.0; layout.weights()];
    let mut draw = |weights: &mut [f32], inputs: usize, gain: f32| {
        let scale = gain * (1.6 / inputs as f32).sqrt();
        for weight in weights {
            // Twelve draws together are nearly normal, with a variance of one.
            let normal: f32 = (0..12).map(|_| random.unit()).sum::<f32>() - 6.0;
            *weight = scale * normal;
        }
    };
    let layers = (0..REACHES.len()).map(|layer| (layout.layer(layer), 0.6));
    for (range, gain) in
        [(layout.input(), 1.0), (layout.judgement(), 1.0)].into_iter().chain(layers)
    {
        let inputs = range.len() / WIDTH - 1;
        for lanes in weights[range].chunks_mut((inputs + 1) * LANES) {
            draw(&mut lanes[LANES..], inputs, gain);
        }
    }
    draw(&mut weights[layout.output()][..WIDTH], WIDTH, 0.2);
    weights
}

/// Everything that was reckoned on the way to a sequence's probabilities. What a layer
/// looks at is kept as it comes: of each row the inputs, one behind the other.
struct Pass {
    /// Of each row the columns, scaled.
    scaled: Vec<f32>,
    first: Vec<Known>,
    layers: Vec<Looked>,
    /// Of each row the mean of all, and what is known of the row.
    summed: Vec<f32>,
    judged: Vec<Known>,
    probabilities: Vec<f32>,
}

/// What a layer saw and found, and what of it was not left out.
struct Looked {
    inputs: Vec<f32>,
    found: Vec<Known>,
    kept: Vec<Known>,
}

impl Pass {
    fn forward(
        layout: &Layout,
        weights: &[f32],
        scales: &Scales,
        sequence: &Sequence,
        plan: &Plan,
        random: &mut Random,
    ) -> Self {
        let columns = scales.columns();
        let mut keep = |dropped: f32| {
            if random.unit() < dropped { 0.0 } else { 1.0 / (1.0 - dropped) }
        };
        let mut scaled = vec![0.0; sequence.cells.len()];
        for (row, scaled) in sequence.cells.chunks(columns).zip(scaled.chunks_mut(columns)) {
            scales.scale(row, scaled);
            scaled.iter_mut().for_each(|cell| *cell *= keep(plan.dropped_columns));
        }
        let first = found(&scaled, &weights[layout.input()]);
        let mut known = first.clone();
        let mut layers = Vec::new();
        for (layer, &reach) in REACHES.iter().enumerate() {
            let inputs = around(&known, reach);
            let found = found(&inputs, &weights[layout.layer(layer)]);
            let kept: Vec<Known> =
                found.iter().map(|known| known.map(|_| keep(plan.dropped))).collect();
            for ((known, found), kept) in known.iter_mut().zip(&found).zip(&kept) {
                add(known, &times(found, kept));
            }
            layers.push(Looked { inputs, found, kept });
        }
        let mean = mean(&known);
        let summed: Vec<f32> = known.iter().flat_map(|known| [mean, *known]).flatten().collect();
        let judged = found(&summed, &weights[layout.judgement()]);
        let (output, bias) = weights[layout.output()].split_at(WIDTH);
        let probabilities =
            judged.iter().map(|judged| probability_of(dot(judged, output) + bias[0])).collect();
        Self { scaled, first, layers, summed, judged, probabilities }
    }

    /// Adds to the gradient what this sequence says of each weight.
    fn backward(
        &self,
        layout: &Layout,
        weights: &[f32],
        sequence: &Sequence,
        gradient: &mut [f32],
    ) {
        let whole = sequence.weights.iter().sum::<f32>().max(LEAST_WEIGHT);
        let output = &weights[layout.output()][..WIDTH];
        let mut of_judged = Vec::with_capacity(self.judged.len());
        for (row, judged) in self.judged.iter().enumerate() {
            let slope =
                (self.probabilities[row] - sequence.labels[row]) * sequence.weights[row] / whole;
            let of_output = &mut gradient[layout.output()];
            for (gradient, judged) in of_output.iter_mut().zip(judged) {
                *gradient += slope * judged;
            }
            of_output[WIDTH] += slope;
            let of: Known = from_fn(|at| slope * output[at]);
            of_judged.push(where_found(&of, judged));
        }
        let range = layout.judgement();
        back(&self.summed, &of_judged, &mut gradient[range.clone()]);
        let of_summed = of_inputs(&of_judged, &weights[range]);
        let mut of_mean = [0.0; WIDTH];
        of_summed.iter().step_by(2).for_each(|of| add(&mut of_mean, of));
        let share = of_mean.map(|slope| slope / self.judged.len() as f32);
        let mut of_known: Vec<Known> = of_summed.into_iter().skip(1).step_by(2).collect();
        of_known.iter_mut().for_each(|of| add(of, &share));
        for (layer, (looked, &reach)) in self.layers.iter().zip(&REACHES).enumerate().rev() {
            let of_found: Vec<Known> = (0..of_known.len())
                .map(|row| {
                    let of = times(&of_known[row], &looked.kept[row]);
                    where_found(&of, &looked.found[row])
                })
                .collect();
            let range = layout.layer(layer);
            back(&looked.inputs, &of_found, &mut gradient[range.clone()]);
            // What passes the layer by goes on; what goes through it is added.
            for (row, of) in of_inputs(&of_found, &weights[range]).chunks(3).enumerate() {
                for (at, of) in
                    [row.checked_sub(reach), Some(row), Some(row + reach)].iter().zip(of)
                {
                    if let Some(of_known) = at.and_then(|at| of_known.get_mut(at)) {
                        add(of_known, of);
                    }
                }
            }
        }
        let of_first: Vec<Known> =
            of_known.iter().zip(&self.first).map(|(of, first)| where_found(of, first)).collect();
        back(&self.scaled, &of_first, &mut gradient[layout.input()]);
    }
}

/// What a layer finds in each row of inputs.
fn found(inputs: &[f32], weights: &[f32]) -> Vec<Known> {
    let layer = Affine::new(weights);
    let rows: Vec<&[f32]> = inputs.chunks(weights.len() / WIDTH - 1).collect();
    let mut found = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ABREAST) {
        let outputs = layer.of([from_fn(|at| rows[at.min(rows.len() - 1)])]);
        found.extend(outputs[..rows.len()].iter().map(rectified));
    }
    found
}

/// Of each row what is known of the one so far before it, of itself and of the one behind.
fn around(known: &[Known], reach: usize) -> Vec<f32> {
    const NONE: Known = [0.0; WIDTH];
    let row = |at: Option<usize>| *at.and_then(|at| known.get(at)).unwrap_or(&NONE);
    (0..known.len())
        .flat_map(|at| [row(at.checked_sub(reach)), row(Some(at)), row(Some(at + reach))])
        .flatten()
        .collect()
}

fn times(one: &Known, other: &Known) -> Known {
    from_fn(|at| one[at] * other[at])
}

/// The slopes of those outputs that were not rectified.
fn where_found(of: &Known, found: &Known) -> Known {
    from_fn(|at| if found[at] > 0.0 { of[at] } else { 0.0 })
}

/// Adds the slopes of a layer's weights, from its inputs and the slopes of its outputs.
fn back(inputs: &[f32], of_outputs: &[Known], gradient: &mut [f32]) {
    let width = gradient.len() / WIDTH - 1;
    let (gradient, _) = gradient.as_chunks_mut::<LANES>();
    for (place, gradient) in gradient.chunks_mut(width + 1).enumerate() {
        let of =
            |of_outputs: &Known| -> [f32; LANES] { from_fn(|at| of_outputs[place * LANES + at]) };
        let (bias, gradient) = gradient.split_first_mut().expect("a layer has biases");
        for of_outputs in of_outputs {
            for (bias, of) in bias.iter_mut().zip(of(of_outputs)) {
                *bias += of;
            }
        }
        for (block, gradient) in gradient.chunks_mut(ABREAST).enumerate() {
            let mut sums = [[0.0; LANES]; ABREAST];
            for (row, of_outputs) in inputs.chunks(width).zip(of_outputs) {
                let of = of(of_outputs);
                let row = &row[block * ABREAST..(block * ABREAST + ABREAST).min(width)];
                for (sums, input) in sums.iter_mut().zip(row) {
                    for (sum, of) in sums.iter_mut().zip(of) {
                        *sum += input * of;
                    }
                }
            }
            for (gradient, sums) in gradient.iter_mut().zip(sums) {
                for (gradient, sum) in gradient.iter_mut().zip(sums) {
                    *gradient += sum;
                }
            }
        }
    }
}

/// The slopes of a layer's inputs, [`WIDTH`] of them each time, from those of its outputs.
fn of_inputs(of_outputs: &[Known], weights: &[f32]) -> Vec<Known> {
    let inputs = weights.len() / WIDTH - 1;
    let weight = |input: usize, output: usize| {
        weights[(output / LANES * (inputs + 1) + input + 1) * LANES + output % LANES]
    };
    // The same layer the other way round, without biases, and in parts.
    let parts = inputs / WIDTH;
    let turned: Vec<Vec<f32>> = (0..parts)
        .map(|part| {
            let mut turned = Vec::with_capacity((WIDTH + 1) * WIDTH);
            for first in (part * WIDTH..(part + 1) * WIDTH).step_by(LANES) {
                turned.extend([0.0; LANES]);
                for output in 0..WIDTH {
                    turned.extend((first..first + LANES).map(|input| weight(input, output)));
                }
            }
            turned
        })
        .collect();
    let mut of_inputs = vec![[0.0; WIDTH]; of_outputs.len() * parts];
    for (part, turned) in turned.iter().enumerate() {
        let layer = Affine::new(turned);
        for (rows, of) in of_outputs.chunks(ABREAST).zip(of_inputs.chunks_mut(ABREAST * parts)) {
            let slopes = layer.of([from_fn(|at| &rows[at.min(rows.len() - 1)][..])]);
            for (of, slopes) in of.chunks_mut(parts).zip(slopes) {
                of[part] = slopes;
            }
        }
    }
    of_inputs
}
