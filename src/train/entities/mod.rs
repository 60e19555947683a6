//! Trains the entity tagger: a conditional random field, by gradient ascent with
//! AdaGrad (Duchi et al. 2011) on sentences with IOB2 tags over PER, ORG and LOC.

pub mod lexicon;

use std::io::{self, BufRead};
use std::path::Path;

use serde::Deserialize;

use crate::stages::tag::entities::features::{self, Known, ROWS};
use crate::stages::tag::entities::lexicon::Lexicon;
use crate::stages::tag::entities::model::{
    self, Lattice, Model, OUTSIDE, START, STOP, TAGS, Transitions,
};
use crate::stages::tag::entities::tokens::{Token, tokenise};
use crate::train::random::Random;

#[derive(Deserialize)]
struct Row {
    tokens: Vec<String>,
    tags: Vec<String>,
}

/// A sentence's stretches: for each token the rows of its features, and its tag.
type Stretch = Vec<(Vec<u32>, usize)>;

const EPOCHS: usize = 18;
const RATE: f32 = 0.12;
/// The share of features that are left out of an example, so that others learn too.
const DROPPED: f32 = 0.15;
const DECAY: f32 = 1e-5;

const SOURCES: &str = "trained on UNER English EWT dev (CC BY-SA 4.0), GUM academic, bio, court, \
    interview, news, voyage (CC BY 4.0, text CC BY 2.5 and CC BY-SA 3.0), Broad Twitter Corpus, \
    WNUT17 train and WikiGold (CC BY 4.0), by `copydesk-train ner MODEL LEXICON SENTENCES`";

/// Trains on the sentences of a file of JSON lines; the bytes of the model file.
pub fn train(lexicon: &Path, sentences: &Path) -> io::Result<Vec<u8>> {
    let lexicon = Lexicon::read(&std::fs::read(lexicon)?)
        .ok_or_else(|| io::Error::other("that is no lexicon"))?;
    let mut stretches = Vec::new();
    for line in io::BufReader::new(std::fs::File::open(sentences)?).lines() {
        let row: Row = serde_json::from_str(&line?).map_err(io::Error::other)?;
        stretches.extend(read(&row, &lexicon));
    }
    let mut learner = Learner::new();
    let mut random = Random::new(0xada);
    for epoch in 0..EPOCHS {
        for index in (1..stretches.len()).rev() {
            stretches.swap(index, random.below(index + 1));
        }
        let rate = RATE * (1.0 - 0.9 * epoch as f32 / EPOCHS as f32);
        for stretch in &stretches {
            learner.learn(stretch, rate, &mut random);
        }
    }
    Ok(learner.model())
}

fn read(row: &Row, lexicon: &Lexicon) -> Vec<Stretch> {
    let text = row.tokens.join(" ");
    let mut tokens = Vec::new();
    tokenise(&text, 0..text.len(), &mut tokens);
    let tags = tags(row, &tokens);
    let mut known: Vec<Known> = Vec::new();
    features::know(&text, &tokens, lexicon, &mut known);
    model::stretches(&known)
        .map(|stretch| {
            stretch
                .map(|index| {
                    let mut rows = Vec::new();
                    features::rows(&known, index, |row| rows.push(row));
                    (rows, tags[index])
                })
                .collect()
        })
        .collect()
}

/// The tags of our tokens, where the sentence's own names begin and end with them.
fn tags(row: &Row, tokens: &[Token]) -> Vec<usize> {
    let mut tags = vec![OUTSIDE; tokens.len()];
    let mut at = 0;
    let mut names: Vec<(usize, usize, usize)> = Vec::new();
    for (token, tag) in row.tokens.iter().zip(&row.tags) {
        let class = ["PER", "ORG", "LOC"].iter().position(|class| tag.ends_with(class));
        match (class, names.last_mut()) {
            (Some(_), Some(name)) if tag.starts_with("I-") && name.1 + 1 == at => {
                name.1 = at + token.len();
            }
            (Some(class), _) => names.push((at, at + token.len(), class)),
            (None, _) => {}
        }
        at += token.len() + 1;
    }
    for (start, end, class) in names {
        let first = tokens.iter().position(|token| token.span.start == start);
        let last = tokens.iter().position(|token| token.span.end == end);
        if let (Some(first), Some(last)) = (first, last) {
            tags[first..=last].fill(2 * class + 2);
            tags[first] = 2 * class + 1;
        }
    }
    tags
}

