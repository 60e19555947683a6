//! What a segment shares with the article and with the page's own statements:
//! an article's paragraphs speak of the same things, teasers of others.

use std::hash::BuildHasherDefault;
use std::ops::Range;

use crate::stages::boilerplate::features::Statements;
use crate::stages::boilerplate::segment::Segment;
use crate::text::hashing::{FastMap, FastSet, fingerprint};

/// Shorter words are mostly grammar.
const SHORTEST: usize = 5;

#[derive(Debug, Clone, Copy, Default)]
pub struct Overlap {
    /// The share of its longer words that other segments of the body have, −1 without such words.
    pub shared: f32,
    /// The share of them that the body's prose before it has, −1 without such words.
    pub before: f32,
    /// The share of them that the first prose of the body has, −1 without such words.
    pub lead: f32,
    /// How often the same text stands in the page.
    pub repeats: f32,
}

/// What is known of a word of the body's prose.
#[derive(Default)]
struct Told {
    /// How many segments of the body have it.
    segments: u32,
    /// Whether one before has it, and whether one of the first has.
    is_told: bool,
    is_of_lead: bool,
}

/// How many of the longer words at the start of the body say what it is about.
const LEAD: u32 = 100;

/// One a segment; only those `wanted` are compared.
pub fn overlaps(
    text: &str,
    segments: &[Segment],
    body: &Range<usize>,
    wanted: &[bool],
) -> Vec<Overlap> {
    let mut in_body: FastMap<u32, Told> = FastMap::default();
    let mut words: Vec<u32> = Vec::new();
    let mut ends = Vec::with_capacity(segments.len());
    let mut texts: FastMap<u64, u32> =
        FastMap::with_capacity_and_hasher(segments.len(), BuildHasherDefault::default());
    let mut prints = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        let written = &text[segment.span.clone()];
        let print = fingerprint(written.as_bytes());
        *texts.entry(print).or_default() += 1;
        prints.push(print);
        let start = words.len();
        if !wanted[index] {
            ends.push(start);
            continue;
        }
        words.extend(long_words(written));
        words[start..].sort_unstable();
        let mut kept = start;
        for at in start..words.len() {
            if at == start || words[at] != words[kept - 1] {
                words[kept] = words[at];
                kept += 1;
            }
        }
        words.truncate(kept);
        if body.contains(&index) && segment.is_prose() {
            for &word in &words[start..] {
                in_body.entry(word).or_default().segments += 1;
            }
        }
        ends.push(words.len());
    }
    let mut start = 0;
    let mut in_lead = 0;
    segments
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(index, (segment, end))| {
            let is_body = body.contains(&index) && segment.is_prose();
            let own = u32::from(is_body);
            let mine = &words[start..end];
            start = end;
            let (mut shared, mut before, mut of_lead) = (0, 0, 0);
            for told in mine.iter().filter_map(|word| in_body.get(word)) {
                shared += usize::from(told.segments > own);
                before += usize::from(told.is_told);
                of_lead += usize::from(told.is_of_lead);
            }
            if is_body {
                let is_lead = in_lead < LEAD;
                for word in mine {
                    let told = in_body.entry(*word).or_default();
                    told.is_told = true;
                    told.is_of_lead |= is_lead;
                }
                in_lead += mine.len() as u32;
            }
            let share = |count: usize| {
                if mine.is_empty() { -1.0 } else { count as f32 / mine.len() as f32 }
            };
            Overlap {
                shared: share(shared),
                before: share(before),
                lead: share(of_lead),
                repeats: texts[&prints[index]] as f32,
            }
        })
        .collect()
}

/// What a segment has in common with what is stated about the page; −1 where
/// nothing is stated.
#[derive(Debug, Clone, Copy)]
pub struct Stated {
    /// The share of its words that are in a title.
    pub in_title: f32,
    /// The share of the nearest title's words that it has.
    pub covers_title: f32,
    pub in_description: f32,
    /// The share of its word triples that are in the stated article body.
    pub in_article_body: f32,
}

/// Longer segments are no titles.
const LONGEST_TITLE: u32 = 80;
/// A stated body of fewer triples is rather a summary.
const SHORTEST_BODY: usize = 30;

/// One a segment; only those `wanted` and short ones are compared.
pub fn stated(
    text: &str,
    segments: &[Segment],
    statements: &Statements,
    wanted: &[bool],
) -> Vec<Stated> {
    let titles: Vec<FastSet<u32>> =
        statements.titles.iter().map(|title| all_words(title).collect()).collect();
    let description: FastSet<u32> = all_words(&statements.description).collect();
    let article: FastSet<u64> = triples(&statements.article_body).collect();
    let mut words: Vec<u32> = Vec::new();
    segments
        .iter()
        .zip(wanted)
        .map(|(segment, &wanted)| {
            let written = &text[segment.span.clone()];
            let mut stated = Stated {
                in_title: -1.0,
                covers_title: -1.0,
                in_description: -1.0,
                in_article_body: -1.0,
            };
            if segment.measure.words <= LONGEST_TITLE
                && !(titles.is_empty() && description.is_empty())
            {
                words.clear();
                words.extend(all_words(written));
                words.sort_unstable();
                words.dedup();
                let shared_with = |stated: &FastSet<u32>| {
                    words.iter().filter(|word| stated.contains(word)).count() as f32
                };
                for title in titles.iter().filter(|title| title.len() > 2) {
                    let shared = shared_with(title);
                    stated.in_title = stated.in_title.max(shared / words.len().max(1) as f32);
                    stated.covers_title = stated.covers_title.max(shared / title.len() as f32);
                }
                if !description.is_empty() {
                    stated.in_description = shared_with(&description) / words.len().max(1) as f32;
                }
            }
            if wanted && article.len() >= SHORTEST_BODY {
                let (found, all) = triples(written).fold((0, 0), |(found, all), triple| {
                    (found + i32::from(article.contains(&triple)), all + 1)
                });
                stated.in_article_body = found as f32 / all.max(1) as f32;
            }
            stated
        })
        .collect()
}

fn all_words(text: &str) -> impl Iterator<Item = u32> {
    words(text).map(|(hash, _)| hash)
}

/// Words that say what a text speaks of, each as a hash.
pub fn long_words(text: &str) -> impl Iterator<Item = u32> {
    words(text).filter(|&(_, length)| length >= SHORTEST).map(|(hash, _)| hash)
}

/// The hash of each word, whatever its case in ASCII, and its length in bytes.
fn words(text: &str) -> impl Iterator<Item = (u32, usize)> {
    const BASIS: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut hash, mut length) = (BASIS, 0);
        while let Some(&byte) = text.as_bytes().get(at) {
            let (is_of_word, bytes) = if byte.is_ascii() {
                (byte.is_ascii_alphanumeric(), 1)
            } else {
                let character = text[at..].chars().next()?;
                (character.is_alphanumeric(), character.len_utf8())
            };
            if is_of_word {
                for byte in &text.as_bytes()[at..at + bytes] {
                    hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
                }
                length += bytes;
            }
            at += bytes;
            if !is_of_word && length > 0 {
                break;
            }
        }
        (length > 0).then_some((hash, length))
    })
}

/// Three words in a row.
fn triples(text: &str) -> impl Iterator<Item = u64> {
    let mut last = (0u32, 0u32);
    all_words(text).map(move |word| {
        let triple =
            u64::from(last.0).rotate_left(40) ^ u64::from(last.1).rotate_left(20) ^ u64::from(word);
        last = (last.1, word);
        triple
    })
}
