//! Finds what could be UTF-8 misread in a code page: places where characters
//! stand for the bytes of one UTF-8 sequence.

use std::ops::Range;

use super::super::next_beyond_ascii;
use super::plausibility;
use crate::text::code_pages::{CodePage, roles};

/// One sequence that decodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub page: CodePage,
    pub span: Range<usize>,
    pub decoded: char,
    /// How many characters the sequence is long.
    pub length: usize,
    pub loss: Loss,
    /// How much likelier misread than meant; see [`plausibility`].
    pub score: i32,
}

/// What else than misreading happened to the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    None,
    /// A no-break space has become a space.
    Space,
    /// A byte has become `?` or U+FFFD; only a replacement character can be had.
    Byte,
}

/// Everything found in a text for one page.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// In order; they do not overlap.
    pub hits: Vec<Hit>,
    /// Where a sequence opens and goes on but does not come to its end.
    pub broken: Vec<usize>,
    /// Other characters beyond ASCII: had the whole text been misread in this
    /// page, they could not be there.
    pub strangers: usize,
    /// C1 controls inside hits at bytes for which the page has characters of its own.
    pub borrowed: usize,
}

/// The longest sequence is a surrogate pair, each half encoded by itself.
const MAX_LENGTH: usize = 6;

/// What a text holds for `page`. Linear in the text.
pub(super) fn find(text: &str, page: CodePage) -> Findings {
    let mut findings = Findings::default();
    let mut at = 0;
    while let Some(character) = next_beyond_ascii(text, &mut at) {
        let is_lead = roles(character).lead & page.bit() != 0;
        let parsed = if is_lead { parse(&text[at..], page) } else { Parsed::Nothing };
        let mut end = at + character.len_utf8();
        match parsed {
            Parsed::Hit { loss: Loss::Byte, .. } if is_awaited(text, at, page) => {
                findings.broken.push(at);
                findings.strangers += 1;
            }
            Parsed::Hit { decoded, length, loss, bytes } => {
                end = at + bytes;
                let controls = text[at..end].chars().filter(|c| page.borrows(*c));
                findings.borrowed += controls.count();
                findings.hits.push(Hit { page, span: at..end, decoded, length, loss, score: 0 });
            }
            Parsed::Broken => {
                findings.broken.push(at);
                findings.strangers += 1;
            }
            Parsed::Nothing => {
                findings.strangers += usize::from(character != char::REPLACEMENT_CHARACTER);
            }
        }
        at = end;
    }
    plausibility::score(text, &mut findings.hits);
    findings
}

/// Whether a sequence stands before `at` that wants one character more. A U+FFFD put
/// there would be taken for its lost byte in turn, and so back through any number of
/// sequences: nobody can tell what such a text was.
fn is_awaited(text: &str, at: usize, page: CodePage) -> bool {
    for (length, character) in (1..4).zip(text[..at].chars().rev()) {
        match page.byte(character) {
            Some(first @ 0xC2..) => return length < sequence_length(first),
            Some(0x80..0xC0) => {}
            _ if matches!(character, ' ' | '?' | char::REPLACEMENT_CHARACTER) => {}
            _ => return false,
        }
    }
    false
}

