//! Learns which word stands in its place in clean news ([`crate::stages::repair::spun::cloze`]):
//! the word that stands there is to fit better than those that a spinner writes for it, or it
//! for those, and, with less weight, than words drawn at random. Some words of the window are
//! replaced by renderings, as they are on a spun page.

use std::array::from_fn;
use std::path::Path;

use super::vectors::{FLATTENED, MIN_COUNT, add, rounded};
use crate::stages::repair::spun::channel::Channel;
use crate::stages::repair::spun::cloze::{
    FIRST, FOUND, Found, Layers, Number, OUTSIDE, PLACES, REACH, UNKNOWN, Vector, WIDTH,
};
use crate::stages::repair::spun::tokens::{WordHash, tokens};
use crate::text::hashing::{FastMap, FastSet};
use crate::train::random::Random;

const HEADER: &str = "copydesk cloze of spun news, learnt from 40 million tokens of English news \
    of many publishers, whose text is not part of this; Apache-2.0, as copydesk; by \
    `copydesk-train cloze CLOZE TABLE NEWS`\n";

/// Words with more than such a share of all are passed over the more often.
const FREQUENT: f32 = 2e-4;

const PASSES: usize = 3;

/// Of the words of a window that are of the table, the share that is replaced.
const REPLACED: f32 = 0.1;

/// Rivals drawn for each place, and words drawn at random as for the vectors, and what these
/// weigh.
const RIVALS: usize = 6;
const DRAWN: usize = 16;
const ASKED: usize = 1 + RIVALS + DRAWN;
const WEIGHT_OF_DRAWN: f32 = 0.2;

/// Steps at the beginning, of vectors (Duchi and others 2011, "Adagrad")
/// and of the layers (Kingma and Ba 2015, "Adam"); they fall to nothing.
const RATE: f32 = 0.05;
const RATE_OF_LAYERS: f32 = 1e-3;

/// Places between two steps of the layers.
const BATCH: usize = 64;

/// The network as a file.
pub fn train(table: &Path, news: &Path) -> std::io::Result<Vec<u8>> {
    let table = std::fs::read_to_string(table)?;
    let news = std::fs::read_to_string(news)?;
    let lines: Vec<Vec<WordHash>> = news
        .split(['\u{1e}', '\n'])
        .map(|line| tokens(line).into_iter().map(|token| token.hash).collect())
        .filter(|line: &Vec<WordHash>| line.len() > SHORTEST)
        .collect();
    drop(news);
    let vocabulary = Vocabulary::of(&lines, &table);
    // One behind the other, with as much between them that no window holds words of two.
    let mut words = vec![OUTSIDE; REACH];
    for line in &lines {
        words.extend(line.iter().map(|word| vocabulary.number(*word)));
        words.extend([OUTSIDE; REACH]);
    }
    drop(lines);
    let mut learner = Learner::new(&vocabulary);
    let mut places: Vec<u32> = Vec::new();
    for pass in 0..PASSES {
        places.clear();
        for (at, word) in (0..).zip(&words) {
            let is_kept = vocabulary
                .in_table(*word)
                .is_some_and(|word| learner.random.unit() < vocabulary.kept[word]);
            if is_kept {
                places.push(at);
            }
        }
        for place in (1..places.len()).rev() {
            places.swap(place, learner.random.below(place + 1));
        }
        for (index, at) in places.iter().enumerate() {
            let done = pass as f32 + index as f32 / places.len() as f32;
            learner.left = 1.0 - done / PASSES as f32;
            let at = *at as usize;
            let window = from_fn(|place| match place {
                ..REACH => words[at - REACH + place],
                _ => words[at + 1 + place - REACH],
            });
            learner.learn(words[at], window);
        }
    }
    Ok(learner.write())
}

/// Lines of no more tokens are no sentences.
const SHORTEST: usize = 6;

struct Vocabulary {
    numbers: FastMap<WordHash, Number>,
    words: Vec<WordHash>,
    /// Of each word of the table, which come first, the words that are its renderings or that
    /// it is one of.
    rivals: Vec<Vec<Number>>,
    /// The share of its places that are learnt from.
    kept: Vec<f32>,
    /// Each word of the table as often as it is drawn.
    drawn: Vec<Number>,
}

