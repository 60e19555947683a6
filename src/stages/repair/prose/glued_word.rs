//! A space lost between two words, where a link or an emphasis began or ended:
//! `the spokesman for theCouncil` → `for the Council`, `the Councilsaid` → `the
//! Council said`.
//!
//! One of the two must be a word that joins others, from the lists below, and the
//! other one that the text writes by itself elsewhere, or the name of a day. A pair that is written so twice is a name (`theGrio`), as is what stands
//! behind a `#` or in an address.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.glued_word"), propose };

/// Words that a name follows, in alphabetical order.
const LEADING: [&str; 26] = [
    "after", "against", "and", "at", "between", "by", "during", "for", "from", "in", "into",
    "near", "of", "on", "outside", "over", "said", "since", "that", "the", "through", "to", "told",
    "under", "until", "with",
];

/// Words that follow a name and that no name ends in, in alphabetical order.
const TRAILING: [&str; 15] = [
    "after", "and", "are", "from", "has", "have", "said", "says", "that", "told", "was", "were",
    "which", "who", "with",
];

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The shortest name, in letters.
const SHORTEST: usize = 4;

/// The longest pair that is looked at, in bytes.
const LONGEST: usize = 48;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let mut start = 0;
        let spaces = memchr::memchr_iter(b' ', text.as_bytes());
        for next in spaces.chain(std::iter::once(text.len())) {
            let piece = &text[start..next];
            let place = line.start + start;
            start = next + 1;
            // Words without a capital, which most are, are not glued to a name.
            if piece.len() < SHORTEST + 2 || !piece.bytes().any(|byte| byte.is_ascii_uppercase()) {
                continue;
            }
            let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
            let end = piece.bytes().take_while(is_letter).count();
            let (word, behind) = piece.split_at(end);
            if (SHORTEST + 2..=LONGEST).contains(&word.len())
                && let Some(joint) = joint(draft, word)
                && is_end(behind)
                && draft.count(word) == 1
            {
                let place = place + joint;
                proposals.push(Proposal::edit(RULE.id, place..place, " ", 0.9));
            }
        }
    }
    proposals
}

/// Where the first of two words ends.
fn joint(draft: &Draft, word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    let is_name = |name: &str| name.len() >= SHORTEST && is_capitalised(name);
    // `LEADING` is in small letters, or opens a sentence.
    if let Some(capital) = (2..bytes.len()).find(|at| bytes[*at].is_ascii_uppercase()) {
        let (first, name) = word.split_at(capital);
        let joins = LEADING.binary_search(&first.to_ascii_lowercase().as_str()).is_ok();
        let is_known = joins && is_name(name) && (draft.attests(name) || DAYS.contains(&name));
        return is_known.then_some(capital);
    }
    if !bytes[0].is_ascii_uppercase() {
        return None;
    }
    let trailing = TRAILING.iter().filter_map(|trailing| word.strip_suffix(trailing));
    trailing.filter(|name| is_name(name) && draft.attests(name)).map(str::len).next()
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
}

/// Whether a word may end before this: no address and no name goes on.
fn is_end(behind: &str) -> bool {
    let mut characters = behind.chars();
    match characters.next() {
        None | Some(',' | ';' | ':' | '’' | '\'' | ')' | '”' | '"' | '\n') => true,
        Some('.' | '!' | '?') => !characters.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}
