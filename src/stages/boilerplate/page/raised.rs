//! Raised and lowered text, which set on the line runs into what is before it: `10<sup>6</sup>`
//! → `10⁶`, `CO<sub>2</sub>` → `CO₂`, `met.<sup><a href="#n1">1</a></sup>` → `met.`, as a
//! reference to a note is no text. Letters stay as they are: `21<sup>st</sup>` → `21st`.

use html5ever::local_name;

use super::tree::{NodeId, Tree};

/// What is longer is small print, and read as any text.
const LONGEST: usize = 12;

/// How a short element of raised or lowered text reads in a line that so far ends with
/// `before`; `None` for every other element, and where it reads as it is.
pub fn in_line(tree: &Tree, id: NodeId, before: Option<char>) -> Option<String> {
    let is_raised = match tree.element(id)?.name {
        local_name!("sup") => true,
        local_name!("sub") => false,
        _ => return None,
    };
    let text = tree.short_text(id, LONGEST)?;
    if is_raised && is_reference(tree, id, text.trim()) {
        return Some(String::new());
    }
    if let Some((above, below)) = text.split_once(['/', '⁄']) {
        return Some(format!("{}⁄{}", set(above, RAISED)?, set(below, LOWERED)?));
    }
    if let Some(set) = set(&text, if is_raised { RAISED } else { LOWERED }) {
        return Some(set);
    }
    let would_run_on = before.is_some_and(|before| before.is_ascii_digit())
        && text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '−'));
    (is_raised && would_run_on).then(|| format!("^{text}"))
}

const PLAIN: &str = "0123456789+-−=()";
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎";

/// The text in characters of that height, if there are such.
fn set(text: &str, height: &str) -> Option<String> {
    if !text.contains(|character: char| character.is_ascii_digit()) {
        return None;
    }
    text.chars()
        .map(|character| match character {
            ' ' | '\u{a0}' => Some(' '),
            _ => height.chars().nth(PLAIN.chars().position(|plain| plain == character)?),
        })
        .collect()
}

/// A number, letter or sign that leads to a note: in brackets, or linked to a place in a page.
fn is_reference(tree: &Tree, id: NodeId, text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let mark = bare.unwrap_or(text);
    let is_number = !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit());
    let mut letters = mark.chars();
    let is_sign = letters.next().is_some_and(|first| first.is_ascii_lowercase() || is_star(first))
        && letters.all(is_star);
    if !is_number && !is_sign {
        return false;
    }
    let leads_to_note = |id: NodeId| {
        tree.element(id).is_some_and(|element| {
            element.name == local_name!("a")
                && element.attribute(&local_name!("href")).is_some_and(|href| href.contains('#'))
        })
    };
    let is_linked = tree.parent(id).is_some_and(leads_to_note)
        || tree.descendants(id).take(LONGEST).any(leads_to_note);
    bare.is_some() && is_number || is_linked
}

fn is_star(character: char) -> bool {
    matches!(character, '*' | '†' | '‡' | '§')
}