impl Vocabulary {
    fn of(lines: &[Vec<WordHash>], table: &str) -> Self {
        let mut counts: FastMap<WordHash, u32> = FastMap::default();
        for word in lines.iter().flatten() {
            *counts.entry(*word).or_default() += 1;
        }
        let all: u64 = counts.values().map(|count| u64::from(*count)).sum();
        counts.retain(|_, count| *count >= MIN_COUNT);
        let pairs = telling_pairs(table, &counts);
        let of_table: FastSet<WordHash> = pairs.iter().flatten().copied().collect();
        let mut words: Vec<WordHash> = counts.keys().copied().collect();
        words
            .sort_by_key(|word| (!of_table.contains(word), std::cmp::Reverse(counts[word]), *word));
        let numbers: FastMap<WordHash, Number> =
            (FIRST..).zip(&words).map(|(n, w)| (*w, n)).collect();
        let mut rivals = vec![Vec::new(); of_table.len()];
        for pair in &pairs {
            let [one, other] = pair.map(|word| numbers[&word]);
            rivals[(one - FIRST) as usize].push(other);
            rivals[(other - FIRST) as usize].push(one);
        }
        let of_table = || words.iter().take(rivals.len());
        let kept = |word: &WordHash| (FREQUENT * all as f32 / counts[word] as f32).sqrt().min(1.0);
        let kept = of_table().map(kept).collect();
        let drawn = |(number, word): (Number, &WordHash)| {
            std::iter::repeat_n(number, (counts[word] as f32).powf(FLATTENED) as usize)
        };
        let drawn = (FIRST..).zip(of_table()).flat_map(drawn).collect();
        Self { numbers, kept, drawn, rivals, words }
    }

    fn number(&self, word: WordHash) -> Number {
        self.numbers.get(&word).copied().unwrap_or(UNKNOWN)
    }

    /// The index among the words of the table.
    fn in_table(&self, number: Number) -> Option<usize> {
        let index = number.checked_sub(FIRST)? as usize;
        (index < self.rivals.len()).then_some(index)
    }
}

