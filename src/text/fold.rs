//! Folding keys: what is left of a line when case, accents, punctuation and the
//! values of numbers are taken away, so that one phrase matches all its spellings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds `text` into `key`, which is cleared first: `"Read More: 12 Comments!"`
/// becomes `"read more 0 comments"`.
pub fn fold_into(text: &str, key: &mut String) {
    key.clear();
    let mut after_space = true;
    let mut after_digit = false;
    for character in text.chars() {
        if character.is_ascii() {
            match character {
                'a'..='z' => key.push(character),
                'A'..='Z' => key.push(character.to_ascii_lowercase()),
                '0'..='9' => {
                    if !after_digit {
                        key.push('0');
                    }
                    after_digit = true;
                    after_space = false;
                    continue;
                }
                '\'' => continue,
                _ => {
                    if !after_space {
                        key.push(' ');
                    }
                    after_space = true;
                    after_digit = false;
                    continue;
                }
            }
            after_space = false;
            after_digit = false;
        } else {
            fold_wide(character, key, &mut after_space, &mut after_digit);
        }
    }
    if key.ends_with(' ') {
        key.pop();
    }
}

/// Appends `text` in lower case, character by character.
pub fn push_lowercase(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

pub fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    fold_into(text, &mut key);
    key
}

fn fold_wide(character: char, key: &mut String, after_space: &mut bool, after_digit: &mut bool) {
    match character {
        // Apostrophes vanish as in ASCII; soft hyphens and joiners never count.
        '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{ad}' | '\u{200b}'..='\u{200f}' => return,
        'ß' => {
            key.push_str("ss");
            *after_space = false;
            *after_digit = false;
            return;
        }
        'ı' => {
            key.push('i');
            *after_space = false;
            *after_digit = false;
            return;
        }
        _ => {}
    }
    for part in std::iter::once(character).nfkd() {
        if is_accent(part) {
            continue;
        }
        if part.is_numeric() {
            if !*after_digit {
                key.push('0');
            }
            *after_digit = true;
            *after_space = false;
        } else if part.is_alphabetic() || is_combining_mark(part) {
            key.extend(part.to_lowercase().filter(|&lower| !is_accent(lower)));
            *after_space = false;
            *after_digit = false;
        } else {
            if !*after_space {
                key.push(' ');
            }
            *after_space = true;
            *after_digit = false;
        }
    }
}

/// Marks that may be left out in writing without changing the word: Latin,
/// Greek and Cyrillic accents, Hebrew points, Arabic vowel signs.
fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05c7}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{0640}')
}

/// Whether the script is written without spaces between words.
pub fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x20000..=0x3ffff)
}
