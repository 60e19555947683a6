//! What the article is about, in its own words: `keywords`.
//!
//! Words, and sequences of up to three that begin and end with one that says something,
//! are weighed by how often they stand in the body; longer ones weigh more, by the
//! square root of their length, as do those of the headline or the first paragraph, and
//! those that come early; a sequence counts six tenths, and must come again or be a
//! name. What never stands without the rest of a name gives way to it. A word's plural and
//! possessive are the same word. Silent in languages whose grammar words are not listed,
//! and about texts of a few words.

use super::stop_words::{self, StopWords};
use crate::article::Article;
use crate::stage::Deadline;
use crate::tags::{InferenceSource, Tags};
use crate::text::fold::push_lowercase;
use crate::text::hashing::{FastMap, fingerprint};
use crate::text::words::words;

pub fn tag(article: &Article, tags: &mut Tags, deadline: &Deadline) {
    let Some(stop_words) = tags.language.as_deref().and_then(stop_words::of) else { return };
    let headline = tags.headline.as_ref().map_or("", |headline| headline.text());
    let lead = article.blocks().first().map_or(0, |block| block.span.end);
    let mut counted = Counted::default();
    // About as many as there are; a table that grows is copied.
    counted.phrases.reserve(article.text().len().min(MOST_BYTES) / BYTES_A_PHRASE);
    let mut line = Line::default();
    counted.read(headline, headline.len(), true, stop_words, &mut line);
    for (index, block) in article.blocks().iter().enumerate() {
        if index % CHECK_EVERY == 0 {
            deadline.check();
        }
        if block.span.start > MOST_BYTES {
            break;
        }
        let is_lead = headline.is_empty() && block.span.end <= lead;
        let text = article.block_text(block);
        counted.read(text, text.len().min(MOST_BYTES), is_lead, stop_words, &mut line);
    }
    deadline.check();
    let keywords = counted.best();
    if !keywords.is_empty() {
        tags.infer("keywords", InferenceSource::Body, "frequency", CONFIDENCE);
    }
    tags.keywords = keywords;
}

const MOST: usize = 10;
/// Among which names are looked for that others are cut from.
const MOST_LOOKED_AT: usize = 40;
/// In news, about.
const BYTES_A_PHRASE: usize = 7;
const LONGEST: usize = 3;
/// What comes later adds nothing.
const MOST_BYTES: usize = 40_000;
const CHECK_EVERY: usize = 64;
/// Half of the ten first are among those that readers choose.
const CONFIDENCE: f32 = 0.5;

#[derive(Default)]
struct Counted<'a> {
    phrases: FastMap<u64, Phrase<'a>>,
    words: usize,
}

struct Phrase<'a> {
    /// As it was first written.
    text: &'a str,
    length: usize,
    count: u32,
    first: usize,
    is_in_lead: bool,
    /// How often each of its words had a capital.
    names: u32,
}

/// The words of a paragraph.
#[derive(Default)]
struct Line(Vec<Word>);

struct Word {
    start: usize,
    end: usize,
    hash: u64,
    says_nothing: bool,
    is_capital: bool,
    /// Only a blank stands before it.
    joins: bool,
}

impl<'a> Counted<'a> {
    fn read(
        &mut self,
        text: &'a str,
        limit: usize,
        is_lead: bool,
        stop_words: &StopWords,
        line: &mut Line,
    ) {
        line.read(&text[..text.floor_char_boundary(limit)], stop_words);
        for (index, first) in line.0.iter().enumerate() {
            if first.says_nothing {
                continue;
            }
            let mut hash = 0u64;
            let mut is_name = true;
            let mut parts = false;
            for (more, last) in line.0[index..].iter().take(LONGEST).enumerate() {
                if more > 0 && !last.joins {
                    break;
                }
                hash = (hash.rotate_left(21) ^ last.hash).wrapping_mul(FACTOR);
                if last.says_nothing {
                    let word = &text[last.start..last.end];
                    let is_figure = word.starts_with(|c: char| c.is_ascii_digit());
                    parts |= !is_figure && !JOINTS.contains(&word);
                    continue;
                }
                is_name &= last.is_capital;
                if parts {
                    continue;
                }
                let at = self.words + index;
                let phrase = self.phrases.entry(hash).or_insert_with(|| Phrase {
                    text: &text[first.start..last.end],
                    length: more + 1,
                    count: 0,
                    first: at,
                    is_in_lead: is_lead,
                    names: 0,
                });
                phrase.count += 1;
                phrase.names += u32::from(is_name);
            }
        }
        self.words += line.0.len();
    }

