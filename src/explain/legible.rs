//! Article text is untrusted and may hold what does not show: control
//! characters that would drive a terminal, marks that reorder a line, blanks
//! whose change would be invisible.

use std::borrow::Cow;

/// For text that stands as it is: only what would disturb the reader's screen
/// is made visible.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains(disturbs) { Cow::Owned(spelt(text, disturbs)) } else { Cow::Borrowed(text) }
}

/// For text that was changed: what does not show is made visible, and blanks
/// are where there is nothing else.
pub(super) fn changed(text: &str) -> Cow<'_, str> {
    let blank = text.trim().is_empty();
    let hidden = |c| disturbs(c) || does_not_show(c) || (blank && c == ' ');
    if text.contains(hidden) { Cow::Owned(spelt(text, hidden)) } else { Cow::Borrowed(text) }
}

fn spelt(text: &str, hidden: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            _ if !hidden(character) => out.push(character),
            ' ' => out.push('␣'),
            '\n' => out.push('↵'),
            '\t' => out.push('⇥'),
            _ => out.push_str(&format!("⟨U+{:04X}⟩", u32::from(character))),
        }
    }
    out
}

/// Controls, and the marks that embed, override or isolate direction; the
/// plain left-to-right and right-to-left marks belong to ordinary text.
fn disturbs(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (character.is_control() && character != '\t')
}

fn does_not_show(character: char) -> bool {
    matches!(
        character,
        '\t' | '\u{a0}' | '\u{ad}' | '\u{180e}' | '\u{feff}'
            | '\u{2000}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}'
            | '\u{2060}'..='\u{2064}' | '\u{3000}'
    )
}
