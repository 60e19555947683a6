//! What the article says in short: `abstract`.
//!
//! The page's own description, where the body's start agrees with it; else the lead, the
//! first paragraph that is long enough to be one. A description that speaks of other
//! things is the site's, not the article's.

use crate::article::{Article, BlockKind, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};
use crate::text::hashing::{FastSet, fingerprint};
use crate::text::words::words;

pub fn tag(article: &Article, tags: &mut Tags) {
    let found = described(article).or_else(|| {
        let lead = lead(article)?;
        Some((lead, InferenceSource::Body, "lead", 0.8))
    });
    if let Some((text, source, method, confidence)) = found {
        tags.abstract_text = Some(text);
        tags.infer("abstract", source, method, confidence);
    }
}

/// Descriptions are shorter and longer leads are not short.
const MOST_BYTES: usize = 600;
const LEAST_WORDS: usize = 8;
/// How much of the body a description must agree with.
const START_BYTES: usize = 4000;
/// The share of a description's longer words that the body's start must have.
const AGREEMENT: f32 = 0.6;

type Found = (String, InferenceSource, &'static str, f32);

fn described(article: &Article) -> Option<Found> {
    let mut clues: Vec<_> = article
        .evidence
        .of(Fact::Description)
        .filter(|clue| !matches!(clue.source, ClueSource::Message))
        .map(|clue| (clue.value.text(), clue.source))
        .filter(|(text, _)| is_whole(text) && text.len() <= MOST_BYTES)
        .filter(|(text, _)| words(text).nth(LEAST_WORDS - 1).is_some())
        .collect();
    if clues.is_empty() {
        return None;
    }
    clues.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    let text = article.text();
    let start = &text[..text.floor_char_boundary(START_BYTES)];
    let known: FastSet<u64> = long_words(start).collect();
    clues.into_iter().find_map(|(description, source)| {
        let (mut all, mut shared) = (0, 0);
        for word in long_words(description) {
            all += 1;
            shared += u32::from(known.contains(&word));
        }
        let agreement = shared as f32 / all as f32;
        (all >= 4 && agreement >= AGREEMENT).then(|| {
            let written = description.split_whitespace().collect::<Vec<_>>().join(" ");
            (written, InferenceSource::Clue(source), "description_that_agrees", 0.9)
        })
    })
}

/// "The bridge will be closed for …" is cut off.
fn is_whole(text: &str) -> bool {
    !text.ends_with(['…', ',', ';', ':', '-']) && !text.ends_with("...")
}

fn lead(article: &Article) -> Option<String> {
    let mut paragraphs = article
        .blocks()
        .iter()
        .take(LATEST_LEAD)
        .filter(|block| block.kind == BlockKind::Paragraph)
        .map(|block| article.block_text(block));
    let lead = paragraphs.find(|text| words(text).nth(LEAST_WORDS - 1).is_some())?;
    let lead = lead.split_whitespace().collect::<Vec<_>>().join(" ");
    if lead.len() <= MOST_BYTES {
        return Some(lead);
    }
    // As many whole sentences as are short together.
    let near = &lead[..lead.floor_char_boundary(MOST_BYTES)];
    let end = near
        .match_indices(['.', '!', '?', '。', '！', '？', '।'])
        .map(|(at, mark)| at + mark.len())
        .rfind(|end| !near.is_ascii() || near[*end..].starts_with(' '))?;
    Some(near[..end].to_owned())
}

const LATEST_LEAD: usize = 6;

fn long_words(text: &str) -> impl Iterator<Item = u64> {
    words(text).map(|span| &text[span]).filter(|word| word.len() > 3).map(|word| {
        let folded = word.to_lowercase();
        fingerprint(folded.as_bytes())
    })
}
