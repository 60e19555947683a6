//! The languages of the body and of the headline: `inLanguage`, `headlineLanguage`,
//! BCP 47 language tags; and whether the body is in two languages.
//!
//! The body decides, by the letters of its words ([`model`]); what the page or the
//! message declares settles close calls, and neighbours whose news cannot be told
//! apart (Bosnian beside Croatian). A declaration alone is believed only where there
//! is no text to speak against it. A headline is short, and so likely in the body's
//! language.

pub mod model;

use self::model::{Candidate, LANGUAGES};
use crate::article::{Article, ClueSource, Fact, Flag};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &mut Article, tags: &mut Tags) {
    let candidates = LANGUAGES.candidates(start(article.text(), SAMPLE_BYTES));
    if let Some((language, source, method, confidence)) = decide(candidates, declared(article)) {
        if is_mixed(article, &language) {
            article.flag(Flag::MixedLanguage);
        }
        tags.language = Some(language);
        tags.infer("inLanguage", source, method, confidence);
    }
}

/// After the headline is known.
pub fn tag_headline(tags: &mut Tags) {
    let Some(headline) = &tags.headline else { return };
    let mut candidates = LANGUAGES.candidates(start(headline.text(), SAMPLE_BYTES));
    favour(&mut candidates, |language| tags.language.as_deref() == Some(language));
    let Some(best) = candidates.first().filter(|best| best.probability >= SURE) else { return };
    let (language, confidence) = (best.tag.to_owned(), best.probability.min(MOST_SURE));
    tags.headline_language = Some(language);
    tags.infer(
        "headlineLanguage",
        InferenceSource::Clue(ClueSource::VisibleText),
        METHOD,
        confidence,
    );
}

/// The language that a text is in by itself, and how sure that is.
pub fn detect(text: &str) -> Option<(&'static str, f32)> {
    let best = LANGUAGES.likeliest(start(text, SAMPLE_BYTES))?;
    Some((best.tag, best.probability))
}

const METHOD: &str = "letter_sequences";

type Decision = (String, InferenceSource, &'static str, f32);

fn decide(
    mut candidates: Vec<Candidate<'_>>,
    declared: Vec<(String, ClueSource)>,
) -> Option<Decision> {
    favour(&mut candidates, |language| declared.iter().any(|(tag, _)| tag == language));
    let Some(best) = candidates.first() else {
        // No text, or nothing in it that is language.
        let (language, source) = declared.into_iter().next()?;
        return Some((language, InferenceSource::Clue(source), "declared_language", 0.6));
    };
    let (label, confidence) = (best.tag, best.probability.min(MOST_SURE));
    if declared.iter().any(|(language, _)| language == label) {
        return Some((label.into(), InferenceSource::Body, METHOD, confidence.max(0.97)));
    }
    let neighbour = declared.into_iter().find(|(language, _)| is_neighbour(language, label));
    if let Some((language, source)) = neighbour {
        let source = InferenceSource::Clue(source);
        return Some((language, source, "declared_language_confirmed", 0.85));
    }
    (confidence >= LEAST_CONFIDENCE)
        .then(|| (label.into(), InferenceSource::Body, METHOD, confidence))
}

/// Makes some candidates likelier, as if a reader had said so who is mostly right.
fn favour(candidates: &mut [Candidate<'_>], is_favoured: impl Fn(&str) -> bool) {
    for candidate in candidates.iter_mut().filter(|candidate| is_favoured(candidate.tag)) {
        candidate.probability *= FAVOUR;
    }
    let total: f32 = candidates.iter().map(|candidate| candidate.probability).sum();
    // The only candidate's probability is its script's share of the text.
    if candidates.len() > 1 {
        candidates.iter_mut().for_each(|candidate| candidate.probability /= total);
    } else {
        candidates.iter_mut().for_each(|c| c.probability = c.probability.min(1.0));
    }
    candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability));
}

const FAVOUR: f32 = 20.0;

/// Below this even the best language is a guess.
const LEAST_CONFIDENCE: f32 = 0.3;
/// What a headline or a paragraph takes to be in a language of its own.
const SURE: f32 = 0.9;
/// No text says more.
const MOST_SURE: f32 = 0.995;

/// Whether a good part of the paragraphs is in another language than `language`.
fn is_mixed(article: &Article, language: &str) -> bool {
    let long: Vec<&str> = article
        .blocks()
        .iter()
        .map(|block| article.block_text(block))
        .filter(|text| text.len() >= LEAST_PARAGRAPH)
        .collect();
    let (mut foreign, mut judged) = (0, 0);
    for text in long.iter().step_by(long.len().div_ceil(MOST_PARAGRAPHS).max(1)) {
        let best = LANGUAGES.likeliest(start(text, PARAGRAPH_BYTES));
        let Some(best) = best.filter(|best| best.probability >= SURE) else { continue };
        judged += 1;
        foreign += u32::from(best.tag != language && !is_neighbour(best.tag, language));
    }
    foreign >= 2 && foreign * 5 >= judged
}

/// In bytes; what is shorter may be a name or a term.
const LEAST_PARAGRAPH: usize = 100;
/// How many paragraphs are judged, from all over the body, and how much of each.
const MOST_PARAGRAPHS: usize = 6;
const PARAGRAPH_BYTES: usize = 100;

/// Languages whose written news cannot be told apart by letters, or that the model
/// does not know.
const NEIGHBOURS: &[&[&str]] = &[
    &["hr", "bs", "sr", "sl", "mk"],
    &["nb", "nn", "da"],
    &["id", "ms"],
    &["pt", "gl"],
    &["es", "gl", "ast", "an"],
    &["ca", "oc"],
    &["cs", "sk"],
    &["af", "nl", "fy"],
    &["fa", "ps", "ckb"],
    &["hi", "mr", "ne", "sa"],
    &["it", "fur", "sc", "lij"],
    &["tr", "az", "tk"],
];

fn is_neighbour(one: &str, other: &str) -> bool {
    NEIGHBOURS.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// As much of the text as it takes: articles are told by their first kilobyte.
fn start(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

const SAMPLE_BYTES: usize = 1024;

/// The languages that message and page name, primary subtag only, weightiest first.
fn declared(article: &Article) -> Vec<(String, ClueSource)> {
    article
        .evidence
        .of(Fact::Language)
        .filter_map(|clue| Some((primary_subtag(clue.value.text())?, clue.source)))
        .collect()
}

/// "en-GB", "en_US", "EN" → "en"; withdrawn codes give their successors.
fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_', ';', ',']).next()?.to_ascii_lowercase();
    let fits = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    let current = match primary.as_str() {
        "no" => "nb",
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "mo" => "ro",
        "sh" => "sr",
        "und" | "zxx" | "mul" => return None,
        other => other,
    };
    fits.then(|| current.to_owned())
}
