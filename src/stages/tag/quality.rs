//! What filters of training corpora measure in the body, and which would keep it:
//! `quality.values`, `quality.passes`. Never a reason to reject an article.
//!
//! - Gopher: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from
//!   Training Gopher" (2021), appendix A, quality and repetition filters
//! - C4: Raffel et al., "Exploring the Limits of Transfer Learning with a Unified
//!   Text-to-Text Transformer" (2020), section 2.2
//! - FineWeb: Penedo et al., "The FineWeb Datasets" (2024), section 3.6, with the ratio of
//!   line breaks of its published filter
//!
//! Lines are those that are not blank. Shares of n-grams are of the body's characters.

use super::stop_words::{self, StopWords};
use crate::stage::Deadline;
use crate::tags::{Passes, QualityValues};
use crate::text::hashing::{FastMap, FastSet, fingerprint};
use crate::text::words::words;

/// None for a body without words. Gopher's stop words are those of the language where
/// they are known, and asked for only there.
pub fn values(text: &str, language: Option<&str>, deadline: &Deadline) -> Option<QualityValues> {
    let read = Words::of(text, language.and_then(stop_words::of), deadline);
    let count = read.hashes.len();
    if count == 0 {
        return None;
    }
    let mut values = QualityValues {
        words: count,
        mean_word_length: read.letters as f32 / count as f32,
        symbols_per_word: symbols(text) as f32 / count as f32,
        alphabetic_words: read.alphabetic as f32 / count as f32,
        stop_words: read.stop_words,
        ..QualityValues::default()
    };
    lines(text, &mut values);
    deadline.check();
    let characters = read.characters.max(1) as f32;
    for (share, length) in values.top_ngrams.iter_mut().zip(2..) {
        *share = read.top(length) as f32 / characters;
        deadline.check();
    }
    for (share, length) in values.duplicate_ngrams.iter_mut().zip(5..) {
        let repeated = read.duplicated(length);
        *share = repeated as f32 / characters;
        deadline.check();
        // What has no five words twice has no six.
        if repeated == 0 {
            break;
        }
    }
    Some(values)
}

/// The filters that the values pass.
pub fn passes(values: &QualityValues) -> Passes {
    let below = |shares: &[f32], most: &[f32]| shares.iter().zip(most).all(|(a, b)| a <= b);
    let gopher = (50..=100_000).contains(&values.words)
        && (3.0..=10.0).contains(&values.mean_word_length)
        && values.symbols_per_word <= 0.1
        && values.bullet_lines <= 0.9
        && values.ellipsis_lines <= 0.3
        && values.alphabetic_words >= 0.8
        && values.stop_words.is_none_or(|count| count >= 2)
        && values.duplicate_lines <= 0.3
        && below(&values.top_ngrams, &[0.20, 0.18, 0.16])
        && below(&values.duplicate_ngrams, &[0.15, 0.14, 0.13, 0.12, 0.11, 0.10]);
    let fineweb = values.punctuated_lines >= 0.12
        && values.short_lines <= 0.67
        && values.duplicate_characters <= 0.01
        && values.line_breaks_per_word <= 0.3;
    Passes { gopher, c4: values.sentences >= 5, fineweb }
}

/// The share of characters in lines is over lines; FineWeb calls a line short of at most
/// thirty.
const SHORT_LINE: usize = 30;
/// C4 keeps lines of at least as many words.
const LEAST_WORDS: usize = 3;

fn lines(text: &str, values: &mut QualityValues) {
    let (mut all, mut bullets, mut ellipses, mut punctuated, mut short) = (0, 0, 0, 0, 0);
    let (mut twice, mut twice_bytes, mut bytes) = (0, 0, 0);
    let mut seen: FastSet<u64> = FastSet::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        all += 1;
        bytes += line.len();
        bullets += usize::from(line.starts_with(['•', '-', '*', '–', '‣', '▪', '●']));
        ellipses += usize::from(line.ends_with('…') || line.ends_with("..."));
        let is_punctuated = line
            .trim_end_matches(['"', '”', '’', '\'', ')', '»', '“'])
            .ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟', ':', ';']);
        punctuated += usize::from(is_punctuated);
        short += usize::from(line.chars().nth(SHORT_LINE).is_none());
        if !seen.insert(fingerprint(line.as_bytes())) {
            twice += 1;
            twice_bytes += line.len();
        }
        if is_punctuated && words(line).nth(LEAST_WORDS - 1).is_some() {
            values.sentences += sentences(line);
        }
    }
    let share = |part: usize| part as f32 / all.max(1) as f32;
    values.bullet_lines = share(bullets);
    values.ellipsis_lines = share(ellipses);
    values.punctuated_lines = share(punctuated);
    values.short_lines = share(short);
    values.duplicate_lines = share(twice);
    values.duplicate_characters = twice_bytes as f32 / bytes.max(1) as f32;
    values.line_breaks_per_word = (all - usize::from(all > 0)) as f32 / values.words as f32;
}

