//! What a person's name looks like, and what stands around it in a byline.

use super::lists::{DEGREES, FIELDS, HONORIFICS, NOT_IN_NAMES, PARTICLES, ROLES};
use crate::text::words::is_ideographic;

/// The words of `text` that could be a name: without title, office and degrees.
pub fn bare(text: &str) -> Vec<&str> {
    bare_words(text.split_whitespace().collect())
}

/// The same of words.
pub fn bare_words(words: Vec<&str>) -> Vec<&str> {
    let mut words = without_roles(words);
    while words.len() > 2 && words.last().is_some_and(|word| is_degree(word)) {
        words.pop();
    }
    if let Some(last) = words.last_mut()
        && last.chars().filter(|c| c.is_alphabetic()).count() > 3
        && !last.trim_end_matches('.').contains('.')
    {
        *last = last.trim_end_matches('.');
    }
    // "John Doe The Example Press": a name has no article in it.
    if let Some(at) = words.iter().position(|word| *word == "The").filter(|at| *at >= 2) {
        words.truncate(at);
    }
    words
}

fn is_degree(word: &str) -> bool {
    let is_capitals = !word.chars().any(char::is_lowercase) || word.contains('.') || word == "PhD";
    is_capitals && DEGREES.contains(word.to_lowercase().trim_matches(['.', ',']))
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

/// Whether the words are shaped like one person's name. In a field that is for
/// names, one capitalised word will do, and so will two or three in lower case.
pub fn is_name(words: &[&str], in_field: bool) -> bool {
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
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let has_full_word = words.iter().any(|word| letters(word) >= 2);
    if in_field && let [only] = words {
        let mut characters = only.chars();
        let is_capital = characters.next().is_some_and(char::is_uppercase);
        return is_capital && letters(only) >= 3 && characters.all(|c| !c.is_uppercase());
    }
    let is_lower = (2..=3).contains(&words.len())
        && words.iter().all(|word| letters(word) >= 3 && !word.chars().any(char::is_uppercase));
    rest && named >= 2 && has_full_word || in_field && is_lower
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
        word.chars().all(|c| is_ideographic(c) || matches!(c, '\u{ac00}'..='\u{d7a3}'))
    });
    if east_asian {
        (2..=5).contains(&length) && words.len() <= 2
    } else {
        (2..=4).contains(&words.len()) && length >= 5
    }
}

/// "JANE MCDONALD", "jane mcdonald" → "Jane McDonald"; a name in mixed case is
/// left as it is.
pub fn recased(name: &str) -> String {
    let is_mixed = name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase);
    let longest = name.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    if is_mixed || longest <= 2 || name.chars().all(is_uncased) {
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
            out.extend(character.to_uppercase());
        } else {
            out.extend(character.to_lowercase());
        }
        start = matches!(character, '-' | '\'' | '’' | '‐' | '.') || out == "Mc";
    }
    out
}
