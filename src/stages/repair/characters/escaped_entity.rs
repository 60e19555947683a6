//! Character references of HTML that were escaped once too often and so reached
//! the text: `Smith &amp; Sons` → `Smith & Sons`, `&amp;#8217;` → `’`.
//!
//! Silent in a text that also carries tags, for there they are markup; silent on
//! what hides deeper than two levels; never makes a `<` before a letter.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Rule, extend, signals::Signals};
use crate::edit::{Proposal, RuleId};
use crate::text::code_pages::windows_1252;

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.escaped_entity"), signals: Signals::AMPERSAND, propose };

/// Name, tab, hexadecimal code point: the named references of HTML 4, and `apos`.
static NAMES: LazyLock<HashMap<&'static str, char>> = LazyLock::new(|| {
    include_str!("entities.tsv")
        .lines()
        .filter_map(|line| {
            let (name, code) = line.split_once('\t')?;
            Some((name, char::from_u32(u32::from_str_radix(code, 16).ok()?)?))
        })
        .collect()
});

/// The longest reference is `&thetasym;` or a number of as many digits.
const MAX_REFERENCE: usize = 12;

const MAX_LEVELS: usize = 2;

fn propose(text: &str) -> Vec<Proposal> {
    if carries_tags(text) {
        return Vec::new();
    }
    let mut proposals = Vec::new();
    let mut buffer = [0; 4];
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'&', &text.as_bytes()[from..]) {
        let at = from + found;
        from = at + 1;
        let Some((character, end)) = unescape(text, at) else { continue };
        from = end;
        let opens_tag = character == '<'
            && text[end..].starts_with(|c: char| c.is_alphabetic() || "/!?&".contains(c));
        if !opens_tag {
            extend(&mut proposals, RULE.id, at..end, character.encode_utf8(&mut buffer), 0.97);
        }
    }
    proposals
}

const LESS_THAN: &str = "&lt;";

/// Whether the text holds markup, plain or escaped.
fn carries_tags(text: &str) -> bool {
    let opens =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| opens(&text[at + 1..]))
        || memchr::memmem::find_iter(text.as_bytes(), LESS_THAN)
            .any(|at| opens(&text[at + LESS_THAN.len()..]))
}

/// What the reference at `at` stands for, through both levels, and where it ends.
fn unescape(text: &str, at: usize) -> Option<(char, usize)> {
    let (mut character, mut end) = reference(&text[at + 1..])?;
    end += at + 1;
    for _ in 1..MAX_LEVELS {
        match (character, reference(&text[end..])) {
            ('&', Some((inner, length))) => (character, end) = (inner, end + length),
            _ => return Some((character, end)),
        }
    }
    // Deeper still: not damage of a kind that is known.
    let is_deeper = character == '&' && reference(&text[end..]).is_some();
    (!is_deeper).then_some((character, end))
}

/// Reads `name;` or `#number;` from the start of `text`.
fn reference(text: &str) -> Option<(char, usize)> {
    let window = &text.as_bytes()[..text.len().min(MAX_REFERENCE)];
    let end = memchr::memchr(b';', window)?;
    let name = &text[..end];
    let character = match name.strip_prefix('#') {
        Some(number) => numbered(number)?,
        None => *NAMES.get(name)?,
    };
    Some((character, end + 1))
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(digits, 16).ok()?
        }
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    let character = match code {
        // HTML reads these as bytes of Windows-1252.
        0x80..=0x9F => windows_1252(code as u8)?,
        _ => char::from_u32(code)?,
    };
    (!character.is_control() || character == '\n').then_some(character)
}
