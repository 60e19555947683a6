//! The tokens of English text that names are made of: words, numbers and marks.
//!
//! "Obama's" is "Obama" and "'s", "London-based" is "London", "-" and "based", for
//! the name is a part of it; "Al-Qaeda", "O'Neill" and "AT&T" are one token. A full
//! stop belongs to initials and to known abbreviations.

use std::ops::Range;

use crate::text::hashing::{fingerprint, lowercase_fingerprint};

#[derive(Debug, Clone)]
pub struct Token {
    /// Byte offsets in the text.
    pub span: Range<usize>,
    /// Of the characters as they are.
    pub hash: u64,
    /// Of the characters in lower case; the same as `hash` if they are.
    pub lower: u64,
    pub form: Form,
    /// The first of a sentence, or of what stands in quotation marks.
    pub is_first: bool,
}

/// How a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Form {
    Lower,
    /// "Ada"
    Capitalised,
    /// "NATO"
    Capitals,
    /// "A", "A."
    Initial,
    /// "U.S.", "J.R.R."
    Dotted,
    /// "McDonald", "iPhone", "Al-Qaeda"
    Mixed,
    /// "1984"
    Number,
    /// "4th", "7-Eleven"
    WithDigits,
    /// ".", "!", "?"
    End,
    /// Any other mark.
    Mark,
    /// "@ada", "#news", addresses
    Handle,
}

impl Form {
    /// With a capital, as names are.
    pub fn is_capital(self) -> bool {
        matches!(
            self,
            Form::Capitalised | Form::Capitals | Form::Initial | Form::Dotted | Form::Mixed
        )
    }
}

/// Appends the tokens of `text[span]`.
pub fn tokenise(text: &str, span: Range<usize>, tokens: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = span.start;
    let mut is_first = true;
    while at < span.end {
        let Some(end) = blank_end(text, at, span.end) else {
            let end = piece_end(text, at, span.end);
            let before = tokens.len();
            split(text, at..end, tokens);
            for token in &mut tokens[before..] {
                token.is_first = is_first;
                is_first = match token.form {
                    Form::End => true,
                    Form::Mark => {
                        is_first
                            || matches!(bytes[token.span.start], b'"' | b':')
                            || text[token.span.clone()].starts_with(['“', '‘', '«', '•', '–', '—'])
                    }
                    _ => false,
                };
            }
            at = end;
            continue;
        };
        at = end;
    }
}

/// Behind the blank at `at`; none if there is none.
fn blank_end(text: &str, at: usize, end: usize) -> Option<usize> {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return byte.is_ascii_whitespace().then_some(at + 1);
    }
    let character = text[at..end].chars().next()?;
    character.is_whitespace().then(|| at + character.len_utf8())
}

/// Up to the next blank.
fn piece_end(text: &str, start: usize, end: usize) -> usize {
    let bytes = &text.as_bytes()[start..end];
    let ascii =
        bytes.iter().position(|byte| byte.is_ascii_whitespace() || *byte == 0xc2 || *byte >= 0xe1);
    match ascii {
        Some(found) if !bytes[found].is_ascii() => {
            text[start..end].find(char::is_whitespace).map_or(end, |found| start + found)
        }
        Some(found) => start + found,
        None => end,
    }
}

/// Cuts a piece between blanks into tokens.
fn split(text: &str, piece: Range<usize>, tokens: &mut Vec<Token>) {
    let words = &text[piece.clone()];
    if words.len() > 1
        && (words.starts_with(['@', '#'])
            || memchr::memchr(b':', words.as_bytes()).is_some() && words.contains("://")
            || words.starts_with("www."))
    {
        let end = words.trim_end_matches(['.', ',', '!', '?', ')', ':']).len();
        push(text, piece.start..piece.start + end, Form::Handle, tokens);
        if end < words.len() {
            split(text, piece.start + end..piece.end, tokens);
        }
        return;
    }
    let mut at = piece.start;
    while at < piece.end {
        let character = text[at..piece.end].chars().next().unwrap_or(' ');
        if !character.is_alphanumeric() {
            let mut end = at + character.len_utf8();
            // "'s" that stands apart, and marks that are repeated, are one token.
            if matches!(character, '\'' | '’') && is_possessive(&text[end..piece.end]) {
                end += 1;
            } else {
                while text[end..piece.end].starts_with(character) {
                    end += character.len_utf8();
                }
            }
            let form =
                if matches!(character, '.' | '!' | '?' | '…') { Form::End } else { Form::Mark };
            push(text, at..end, form, tokens);
            at = end;
        } else {
            let end = word_end(text, at, piece.end);
            push(text, at..end, form(&text[at..end]), tokens);
            at = end;
        }
    }
}

fn is_possessive(rest: &str) -> bool {
    rest.starts_with(['s', 'S']) && !rest[1..].starts_with(char::is_alphanumeric)
}