/// Marks of an end with a blank, or nothing, behind them.
fn sentences(line: &str) -> usize {
    let ends = line.match_indices(['.', '!', '?', '…', '。', '！', '？', '।', '؟']);
    let count = ends
        .filter(|(at, mark)| {
            let rest = line[at + mark.len()..].trim_start_matches(['"', '”', '’', '\'', ')', '»']);
            rest.is_empty() || rest.starts_with(char::is_whitespace) || !mark.is_ascii()
        })
        .count();
    count.max(1)
}

/// Hash signs and ellipses.
fn symbols(text: &str) -> usize {
    memchr::memchr_iter(b'#', text.as_bytes()).count()
        + text.matches("...").count()
        + text.matches('…').count()
}

struct Words {
    hashes: Vec<u64>,
    /// Characters of each word.
    lengths: Vec<u16>,
    characters: usize,
    letters: usize,
    alphabetic: usize,
    stop_words: Option<usize>,
}

impl Words {
    fn of(text: &str, list: Option<&StopWords>, deadline: &Deadline) -> Self {
        let mut read = Self {
            hashes: Vec::with_capacity(text.len() / 5),
            lengths: Vec::with_capacity(text.len() / 5),
            characters: 0,
            letters: 0,
            alphabetic: 0,
            stop_words: None,
        };
        let mut seen: FastSet<u64> = FastSet::default();
        for span in words(text) {
            if read.hashes.len().is_multiple_of(1024) {
                deadline.check();
            }
            let word = &text[span];
            let hash = fingerprint(word.as_bytes());
            let length = if word.is_ascii() { word.len() } else { word.chars().count() };
            read.hashes.push(hash);
            read.lengths.push(u16::try_from(length).unwrap_or(u16::MAX));
            read.letters += length;
            read.alphabetic += usize::from(
                word.as_bytes()[0].is_ascii_alphabetic() || word.contains(char::is_alphabetic),
            );
            if list.is_some_and(|list| list.contains(&hash)) && seen.len() < MOST_SEEN {
                seen.insert(hash);
            }
        }
        read.characters = if text.is_ascii() { text.len() } else { text.chars().count() };
        read.stop_words = list.map(|_| seen.len());
        read
    }

    fn ngrams(&self, length: usize) -> impl Iterator<Item = u64> {
        self.hashes.windows(length).map(|run| {
            run.iter().fold(0u64, |hash, word| (hash.rotate_left(21) ^ word).wrapping_mul(FACTOR))
        })
    }

    fn length(&self, start: usize, length: usize) -> usize {
        self.lengths[start..start + length].iter().map(|length| usize::from(*length)).sum()
    }

    /// Characters of the n-gram that is said oftenest, all times together; none if no
    /// one is said twice.
    fn top(&self, length: usize) -> usize {
        let mut counts: FastMap<u64, (u32, u32)> = FastMap::default();
        counts.reserve(self.hashes.len());
        let mut best = (1u32, 0u32);
        for (start, hash) in (0u32..).zip(self.ngrams(length)) {
            let entry = counts.entry(hash).or_insert((0, start));
            entry.0 += 1;
            if entry.0 > best.0 {
                best = *entry;
            }
        }
        if best.0 < 2 { 0 } else { best.0 as usize * self.length(best.1 as usize, length) }
    }

    /// Characters of n-grams that were said before, none counted twice.
    fn duplicated(&self, length: usize) -> usize {
        let mut seen: FastSet<u64> = FastSet::default();
        seen.reserve(self.hashes.len());
        let (mut characters, mut next) = (0, 0);
        for (start, hash) in self.ngrams(length).enumerate() {
            if start < next {
                continue;
            }
            if seen.insert(hash) {
                next = start + 1;
            } else {
                characters += self.length(start, length);
                next = start + length;
            }
        }
        characters
    }
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// More stop words say nothing more.
const MOST_SEEN: usize = 8;
