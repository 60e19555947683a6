//! A text as the language model sees it: words in lower case, and between them
//! commas and sentence ends.

use std::ops::Range;

use crate::text::hashing::{fingerprint, lowercase_fingerprint};
use crate::text::words::words;

/// The hash of a word, or of one of the marks below.
pub type WordHash = u64;

#[derive(Debug, Clone)]
pub struct Token {
    /// Empty for a mark.
    pub span: Range<usize>,
    pub hash: WordHash,
    /// Nothing but a space stands between this word and the token before.
    pub follows_on: bool,
    /// Whether it takes "an".
    pub is_vowel: bool,
}

impl Token {
    pub fn is_word(&self) -> bool {
        !self.span.is_empty()
    }
}

/// Stands for a comma, a dash, a bracket.
pub fn comma() -> WordHash {
    word_hash(",")
}

/// Stands for the end of a sentence or line.
pub fn stop() -> WordHash {
    word_hash(".")
}

/// Whether a word or phrase opens with the sound of a vowel, as far as letters tell.
pub fn takes_an(text: &str) -> bool {
    // Nearly all words are told by their first letter.
    match text.as_bytes().first() {
        Some(b'a' | b'i' | b'A' | b'I' | b'8') => return true,
        Some(b'e' | b'h' | b'o' | b'u' | b'E' | b'H' | b'O' | b'U') => {}
        _ => return false,
    }
    const SILENT: [&str; 4] = ["hour", "honest", "honor", "honour"];
    const CONSONANT: [&str; 9] = ["uni", "unan", "use", "usu", "util", "eu", "one", "once", "ubiq"];
    let opens = |with: &&str| {
        text.len() >= with.len()
            && text.as_bytes()[..with.len()].eq_ignore_ascii_case(with.as_bytes())
    };
    let is_vowel = !text.starts_with(['h', 'H']);
    let is_unin = opens(&"unin") || opens(&"unim");
    SILENT.iter().any(opens) || is_vowel && (is_unin || !CONSONANT.iter().any(opens))
}

/// Hashes a word in lower case, whichever apostrophe it has.
pub fn word_hash(word: &str) -> WordHash {
    let bytes = word.as_bytes();
    if word.is_ascii() {
        let is_number = bytes.len() <= LONGEST_NUMBER && bytes[0].is_ascii_digit();
        return if is_number { number_hash(bytes) } else { lowercase_fingerprint(bytes) };
    }
    fingerprint(word.to_lowercase().replace('’', "'").as_bytes())
}

/// Numbers of more than two figures are all alike but for their length.
fn number_hash(figures: &[u8]) -> WordHash {
    if figures.len() > 2 && figures.iter().all(|b| b.is_ascii_digit() || b",.".contains(b)) {
        return fingerprint(&[b'0'; LONGEST_NUMBER][..figures.len()]);
    }
    lowercase_fingerprint(figures)
}

/// In bytes.
const LONGEST_NUMBER: usize = 48;

/// The tokens of `text`, with a stop at either end.
pub fn tokens(text: &str) -> Vec<Token> {
    let mark_at =
        |at: usize, hash| Token { span: at..at, hash, follows_on: false, is_vowel: false };
    let mut tokens = vec![mark_at(0, stop())];
    let mut end = 0;
    for span in words(text) {
        let gap = &text[end..span.start];
        if let Some(hash) = mark(gap).filter(|_| tokens.len() > 1) {
            tokens.push(mark_at(end, hash));
        }
        let word = &text[span.clone()];
        let (hash, is_vowel) = (word_hash(word), takes_an(word));
        end = span.end;
        tokens.push(Token { span, hash, follows_on: gap == " ", is_vowel });
    }
    tokens.push(mark_at(end, stop()));
    tokens
}

fn mark(gap: &str) -> Option<WordHash> {
    if gap == " " {
        return None;
    }
    let mut mark = None;
    for character in gap.chars() {
        match character {
            '.' | '!' | '?' | ':' | ';' | '\n' => return Some(stop()),
            ',' | '–' | '—' | '(' | ')' | '/' => mark = Some(comma()),
            _ => {}
        }
    }
    mark
}
