//! How much likelier a sequence is misread UTF-8 than meant as it stands, in
//! points: what is odd about the characters as text, plus how common the
//! character is that they decode to. A writer puts `’` after `É`; nobody puts
//! `£` there, or a capital after a small letter.

use super::hits::{Hit, Loss};

/// Points from which a hit speaks for itself, whatever the rest of the text says.
pub(super) const STRONG: i32 = 5;

/// Points from which a hit can show that a text is misread where nothing speaks
/// against it.
pub(super) const FAIR: i32 = 3;

/// Scores hits (of one page, in order) in their places.
pub(super) fn score(text: &str, hits: &mut [Hit]) {
    for index in 0..hits.len() {
        let hit = &hits[index];
        let before = index.checked_sub(1).map(|i| &hits[i]);
        let continues = |a: &Hit, b: &Hit| {
            let gap = &text[a.span.end..b.span.start];
            (gap.is_empty() || gap == " ") && same_script(a.decoded, b.decoded)
        };
        let has_company = before.is_some_and(|b| continues(b, hit))
            || hits.get(index + 1).is_some_and(|next| continues(hit, next));
        let company = if has_company { 2 } else { 0 };
        let points = oddness(text, hit) + commonness(hit) + company;
        hits[index].score = points;
    }
}

/// What a character is to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
    /// White space, ASCII punctuation, the ends of the text.
    Gap,
    /// Stands naturally behind a word.
    Closing,
    /// A mark that also stands naturally between letters.
    Joint,
    /// Stands naturally before a word.
    Opening,
    /// Signs of mathematics, which stand before letters.
    Sign,
    /// Signs that have no natural place beside a letter.
    Odd,
    Box,
    Control,
}

fn kind(character: char) -> Kind {
    match character {
        '0'..='9' => Kind::Digit,
        c if c.is_ascii_lowercase() => Kind::Lower,
        c if c.is_ascii_uppercase() => Kind::Upper,
        c if c.is_ascii() => Kind::Gap,
        '\u{80}'..='\u{9F}' => Kind::Control,
        '’' | '–' | '—' | '\u{A0}' | '·' => Kind::Joint,
        '”' | '…' | '»' | '™' | '®' | '°' | '•' | '›' => Kind::Closing,
        '‘' | '“' | '„' | '‚' | '«' | '‹' | '¿' | '¡' => Kind::Opening,
        'ª' | 'º' | 'µ' | 'ƒ' | 'ˆ' | 'ˇ' => Kind::Odd,
        '√' | '∆' | '∑' | '∏' | '∂' | '∫' | '≈' | '≠' | '≤' | '≥' | '∞' | '×' | '÷' | '±' => {
            Kind::Sign
        }
        '\u{2500}'..='\u{259F}' => Kind::Box,
        c if c.is_uppercase() => Kind::Upper,
        c if c.is_alphabetic() => Kind::Lower,
        c if c.is_whitespace() => Kind::Gap,
        _ => Kind::Odd,
    }
}

fn oddness(text: &str, hit: &Hit) -> i32 {
    let before = text[..hit.span.start].chars().next_back();
    let behind = text[hit.span.end..].chars().next();
    let inside = text[hit.span.clone()].chars();
    let mut points = 0;
    let mut left = before;
    for right in inside.map(Some).chain([behind]) {
        points += pair_oddness(left, right);
        left = right;
    }
    if hit.length > 2 {
        points += 1;
    }
    if hit.decoded.is_uppercase() && before.is_some_and(|c| c.is_ascii_lowercase()) {
        points -= 2;
    }
    points + stray_capital(text, hit, before)
}

fn pair_oddness(left: Option<char>, right: Option<char>) -> i32 {
    let kind_of = |c: Option<char>| c.map_or(Kind::Gap, kind);
    let scripts_meet = match (left, right) {
        (Some(l), Some(r)) => {
            l.is_alphabetic() && r.is_alphabetic() && is_cyrillic(l) != is_cyrillic(r)
        }
        _ => false,
    };
    let points = match (kind_of(left), kind_of(right)) {
        (_, Kind::Control) => 4,
        (Kind::Lower, Kind::Upper) => 2,
        (Kind::Lower | Kind::Upper, Kind::Odd) => 2,
        (Kind::Lower, Kind::Sign) => 2,
        (Kind::Odd, Kind::Lower | Kind::Upper) => 1,
        (Kind::Lower | Kind::Upper, Kind::Opening) => 2,
        (Kind::Closing, Kind::Lower | Kind::Upper) => 2,
        (Kind::Closing, Kind::Opening | Kind::Odd | Kind::Sign) => 1,
        (Kind::Opening, Kind::Gap) | (Kind::Digit, Kind::Upper) => 1,
        (Kind::Box, Kind::Lower | Kind::Upper) | (Kind::Lower | Kind::Upper, Kind::Box) => 1,
        (Kind::Upper, Kind::Upper | Kind::Lower) => {
            i32::from(letters_of_different_pages(left, right))
        }
        _ => 0,
    };
    points + if scripts_meet { 3 } else { 0 }
}

