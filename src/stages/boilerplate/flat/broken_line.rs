//! Sentences that were broken over several lines where a link began or ended, or
//! where the line was full:
//!
//! ```text
//! The minister told          →   The minister told the Harbour Gazette that …
//! the Harbour Gazette
//! that …
//! ```
//!
//! Where a link broke a line is a forest's opinion ([`super::joint`]); where a line was
//! full, its width tells. Silent when the lines are whole sentences, and in lists of labels.

use std::ops::Range;

use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use crate::stages::boilerplate::flat::joint;
use crate::stages::boilerplate::flat::wrapping::Wrapping;
use crate::stages::forest::Forest;
use crate::text::lines::{First, Measure, measure};

pub const AT_LINK: RuleId = RuleId("boilerplate.line.broken_at_link");
pub const HARD_WRAP: RuleId = RuleId("boilerplate.line.hard_wrap");

/// A joined stretch shorter than this is rather a list of labels.
const FEWEST_WORDS: u32 = 8;

/// The widths, in characters, at which text is wrapped by hand or by mail.
const WIDTHS: Range<u32> = 40..121;
const FEWEST_WRAPPED: usize = 3;
/// Bounds the look-ahead, which starts anew at each line.
const MOST_WRAPPED: usize = 64;
/// The same for lines that were broken at links, of which a paragraph may hold many.
const MOST_JOINED: usize = 256;
/// From here on a line is joined to the one before. Lines that are not cost a paragraph,
/// lines that should not be glue what is no part of it.
const SURE: f32 = 0.6;

pub struct Joined {
    /// The lines after joining: each one line of the text or several.
    pub lines: Vec<(Range<usize>, Measure)>,
    /// For each line break taken out: the span it lies in, its place, the text
    /// put there, the rule, and how sure it is.
    breaks: Vec<(usize, Range<usize>, &'static str, RuleId, f32)>,
}

impl Joined {
    fn push(&mut self, text: &str, span: Range<usize>) {
        let measure = measure(&text[span.clone()]);
        self.lines.push((span, measure));
    }

    /// The edits that join the lines of those spans that are kept.
    pub fn joins(self, is_kept: impl Fn(usize) -> bool) -> impl Iterator<Item = Proposal> {
        self.breaks
            .into_iter()
            .filter(move |(span, ..)| is_kept(*span))
            .map(|(_, place, after, rule, sure)| Proposal::edit(rule, place, after, sure))
    }
}

/// What the lines are when those are joined that layout broke, by what the forest thinks of
/// each break.
pub fn rejoin(text: &str, lines: &[Range<usize>], joints: &Forest, deadline: &Deadline) -> Joined {
    let measures: Vec<Measure> = lines.iter().map(|line| measure(&text[line.clone()])).collect();
    let wrapping = Wrapping::of(text, lines, &measures);
    let mut opinions = joint::opinions(joints, text, lines, &measures, deadline);
    if wrapping.is_some() {
        // Whoever wraps paragraphs parts them by blank lines, and broke none at a link.
        opinions.fill(0.0);
    }
    let mut joined = Joined { lines: Vec::with_capacity(lines.len()), breaks: Vec::new() };
    let mut index = 0;
    while index < lines.len() {
        deadline.check_at(joined.lines.len());
        let wrapped = match &wrapping {
            Some(wrapping) => {
                let broke = |at: &usize| wrapping.broke(text, lines, &measures, *at);
                1 + (index + 1..lines.len()).take_while(broke).count()
            }
            None => wrapped_lines(text, &lines[index..], &measures[index..]),
        };
        if wrapped > 1 {
            let span = joined.lines.len();
            joined.push(text, lines[index].start..lines[index + wrapped - 1].end);
            for at in index + 1..index + wrapped {
                let place = lines[at - 1].end..lines[at].start;
                // A hyphen at the end of a line stays what it is, of a compound
                // or of a word that was divided; a space would make it a dash.
                let joint = if ends_divided(&text[..place.start]) { "" } else { " " };
                joined.breaks.push((span, place, joint, HARD_WRAP, 0.9));
            }
            index += wrapped;
            continue;
        }
        let mut end = index + 1;
        while end < lines.len().min(index + MOST_JOINED) && opinions[end] > SURE {
            end += 1;
        }
        if end == index + 1 {
            joined.lines.push((lines[index].clone(), measures[index]));
            index += 1;
            continue;
        }
        let span = joined.lines.len();
        joined.push(text, lines[index].start..lines[end - 1].end);
        for at in index + 1..end {
            let place = lines[at - 1].end..lines[at].start;
            let tight = measures[at].first == Some(First::Continuing)
                || text[..place.start].ends_with(['(', '[', '“', '‘', '$', '#', '@', '/']);
            let between = if tight { "" } else { " " };
            joined.breaks.push((span, place, between, AT_LINK, opinions[at]));
        }
        index = end;
    }
    joined
}

fn ends_divided(text: &str) -> bool {
    text.strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphabetic))
}

/// How many of the first lines are one paragraph that was wrapped at a width.
fn wrapped_lines(text: &str, lines: &[Range<usize>], measures: &[Measure]) -> usize {
    let adjacent = |at: usize| {
        let between = &text[lines[at - 1].end..lines[at].start];
        between.matches('\n').count() == 1 && WIDTHS.contains(&measures[at - 1].chars)
    };
    let count = 1 + (1..lines.len().min(MOST_WRAPPED)).take_while(|&at| adjacent(at)).count();
    if count < FEWEST_WRAPPED {
        return 1;
    }
    let full = &measures[..count - 1];
    let widest = full.iter().map(|line| line.chars).max().unwrap_or(0);
    let even = full.iter().all(|line| line.chars * 10 >= widest * 7);
    let unfinished = full.iter().filter(|line| !line.ends_sentence).count();
    let fits = measures[count - 1].chars <= widest;
    if even && fits && unfinished * 3 >= full.len() * 2 && is_one_text(&measures[..count]) {
        count
    } else {
        1
    }
}

fn is_one_text(chain: &[Measure]) -> bool {
    let words: u32 = chain.iter().map(|line| line.words).sum();
    let lowercase: u32 = chain.iter().map(|line| line.lowercase).sum();
    chain.last().is_some_and(|last| last.ends_sentence)
        && words >= FEWEST_WORDS
        && lowercase * 2 > words
}
