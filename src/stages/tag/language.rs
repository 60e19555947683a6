//! The language of the body: `inLanguage`, a BCP 47 language tag.
//!
//! The body decides, by its trigrams; what the page or the message declares
//! settles close calls, and the neighbours that the trigrams do not know
//! (Bosnian beside Croatian). A declaration alone is believed only where there
//! is no text to speak against it.

use whatlang::Lang;

use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let detected = detect(article.text());
    if let Some((language, source, method, confidence)) = decide(detected, declared(article)) {
        tags.language = Some(language);
        tags.infer("inLanguage", source, method, confidence);
    }
}

/// The language of a text by itself, with how sure that is.
fn detect(text: &str) -> Option<(&'static str, f32)> {
    let found = whatlang::detect(sample(text))?;
    Some((subtag(found.lang()), found.confidence() as f32))
}

type Decision = (String, InferenceSource, &'static str, f32);

fn decide(
    detected: Option<(&'static str, f32)>,
    declared: Vec<(String, ClueSource)>,
) -> Option<Decision> {
    let Some((label, confidence)) = detected else {
        // No text, or nothing in it that is language.
        let (language, source) = declared.into_iter().next()?;
        return Some((language, InferenceSource::Clue(source), "declared_language", 0.6));
    };
    if declared.iter().any(|(language, _)| language == label) {
        return Some((label.into(), InferenceSource::Body, "trigrams", confidence.max(0.97)));
    }
    let neighbour = declared.into_iter().find(|(language, _)| is_neighbour(language, label));
    if let Some((language, source)) = neighbour {
        let source = InferenceSource::Clue(source);
        return Some((language, source, "declared_language_confirmed", 0.85));
    }
    (confidence >= LEAST_CONFIDENCE)
        .then(|| (label.into(), InferenceSource::Body, "trigrams", confidence))
}

/// Below this even the best language is a guess.
const LEAST_CONFIDENCE: f32 = 0.1;

/// Languages whose written news trigrams cannot tell apart, or do not know.
const NEIGHBOURS: &[&[&str]] = &[
    &["hr", "bs", "sr", "sl"],
    &["nb", "nn", "da"],
    &["id", "ms"],
    &["pt", "gl"],
    &["es", "gl", "ast"],
    &["cs", "sk"],
    &["af", "nl"],
    &["fa", "ps"],
];

fn is_neighbour(one: &str, other: &str) -> bool {
    NEIGHBOURS.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// As much of the text as it takes: accuracy does not grow behind some kilobytes.
fn sample(text: &str) -> &str {
    &text[..text.floor_char_boundary(SAMPLE_BYTES)]
}

const SAMPLE_BYTES: usize = 3 * 1024;

/// BCP 47 wants the two-letter code where there is one.
fn subtag(language: Lang) -> &'static str {
    match language {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

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