fn sequence_length(first: u8) -> usize {
    match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

enum Parsed {
    Hit { decoded: char, length: usize, loss: Loss, bytes: usize },
    Broken,
    Nothing,
}

fn parse(text: &str, page: CodePage) -> Parsed {
    let mut characters = text.chars();
    let Some(first) = characters.next().and_then(|c| page.byte(c)) else { return Parsed::Nothing };
    let wanted = sequence_length(first);
    let mut sequence = Sequence::open(first);
    while sequence.length < wanted {
        match characters.next().and_then(|c| sequence.continuation(c, page)) {
            Some(byte) => sequence.push(byte),
            None if sequence.length > 1 => return Parsed::Broken,
            None => return Parsed::Nothing,
        }
    }
    let mut length = sequence.length;
    let mut decoded = sequence.decode();
    if decoded.is_none() && sequence.is_high_surrogate() {
        // The other half must follow, written the same way.
        while sequence.length < MAX_LENGTH {
            match characters.next().and_then(|c| sequence.pair_byte(c, page)) {
                Some(byte) => sequence.push(byte),
                None => return Parsed::Broken,
            }
        }
        length = MAX_LENGTH;
        decoded = sequence.decode_surrogates();
    }
    match decoded {
        Some(decoded) => Parsed::Hit {
            decoded,
            length,
            loss: sequence.loss,
            bytes: text.len() - characters.as_str().len(),
        },
        None => Parsed::Broken,
    }
}

/// The bytes of a sequence as they come.
struct Sequence {
    bytes: [u8; MAX_LENGTH],
    length: usize,
    loss: Loss,
    /// Continuations that are neither spaces nor lost.
    sure: usize,
}

impl Sequence {
    fn open(first: u8) -> Self {
        let mut bytes = [0; MAX_LENGTH];
        bytes[0] = first;
        Self { bytes, length: 1, loss: Loss::None, sure: 0 }
    }

    fn push(&mut self, continuation: Continuation) {
        match continuation {
            Continuation::Sure(byte) => {
                self.bytes[self.length] = byte;
                self.sure += 1;
            }
            Continuation::Space => {
                self.bytes[self.length] = 0xA0;
                if self.loss == Loss::None {
                    self.loss = Loss::Space;
                }
            }
            Continuation::Lost => self.loss = Loss::Byte,
        }
        self.length += 1;
    }

    fn continuation(&self, character: char, page: CodePage) -> Option<Continuation> {
        match character {
            ' ' if self.loss == Loss::None && page.has_no_break_space_at_a0() => {
                // In two bytes only what is common: À–ÿ, Latin, Greek, Cyrillic, Arabic.
                let is_likely = self.bytes[0] >= 0xE0
                    || matches!(self.bytes[0], 0xC2 | 0xC3 | 0xC5 | 0xCE | 0xD0 | 0xD9);
                is_likely.then_some(Continuation::Space)
            }
            char::REPLACEMENT_CHARACTER | '?' if self.loss != Loss::Space => {
                Some(Continuation::Lost)
            }
            _ => match page.byte(character) {
                Some(byte @ 0x80..=0xBF) => Some(Continuation::Sure(byte)),
                _ => None,
            },
        }
    }

    fn pair_byte(&self, character: char, page: CodePage) -> Option<Continuation> {
        match (self.length, page.byte(character)) {
            (3, Some(0xED)) => Some(Continuation::Sure(0xED)),
            (4.., Some(byte @ 0x80..=0xBF)) => Some(Continuation::Sure(byte)),
            (5, None) if character == ' ' && page.has_no_break_space_at_a0() => {
                Some(Continuation::Space)
            }
            _ => None,
        }
    }

    /// A space or a lost byte counts only beside a byte that is sure, or as the
    /// only continuation there is.
    fn decode(&self) -> Option<char> {
        if self.length > 2 && self.sure == 0 {
            return None;
        }
        if self.loss == Loss::Byte {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        let text = std::str::from_utf8(&self.bytes[..self.length]).ok()?;
        text.chars().next()
    }

    fn is_high_surrogate(&self) -> bool {
        self.loss != Loss::Byte && self.bytes[0] == 0xED && (0xA0..=0xAF).contains(&self.bytes[1])
    }

    fn decode_surrogates(&self) -> Option<char> {
        let unit = |at: usize| {
            (u32::from(self.bytes[at + 1]) & 0x3F) << 6 | u32::from(self.bytes[at + 2]) & 0x3F
        };
        let (high, low) = (unit(0), unit(3));
        if self.loss == Loss::Byte || low & 0xC00 != 0xC00 {
            return None;
        }
        char::from_u32(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))
    }
}

enum Continuation {
    Sure(u8),
    Space,
    Lost,
}