/// The end of the word that starts at `start`.
fn word_end(text: &str, start: usize, end: usize) -> usize {
    let mut at = start;
    while at < end {
        let rest = &text[at..end];
        let Some(character) = rest.chars().next() else { break };
        let behind = at + character.len_utf8();
        if character.is_alphanumeric() || character == '_' {
            at = behind;
            continue;
        }
        let next = text[behind..end].chars().next();
        let joins = next.is_some_and(char::is_alphanumeric);
        let goes_on = match character {
            '\'' | '’' => joins && !is_possessive(&text[behind..end]),
            '&' => joins,
            '-' | '‐' | '‑' => {
                let before = &text[start..at];
                let parts_name = next.is_some_and(char::is_lowercase)
                    && before.starts_with(char::is_uppercase)
                    && !PREFIXES.contains(&before);
                joins && !parts_name
            }
            '.' if joins => {
                // "U.S", "3.5"; a lost blank ("end.The") parts.
                let is_short =
                    text[start..at].rsplit('.').next().is_some_and(|part| part.len() <= 2);
                is_short || next.is_some_and(|next| next.is_ascii_digit())
            }
            '.' => return if keeps_stop(&text[start..at]) { behind } else { at },
            ',' => {
                joins
                    && text[..at].ends_with(|c: char| c.is_ascii_digit())
                    && next.is_some_and(|next| next.is_ascii_digit())
            }
            '\u{ad}' | '\u{200d}' => joins,
            _ => false,
        };
        if !goes_on {
            return at;
        }
        at = behind;
    }
    at.min(end)
}

/// "Co-operation" is one word, "London-based" two.
const PREFIXES: [&str; 13] = [
    "Anti", "Co", "Ex", "Inter", "Mid", "Multi", "Non", "Post", "Pre", "Pro", "Re", "Semi", "Vice",
];

/// Whether the full stop behind `word` is its own.
fn keeps_stop(word: &str) -> bool {
    let is_initial = word.len() == 1 && word != "I" && word.starts_with(char::is_uppercase);
    is_initial || word.contains('.') && word.len() <= 8 || ABBREVIATIONS.contains(&word)
}

const ABBREVIATIONS: [&str; 44] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Ste", "Inc", "Corp", "Co", "Ltd", "Bros", "Jr", "Sr",
    "Gov", "Sen", "Sens", "Rep", "Reps", "Gen", "Lt", "Col", "Sgt", "Capt", "Cmdr", "Maj", "Adm",
    "Rev", "Hon", "Pres", "Sec", "Supt", "Det", "Mt", "Ft", "Ave", "Blvd", "Rd", "vs", "No",
    "Univ", "Dept", "Fr", "Msgr",
];

fn form(word: &str) -> Form {
    let mut characters = word.chars();
    let Some(first) = characters.next() else { return Form::Mark };
    if first.is_ascii_digit() {
        let is_number = word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        return if is_number { Form::Number } else { Form::WithDigits };
    }
    let (mut lower, mut upper, mut stops, mut letters) = (0, 0, 0, 0);
    for character in word.chars() {
        if character.is_lowercase() {
            lower += 1;
            letters += 1;
        } else if character.is_uppercase() {
            upper += 1;
            letters += 1;
        } else if character == '.' {
            stops += 1;
        }
    }
    match (first.is_uppercase(), upper, lower) {
        (_, 0, _) => Form::Lower,
        (true, 1, 0) if stops <= 1 => Form::Initial,
        (_, _, 0) if stops > 0 && letters <= 5 => Form::Dotted,
        (true, 1, _) => Form::Capitalised,
        (_, _, 0) => Form::Capitals,
        _ => Form::Mixed,
    }
}

fn push(text: &str, span: Range<usize>, form: Form, tokens: &mut Vec<Token>) {
    let word = &text[span.clone()];
    let hash = fingerprint(word.as_bytes());
    let lower = match form {
        Form::Capitalised
        | Form::Capitals
        | Form::Initial
        | Form::Dotted
        | Form::Mixed
        | Form::WithDigits => lower_hash(word),
        _ => hash,
    };
    tokens.push(Token { span, hash, lower, form, is_first: false });
}

/// The hash of `word` in lower case.
pub fn lower_hash(word: &str) -> u64 {
    if word.is_ascii() {
        return lowercase_fingerprint(word.as_bytes());
    }
    fingerprint(word.to_lowercase().as_bytes())
}

/// The hash of tokens in a row.
pub fn phrase_hash(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes.into_iter().fold(0, joined)
}

/// A phrase's hash with another token behind it; the first joins 0 and stays itself.
#[inline]
pub fn joined(phrase: u64, hash: u64) -> u64 {
    if phrase == 0 {
        hash
    } else {
        (phrase.rotate_left(21) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
