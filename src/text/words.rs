//! Where words are, in any script.
//!
//! A word is a run of letters, marks and digits; an apostrophe, a hyphen, a full
//! stop or a comma between two of them does not end it ("don't", "long-time",
//! "1,000.50", "U.S"). Chinese and Japanese write no spaces: each Han or kana
//! character is a word, as word processors count them.

use std::ops::Range;

/// The words of `text` in order, as byte spans.
pub fn words(text: &str) -> Words<'_> {
    Words { text, position: 0 }
}

/// How many words `text` has, by [`words_in`].
pub fn count_words(text: &str) -> usize {
    words(text).map(|span| words_in(&text[span])).sum()
}

/// For how many words one of [`words`] counts. Thai, Lao, Khmer and Burmese write no
/// spaces either, and their words cannot be told without a dictionary: there, five
/// letters or marks are taken for a word, about the average in running text.
#[inline]
pub fn words_in(word: &str) -> usize {
    if word.is_ascii() {
        return 1;
    }
    let unspaced = word.chars().filter(|&c| is_southeast_asian(c)).count();
    if unspaced == 0 { 1 } else { unspaced.div_ceil(5) }
}

#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    position: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = self.position;
        let start = loop {
            if at >= bytes.len() {
                self.position = at;
                return None;
            }
            match kind_at(self.text, at) {
                (Kind::Part, _) => break at,
                (Kind::Whole, length) => {
                    self.position = at + length;
                    return Some(at..at + length);
                }
                (_, length) => at += length,
            }
        };
        while at < bytes.len() {
            match kind_at(self.text, at) {
                (Kind::Part, length) => at += length,
                (Kind::Joint, length) if is_part(self.text, at + length) => at += length,
                _ => break,
            }
        }
        self.position = at;
        Some(start..at)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a word.
    Part,
    /// A word by itself.
    Whole,
    /// Part of a word if it stands between two parts.
    Joint,
    Between,
}

#[inline]
fn is_part(text: &str, at: usize) -> bool {
    at < text.len() && kind_at(text, at).0 == Kind::Part
}

/// What the character at `at` is, and its length in bytes.
#[inline(always)]
fn kind_at(text: &str, at: usize) -> (Kind, usize) {
    match ASCII.get(usize::from(text.as_bytes()[at])) {
        Some(&kind) => (kind, 1),
        None => wide_kind_at(text, at),
    }
}

/// Most text is ASCII, and nearly all that reads words asks for each character.
const ASCII: [Kind; 128] = {
    let mut kinds = [Kind::Between; 128];
    let mut byte = 0u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Kind::Part,
            b'\'' | b'-' | b'.' | b',' => Kind::Joint,
            _ => Kind::Between,
        };
        byte += 1;
    }
    kinds
};

#[inline(never)]
fn wide_kind_at(text: &str, at: usize) -> (Kind, usize) {
    let character = text[at..].chars().next().expect("`at` is a boundary inside the text");
    (kind_of(character), character.len_utf8())
}

fn kind_of(character: char) -> Kind {
    match character {
        '\u{2019}' | '\u{2010}' | '\u{2011}' | '\u{b7}' | '\u{ad}' | '\u{200c}' | '\u{200d}' => {
            Kind::Joint
        }
        c if is_ideographic(c) => Kind::Whole,
        c if c.is_alphanumeric() || is_mark(c) => Kind::Part,
        _ => Kind::Between,
    }
}

/// Han, hiragana or katakana.
pub fn is_ideographic(character: char) -> bool {
    matches!(character,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}'
        | '\u{20000}'..='\u{3134f}')
}

fn is_southeast_asian(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Combining marks that belong to the letter before them, and that
/// `char::is_alphanumeric` leaves out (viramas, Arabic and Hebrew points, accents).
fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}
