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
use crate::text::hashing::{FastSet, fingerprint};
use crate::text::words::words;

/// None for a body without words; `read` are those of `text`.
pub fn values(text: &str, read: &Words, deadline: &Deadline) -> Option<QualityValues> {
    let count = read.hashes.len();
    if count == 0 {
        return None;
    }
    let mut values = QualityValues {
        words: count,
        mean_word_length: read.letters as f32 / count as f32,
        symbols_per_word: symbols(text) as f32 / count as f32,
        alphabetic_words: read.alphabetic as f32 / count as f32,
        stop_words: read.stop_words.as_ref().map(|stop_words| stop_words.seen.len()),
        ..QualityValues::default()
    };
    lines(text, &mut values);
    deadline.check();
    let characters = if text.is_ascii() { text.len() } else { text.chars().count() };
    let characters = characters.max(1) as f32;
    let mut ngrams = Ngrams::of(read);
    // Of two, three and four words.
    for share in &mut values.top_ngrams {
        *share = ngrams.top() as f32 / characters;
        deadline.check();
    }
    // Of five words to ten.
    for share in &mut values.duplicate_ngrams {
        let repeated = ngrams.duplicated();
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
    let may_end = |(_, byte): &(usize, &u8)| MAY_END[usize::from(**byte)];
    let ends = line.as_bytes().iter().enumerate().filter(may_end).filter(|(at, _)| {
        let Some(mark) = line.get(*at..).and_then(|rest| rest.chars().next()) else {
            return false;
        };
        if !ENDS.contains(&mark) {
            return false;
        }
        let behind = &line[at + mark.len_utf8()..];
        let rest = behind.trim_start_matches(['"', '”', '’', '\'', ')', '»']);
        rest.is_empty() || rest.starts_with(char::is_whitespace) || !mark.is_ascii()
    });
    ends.count().max(1)
}

const ENDS: [char; 9] = ['.', '!', '?', '…', '。', '！', '？', '।', '؟'];

/// The first bytes of marks of an end.
static MAY_END: [bool; 256] = {
    let mut may_end = [false; 256];
    let mut index = 0;
    while index < ENDS.len() {
        let mut first = [0; 4];
        ENDS[index].encode_utf8(&mut first);
        may_end[first[0] as usize] = true;
        index += 1;
    }
    may_end
};

/// Hash signs and ellipses.
fn symbols(text: &str) -> usize {
    memchr::memchr_iter(b'#', text.as_bytes()).count()
        + text.matches("...").count()
        + text.matches('…').count()
}

/// What is known of a text's words.
pub struct Words {
    hashes: Vec<u64>,
    /// Characters of each word.
    lengths: Vec<u16>,
    letters: usize,
    alphabetic: usize,
    stop_words: Option<SeenStopWords>,
}

struct SeenStopWords {
    list: &'static StopWords,
    seen: Vec<u64>,
}

impl Words {
    /// None yet, and room for those of `text`. Gopher's stop words are those of the
    /// language where they are known, and asked for only there.
    pub fn of(text: &str, language: Option<&str>) -> Self {
        let list = language.and_then(stop_words::of);
        Self {
            hashes: Vec::with_capacity(text.len() / 5),
            lengths: Vec::with_capacity(text.len() / 5),
            letters: 0,
            alphabetic: 0,
            stop_words: list.map(|list| SeenStopWords { list, seen: Vec::new() }),
        }
    }

    pub fn add(&mut self, word: &str) {
        let hash = fingerprint(word.as_bytes());
        let length = if word.is_ascii() { word.len() } else { word.chars().count() };
        self.hashes.push(hash);
        self.lengths.push(u16::try_from(length).unwrap_or(u16::MAX));
        self.letters += length;
        self.alphabetic += usize::from(
            word.as_bytes()[0].is_ascii_alphabetic() || word.contains(char::is_alphabetic),
        );
        if let Some(SeenStopWords { list, seen }) = &mut self.stop_words
            && seen.len() < MOST_SEEN
            && list.contains(&hash)
            && !seen.contains(&hash)
        {
            seen.push(hash);
        }
    }
}

/// The n-grams of a text that may come again, one length after the other: what comes
/// again begins with what does.
struct Ngrams<'a> {
    words: &'a Words,
    /// In words.
    length: usize,
    /// In the order of their starts.
    starts: Vec<Start>,
    /// An open table of those of this length.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Start {
    word: u32,
    hash: u64,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    /// Where it stands first.
    first: u32,
    /// How often it stands there; 0 where the place is free.
    count: u32,
}

impl<'a> Ngrams<'a> {
    /// Of one word, as if all came again.
    fn of(words: &'a Words) -> Self {
        let starts = (0..).zip(&words.hashes);
        let starts = starts.map(|(word, hash)| Start { word, hash: joined(0, *hash) }).collect();
        Self { words, length: 1, starts, slots: Vec::new() }
    }

    /// Goes on to n-grams of one word more, and to those that come again. Returns the one
    /// that does oftenest.
    fn lengthen(&mut self) -> Slot {
        self.starts.retain_mut(|start| {
            let next = self.words.hashes.get(start.word as usize + self.length);
            next.is_some_and(|next| {
                start.hash = joined(start.hash, *next);
                true
            })
        });
        self.length += 1;
        self.slots.clear();
        self.slots.resize((self.starts.len() * 2).next_power_of_two(), Slot::default());
        let mut oftenest = Slot { count: 1, ..Slot::default() };
        for start in &self.starts {
            let place = place(&self.slots, start.hash);
            let slot = &mut self.slots[place];
            if slot.count == 0 {
                *slot = Slot { hash: start.hash, first: start.word, count: 0 };
            }
            slot.count += 1;
            if slot.count > oftenest.count {
                oftenest = *slot;
            }
        }
        let slots = &self.slots;
        self.starts.retain(|start| slots[place(slots, start.hash)].count > 1);
        oftenest
    }

    /// Characters of the n-gram of the next length that is said oftenest, all times
    /// together; none if no one is said twice.
    fn top(&mut self) -> usize {
        let Slot { first, count, .. } = self.lengthen();
        if count < 2 { 0 } else { count as usize * self.characters(first) }
    }

    /// Characters of n-grams of the next length that were said before, none counted twice.
    fn duplicated(&mut self) -> usize {
        self.lengthen();
        let mut seen: FastSet<u64> = FastSet::default();
        let (mut characters, mut next) = (0, 0);
        for start in &self.starts {
            if (start.word as usize) < next {
                continue;
            }
            if !seen.insert(start.hash) {
                characters += self.characters(start.word);
                next = start.word as usize + self.length;
            }
        }
        characters
    }

    /// Of the n-gram that begins there.
    fn characters(&self, start: u32) -> usize {
        let lengths = &self.words.lengths[start as usize..start as usize + self.length];
        lengths.iter().map(|length| usize::from(*length)).sum()
    }
}

/// Where an n-gram is among the slots, or where it belongs.
#[inline]
fn place(slots: &[Slot], hash: u64) -> usize {
    let mask = slots.len() - 1;
    let mut place = (hash ^ hash >> 32) as usize & mask;
    while slots[place].count > 0 && slots[place].hash != hash {
        place = (place + 1) & mask;
    }
    place
}

/// The hash of an n-gram with another word behind it.
#[inline]
fn joined(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(21) ^ word).wrapping_mul(FACTOR)
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// More stop words say nothing more.
const MOST_SEEN: usize = 8;
