//! Learns word vectors from clean news: what stands between its neighbours is to fit them
//! better than words drawn at random (Mikolov and others 2013: a continuous bag of words,
//! with negative sampling).

use std::path::Path;

use super::table;
use crate::stages::repair::spun::tokens::{WordHash, comma, stop, tokens};
use crate::stages::repair::spun::vectors::{DIMENSIONS, LEAST_WEIGHT, Vector, WINDOW};
use crate::text::hashing::{FastMap, FastSet};
use crate::train::random::Random;

const HEADER: &str = "copydesk word vectors of spun news, learnt from 40 million tokens of English \
    news of many publishers, whose text is not part of this; Apache-2.0, as copydesk; by \
    `copydesk-train vectors VECTORS TABLE NEWS`\n";

/// Rarer words are left out.
pub(super) const MIN_COUNT: u32 = 60;

/// Words with more than such a share of all are passed over the more often, as neighbours
/// weigh the less.
const FREQUENT: f32 = 1e-4;

const PASSES: usize = 5;

/// Words drawn at random for each that is seen.
const DRAWN: usize = 6;

/// The step at the beginning; it falls to nothing.
const RATE: f32 = 0.05;

/// Words are drawn by this power of how often they were counted.
pub(super) const FLATTENED: f32 = 0.75;

const NONE: u32 = u32::MAX;

/// The vectors as a file.
pub fn train(table: &Path, news: &Path) -> std::io::Result<Vec<u8>> {
    let table = std::fs::read_to_string(table)?;
    let news = std::fs::read_to_string(news)?;
    let articles: Vec<Vec<WordHash>> = news
        .split('\u{1e}')
        .map(|article| tokens(article).into_iter().map(|token| token.hash).collect())
        .collect();
    drop(news);
    let vocabulary = Vocabulary::of(&articles, &table);
    let articles: Vec<Vec<u32>> = articles
        .into_iter()
        .map(|words| words.iter().map(|word| vocabulary.number(*word)).collect())
        .collect();
    let mut learner = Learner::new(&vocabulary);
    let all = (PASSES * articles.len()) as f32;
    for (index, article) in (0..PASSES).flat_map(|_| &articles).enumerate() {
        learner.rate = RATE * (1.0 - index as f32 / all);
        learner.learn(article);
    }
    Ok(learner.write())
}

struct Vocabulary {
    numbers: FastMap<WordHash, u32>,
    words: Vec<WordHash>,
    /// Those of the table come first.
    of_table: usize,
    /// How much each weighs as a neighbour.
    weights: Vec<f32>,
    /// Each word as often as it is drawn.
    drawn: Vec<u32>,
}

impl Vocabulary {
    fn of(articles: &[Vec<WordHash>], table: &str) -> Self {
        let mut counts: FastMap<WordHash, u32> = FastMap::default();
        for word in articles.iter().flatten() {
            *counts.entry(*word).or_default() += 1;
        }
        for mark in [comma(), stop()] {
            counts.remove(&mark);
        }
        let all: u64 = counts.values().map(|count| u64::from(*count)).sum();
        let of_table: FastSet<WordHash> = table::words_of(table);
        let mut words: Vec<WordHash> = counts
            .iter()
            .filter(|(_, count)| **count >= MIN_COUNT)
            .map(|(word, _)| *word)
            .collect();
        words
            .sort_by_key(|word| (!of_table.contains(word), std::cmp::Reverse(counts[word]), *word));
        let numbers: FastMap<WordHash, u32> =
            words.iter().enumerate().map(|(number, word)| (*word, number as u32)).collect();
        let weight = |word: &WordHash| {
            let share = FREQUENT * all as f32 / counts[word] as f32;
            (share.sqrt() + share).min(1.0)
        };
        let drawn = |(number, word): (usize, &WordHash)| {
            let times = (counts[word] as f32).powf(FLATTENED) as usize;
            std::iter::repeat_n(number as u32, times)
        };
        Self {
            of_table: words.iter().take_while(|word| of_table.contains(word)).count(),
            weights: words.iter().map(weight).collect(),
            drawn: words.iter().enumerate().flat_map(drawn).collect(),
            numbers,
            words,
        }
    }