struct Learner {
    table: Vec<[f32; TAGS]>,
    squares: Vec<[f32; TAGS]>,
    transitions: Transitions,
    transition_squares: Transitions,
    lattice: Lattice,
}

/// What cannot be: an inside without a beginning.
const NEVER: f32 = -30.0;

impl Learner {
    fn new() -> Self {
        let mut transitions = [[0.0; TAGS + 1]; TAGS + 1];
        for (from, row) in transitions.iter_mut().enumerate() {
            for (to, weight) in row.iter_mut().enumerate().take(TAGS) {
                let is_inside = to != OUTSIDE && !model::begins(to);
                let follows = from < TAGS && model::goes_on(from, to);
                if is_inside && !follows {
                    *weight = NEVER;
                }
            }
        }
        Self {
            table: vec![[0.0; TAGS]; ROWS],
            squares: vec![[1e-2; TAGS]; ROWS],
            transitions,
            transition_squares: [[1e-2; TAGS + 1]; TAGS + 1],
            lattice: Lattice::default(),
        }
    }

    fn learn(&mut self, stretch: &Stretch, rate: f32, random: &mut Random) {
        let kept: Vec<Vec<u32>> = stretch
            .iter()
            .map(|(rows, _)| rows.iter().copied().filter(|_| random.unit() >= DROPPED).collect())
            .collect();
        self.lattice.scores.clear();
        for rows in &kept {
            let mut scores = [0.0; TAGS];
            for row in rows {
                for (score, weight) in scores.iter_mut().zip(&self.table[*row as usize]) {
                    *score += weight / (1.0 - DROPPED);
                }
            }
            self.lattice.scores.push(scores);
        }
        self.lattice.sum(&self.transitions);
        for (at, rows) in kept.iter().enumerate() {
            let gold = stretch[at].1;
            let gradient: [f32; TAGS] = std::array::from_fn(|tag| {
                f32::from(u8::from(tag == gold)) - self.lattice.marginal(at, tag)
            });
            if gradient.iter().all(|value| value.abs() < 1e-3) {
                continue;
            }
            for row in rows {
                let (weights, squares) =
                    (&mut self.table[*row as usize], &mut self.squares[*row as usize]);
                for ((weight, square), gradient) in weights.iter_mut().zip(squares).zip(gradient) {
                    let gradient = gradient - DECAY * *weight;
                    *square += gradient * gradient;
                    *weight += rate * gradient / square.sqrt();
                }
            }
        }
        self.learn_transitions(stretch, rate);
    }

    fn learn_transitions(&mut self, stretch: &Stretch, rate: f32) {
        let mut gradient = [[0.0f32; TAGS + 1]; TAGS + 1];
        let last = stretch.len() - 1;
        gradient[START][stretch[0].1] += 1.0;
        gradient[stretch[last].1][STOP] += 1.0;
        for tag in 0..TAGS {
            gradient[START][tag] -= self.lattice.marginal(0, tag);
            gradient[tag][STOP] -= self.lattice.marginal(last, tag);
        }
        for at in 0..last {
            gradient[stretch[at].1][stretch[at + 1].1] += 1.0;
            for (from, row) in gradient.iter_mut().enumerate().take(TAGS) {
                for (to, value) in row.iter_mut().enumerate().take(TAGS) {
                    *value -= self.lattice.pair(&self.transitions, at, from, to);
                }
            }
        }
        for from in 0..=TAGS {
            for to in 0..=TAGS {
                let value = gradient[from][to];
                if value.abs() > 1e-4 && self.transitions[from][to] > NEVER {
                    self.transition_squares[from][to] += value * value;
                    self.transitions[from][to] +=
                        rate * value / self.transition_squares[from][to].sqrt();
                }
            }
        }
    }

    fn model(&self) -> Vec<u8> {
        let mut sizes: Vec<f32> = self.table.iter().flatten().map(|weight| weight.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        let scale = sizes[sizes.len() - sizes.len() / CUT - 1] / 127.0;
        let table: Vec<[i8; 8]> = self
            .table
            .iter()
            .map(|row| {
                let mut packed = [0; 8];
                for (packed, weight) in packed.iter_mut().zip(row) {
                    *packed = (weight / scale).round().clamp(-127.0, 127.0) as i8;
                }
                packed
            })
            .collect();
        let header = format!("copydesk entities model for English, {SOURCES}");
        Model::write(&header, scale, &self.transitions, &table)
    }
}

/// One weight in so many is cut short.
const CUT: usize = 5_000;
