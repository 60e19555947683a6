//! What the lexicon says of two or three words that could be a person's name.

use super::lexicon::{Entry, Kind, LEXICON};
use super::tokens::{lower_hash, phrase_hash};
use crate::stages::tag::lists::PARTICLES;

/// Words with a capital more often than not, within sentences.
const MOSTLY_CAPITAL: u8 = 5;

/// Whether each word is one that sentences use, and none is anyone's name: "Window
/// Sensors", "Remote Jobs". A word that is not known may be a name.
pub fn are_common_words(words: &[&str]) -> bool {
    words.iter().all(|word| {
        let entry = entry(word);
        let is_known = entry.case() > 0 || entry.sense() > 0;
        is_known && entry.case() < MOSTLY_CAPITAL && !is_of_person(entry)
    })
}

/// Whether a name is surely a person's: a known first name before what can be a surname.
pub fn begins_with_given_name(words: &[&str]) -> bool {
    let [first, .., last] = words else { return false };
    let last = entry(last);
    let is_surname = is_of_person(last) || last.case() == 0 || last.case() >= MOSTLY_CAPITAL;
    let is_particle = PARTICLES.contains(first.to_lowercase().as_str());
    entry(first).is(Kind::Given) && !is_particle && is_surname && !last.is(Kind::OrganisationWord)
}

/// Whether a name is a place's sooner than a person's: it is a town's ("Las Vegas",
/// "Virginia Beach"), or one of its words is a place's ("Lake Superior").
pub fn are_of_place(words: &[&str]) -> bool {
    let is_place = |entry: Entry| {
        [Kind::City, Kind::Country, Kind::State, Kind::PlaceWord].iter().any(|kind| entry.is(*kind))
    };
    let whole = phrase_hash(words.iter().map(|word| lower_hash(word)));
    is_place(LEXICON.entry(whole))
        || !begins_with_given_name(words) && words.iter().any(|word| is_place(entry(word)))
}

/// Whether words that nothing calls an author's are likely to be one's: no place's name, a
/// first name at the start or no word known for anything else, and in a script with capitals.
pub fn are_likely_person(words: &[&str]) -> bool {
    let has_case = words.iter().any(|word| word.chars().any(char::is_uppercase));
    has_case && !are_of_place(words) && (begins_with_given_name(words) || are_nothing_else(words))
}

/// Whether each word is a person's, or not known for anything else: sentences do not use
/// it, and it is no place's or organisation's.
pub fn are_nothing_else(words: &[&str]) -> bool {
    const OTHERS: [Kind; 5] =
        [Kind::OrganisationWord, Kind::City, Kind::Country, Kind::State, Kind::PlaceWord];
    words.iter().all(|word| {
        let entry = entry(word);
        let is_used = entry.sense() > 0 || entry.case() > 0 && entry.case() < MOSTLY_CAPITAL;
        is_of_person(entry) || !is_used && !OTHERS.iter().any(|kind| entry.is(*kind))
    })
}

/// Whether a word is a first name: "Ada".
pub fn is_given_name(word: &str) -> bool {
    entry(word).is(Kind::Given)
}

fn entry(word: &str) -> Entry {
    LEXICON.entry(lower_hash(word))
}

fn is_of_person(entry: Entry) -> bool {
    entry.is(Kind::Given) || entry.is(Kind::Surname)
}
