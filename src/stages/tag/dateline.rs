//! The dateline that opens a body: "BRUSSELS, May 6 (Reuters) - Ministers …" →
//! "BRUSSELS, May 6". Taken only where its form leaves no doubt: a place in
//! capitals, or an agency in brackets, before a dash.

use std::sync::LazyLock;

use regex::Regex;

use super::lists::LABELS;
use super::outlets;
use crate::article::{Article, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let stated = article.evidence.of(Fact::Dateline).find_map(|clue| {
        let text = clue.value.text().trim_end_matches(['-', '–', '—', ' ', ':']).trim();
        let fits = (2..=80).contains(&text.chars().count());
        fits.then(|| (text.to_owned(), InferenceSource::Clue(clue.source), "stated_dateline", 0.9))
    });
    let opening = || {
        article.blocks().iter().take(2).find_map(|block| {
            let dateline = opening(article.block_text(block))?;
            Some((dateline, InferenceSource::Body, "opening_line", 0.9))
        })
    };
    if let Some((dateline, source, method, confidence)) = stated.or_else(opening) {
        tags.dateline = Some(dateline);
        tags.infer("dateline", source, method, confidence);
    }
}

static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<place>\p{Lu}[\p{L}\p{M}.’'\-]*(?:[ /]\p{L}[\p{L}\p{M}.’'\-]*){0,3}(?:, ?\p{Lu}[\p{L}.]+(?: \p{Lu}[\p{L}.]+)?)?)(?P<date>,? ?(?:\p{L}{3,10}\.? \d{1,2}|\d{1,2}\.? \p{L}{3,10}\.?)(?:,? \d{4})?)? ?(?P<agency>\([\p{L}\p{M} ./&–-]+\))?\s?(?:[—–―]|--|-\s|:\s|\.\s?[—–-])\s?",
    )
    .expect("the pattern is well-formed")
});

/// In characters, behind a capital.
const LONGEST_AGENCY: usize = 40;

fn opening(text: &str) -> Option<String> {
    let start = &text[..text.floor_char_boundary(120)];
    let found = OPENING.captures(start)?;
    let place = &found["place"];
    let first_word = place.split([' ', ',']).next()?;
    let letters = first_word.chars().filter(|c| c.is_alphabetic()).count();
    let in_capitals = letters >= 3 && !first_word.chars().any(char::is_lowercase);
    let agency = found.name("agency").map(|agency| agency.as_str().trim_matches(['(', ')']));
    // Counted here: as a repetition in the pattern it would be two megabytes a thread.
    let too_long = |agency: &str| {
        agency.strip_prefix(char::is_uppercase).unwrap_or(agency).chars().count() > LONGEST_AGENCY
    };
    if agency.is_some_and(too_long) {
        return None;
    }
    let from_agency = agency.is_some_and(|agency| agency.split(['/', ',']).any(outlets::is_agency));
    // "CORRECTION: …" and "WATCH — …" have the form too, and a colon after a
    // bare word is a label more often than a place.
    let ends_in_colon = found[0].trim_end().ends_with(':');
    let is_label = LABELS.contains(first_word.to_lowercase().as_str());
    let fits = !is_label && (from_agency || (in_capitals && !ends_in_colon));
    let end = found.name("date").or_else(|| found.name("place"))?.end();
    fits.then(|| start[..end].to_owned())
}