/// `Œ`, `š` and the like after an accented letter of ISO 8859-1: no language
/// spells so.
fn letters_of_different_pages(left: Option<char>, right: Option<char>) -> bool {
    matches!(left, Some('À'..='ÿ'))
        && matches!(right, Some('Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ'))
}

/// `Ã` and `Â` hardly open or make up a word, yet are the commonest leads.
fn stray_capital(text: &str, hit: &Hit, before: Option<char>) -> i32 {
    let mut characters = text[hit.span.clone()].chars();
    let (Some(lead @ ('Ã' | 'Â')), Some(second)) = (characters.next(), characters.next()) else {
        return 0;
    };
    let follows_capital = before.is_some_and(char::is_uppercase);
    let behind = &text[hit.span.end..];
    let small = behind.chars().take_while(|c| c.is_lowercase()).take(2).count();
    let is_stray = match (lead, second) {
        ('Â', _) => !follows_capital,
        (_, '™' | '®' | '°') => true,
        (_, '\u{A0}') if follows_capital => small > 0 && opens_word(text, hit),
        (_, '\u{A0}') => {
            small > 0 || behind.strip_prefix(' ').is_some_and(|b| b.starts_with(char::is_lowercase))
        }
        _ if follows_capital || kind(second) == Kind::Odd => false,
        _ => small == 2 || (small == 1 && second != '’'),
    };
    i32::from(is_stray)
}

/// Whether nothing but one letter stands between the hit and the word's start.
fn opens_word(text: &str, hit: &Hit) -> bool {
    !text[..hit.span.start].chars().rev().nth(1).is_some_and(char::is_alphabetic)
}

/// Letters and signs that are met everywhere.
pub(super) fn is_household(character: char) -> bool {
    matches!(character, '\u{A0}'..='¿') || "éèàáñóüöäçíúÉ".contains(character)
}

/// How common the decoded character is, alone among Latin letters.
fn commonness(hit: &Hit) -> i32 {
    if hit.loss == Loss::Byte {
        return 0;
    }
    match hit.decoded as u32 {
        0x80..=0x9F => -5,
        0xA0 => 1,
        0xD7 | 0xF7 => 0,
        0xA1..=0xFF => 2,
        0x138 | 0x149 | 0x17F => -3,
        0x100..=0x17F => 1,
        0x1A0 | 0x1A1 | 0x1AF | 0x1B0 => 0,
        0x218..=0x21B => 1,
        0x180..=0x24F => -1,
        0x250..=0x2AF => -2,
        0x2B0..=0x2FF => -1,
        0x300..=0x36F => 0,
        0x386..=0x3CE => 1,
        0x401..=0x45F | 0x490..=0x491 => 1,
        0x370..=0x52F => -1,
        0x530..=0x58F => -1,
        0x5D0..=0x5EA => 0,
        0x60C | 0x61B | 0x61F | 0x621..=0x64A | 0x660..=0x669 => 0,
        0x67E | 0x686 | 0x698 | 0x6A9 | 0x6AF | 0x6CC => 0,
        0x590..=0x6FF => -2,
        0x700..=0x8FF => -3,
        0x900..=0xEFF | 0x10D0..=0x10FF => 0,
        0xF00..=0x10CF => -2,
        0x1EA0..=0x1EF9 => 2,
        0x1E00..=0x1E9F => -1,
        0x1F00..=0x1FFF => 0,
        0x1100..=0x1DFF => -3,
        0x2010..=0x2026 | 0x20AC | 0x2122 => 3,
        0x2000..=0x206F | 0x20A0..=0x22FF => 1,
        0x2300..=0x259F => 1,
        0x25A0..=0x27BF => 2,
        0x3000..=0x303F => 1,
        0x3040..=0x30FF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => 0,
        0xFB01 | 0xFB02 | 0xFF00..=0xFFEF => 1,
        0xFEFF | 0xFFFD => 3,
        0xE000..=0xF8FF => -5,
        0x1F000..=0x1FAFF => 3,
        0x2800..=0x28FF => 0,
        0x2900..=0xFAFF => -2,
        0x20000..=0x3FFFF => -2,
        _ => -3,
    }
}

/// Whether two characters belong to one script other than Latin.
fn same_script(a: char, b: char) -> bool {
    let script = script(a);
    script != 0 && script == self::script(b)
}

/// A number a script (and its kin); 0 for Latin and what all scripts share.
fn script(character: char) -> u8 {
    match character as u32 {
        0x370..=0x3FF | 0x1F00..=0x1FFF => 1,
        0x400..=0x52F => 2,
        0x530..=0x58F => 3,
        0x590..=0x5FF => 4,
        0x600..=0x6FF | 0x750..=0x77F => 5,
        0x900..=0xDFF => 6,
        0xE00..=0xEFF => 7,
        0x1000..=0x109F => 8,
        0x10A0..=0x10FF => 9,
        0x1200..=0x139F => 10,
        0x1780..=0x17FF => 11,
        0x2E80..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFFEF => 12,
        _ => 0,
    }
}

pub(super) fn is_cyrillic(character: char) -> bool {
    matches!(character, '\u{400}'..='\u{52F}')
}
