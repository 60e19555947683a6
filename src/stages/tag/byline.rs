//! The people named in a byline: "By JANE DOE, Political Editor, and John Roe |
//! Daily Example" → "Jane Doe", "John Roe".
//!
//! Better none than a wrong one: whatever is not shaped like a person's name
//! (titles, outlets, agencies, links, places, dates) is left out.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::lists::{FIELDS, HONORIFICS, NOT_IN_NAMES, PARTICLES, ROLES};
use super::outlets;

/// Bylines longer than this are texts about authors, not names of them.
const MOST_BYTES: usize = 600;
/// A byline that seems to name more people than this is a list of something else.
const MOST_PEOPLE: usize = 20;

/// The people a byline names, in order; `is_outlet` knows the page's own names.
pub fn people(byline: &str, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    if byline.len() > MOST_BYTES {
        return Vec::new();
    }
    let plain = BRACKETS.replace_all(byline, ", ");
    let plain = NOISE.replace_all(&plain, ", ");
    let mut people: Vec<String> = Vec::new();
    for part in SPLIT.split(&plain) {
        let Some(name) = person(part, is_outlet) else { continue };
        let key = outlets::key(&name);
        if !people.iter().any(|known| outlets::key(known) == key) {
            people.push(name);
        }
    }
    if people.len() > MOST_PEOPLE { Vec::new() } else { people }
}

/// Addresses, handles, links, and times.
static NOISE: LazyLock<Regex> = LazyLock::new(|| {
    insensitive(
        r"https?://\S+|www\.\S+|\S+@\S+\.\w+|@\w+|\b\d{1,2}:\d\d\b.*$|\bupdated\b.*$|\bpublished\b.*$|\bposted\b.*$|&nbsp;",
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
        r"^(?:(?:(?:story|text|words|article|report|reporting|review|analysis|opinion|column|interview|photos?|photography|video|written|posted|published|edited|compiled|reviewed|produced|updated|exclusive|a guest post|guest post|foto|fotos|texte|testo|texto|text|artikel|tekst) )?",
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

fn person(part: &str, is_outlet: &dyn Fn(&str) -> bool) -> Option<String> {
    let part = part.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '.' | ':'
                    | '"'
                    | '“'
                    | '”'
                    | '*'
                    | '_'
                    | '-'
                    | '–'
                    | '—'
                    | '\u{200b}'
                    | '\u{200e}'
                    | '\u{200f}'
            )
    });
    let part = CONJUNCTION.replace(part, "");
    let part = LEAD.replace(&part, "");
    let part = TAIL.replace(&part, "");
    let words: Vec<&str> = without_roles(part.split_whitespace().collect());
    let name = words.join(" ");
    if is_outlet(&name) || outlets::is_agency(&name) || outlets::reads_like_outlet(&name) {
        return None;
    }
    is_name(&words).then(|| recased(&name))
}

/// Cuts a title or an office before and after a name.
fn without_roles(mut words: Vec<&str>) -> Vec<&str> {
    let is_role = |word: &&str| {
        let folded = word.to_lowercase();
        let bare = folded.trim_matches(['.', ',', ':']);
        ROLES.contains(bare) || HONORIFICS.contains(bare)
    };
    // "Jane Doe Political Editor": from the word before the first role word on,
    // all is the office; "Senior Political Editor Jane Doe": up to the last.
    if let Some(last) = words.iter().rposition(is_role) {
        let before = words.iter().position(is_role).unwrap_or(last);
        let behind = words.split_off(last + 1);
        if behind.len() >= 2 || (behind.len() == 1 && before == 0) {
            return behind;
        }
        words.truncate(before);
        while words.last().is_some_and(|word| FIELDS.contains(word.to_lowercase().as_str())) {
            words.pop();
        }
    }
    words
}

/// Whether the words are shaped like one person's name.
fn is_name(words: &[&str]) -> bool {
    let joined_length: usize = words.iter().map(|word| word.chars().count()).sum();
    if words.is_empty() || words.len() > 6 || joined_length > 50 {
        return false;
    }
    if words.iter().any(|word| !word.chars().all(|c| c.is_alphabetic() || is_name_mark(c))) {
        return false;
    }
    let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if folded.iter().any(|word| NOT_IN_NAMES.contains(word.trim_end_matches('.'))) {
        return false;
    }
    if words.iter().all(|word| word.chars().all(is_uncased)) {
        return is_uncased_name(words);
    }
    let capitalised = |word: &str| {
        word.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase())
            || word
                .split(['\'', '’', '-'])
                .any(|part| part.chars().next().is_some_and(char::is_uppercase))
    };
    let named = words.iter().filter(|word| capitalised(word)).count();
    let rest = words
        .iter()
        .zip(&folded)
        .all(|(word, folded)| PARTICLES.contains(folded.as_str()) || capitalised(word));
    let has_full_word =
        words.iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    rest && named >= 2 && has_full_word
}

fn is_name_mark(character: char) -> bool {
    matches!(
        character,
        '.' | '\'' | '’' | '‘' | '-' | '‐' | '‑' | '\u{200c}' | '\u{200d}' | 'ʻ' | '`'
    ) || unicode_normalization::char::is_combining_mark(character)
}

fn is_uncased(character: char) -> bool {
    !character.is_lowercase() && !character.is_uppercase()
}

/// A name in a script without capitals: two to four words, or one run of two to
/// four Han characters or Hangul syllables.
fn is_uncased_name(words: &[&str]) -> bool {
    let length: usize = words.iter().map(|word| word.chars().count()).sum();
    let east_asian = words.iter().all(|word| {
        word.chars()
            .all(|c| crate::text::words::is_ideographic(c) || matches!(c, '\u{ac00}'..='\u{d7a3}'))
    });
    if east_asian {
        (2..=5).contains(&length) && words.len() <= 2
    } else {
        (2..=4).contains(&words.len()) && length >= 5
    }
}

/// "JANE MCDONALD" → "Jane McDonald"; a name in mixed case is left as it is.
fn recased(name: &str) -> String {
    let has_lower = name.chars().any(char::is_lowercase);
    let longest = name.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    if has_lower || longest <= 2 || name.chars().all(is_uncased) {
        return name.to_owned();
    }
    name.split(' ')
        .map(|word| {
            if word.ends_with('.') && word.chars().count() <= 3 {
                word.to_owned()
            } else {
                recased_word(word)
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn recased_word(word: &str) -> String {
    if PARTICLES.contains(word.to_lowercase().as_str()) {
        return word.to_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    let mut start = true;
    for character in word.chars() {
        if start {
            out.push(character);
        } else {
            out.extend(character.to_lowercase());
        }
        start = matches!(character, '-' | '\'' | '’' | '‐' | '.') || out == "Mc";
    }
    out
}
