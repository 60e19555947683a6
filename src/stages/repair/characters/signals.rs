//! The prefilter: one pass over the bytes that says which rules of the group
//! have anything to look at. Plain text is skipped 32 bytes at a time.

use crate::text::code_pages::{self, CodePageSet};

/// What a text shows, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signals(u16);

impl Signals {
    /// `&` before a letter or `#`.
    pub const AMPERSAND: Signals = Signals(1);
    /// A character that can open misread UTF-8 before one that can go on with it.
    pub const MISREAD: Signals = Signals(1 << 1);
    pub const C1_CONTROL: Signals = Signals(1 << 2);
    pub const CONTROL: Signals = Signals(1 << 3);
    /// Anything but a line feed that ends a line.
    pub const LINE_SEPARATOR: Signals = Signals(1 << 4);
    pub const BYTE_ORDER_MARK: Signals = Signals(1 << 5);
    pub const ZERO_WIDTH: Signals = Signals(1 << 6);
    pub const SOFT_HYPHEN: Signals = Signals(1 << 7);
    pub const BIDI_CONTROL: Signals = Signals(1 << 8);
    pub const LIGATURE: Signals = Signals(1 << 9);
    /// A character that is not certainly in normal form C where it stands.
    pub const DECOMPOSED: Signals = Signals(1 << 10);

    pub fn meets(self, other: Signals) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Signals) {
        self.0 |= other.0;
    }
}

const STRIDE: usize = 32;

pub(super) fn scan(text: &str) -> Signals {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at..].first_chunk::<STRIDE>() {
            Some(chunk) if is_plain(chunk) => {
                scan.plain(chunk);
                at += STRIDE;
            }
            _ => at = scan.walk(text, at, (at + STRIDE).min(bytes.len())),
        }
    }
    scan.signals
}

/// Printable ASCII and line feeds without ampersands.
fn is_plain(chunk: &[u8; STRIDE]) -> bool {
    let mut odd = false;
    for &byte in chunk {
        // Without short circuits, so that it compiles to vector code.
        odd |= (byte >= 0x7F) | ((byte < 0x20) & (byte != b'\n')) | (byte == b'&');
    }
    !odd
}

/// The bytes of such a chunk.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7F {
        plain[byte] = byte != b'&' as usize;
        byte += 1;
    }
    plain[b'\n' as usize] = true;
    plain
};

#[derive(Default)]
struct Scan {
    signals: Signals,
    previous: Previous,
}

/// The character before, as far as misread UTF-8 is concerned.
#[derive(Default, Clone, Copy)]
struct Previous {
    lead: CodePageSet,
    is_lowercase: bool,
    /// `Ã` or `Â` after a lower-case letter; a space makes it misread UTF-8.
    is_stray_capital: bool,
}

impl Scan {
    /// What a stretch of plain characters means for those on either side of it.
    #[inline]
    fn plain(&mut self, stretch: &[u8]) {
        if self.previous.is_stray_capital && stretch.first() == Some(&b' ') {
            self.signals.add(Signals::MISREAD);
        }
        let is_lowercase = stretch.last().is_some_and(u8::is_ascii_lowercase);
        self.previous = Previous { is_lowercase, ..Previous::default() };
    }

    /// Looks at each character from `at` on until one ends at or behind `end`;
    /// returns where.
    fn walk(&mut self, text: &str, mut at: usize, end: usize) -> usize {
        let bytes = text.as_bytes();
        while at < end {
            let byte = bytes[at];
            if byte < 0x80 {
                self.ascii(byte, bytes.get(at + 1).copied());
                at += 1;
            } else {
                let Some(character) = text[at..].chars().next() else { return end };
                self.character(character);
                at += character.len_utf8();
            }
            let rest = bytes.get(at..end).unwrap_or_default();
            let plain = rest.iter().take_while(|byte| PLAIN[usize::from(**byte)]).count();
            if plain > 0 {
                self.plain(&rest[..plain]);
                at += plain;
            }
        }
        at
    }

    #[inline]
    fn ascii(&mut self, byte: u8, next: Option<u8>) {
        match byte {
            b'&' if next.is_some_and(|b| b.is_ascii_alphabetic() || b == b'#') => {
                self.signals.add(Signals::AMPERSAND);
            }
            b'\n' | b'\t' => {}
            b' ' if self.previous.is_stray_capital => self.signals.add(Signals::MISREAD),
            b' ' => {}
            b'\r' if next == Some(b'\n') => {}
            b'\r' | 0x0B | 0x0C => self.signals.add(Signals::LINE_SEPARATOR),
            0..=0x1F | 0x7F => self.signals.add(Signals::CONTROL),
            _ => {}
        }
        self.previous = Previous { is_lowercase: byte.is_ascii_lowercase(), ..Previous::default() };
    }

    #[inline]
    fn character(&mut self, character: char) {
        self.kind(character);
        let roles = code_pages::roles(character);
        if self.previous.lead & roles.continuation != 0
            || (character == char::REPLACEMENT_CHARACTER && self.previous.lead != 0)
        {
            self.signals.add(Signals::MISREAD);
        }
        self.previous = Previous {
            lead: roles.lead,
            is_lowercase: false,
            is_stray_capital: matches!(character, 'Ã' | 'Â') && self.previous.is_lowercase,
        };
    }

    #[inline]
    fn kind(&mut self, character: char) {
        match character {
            '\u{80}'..='\u{9F}' => self.signals.add(Signals::C1_CONTROL),
            '\u{AD}' => self.signals.add(Signals::SOFT_HYPHEN),
            '\u{A0}'..='\u{131}' => {}
            '\u{132}'..='\u{133}' | '\u{149}' | '\u{1C4}'..='\u{1CC}' | '\u{1F1}'..='\u{1F3}' => {
                self.signals.add(Signals::LIGATURE);
            }
            '\u{134}'..='\u{2FF}' => {}
            '\u{200B}'..='\u{200D}' | '\u{2060}' => self.signals.add(Signals::ZERO_WIDTH),
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                self.signals.add(Signals::BIDI_CONTROL);
            }
            '\u{61C}' => self.signals.add(Signals::BIDI_CONTROL),
            '\u{2028}' | '\u{2029}' => self.signals.add(Signals::LINE_SEPARATOR),
            '\u{2002}'..='\u{206F}' => {}
            '\u{388}'..='\u{482}' | '\u{48A}'..='\u{590}' | '\u{621}'..='\u{64A}' => {}
            '\u{2E80}'..='\u{2FFF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => {}
            '\u{FEFF}' => self.signals.add(Signals::BYTE_ORDER_MARK),
            '\u{FB00}'..='\u{FB06}' => self.signals.add(Signals::LIGATURE),
            '\u{FFFD}' => {}
            _ => self.signals.add(Signals::DECOMPOSED),
        }
    }
}
