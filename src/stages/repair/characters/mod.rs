//! Characters that were damaged on the way: misread encodings, invisible
//! leftovers, markup escapes, compatibility forms. Only what restores; quotes,
//! dashes and spaces are the newsroom's own business.
//!
//! One scan of the bytes ([`signals`]) says which rules have anything to look
//! at. For nearly all text the answer is none, and the text is not looked at again.

mod bidi_control;
mod byte_order_mark;
mod c1_control;
mod control;
mod decomposed;
mod escaped_entity;
mod ligature;
mod line_separator;
mod mojibake;
mod signals;
mod soft_hyphen;
mod zero_width;

use std::ops::Range;

use super::Mendable;
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use signals::Signals;

/// A rule of this group.
struct Rule {
    id: RuleId,
    /// The rule has nothing to propose for a text that shows none of these.
    signals: Signals,
    /// What to change. Called again on the result until it proposes nothing.
    propose: fn(&str) -> Vec<Proposal>,
}

/// Order matters: entities hide mojibake; mojibake is built of C1 controls, soft
/// hyphens and no-break spaces, which must still be there to decode it; composing
/// comes last, over whatever the others brought to light.
const REGISTRY: &[Rule] = &[
    escaped_entity::RULE,
    mojibake::RULE,
    c1_control::RULE,
    line_separator::RULE,
    control::RULE,
    byte_order_mark::RULE,
    zero_width::RULE,
    soft_hyphen::RULE,
    bidi_control::RULE,
    ligature::RULE,
    decomposed::RULE,
];

pub(super) const IDS: &[RuleId] = &ids_of!(REGISTRY);

/// How often a rule, and the whole group, may go over a text. Misreading doubles
/// the text with each layer, so no text holds more layers than this.
const MAX_TURNS: usize = 12;

/// Mends the characters of `text`, in turns until nothing is left to mend.
pub(super) fn mend(text: &mut impl Mendable, deadline: &Deadline) {
    for _ in 0..MAX_TURNS {
        let mut found = signals::scan(text.text());
        let mut changed = false;
        for rule in REGISTRY {
            for _ in 0..MAX_TURNS {
                if !found.meets(rule.signals) {
                    break;
                }
                deadline.check();
                let proposals = (rule.propose)(text.text());
                if proposals.is_empty() {
                    break;
                }
                text.apply(proposals);
                changed = true;
                found = signals::scan(text.text());
            }
        }
        if !changed {
            return;
        }
    }
}

/// Moves `at` on to the next character that is not ASCII.
fn next_beyond_ascii(text: &str, at: &mut usize) -> Option<char> {
    let rest = &text.as_bytes()[*at..];
    // Many at a time, for most characters are ASCII.
    let plain = rest.as_chunks::<16>().0.iter().take_while(|chunk| chunk.is_ascii()).count() * 16;
    *at += plain + rest[plain..].iter().position(|byte| !byte.is_ascii())?;
    text[*at..].chars().next()
}

/// The characters that are not ASCII, and where each stands.
fn beyond_ascii(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let character = next_beyond_ascii(text, &mut next)?;
        let at = next;
        next += character.len_utf8();
        Some((at, character))
    })
}

/// One proposal for each of the characters that `mended` has something for; neighbours are
/// proposed as one.
fn replace_characters(
    rule: RuleId,
    characters: impl Iterator<Item = (usize, char)>,
    confidence: f32,
    mut mended: impl FnMut(usize, char) -> Option<&'static str>,
) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for (at, character) in characters {
        let Some(after) = mended(at, character) else { continue };
        extend(&mut proposals, rule, at..at + character.len_utf8(), after, confidence);
    }
    proposals
}

/// Adds a proposal, or lengthens the last one if the new one follows upon it.
fn extend(
    proposals: &mut Vec<Proposal>,
    rule: RuleId,
    span: Range<usize>,
    after: &str,
    confidence: f32,
) {
    match proposals.last_mut() {
        Some(last) if last.span.end == span.start => {
            last.span.end = span.end;
            last.after.push_str(after);
            last.confidence = last.confidence.min(confidence);
        }
        _ => proposals.push(Proposal::edit(rule, span, after, confidence)),
    }
}