    fn best(self) -> Vec<String> {
        let all = self.words.max(1) as f32;
        let mut weighed: Vec<(f32, &Phrase<'a>)> = self
            .phrases
            .values()
            .filter(|phrase| phrase.length == 1 || phrase.count > 1 || phrase.names == phrase.count)
            .map(|phrase| (phrase.weight(all), phrase))
            .collect();
        // No two begin at the same word and are of the same length.
        let order = |(a, one): &(f32, &Phrase), (b, other): &(f32, &Phrase)| {
            b.total_cmp(a).then(one.first.cmp(&other.first)).then(one.length.cmp(&other.length))
        };
        if weighed.len() > MOST_LOOKED_AT {
            weighed.select_nth_unstable_by(MOST_LOOKED_AT, order);
            weighed.truncate(MOST_LOOKED_AT);
        }
        weighed.sort_by(order);
        let mut best: Vec<&Phrase<'a>> = Vec::new();
        for (_, phrase) in &weighed {
            let mut others = weighed.iter().map(|(_, other)| *other);
            let whole = others.find(|other| phrase.is_cut_from(other)).unwrap_or(phrase);
            if !best.iter().any(|known| std::ptr::eq(*known, whole)) {
                best.push(whole);
            }
        }
        best.into_iter().take(MOST).map(Phrase::written).collect()
    }
}

/// What may stand within a phrase, besides figures: other grammar words part it.
const JOINTS: [&str; 12] =
    ["of", "for", "the", "de", "la", "du", "des", "del", "di", "da", "von", "van"];

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Phrase<'_> {
    fn weight(&self, all: f32) -> f32 {
        let length = self.text.chars().count() as f32;
        let early = 1.0 + 0.5 * (1.0 - self.first as f32 / all);
        let lead = if self.is_in_lead { 1.5 } else { 1.0 };
        let sequence = if self.length > 1 { 0.6 } else { 1.0 };
        self.count as f32 * length.sqrt() * early * lead * sequence
    }

    /// Whether it never stands without the rest of a name, as "Francisco", or, being a
    /// sequence, of a longer one.
    fn is_cut_from(&self, whole: &Phrase<'_>) -> bool {
        let is_of_whole = |word: &str| whole.text.split(' ').any(|one| one == word);
        whole.length > self.length
            && whole.count == self.count
            && (self.length > 1 || whole.names == whole.count)
            && self.text.split(' ').all(is_of_whole)
    }

    fn written(&self) -> String {
        let text = without_possessive(self.text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Line {
    fn read(&mut self, text: &str, stop_words: &StopWords) {
        self.0.clear();
        let mut folded = String::new();
        let mut behind = 0;
        for span in words(text) {
            let word = &text[span.clone()];
            folded.clear();
            push_lowercase(word, &mut folded);
            if !word.is_ascii() && folded.contains('’') {
                folded = folded.replace('’', "'");
            }
            let whole = fingerprint(folded.as_bytes());
            let is_capital = word.starts_with(char::is_uppercase);
            let is_short = folded.chars().nth(2).is_none() && !is_acronym(word);
            let says_nothing = is_short
                || folded.starts_with(|c: char| c.is_ascii_digit())
                || stop_words.contains(&whole);
            let stem = singular(without_possessive(&folded));
            let hash =
                if stem.len() == folded.len() { whole } else { fingerprint(stem.as_bytes()) };
            let joins = behind > 0 && &text[behind..span.start] == " ";
            behind = span.end;
            self.0.push(Word {
                start: span.start,
                end: span.end,
                hash,
                says_nothing,
                is_capital,
                joins,
            });
        }
    }
}

fn is_acronym(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(char::is_uppercase)
}

fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

/// Well enough to bring "ferry" and "ferries" together.
fn singular(word: &str) -> &str {
    let is_plural = word.len() > 4
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is");
    match word.strip_suffix("ies") {
        Some(stem) if is_plural => stem,
        _ if is_plural => &word[..word.len() - 1],
        _ if word.len() > 4 && word.ends_with('y') => &word[..word.len() - 1],
        _ => word,
    }
}
