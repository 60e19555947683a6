//! A paragraph that the text holds twice: the later copy goes.
//!
//! Compared without case, punctuation and white space, but with the numbers.
//! Short paragraphs are spared: refrains, questions of an interview, lines of a
//! scoreboard come back by intent.

use std::collections::hash_map::Entry;
use std::ops::Range;

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use crate::text::hashing::FastMap;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.duplicate_paragraph"), propose };

/// In letters and digits.
const MIN_LENGTH: usize = 80;

/// So many of them tell most paragraphs apart.
const BEGINNING: usize = 24;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut beginnings: FastMap<u64, Beginning> = FastMap::default();
    let mut wholes: FastMap<u64, Range<usize>> = FastMap::default();
    let mut proposals = Vec::new();
    for line in draft.lines().filter(|line| line.len() >= MIN_LENGTH) {
        deadline.check();
        let Some(beginning) = hash(draft.of(&line), BEGINNING, BEGINNING) else { continue };
        // Most paragraphs begin like no other, and are read no further.
        let mut first = match beginnings.entry(beginning) {
            Entry::Vacant(vacant) => {
                vacant.insert(Beginning { first: line, is_read: false });
                continue;
            }
            Entry::Occupied(first) => first,
        };
        let Beginning { first, is_read } = first.get_mut();
        if !std::mem::replace(is_read, true)
            && let Some(whole) = hash(draft.of(first), MIN_LENGTH, usize::MAX)
        {
            wholes.insert(whole, first.clone());
        }
        let Some(whole) = hash(draft.of(&line), MIN_LENGTH, usize::MAX) else { continue };
        match wholes.entry(whole) {
            Entry::Vacant(vacant) => {
                vacant.insert(line);
            }
            Entry::Occupied(first) => {
                if folded(draft.of(first.get())).eq(folded(draft.of(&line))) {
                    // With the gap before it; a copy always has text before it.
                    let gap = draft.text[..line.start].trim_end().len();
                    proposals.push(Proposal::removal(RULE.id, gap..line.end, 0.95));
                }
            }
        }
    }
    proposals
}

/// How paragraphs begin.
struct Beginning {
    first: Range<usize>,
    /// Whether the first is among those that are known as a whole.
    is_read: bool,
}

/// Of at most so many letters and digits; alike where [`folded`] is. None of a text that
/// has fewer than `least`.
fn hash(text: &str, least: usize, most: usize) -> Option<u64> {
    let (mut hash, mut letters) = (0u64, 0);
    let mut add = |letter: u32| {
        if letters < most {
            hash = (hash.rotate_left(7) ^ u64::from(letter)).wrapping_mul(FACTOR);
            letters += 1;
        }
        letters < most
    };
    for character in text.chars() {
        // As `folded` does, in one step where letters are plain.
        let goes_on = if character.is_ascii() {
            !character.is_ascii_alphanumeric() || add(u32::from(character.to_ascii_lowercase()))
        } else {
            folded(character.encode_utf8(&mut [0; 4])).all(|letter| add(u32::from(letter)))
        };
        if !goes_on {
            break;
        }
    }
    (letters >= least).then_some(hash)
}

/// Any odd number with bits all over.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