    fn number(&self, word: WordHash) -> u32 {
        self.numbers.get(&word).copied().unwrap_or(NONE)
    }
}

struct Learner<'v> {
    vocabulary: &'v Vocabulary,
    neighbours: Vec<Vector>,
    between: Vec<Vector>,
    rate: f32,
    random: Random,
}

impl<'v> Learner<'v> {
    fn new(vocabulary: &'v Vocabulary) -> Self {
        let mut random = Random::new(1);
        let mut small = || std::array::from_fn(|_| (random.unit() - 0.5) / DIMENSIONS as f32);
        let neighbours = (0..vocabulary.words.len()).map(|_| small()).collect();
        Self {
            vocabulary,
            neighbours,
            between: vec![[0.0; DIMENSIONS]; vocabulary.words.len()],
            rate: RATE,
            random,
        }
    }

    fn learn(&mut self, article: &[u32]) {
        let vocabulary = self.vocabulary;
        let mut about: Vec<u32> = Vec::with_capacity(2 * WINDOW);
        for (at, word) in article.iter().enumerate() {
            if *word == NONE || self.random.unit() >= vocabulary.weights[*word as usize] {
                continue;
            }
            let before = &article[at.saturating_sub(WINDOW)..at];
            let behind = &article[at + 1..article.len().min(at + 1 + WINDOW)];
            about.clear();
            about.extend(before.iter().chain(behind).filter(|other| **other != NONE));
            let drawn: [u32; DRAWN] = std::array::from_fn(|_| {
                vocabulary.drawn[self.random.below(vocabulary.drawn.len())]
            });
            self.step(*word, &about, &drawn);
        }
    }

    fn step(&mut self, word: u32, about: &[u32], drawn: &[u32]) {
        let weights = &self.vocabulary.weights;
        let mut among = [0.0; DIMENSIONS];
        for other in about {
            add(&mut among, weights[*other as usize], &self.neighbours[*other as usize]);
        }
        let weight: f32 = about.iter().map(|other| weights[*other as usize]).sum();
        among.iter_mut().for_each(|sum| *sum /= weight.max(LEAST_WEIGHT));
        let mut back = [0.0; DIMENSIONS];
        let wrong = drawn.iter().filter(|other| **other != word).map(|other| (*other, 0.0));
        for (other, label) in std::iter::once((word, 1.0)).chain(wrong) {
            let vector = &mut self.between[other as usize];
            let product: f32 = vector.iter().zip(&among).map(|(a, b)| a * b).sum();
            let step = self.rate * (label - 1.0 / (1.0 + (-product).exp()));
            add(&mut back, step, vector);
            add(vector, step, &among);
        }
        for other in about {
            add(&mut self.neighbours[*other as usize], weights[*other as usize], &back);
        }
    }

    fn write(&self) -> Vec<u8> {
        let vocabulary = self.vocabulary;
        let mut file = HEADER.as_bytes().to_vec();
        for count in [vocabulary.words.len(), vocabulary.of_table] {
            file.extend((count as u32).to_le_bytes());
        }
        for (number, word) in vocabulary.words.iter().enumerate() {
            let (unit, neighbour) = rounded(&self.neighbours[number]);
            let (unit_between, between) = rounded(&self.between[number]);
            file.extend(word.to_le_bytes());
            for float in [vocabulary.weights[number], unit, unit_between] {
                file.extend(float.to_le_bytes());
            }
            file.extend(neighbour);
            if number < vocabulary.of_table {
                file.extend(between);
            }
        }
        file
    }
}

pub(super) fn add<const LENGTH: usize>(
    sum: &mut [f32; LENGTH],
    times: f32,
    vector: &[f32; LENGTH],
) {
    for (sum, number) in sum.iter_mut().zip(vector) {
        *sum += times * number;
    }
}

/// The vector in 127 steps of a unit to either side of nothing.
pub(super) fn rounded<const LENGTH: usize>(vector: &[f32; LENGTH]) -> (f32, [u8; LENGTH]) {
    let greatest = vector.iter().fold(f32::MIN_POSITIVE, |most, number| most.max(number.abs()));
    let unit = greatest / 127.0;
    (unit, vector.map(|number| ((number / unit).round() as i8).cast_unsigned()))
}
