//! What an English text is about, by its words: a linear model over the top-level
//! subjects, which abstains where the best two are close.
//!
//! Each word and pair of words that the model knows counts with the logarithm of how
//! often it stands there, and the sum is set off against how many there are, so that
//! long and short texts compare.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::text::fold::push_lowercase;
use crate::text::hashing::{FastMap, fingerprint};
use crate::text::words::words;

/// Of a text, this much is read, in bytes.
const READ_BYTES: usize = 4000;
/// Texts with fewer words that the model knows tell too little.
const LEAST_KNOWN: usize = 3;

pub static ENGLISH: LazyLock<Classifier> = LazyLock::new(|| {
    Classifier::parse(include_str!("english.model")).expect("the model that ships is well-formed")
});

#[derive(Debug, Clone, PartialEq)]
pub struct Classifier {
    /// In the order of the terms, so that sums come out the same.
    terms: Vec<Term>,
    /// Where among them a term is, by its fingerprint.
    places: FastMap<u64, u32>,
    pub calibration: Calibration,
}

/// A word, or a pair of neighbours joined by a hyphen.
#[derive(Debug, Clone, PartialEq)]
struct Term {
    text: String,
    /// How much it speaks for the subjects, by their place in the list of topics.
    weights: Vec<(usize, f32)>,
}

/// How likely a guess is right, by how far it is ahead: a logistic curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    pub slope: f32,
    pub offset: f32,
}

impl Calibration {
    pub fn confidence(self, margin: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * margin + self.offset)).exp())
    }
}

/// The likeliest subject, by its place in the list of topics, and how far it is ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    pub topic: usize,
    pub margin: f32,
}

impl Classifier {
    /// A line of comment, one with slope and offset of the calibration, then a word a
    /// line with its weights: `word topic:weight …`.
    pub fn parse(model: &str) -> Option<Self> {
        let mut lines = model.lines().filter(|line| !line.starts_with('#'));
        let (slope, offset) = lines.next()?.split_once(' ')?;
        let calibration = Calibration { slope: slope.parse().ok()?, offset: offset.parse().ok()? };
        let mut weights = BTreeMap::new();
        for line in lines {
            let mut columns = line.split(' ');
            let word = columns.next()?.to_owned();
            let of_topics = columns
                .map(|column| {
                    let (topic, weight) = column.split_once(':')?;
                    Some((topic.parse().ok()?, weight.parse().ok()?))
                })
                .collect::<Option<Vec<(usize, f32)>>>()?;
            weights.insert(word, of_topics);
        }
        let terms: Vec<Term> =
            weights.into_iter().map(|(text, weights)| Term { text, weights }).collect();
        let places =
            (0..).zip(&terms).map(|(place, term)| (fingerprint(term.text.as_bytes()), place));
        Some(Self { places: places.collect(), terms, calibration })
    }

    /// Absent where the text has too few words that the model knows.
    pub fn guess(&self, title: &str, text: &str, topics: usize) -> Option<Guess> {
        let mut counts = vec![0u32; self.terms.len()];
        each_term(title, text, |term| {
            let Some(&place) = self.places.get(&fingerprint(term.as_bytes())) else { return };
            counts[place as usize] += u32::from(self.terms[place as usize].text == term);
        });
        let counts = self.terms.iter().zip(counts).filter(|(_, count)| *count > 0);
        let counts: Vec<(&Term, u32)> = counts.collect();
        if counts.len() < LEAST_KNOWN {
            return None;
        }
        let mut scores = vec![0.0f32; topics];
        for (term, value) in values(&counts) {
            for (topic, weight) in &term.weights {
                scores[*topic] += value * weight;
            }
        }
        best(&scores)
    }
}

/// The subject ahead of all others, if any is.
pub fn best(scores: &[f32]) -> Option<Guess> {
    let (topic, first) =
        scores.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let others = scores.iter().enumerate().filter(|(other, _)| *other != topic);
    let second = others.map(|(_, score)| *score).fold(f32::MIN, f32::max);
    (first > second).then_some(Guess { topic, margin: first - second })
}

/// Calls `call` with each word in title and text, in lower case, and with each pair of
/// neighbours joined by a hyphen.
pub fn each_term(title: &str, text: &str, mut call: impl FnMut(&str)) {
    let text = &text[..text.floor_char_boundary(READ_BYTES)];
    let mut pair = String::new();
    for part in [title, text] {
        pair.clear();
        let mut last_end = None;
        for span in words(part) {
            // Only a blank or a hyphen stands between the words of a term.
            let is_neighbour = last_end.is_some_and(|end| span.start == end + 1);
            if is_neighbour {
                pair.push('-');
            } else {
                pair.clear();
            }
            let second = pair.len();
            push_lowercase(&part[span.clone()], &mut pair);
            for ending in ["'s", "’s"] {
                if pair[second..].ends_with(ending) {
                    pair.truncate(pair.len() - ending.len());
                }
            }
            if is_neighbour {
                call(&pair);
            }
            call(&pair[second..]);
            pair.drain(..second);
            last_end = Some(span.end);
        }
    }
}

/// What each term counts, set off against all of them.
pub fn values<T: Copy>(counts: &[(T, u32)]) -> Vec<(T, f32)> {
    let value = |count: u32| 1.0 + (count as f32).ln();
    let squares: f32 = counts.iter().map(|(_, count)| value(*count).powi(2)).sum();
    let length = (squares + 1.0).sqrt();
    counts.iter().map(|(term, count)| (*term, value(*count) / length)).collect()
}
