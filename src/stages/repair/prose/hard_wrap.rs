//! Line breaks inside paragraphs, put there to fit a column: `the\ncouncil met`
//! → `the council met`.
//!
//! A paragraph counts as wrapped only if it was filled as every mail program
//! and text terminal fills: no line has room for the first word of the next.
//! Poems, lists and paragraphs without blank lines between them are not filled
//! so. At least one line must end in the middle of a sentence, and the text must
//! hold blank lines.

use std::ops::Range;

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.hard_wrap"), propose };

/// Columns narrower or wider than this are chance.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// Fewer joints than this in a text prove no habit.
const MIN_JOINTS: usize = 3;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let groups = groups(draft);
    let width =
        groups.iter().filter(|group| group.len() > 1).flatten().map(|l| length(draft, l)).max();
    let Some(width) = width.filter(|width| WIDTHS.contains(width)) else { return Vec::new() };
    let mut proposals = Vec::new();
    for group in groups.iter().filter(|group| is_filled(draft, group, width)) {
        deadline.check();
        for pair in group.windows(2) {
            proposals.push(Proposal::edit(RULE.id, pair[0].end..pair[1].start, " ", 0.9));
        }
    }
    if proposals.len() < MIN_JOINTS {
        proposals.clear();
    }
    proposals
}

/// The line breaks of a text that is one line by its nature, such as a title, each with the
/// white space about it.
pub(super) fn within_line(text: &str) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices(['\n', '\r']) {
        if at < end {
            continue;
        }
        let start = end + text[end..at].trim_end().len();
        end = text.len() - text[at..].trim_start().len();
        let after = if start == 0 || end == text.len() { "" } else { " " };
        proposals.push(Proposal::edit(RULE.id, start..end, after, 0.95));
    }
    proposals
}

/// Lines with nothing but one line break between them.
fn groups(draft: &Draft) -> Vec<Vec<Range<usize>>> {
    let mut groups: Vec<Vec<Range<usize>>> = Vec::new();
    for line in draft.lines() {
        let last = groups.last().and_then(|group| group.last());
        let follows = last.is_some_and(|last| {
            let gap = &draft.text[last.end..line.start];
            gap.matches('\n').count() == 1 && gap.trim().is_empty()
        });
        match groups.last_mut() {
            Some(group) if follows => group.push(line),
            _ => groups.push(vec![line]),
        }
    }
    groups
}

fn length(draft: &Draft, line: &Range<usize>) -> usize {
    draft.of(line).chars().count()
}

fn is_filled(draft: &Draft, group: &[Range<usize>], width: usize) -> bool {
    let fills = |pair: &[Range<usize>]| {
        let next = draft.of(&pair[1]);
        let first_word = next.split(' ').next().map_or(0, |word| word.chars().count());
        length(draft, &pair[0]) + 1 + first_word > width
    };
    let breaks_sentence = |pair: &[Range<usize>]| {
        draft.of(&pair[1]).starts_with(char::is_lowercase)
            && !draft.of(&pair[0]).ends_with(['.', '!', '?', ':'])
    };
    group.len() > 1 && group.windows(2).all(fills) && group.windows(2).any(breaks_sentence)
}
