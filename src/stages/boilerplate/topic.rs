//! What a segment shares with the article and with the page's own statements:
//! an article's paragraphs speak of the same things, teasers of others.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::stages::boilerplate::features::Statements;
use crate::stages::boilerplate::segment::Segment;

/// Shorter words are mostly grammar.
const SHORTEST: usize = 5;

#[derive(Debug, Clone, Copy, Default)]
pub struct Overlap {
    /// The share of its longer words that other segments of the body have, −1 without such words.
    pub shared: f32,
    /// How often the same text stands in the page.
    pub repeats: f32,
}

pub fn overlaps(text: &str, segments: &[Segment], body: &Range<usize>) -> Vec<Overlap> {
    let mut in_body: HashMap<u32, u32> = HashMap::new();
    let mut words: Vec<u32> = Vec::new();
    let mut ends = Vec::with_capacity(segments.len());
    let mut texts: HashMap<u64, u32> = HashMap::new();
    for (index, segment) in segments.iter().enumerate() {
        let written = &text[segment.span.clone()];
        *texts.entry(whole(written)).or_default() += 1;
        let start = words.len();
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
                *in_body.entry(word).or_default() += 1;
            }
        }
        ends.push(words.len());
    }
    let mut start = 0;
    segments
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(index, (segment, end))| {
            let own = u32::from(body.contains(&index) && segment.is_prose());
            let mine = &words[start..end];
            start = end;
            let shared = mine
                .iter()
                .filter(|word| in_body.get(word).is_some_and(|&count| count > own))
                .count();
            Overlap {
                shared: if mine.is_empty() { -1.0 } else { shared as f32 / mine.len() as f32 },
                repeats: texts[&whole(&text[segment.span.clone()])] as f32,
            }
        })
        .collect()
}

/// For each segment: how much of it is in a title, in the description, in the
/// stated article body; −1 where the page states none.
pub fn stated(
    text: &str,
    segments: &[Segment],
    statements: &Statements,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let titles: HashSet<u32> =
        statements.titles.iter().flat_map(|title| all_words(title)).collect();
    let description: HashSet<u32> = all_words(&statements.description).collect();
    let article: HashSet<u64> = triples(&statements.article_body).collect();
    let mut in_titles = Vec::with_capacity(segments.len());
    let mut in_description = Vec::with_capacity(segments.len());
    let mut in_article = Vec::with_capacity(segments.len());
    for segment in segments {
        let written = &text[segment.span.clone()];
        let short = segment.measure.words <= 80;
        let of = |set: &HashSet<u32>| {
            if set.is_empty() || !short {
                return -1.0;
            }
            let (found, all) = all_words(written).fold((0, 0), |(found, all), word| {
                (found + i32::from(set.contains(&word)), all + 1)
            });
            found as f32 / all.max(1) as f32
        };
        in_titles.push(of(&titles));
        in_description.push(of(&description));
        in_article.push(if article.len() < 30 {
            -1.0
        } else {
            let (found, all) = triples(written).fold((0, 0), |(found, all), triple| {
                (found + i32::from(article.contains(&triple)), all + 1)
            });
            found as f32 / all.max(1) as f32
        });
    }
    (in_titles, in_description, in_article)
}

fn all_words(text: &str) -> impl Iterator<Item = u32> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(hash)
}

fn long_words(text: &str) -> impl Iterator<Item = u32> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= SHORTEST).map(hash)
}

/// Three words in a row.
fn triples(text: &str) -> impl Iterator<Item = u64> {
    let mut last = (0u32, 0u32);
    all_words(text).map(move |word| {
        let triple = u64::from(last.0).rotate_left(40) ^ u64::from(last.1).rotate_left(20) ^ u64::from(word);
        last = (last.1, word);
        triple
    })
}

fn whole(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}