/// Of each entry of the table the rarest word that only the one side has, and that only the
/// other has.
fn telling_pairs(table: &str, counts: &FastMap<WordHash, u32>) -> Vec<[WordHash; 2]> {
    let channel = Channel::read(table);
    let telling = |these: &[WordHash], those: &[WordHash]| {
        let own = these.iter().filter(|word| !those.contains(word));
        own.filter_map(|word| Some((*counts.get(word)?, *word))).min().map(|(_, word)| word)
    };
    let mut pairs: Vec<[WordHash; 2]> = channel
        .entries()
        .filter_map(|entry| {
            let (spun, original) = (&entry.spun, &entry.original);
            Some([telling(spun, original)?, telling(original, spun)?])
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// A vector, and what decides how far its numbers step: the sums of their slopes' squares.
#[derive(Clone)]
struct Stepping<const LENGTH: usize> {
    vector: [f32; LENGTH],
    squares: [f32; LENGTH],
}

impl<const LENGTH: usize> Stepping<LENGTH> {
    fn new(vector: [f32; LENGTH]) -> Self {
        Self { vector, squares: [0.0; LENGTH] }
    }

    fn step(&mut self, slope: &[f32; LENGTH], rate: f32) {
        let numbers = self.vector.iter_mut().zip(&mut self.squares);
        for ((number, square), slope) in numbers.zip(slope) {
            *square += slope * slope;
            *number -= rate * slope / (square.sqrt() + FINITE);
        }
    }
}

/// What keeps a step finite.
const FINITE: f32 = 1e-7;

struct Learner<'v> {
    vocabulary: &'v Vocabulary,
    words: Vec<Stepping<WIDTH>>,
    answers: Vec<Stepping<FOUND>>,
    biases: Vec<Stepping<1>>,
    layers: Layers,
    slopes: Layers,
    steps: Adam,
    waiting: usize,
    /// The share of the whole that is still to be done.
    left: f32,
    random: Random,
}

impl Layers {
    fn new() -> Self {
        Self {
            places: [[0.0; WIDTH]; PLACES],
            first: [0.0; WIDTH],
            weights: vec![[0.0; FOUND]; WIDTH],
            second: [0.0; FOUND],
        }
    }

    fn numbers(&self) -> impl Iterator<Item = &f32> {
        let places = self.places.as_flattened();
        places.iter().chain(&self.first).chain(self.weights.as_flattened()).chain(&self.second)
    }

    fn parts(&mut self) -> [&mut [f32]; 4] {
        [
            self.places.as_flattened_mut(),
            &mut self.first,
            self.weights.as_flattened_mut(),
            &mut self.second,
        ]
    }
}

impl<'v> Learner<'v> {
    fn new(vocabulary: &'v Vocabulary) -> Self {
        let mut random = Random::new(1);
        let mut normal = || (0..12).map(|_| random.unit()).sum::<f32>() - 6.0;
        let words = (0..vocabulary.words.len() + FIRST as usize)
            .map(|_| Stepping::new(from_fn(|_| 0.1 * normal())))
            .collect();
        let answers =
            vocabulary.rivals.iter().map(|_| Stepping::new(from_fn(|_| 0.05 * normal()))).collect();
        let mut layers = Layers::new();
        for weight in layers.places.as_flattened_mut() {
            *weight = 0.5 + 0.5 * normal();
        }
        for weight in layers.weights.as_flattened_mut() {
            *weight = normal() * (1.0 / WIDTH as f32).sqrt();
        }
        let steps = Adam::new(layers.numbers().count());
        Self {
            vocabulary,
            words,
            answers,
            biases: vec![Stepping::new([0.0]); vocabulary.rivals.len()],
            layers,
            slopes: Layers::new(),
            steps,
            waiting: 0,
            left: 1.0,
            random,
        }
    }

    fn learn(&mut self, word: Number, mut window: [Number; PLACES]) {
        self.replace_some(&mut window);
        let (hidden, found) = self.find(&window);
        let asked = self.asked(word);
        let of_found = self.learn_answers(&asked, &found);
        self.learn_layers(&window, &hidden, &of_found);
        self.waiting += 1;
        if self.waiting == BATCH {
            self.waiting = 0;
            self.steps.step(&mut self.layers, &mut self.slopes, RATE_OF_LAYERS * self.left);
        }
    }

    /// As a spinner would have.
    fn replace_some(&mut self, window: &mut [Number; PLACES]) {
        let vocabulary = self.vocabulary;
        for word in window {
            if let Some(index) = vocabulary.in_table(*word)
                && self.random.unit() < REPLACED
            {
                let rivals = &vocabulary.rivals[index];
                *word = rivals[self.random.below(rivals.len())];
            }
        }
    }

    /// As the network does, with vectors that are not rounded, and on the way what is greater
    /// than nothing.
    fn find(&self, window: &[Number; PLACES]) -> (Vector, Found) {
        let mut sums = self.layers.first;
        for (number, weights) in window.iter().zip(&self.layers.places) {
            let vector = &self.words[*number as usize].vector;
            for ((sum, number), weight) in sums.iter_mut().zip(vector).zip(weights) {
                *sum += number * weight;
            }
        }
        let hidden = sums.map(|sum| sum.max(0.0));
        let mut found = self.layers.second;
        for (number, weights) in hidden.iter().zip(&self.layers.weights) {
            if *number > 0.0 {
                add(&mut found, *number, weights);
            }
        }
        (hidden, found)
    }

    /// The word that stands there, some of its rivals and some drawn at random, as indices
    /// among the words of the table.
    fn asked(&mut self, word: Number) -> [usize; ASKED] {
        let Vocabulary { rivals, drawn, .. } = self.vocabulary;
        let index = |number: Number| (number - FIRST) as usize;
        let rivals = &rivals[index(word)];
        from_fn(|at| {
            index(match at {
                0 => word,
                1..=RIVALS => rivals[self.random.below(rivals.len())],
                _ => drawn[self.random.below(drawn.len())],
            })
        })
    }

    /// Steps, and the slope of what was found.
    fn learn_answers(&mut self, asked: &[usize; ASKED], found: &Found) -> Found {
        let fits = asked.map(|at| dot(&self.answers[at].vector, found) + self.biases[at].vector[0]);
        let rate = RATE * self.left;
        let mut of_found = [0.0; FOUND];
        for (at, slope) in asked.iter().zip(slopes(&fits)) {
            let answer = &mut self.answers[*at];
            add(&mut of_found, slope, &answer.vector);
            answer.step(&found.map(|number| slope * number), rate);
            self.biases[*at].step(&[slope], rate);
        }
        of_found
    }

    /// Adds to the layers' slopes, and steps with the vectors of the words.
    fn learn_layers(&mut self, window: &[Number; PLACES], hidden: &Vector, of_found: &Found) {
        add(&mut self.slopes.second, 1.0, of_found);
        let mut of_sums = [0.0; WIDTH];
        for (at, of_sum) in of_sums.iter_mut().enumerate() {
            if hidden[at] > 0.0 {
                *of_sum = dot(&self.layers.weights[at], of_found);
                add(&mut self.slopes.weights[at], hidden[at], of_found);
            }
        }
        add(&mut self.slopes.first, 1.0, &of_sums);
        for (place, number) in window.iter().enumerate() {
            let word = &mut self.words[*number as usize];
            let (weights, slopes) = (&self.layers.places[place], &mut self.slopes.places[place]);
            let mut of_word: Vector = [0.0; WIDTH];
            for at in 0..WIDTH {
                of_word[at] = of_sums[at] * weights[at];
                slopes[at] += of_sums[at] * word.vector[at];
            }
            word.step(&of_word, RATE * self.left);
        }
    }

    fn write(&self) -> Vec<u8> {
        let vocabulary = self.vocabulary;
        let mut file = HEADER.as_bytes().to_vec();
        for count in [vocabulary.words.len(), vocabulary.rivals.len()] {
            file.extend((count as u32).to_le_bytes());
        }
        for number in self.layers.numbers() {
            file.extend(number.to_le_bytes());
        }
        let (others, words) = self.words.split_at(FIRST as usize);
        for word in others {
            file.extend(written(&word.vector));
        }
        for (index, (hash, word)) in vocabulary.words.iter().zip(words).enumerate() {
            file.extend(hash.to_le_bytes());
            file.extend(written(&word.vector));
            if let Some(answer) = self.answers.get(index) {
                file.extend(self.biases[index].vector[0].to_le_bytes());
                file.extend(written(&answer.vector));
            }
        }
        file
    }
}

/// The slopes of what is to be least, from how well the word that stands there fits, its
/// rivals and words drawn at random.
fn slopes(fits: &[f32; ASKED]) -> [f32; ASKED] {
    let mut slopes = [0.0; ASKED];
    for at in 1..=RIVALS {
        let wrong = 1.0 / (1.0 + (fits[0] - fits[at]).exp()) / RIVALS as f32;
        slopes[0] -= wrong;
        slopes[at] += wrong;
    }
    let drawn = || std::iter::once(0).chain(1 + RIVALS..ASKED);
    let greatest = drawn().map(|at| fits[at]).fold(f32::MIN, f32::max);
    let sum: f32 = drawn().map(|at| (fits[at] - greatest).exp()).sum();
    for at in drawn() {
        slopes[at] += WEIGHT_OF_DRAWN * (fits[at] - greatest).exp() / sum;
    }
    slopes[0] -= WEIGHT_OF_DRAWN;
    slopes
}

struct Adam {
    done: i32,
    means: Vec<f32>,
    squares: Vec<f32>,
}

impl Adam {
    /// Of the slopes and their squares, what is remembered.
    const MOMENTUM: f32 = 0.9;
    const SQUARES: f32 = 0.999;

    fn new(numbers: usize) -> Self {
        Self { done: 0, means: vec![0.0; numbers], squares: vec![0.0; numbers] }
    }

    /// Steps, and sets the slopes to nothing.
    fn step(&mut self, layers: &mut Layers, slopes: &mut Layers, rate: f32) {
        self.done = self.done.saturating_add(1);
        let (first, second) =
            (1.0 - Self::MOMENTUM.powi(self.done), 1.0 - Self::SQUARES.powi(self.done));
        let mut from = 0;
        for (numbers, slopes) in layers.parts().into_iter().zip(slopes.parts()) {
            let end = from + numbers.len();
            let memories = self.means[from..end].iter_mut().zip(&mut self.squares[from..end]);
            for ((number, slope), (mean, square)) in numbers.iter_mut().zip(slopes).zip(memories) {
                let mean_slope = *slope / BATCH as f32;
                *mean += (1.0 - Self::MOMENTUM) * (mean_slope - *mean);
                *square += (1.0 - Self::SQUARES) * (mean_slope * mean_slope - *square);
                *number -= rate * (*mean / first) / ((*square / second).sqrt() + FINITE);
                *slope = 0.0;
            }
            from = end;
        }
    }
}

/// Numbers that are reckoned side by side.
const LANES: usize = 8;

fn dot<const LENGTH: usize>(one: &[f32; LENGTH], other: &[f32; LENGTH]) -> f32 {
    let mut sums = [0.0; LANES];
    let (ones, rest) = one.as_chunks::<LANES>();
    let (others, other_rest) = other.as_chunks::<LANES>();
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += one[lane] * other[lane];
        }
    }
    let rest: f32 = rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// A vector as the file has it.
fn written<const LENGTH: usize>(vector: &[f32; LENGTH]) -> impl Iterator<Item = u8> {
    let (unit, steps) = rounded(vector);
    unit.to_le_bytes().into_iter().chain(steps)
}
