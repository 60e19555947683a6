//! Lines of a text, and what can be told of a stretch of text by looking at
//! each character once.

use std::ops::Range;

use crate::text::fold::is_unspaced;

/// The lines that are not blank, without the white space around them, as byte
/// offsets of `text`.
pub fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let trimmed = line.trim_start();
        let from = start + (line.len() - trimmed.len());
        start += line.len();
        let trimmed = trimmed.trim_end();
        (!trimmed.is_empty()).then_some(from..from + trimmed.len())
    })
}

/// Counts over a stretch of text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measure {
    pub chars: u32,
    /// Runs of letters and digits; in scripts without spaces, two characters
    /// count as a word.
    pub words: u32,
    /// Words of at most three letters, which are mostly grammar.
    pub short: u32,
    /// Words that start with a capital letter.
    pub capitalised: u32,
    /// Words that start with a lower-case letter.
    pub lowercase: u32,
    pub uppercase_letters: u32,
    pub letters: u32,
    pub digits: u32,
    pub commas: u32,
    /// Marks that end a sentence and stand before white space, a quote or the end.
    pub sentence_ends: u32,
    pub quotes: u32,
    /// Letters of scripts that have no case and no spaces.
    pub unspaced: u32,
    /// Letters of scripts that have no case.
    pub caseless: u32,
    /// `|`, `»`, `›`, `•`, `·`, `/`, `©`: marks of page furniture.
    pub furniture_marks: u32,
    /// Whether the last character that is not a closing quote or bracket ends a sentence.
    pub ends_sentence: bool,
    pub first: Option<First>,
}

/// What a stretch of text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    Lowercase,
    Uppercase,
    /// A letter of a script without case.
    Caseless,
    Digit,
    /// An opening quote, bracket or dash.
    Opening,
    /// Punctuation that only continues something: `, . ; : ) ’s`.
    Continuing,
    Other,
}

impl Measure {
    /// Whether it reads like sentences rather than like a label.
    pub fn is_prose(&self) -> bool {
        let flowing =
            self.caseless * 2 > self.letters || self.lowercase * 2 > self.words || self.words >= 40;
        flowing
            && (self.words >= 20
                || self.words >= 8 && self.sentence_ends > 0
                || self.words >= 4 && self.ends_sentence && self.sentence_ends > 0)
    }
}

pub fn measure(text: &str) -> Measure {
    let mut measure = Measure {
        first: text.chars().find(|character| !character.is_whitespace()).map(first),
        ..Measure::default()
    };
    let mut in_word = false;
    let mut letters_in_word = 0u32;
    let mut rest = text;
    loop {
        // Most of most texts, in one go.
        let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        if letters > 0 {
            measure.chars += letters as u32;
            measure.letters += letters as u32;
            if !in_word {
                measure.words += 1;
                measure.lowercase += 1;
                in_word = true;
                letters_in_word = 0;
            }
            letters_in_word += letters as u32;
            measure.ends_sentence = false;
            rest = &rest[letters..];
        }
        let mut characters = rest.chars();
        let Some(character) = characters.next() else { break };
        rest = characters.as_str();
        measure.chars += 1;
        if character == ' ' {
            measure.short += u32::from(in_word && (1..=3).contains(&letters_in_word));
            in_word = false;
            continue;
        }
        if character.is_alphabetic() {
            measure.letters += 1;
            measure.ends_sentence = false;
            if is_unspaced(character) {
                measure.unspaced += 1;
                measure.caseless += 1;
                measure.words += measure.unspaced % 2;
                in_word = false;
                continue;
            }
            let upper = character.is_uppercase();
            let lower = !upper && character.is_lowercase();
            measure.uppercase_letters += u32::from(upper);
            measure.caseless += u32::from(!upper && !lower);
            if !in_word {
                measure.words += 1;
                measure.capitalised += u32::from(upper);
                measure.lowercase += u32::from(lower);
                in_word = true;
                letters_in_word = 0;
            }
            letters_in_word += 1;
            continue;
        }
        if character.is_numeric() {
            measure.digits += 1;
            measure.ends_sentence = false;
            if !in_word {
                measure.words += 1;
                in_word = true;
            }
            continue;
        }
        match character {
            '\'' | '\u{2019}' => {}
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | '॥' => {
                in_word = false;
                measure.ends_sentence = true;
                let open = !matches!(character, '.' | '!' | '?')
                    || rest.chars().next().is_none_or(|next| {
                        next.is_whitespace() || is_closing(next) || !next.is_ascii()
                    });
                measure.sentence_ends += u32::from(open);
            }
            ',' | '，' | '、' | '،' | ';' | '；' => {
                in_word = false;
                measure.commas += 1;
                measure.ends_sentence = false;
            }
            '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』' => {
                in_word = false;
                measure.quotes += 1;
            }
            // Behind a letter it is a letter too, misread: `cafÃ©`.
            '©' if in_word => {}
            '|' | '›' | '•' | '·' | '/' | '©' | '→' | '▶' | '►' => {
                in_word = false;
                measure.furniture_marks += 1;
                measure.ends_sentence = false;
            }
            _ if is_closing(character) => in_word = false,
            _ if crate::text::fold::is_unspaced(character) => {}
            _ => {
                in_word = false;
                if !character.is_whitespace() {
                    measure.ends_sentence = false;
                }
            }
        }
    }
    measure
}

fn is_closing(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '\u{2019}' | '”' | '»' | '«' | '“' | ')' | ']' | '」' | '』' | '*'
    )
}

fn first(character: char) -> First {
    if character.is_lowercase() {
        First::Lowercase
    } else if character.is_uppercase() {
        First::Uppercase
    } else if character.is_alphabetic() {
        First::Caseless
    } else if character.is_numeric() {
        First::Digit
    } else {
        match character {
            '"' | '“' | '„' | '«' | '»' | '‘' | '(' | '[' | '-' | '–' | '—' | '「' | '『'
            | '\'' => First::Opening,
            ',' | '.' | ';' | ':' | ')' | ']' | '!' | '?' | '\u{2019}' | '”' | '，' | '。'
            | '、' => First::Continuing,
            _ => First::Other,
        }
    }
}
