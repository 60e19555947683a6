//! Labels of the page that ended up inside a sentence: `the report (opens in new
//! tab) said` → `the report said`, `the vote Advertisement was close` → `the vote
//! was close`, `AdvertisementThe vote` → `The vote`.
//!
//! A label that is a line by itself is the boilerplate stage's. The word
//! `advertisement` is one only with a capital where no sentence begins, or glued to
//! its neighbour.

use std::ops::Range;

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.page_residue"), propose };

/// What pages write behind a link for those who cannot see it, and for video that
/// is not there. Compared in lower case.
const ASIDES: [&str; 8] = [
    "(opens in a new tab)",
    "(opens in a new window)",
    "(opens in new tab)",
    "(opens in new window)",
    "(opens new window)",
    "(opens new tab)",
    "[embedded content]",
    "(external link)",
];

const LABELS: [&str; 2] = ["Advertisement", "ADVERTISEMENT"];

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let has_aside = asides(draft.text).next().is_some();
    let has_label = LABELS
        .iter()
        .any(|label| memchr::memmem::find(draft.text.as_bytes(), label.as_bytes()).is_some());
    // Nearly all texts have none.
    if !has_aside && !has_label {
        return proposals;
    }
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let mut found: Vec<Range<usize>> = asides(text).collect();
        found.extend(labels(text));
        found.sort_by_key(|span| span.start);
        for span in found {
            // A line that is nothing else is no sentence.
            if span.len() < text.len() {
                let place = line.start + span.start..line.start + span.end;
                proposals.push(Proposal::removal(RULE.id, place, 0.93));
            }
        }
    }
    proposals
}

/// Each with the space before it.
fn asides(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'(', b'[', bytes).filter_map(move |at| {
        let is_here = |aside: &&&str| {
            let here = bytes.get(at..at + aside.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(aside.as_bytes()))
        };
        let aside = ASIDES.iter().find(is_here)?;
        Some(text[..at].trim_end_matches(' ').len()..at + aside.len())
    })
}

fn labels(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for label in LABELS {
        for at in memchr::memmem::find_iter(text.as_bytes(), label) {
            let plural = at + label.len() + 1;
            let is_plural = matches!(text.as_bytes().get(plural - 1), Some(b's' | b'S'));
            let end = if is_plural { plural } else { plural - 1 };
            found.extend(label_at(text, at..end));
        }
    }
    found
}

/// The label with the space that goes with it, if it is one.
fn label_at(text: &str, label: Range<usize>) -> Option<Range<usize>> {
    let (before, behind) = (&text[..label.start], &text[label.end..]);
    let is_small = |c: char| c.is_ascii_lowercase();
    let opens_word = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && letters.next().is_some_and(is_small)
    };
    // `AdvertisementThe vote`; with a plural's s, too.
    if before.is_empty() && opens_word(behind) && text[label.clone()].ends_with(is_small) {
        return Some(label);
    }
    let goes_on = behind.strip_prefix(' ').is_some_and(|rest| rest.starts_with(is_small));
    let is_inside = before
        .strip_suffix(' ')
        .is_some_and(|rest| rest.ends_with(|c: char| is_small(c) || c == ','));
    // The same between two words that are one sentence.
    (is_inside && goes_on).then(|| label.start - 1..label.end)
}
