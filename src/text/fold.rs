//! Folding keys: what is left of a line when case, accents, punctuation and the
//! values of numbers are taken away, so that one phrase matches all its spellings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds `text` into `key`, which is cleared first: `"Read More: 12 Comments!"`
/// becomes `"read more 0 comments"`.
pub fn fold_into(text: &str, key: &mut String) {
    key.clear();
    // What the key ends with; nothing is like a space, as none begins a key.
    let mut last = b' ';
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character.is_ascii() {
            rest = fold_ascii(rest, key, &mut last);
        } else {
            fold_wide(character, key, &mut last);
            rest = &rest[character.len_utf8()..];
        }
    }
    if key.ends_with(' ') {
        key.pop();
    }
}

/// Folds what ASCII `text` begins with, a piece of it at a time; what remains is returned.
fn fold_ascii<'a>(text: &'a str, key: &mut String, last: &mut u8) -> &'a str {
    let mut piece = [0; PIECE];
    let (mut length, mut read) = (0, 0);
    while length + EIGHT <= PIECE {
        let rest = &text.as_bytes()[read..];
        if let Some(folded) = rest.first_chunk().and_then(|eight| fold_words(*eight, *last)) {
            piece[length..length + EIGHT].copy_from_slice(&folded);
            length += EIGHT;
            read += EIGHT;
            *last = folded[EIGHT - 1];
            continue;
        }
        let before = read;
        for byte in rest.iter().take(EIGHT).take_while(|byte| byte.is_ascii()) {
            let folded = FOLDED[usize::from(*byte)];
            let is_again = folded == *last && matches!(folded, b' ' | b'0');
            if folded != NOTHING && !is_again {
                piece[length] = folded;
                length += 1;
                *last = folded;
            }
            read += 1;
        }
        if read < before + EIGHT {
            break;
        }
    }
    key.push_str(str::from_utf8(&piece[..length]).unwrap_or_default());
    &text[read..]
}

/// What becomes of eight bytes if all are letters of ASCII and single spaces, at once.
fn fold_words(eight: [u8; EIGHT], last: u8) -> Option<[u8; EIGHT]> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    const SPACES: u64 = 0x20 * EACH;
    // A space is its own lower case, and so is what is no letter but has the bit.
    let lower = u64::from_le_bytes(eight) | SPACES;
    let low = lower & !HIGHEST;
    // The highest bit of a byte tells whether it is one and above.
    let from_a = low + (0x80 - u64::from(b'a')) * EACH;
    let above_z = low + (0x7f - u64::from(b'z')) * EACH;
    let letters = from_a & !above_z;
    let no_spaces = (u64::from_le_bytes(eight) ^ SPACES) & !HIGHEST;
    let spaces = !(no_spaces + 0x7f * EACH) & HIGHEST;
    let before = spaces << 8 | if last == b' ' { 0x80 } else { 0 };
    let is_plain = (letters | spaces) & !lower & HIGHEST == HIGHEST && spaces & before == 0;
    is_plain.then_some(lower.to_le_bytes())
}

/// Bytes that are looked at together.
const EIGHT: usize = 8;

/// Bytes that are folded at once.
const PIECE: usize = 64;

/// What apostrophes become.
const NOTHING: u8 = 0;

/// What each byte of ASCII becomes.
const FOLDED: [u8; 128] = {
    let mut folded = [b' '; 128];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphabetic() {
            folded[byte] = (byte as u8).to_ascii_lowercase();
        } else if (byte as u8).is_ascii_digit() {
            folded[byte] = b'0';
        }
        byte += 1;
    }
    folded[b'\'' as usize] = NOTHING;
    folded
};

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

fn fold_wide(character: char, key: &mut String, last: &mut u8) {
    match character {
        // Apostrophes vanish as in ASCII; soft hyphens and joiners never count.
        '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{ad}' | '\u{200b}'..='\u{200f}' => return,
        'ß' => {
            key.push_str("ss");
            *last = b's';
            return;
        }
        'ı' => {
            key.push('i');
            *last = b'i';
            return;
        }
        _ => {}
    }
    for part in std::iter::once(character).nfkd() {
        if is_accent(part) {
            continue;
        }
        if part.is_numeric() {
            if *last != b'0' {
                key.push('0');
            }
            *last = b'0';
        } else if part.is_alphabetic() || is_combining_mark(part) {
            key.extend(part.to_lowercase().filter(|&lower| !is_accent(lower)));
            *last = LETTER;
        } else {
            if *last != b' ' {
                key.push(' ');
            }
            *last = b' ';
        }
    }
}

/// Stands for whatever letter a key ends with.
const LETTER: u8 = b'a';

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
