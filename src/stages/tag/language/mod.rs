//! The language of the body: `inLanguage`, a BCP 47 language tag.
//!
//! The body decides; what the page or the message declares settles close calls
//! between neighbours (Croatian and Bosnian) and texts too short to tell. A
//! declaration alone is believed only where there is no text to speak against it.

mod model;

use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};
use model::MODEL;

pub fn tag(article: &Article, tags: &mut Tags) {
    let text = article.text();
    let declared = declared(article);
    let ranking = MODEL.rank(sample(text));
    if let Some((language, source, method, confidence)) = decide(&ranking, declared) {
        tags.language = Some(language);
        tags.infer("inLanguage", source, method, confidence);
    }
}

/// The language of a text by itself, with how sure that is.
pub fn detect(text: &str) -> Option<(&'static str, f32)> {
    let best = MODEL.rank(sample(text)).first().copied()?;
    (best.0 != UNDETERMINED).then_some(best)
}

type Decision = (String, InferenceSource, &'static str, f32);

fn decide(
    ranking: &[(&'static str, f32)],
    declared: Vec<(String, ClueSource)>,
) -> Option<Decision> {
    let detected = ranking.first().filter(|(label, _)| *label != UNDETERMINED);
    let Some(&(label, share)) = detected else {
        // No text, or nothing in it that is language.
        let (language, source) = declared.into_iter().next()?;
        return Some((language, InferenceSource::Clue(source), "declared_language", 0.6));
    };
    if declared.iter().any(|(language, _)| language == label) {
        return Some((label.into(), InferenceSource::Body, "language_model", share.max(0.97)));
    }
    let runner_up = ranking.iter().skip(1).take(3).find_map(|&(other, other_share)| {
        let (language, source) = declared.iter().find(|(language, _)| language == other)?;
        (other_share >= 0.1).then(|| (language.clone(), *source))
    });
    if let Some((language, source)) = runner_up {
        let source = InferenceSource::Clue(source);
        return Some((language, source, "declared_language_confirmed", 0.85));
    }
    (share >= LEAST_SHARE).then(|| (label.into(), InferenceSource::Body, "language_model", share))
}

const UNDETERMINED: &str = "und";
/// Below this even the best language is a guess.
const LEAST_SHARE: f32 = 0.3;

/// As much of the text as it takes: accuracy does not grow behind some kilobytes.
fn sample(text: &str) -> &str {
    &text[..text.floor_char_boundary(SAMPLE_BYTES)]
}

const SAMPLE_BYTES: usize = 6 * 1024;

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
