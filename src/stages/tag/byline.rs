//! The people named in a byline: "By JANE DOE, Political Editor, and John Roe |
//! Daily Example" → "Jane Doe", "John Roe".
//!
//! Better none than a wrong one: whatever is not shaped like a person's name
//! (titles, outlets, agencies, links, places, dates) is left out.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::entities::names;
use super::lists::{COLLECTIVES, OUTLET_WORDS};
use super::{outlets, person_name};
use crate::text::calendar::month_named;

/// Bylines longer than this are texts about authors, not names of them.
const MOST_BYTES: usize = 600;
/// A byline that seems to name more people than this is a list of something else.
const MOST_PEOPLE: usize = 20;

/// Where a byline stands, and so what may be taken for a name in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// In a field that is for authors: one word may be a name.
    Field,
    /// In a text: a name has two words at least, and capitals.
    Text,
}

/// The people a byline names, in order; `is_outlet` knows the page's own names.
pub fn people(byline: &str, setting: Setting, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    if byline.len() > MOST_BYTES {
        return Vec::new();
    }
    // A run of blanks parts what stood in cells of its own; in a field it is a slip.
    let byline = match setting {
        Setting::Field => byline.split_whitespace().collect::<Vec<_>>().join(" "),
        Setting::Text => byline.to_owned(),
    };
    // Behind the authors stand those who edited or checked.
    let byline = match OTHERS.find(&byline).filter(|found| found.start() > 0) {
        Some(others) => &byline[..others.start()],
        None => &byline,
    };
    let plain = BRACKETS.replace_all(byline, ", ");
    let plain = NOISE.replace_all(&plain, ", ");
    let mut people: Vec<String> = Vec::new();
    for part in SPLIT.split(&plain) {
        let Some(name) = person(part, setting, is_outlet) else { continue };
        let key = outlets::key(&name);
        if !people.iter().any(|known| outlets::key(known) == key) {
            people.push(name);
        }
    }
    // Behind a name in mixed case, capitals are of an outlet or a place.
    let is_mixed = |name: &String| name.chars().any(char::is_lowercase);
    if let Some(first) = people.iter().position(is_mixed) {
        let mut index = 0;
        people.retain(|name| {
            index += 1;
            index - 1 <= first || is_mixed(name) || !name.chars().any(char::is_uppercase)
        });
    }
    if people.len() > MOST_PEOPLE {
        return Vec::new();
    }
    people.into_iter().map(|name| person_name::recased(&name)).collect()
}

/// The one who signs with a first name alone: "Posted by Ada on 6 May" → "Ada". Whether it
/// is one, `is_first_name` says.
pub fn first_name(
    byline: &str,
    is_outlet: &dyn Fn(&str) -> bool,
    is_first_name: &dyn Fn(&str) -> bool,
) -> Option<String> {
    if byline.len() > MOST_BYTES {
        return None;
    }
    let line = byline.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = SPLIT.split(&line).next()?;
    let name = person(part, Setting::Field, is_outlet)?;
    (!name.contains(' ') && is_first_name(&name)).then_some(name)
}

/// The people of the first line that names any, where commas and conjunctions part them:
/// what stands on lines of its own is an office, an outlet, the next thing.
pub fn enumerated(byline: &str, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    let joined = JOINT.replace_all(byline, " $1$2 ");
    let mut lines = joined.lines().map(|line| people(line, Setting::Text, is_outlet));
    lines.find(|people| !people.is_empty()).unwrap_or_default()
}

/// The people whom a byline names for another part than the writing: "By Ada Quill |
/// Reviewed by Ben Tull" → "Ben Tull".
pub fn helpers(byline: &str, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    if byline.len() > MOST_BYTES {
        return Vec::new();
    }
    let mut helpers = Vec::new();
    let mut rest = byline;
    while let Some(found) = OTHERS.find(rest) {
        rest = &rest[found.end()..];
        let end = NEXT_PART.find(rest).map_or(rest.len(), |next| next.start());
        helpers.extend(people(&rest[..end], Setting::Text, is_outlet));
    }
    helpers
}

/// Whether a byline is nothing but the word that says so: the names come next.
pub fn is_bare(byline: &str) -> bool {
    let with_end = format!("{} ", byline.trim().trim_end_matches(':'));
    byline.len() <= 40 && LEAD.find(&with_end).is_some_and(|found| found.end() == with_end.len())
}

/// Whether a byline begins with a word that says it is one.
pub fn says_so(byline: &str) -> bool {
    byline.len() <= MOST_BYTES && LEAD.is_match(byline.trim_start())
}

/// Addresses, handles, links, and times.
static NOISE: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"https?://\S+|www\.\S+|\S+@\S+\.\w+|@\w+|\bupdated\b.*$|\b(?:published|posted) (?:on|at|\d).*$|&nbsp;|\s{2,}",
    )
});

/// Words that say that the names behind them are of people who did not write.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"\b(?:(?:(?:medically |clinically |expert |legally )?reviewed|edited|fact[- ]checked|translated|illustrated|illustrations?|photograph(?:s|y)?|photos?|styled|styling|graphics?|additional reporting) by|contributions? from)\b",
    )
});

/// What the name of another part ends before, or the part's words: "… — Written by".
static NEXT_PART: LazyLock<Regex> = LazyLock::new(|| insensitive(r"\S+\s+by\b|\bby\b"));

/// What goes on from line to line in an enumeration.
static JOINT: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"\s*\n\s*(,? ?(?:and|und|et|y|e|en|och|og|ja|oraz|i|és|ve|и|і|та|&)|,)\s+|(,|&)\s*\n\s*",
    )
});

static BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| insensitive(r"\([^()]{0,120}\)|\[[^\[\]]{0,120}\]|（[^（）]{0,60}）"));

/// What stands between people, or between a person and something else.
static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"\s*(?:[,;|/•·&+\n\t、，؛،／｜•]|\s[-–—]+\s|\s(?:and|und|et|y|e|en|och|og|ja|oraz|i|és|ve|и|і|та|και|dan|with|mit|avec|con|met|ו|و|和|及)\s)\s*|\sو(?:\s|$)",
    )
});

/// Left at the start of a part where a comma stood before it.
static CONJUNCTION: LazyLock<Regex> =
    LazyLock::new(|| insensitive(r"^(?:and|und|et|y|en|och|og|with|mit|avec|con)\s+"));

/// Words that say that an author's name follows.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(concat!(
        r"^(?:(?:(?:(?:view |see |read )?(?:all |more )?(?:posts|articles|stories|news)|story|text|words|article|report|reporting|review|analysis|opinion|column|interview|photos?|photography|video|written|posted|published|edited|compiled|reviewed|produced|updated|exclusive|a guest post|guest post|this (?:post|article|story|guide|piece|column|essay|report|blog(?: post)?) (?:was |is )?(?:originally |first )?(?:written|authored|contributed)|foto|fotos|texte|testo|texto|text|artikel|tekst) )?",
        r"(?:by|von|par|por|di|de|door|av|af|od|przez|napsal|írta|yazan|oleh|bởi|από|автор|автори|текст|авторы|auteur|autor|autora|autoren|autori|autore|author|authors|forfatter|tekst|text|foto|byline|contributor|contributors|redaktör|skribent|kirjoittaja|toimittaja|מאת|بقلم|كتب|كتبت|نویسنده|作者|記者|记者|文|撰文|लेखक|द्वारा|by:)",
        r"(?:\s*[:：／/]\s*|\s+))+",
    ))
});

/// What a name ends before: "Jane Doe in Berlin", "Jane Doe for the Example".
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"\s+(?:in|for|at|from|of|aus|für|bei|à|pour|para|en|per|is|was|has|who|writes|reports|berichtet|contributed|reporting|interviewed|told)\s.*$|\s+(?:기자|특파원|記者|记者|報道|通讯员)\b?.*$|\s*[:：].*$",
    )
});

fn insensitive(source: &str) -> Regex {
    RegexBuilder::new(source).case_insensitive(true).build().expect("the pattern is well-formed")
}

fn person(part: &str, setting: Setting, is_outlet: &dyn Fn(&str) -> bool) -> Option<String> {
    let is_edge = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '\'' | '’' | ')');
    let part = part.trim_matches(is_edge);
    let part = CONJUNCTION.replace(part, "");
    let part = LEAD.replace(&part, "");
    let part = TAIL.replace(&part, "");
    let undated = without_date(&part);
    let words = without_outlet(person_name::bare(&undated), is_outlet);
    let name = words.join(" ");
    let is_other = is_outlet(&name)
        || outlets::is_agency(&name)
        || outlets::reads_like_outlet(&name)
        || matches!(words.as_slice(), [only] if OUTLET_WORDS.contains(only.to_lowercase().as_str()))
        || undated.split_whitespace().last().is_some_and(is_collective)
        || (setting == Setting::Text || words.len() == 1) && names::are_common_words(&words)
        || begins_with_acronym(&words);
    (!is_other && person_name::is_name(&words, setting == Setting::Field)).then_some(name)
}

/// "JANE DOE Associated Press" → "JANE DOE". "South Florida Example News" is all an outlet's.
fn without_outlet<'a>(words: Vec<&'a str>, is_outlet: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let is_behind = |start: &usize| {
        let behind = words[*start..].join(" ");
        let is_one_word = words.len() - start == 1;
        outlets::is_agency(&behind)
            || !is_one_word && (is_outlet(&behind) || outlets::reads_like_outlet(&behind))
    };
    let start = (2..words.len()).rev().find(is_behind);
    match start.filter(|&start| names::begins_with_given_name(&words[..start])) {
        Some(start) => person_name::bare_words(words[..start].to_vec()),
        None => words,
    }
}

/// "ABC Strategy": no first name is in capitals where the last is not.
fn begins_with_acronym(words: &[&str]) -> bool {
    let [first, .., last] = words else { return false };
    let is_capitals = |word: &str| !word.chars().any(char::is_lowercase);
    let letters = first.chars().filter(|c| c.is_uppercase()).count();
    letters >= 3 && is_capitals(first) && !is_capitals(last) && !names::is_given_name(first)
}

fn is_collective(word: &str) -> bool {
    COLLECTIVES.contains(word.to_lowercase().as_str())
}

/// "Jane Doe Dec 21" → "Jane Doe": what stands from the first figure on, and the
/// month or weekday before it.
fn without_date(part: &str) -> String {
    let Some(at) = part.find(|c: char| c.is_ascii_digit()) else { return part.to_owned() };
    let mut words: Vec<&str> = part[..at].split_whitespace().collect();
    while let Some(last) = words.last() {
        let folded = last.to_lowercase();
        let bare = folded.trim_end_matches(['.', ':', '•']);
        let is_of_date = bare.is_empty()
            || month_named(bare).is_some()
            || matches!(bare, "on" | "at" | "am" | "le" | "el" | "den" | "the" | "stand")
            || WEEKDAYS.iter().any(|day| day.starts_with(bare) && bare.len() >= 2);
        if !is_of_date {
            break;
        }
        words.pop();
    }
    words.join(" ")
}

const WEEKDAYS: [&str; 21] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
];
