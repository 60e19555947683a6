//! What an English text is about, by its words: a linear model over the top-level
//! subjects, which abstains where the best two are close.
//!
//! Each word and pair of words that the model knows counts with the logarithm of how
//! often it stands there, and the sum is set off against how many there are, so that
//! long and short texts compare.

use std::sync::LazyLock;

use crate::text::fold::push_lowercase;
use crate::text::hashing::FastMap;
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
    /// How much a word speaks for the subjects, by their place in the list of topics.
    weights: FastMap<String, Vec<(usize, f32)>>,
    pub calibration: Calibration,
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
        let mut weights = FastMap::default();
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
        Some(Self { weights, calibration })
    }

    /// Absent where the text has too few words that the model knows.
    pub fn guess(&self, title: &str, text: &str, topics: usize) -> Option<Guess> {
        let counts = counts(title, text, |word| self.weights.contains_key(word));
        if counts.len() < LEAST_KNOWN {
            return None;
        }
        let mut scores = vec![0.0f32; topics];
        for (word, value) in values(&counts) {
            for (topic, weight) in &self.weights[word] {
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

/// How often each word, and each pair of neighbours joined by a hyphen, stands in title
/// and text, of those that `knows` knows; in the order of the words, so that sums come
/// out the same.
pub fn counts(title: &str, text: &str, knows: impl Fn(&str) -> bool) -> Vec<(String, u32)> {
    let mut counts: FastMap<String, u32> = FastMap::default();
    let text = &text[..text.floor_char_boundary(READ_BYTES)];
    let (mut word, mut pair) = (String::new(), String::new());
    for part in [title, text] {
        let mut last_end = None;
        for span in words(part) {
            word.clear();
            push_lowercase(&part[span.clone()], &mut word);
            for ending in ["'s", "’s"] {
                if let Some(bare) = word.strip_suffix(ending).map(str::len) {
                    word.truncate(bare);
                }
            }
            // Only a blank or a hyphen stands between the words of a term.
            if last_end.is_some_and(|end| span.start == end + 1) {
                pair.push('-');
                pair.push_str(&word);
                add(&mut counts, &pair, &knows);
            }
            add(&mut counts, &word, &knows);
            pair.clone_from(&word);
            last_end = Some(span.end);
        }
    }
    let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}

fn add(counts: &mut FastMap<String, u32>, word: &str, knows: &impl Fn(&str) -> bool) {
    if let Some(count) = counts.get_mut(word) {
        *count += 1;
    } else if knows(word) {
        counts.insert(word.to_owned(), 1);
    }
}

/// What each word counts, set off against all of them.
pub fn values(counts: &[(String, u32)]) -> Vec<(&str, f32)> {
    let value = |count: u32| 1.0 + (count as f32).ln();
    let squares: f32 = counts.iter().map(|(_, count)| value(*count).powi(2)).sum();
    let length = (squares + 1.0).sqrt();
    counts.iter().map(|(word, count)| (word.as_str(), value(*count) / length)).collect()
}
