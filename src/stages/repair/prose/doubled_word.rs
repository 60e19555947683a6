//! A function word written twice: `in the the harbour` → `in the harbour`.
//!
//! Only words that never rightly follow themselves (`that that`, `had had`, `is
//! is`, `in in` may), only with one space between them, and never inside
//! quotation marks, where people stammer.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.doubled_word"), propose };

/// In alphabetical order.
const NEVER_TWICE: [&str; 16] = [
    "a", "an", "and", "at", "for", "from", "its", "my", "of", "or", "our", "the", "their", "to",
    "with", "your",
];

/// The longest of them, in bytes.
const LONGEST: usize = 5;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for line in draft.lines() {
        deadline.check();
        in_line(draft.of(&line), line.start, &mut proposals);
    }
    proposals
}

fn in_line(text: &str, offset: usize, proposals: &mut Vec<Proposal>) {
    let mut quoted = Quoted::default();
    let mut previous = "";
    let mut start = 0;
    let spaces = memchr::memchr_iter(b' ', text.as_bytes());
    for end in spaces.chain(std::iter::once(text.len())) {
        let word = &text[start..end];
        if is_repeated(previous, word) && !quoted.is_open_at(start, text) {
            // The second goes, with the space before it.
            let place = offset + start;
            proposals.push(Proposal::edit(RULE.id, place - 1..place + word.len(), "", 0.9));
        }
        previous = word;
        start = end + 1;
    }
}

/// `The the` too, but not `The The`, which is a name.
fn is_repeated(first: &str, second: &str) -> bool {
    // Told first by what costs nothing.
    first.len() == second.len()
        && second.len() <= LONGEST
        && (first == second || (first == "The" && second == "the"))
        && NEVER_TWICE.binary_search(&second).is_ok()
}

/// Whether quotation marks are open; looked at only where somebody asks.
#[derive(Default)]
struct Quoted {
    done: usize,
    curly: bool,
    straight: bool,
}

impl Quoted {
    /// Asked in the order of places.
    fn is_open_at(&mut self, place: usize, text: &str) -> bool {
        for character in text[self.done..place].chars() {
            match character {
                '“' | '„' | '«' => self.curly = true,
                '”' | '»' => self.curly = false,
                '"' => self.straight = !self.straight,
                _ => {}
            }
        }
        self.done = place;
        self.curly || self.straight
    }
}
