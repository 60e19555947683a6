//! Sentences that were broken over several lines where a link began or ended, or
//! where the line was full:
//!
//! ```text
//! The minister told          →   The minister told the Harbour Gazette that …
//! the Harbour Gazette
//! that …
//! ```
//!
//! Silent when the lines are whole sentences, and in lists of labels.

use std::ops::Range;

use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
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

pub struct Joined {
    /// The lines after joining: each one line of the text or several.
    pub lines: Vec<(Range<usize>, Measure)>,
    /// For each line break taken out: the span it lies in, its place, the text
    /// put there, and the rule.
    breaks: Vec<(usize, Range<usize>, &'static str, RuleId)>,
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
            .map(|(_, place, after, rule)| Proposal::edit(rule, place, after, 0.9))
    }
}

pub fn rejoin(text: &str, lines: &[Range<usize>], deadline: &Deadline) -> Joined {
    let measures: Vec<Measure> = lines.iter().map(|line| measure(&text[line.clone()])).collect();
    let mut joined = Joined { lines: Vec::with_capacity(lines.len()), breaks: Vec::new() };
    let mut index = 0;
    while index < lines.len() {
        deadline.check();
        let wrapped = wrapped_lines(text, &lines[index..], &measures[index..]);
        if wrapped > 1 {
            let span = joined.lines.len();
            joined.push(text, lines[index].start..lines[index + wrapped - 1].end);
            for at in index + 1..index + wrapped {
                let place = lines[at - 1].end..lines[at].start;
                // A hyphen at the end of a line stays what it is, of a compound
                // or of a word that was divided; a space would make it a dash.
                let joint = if ends_divided(&text[..place.start]) { "" } else { " " };
                joined.breaks.push((span, place, joint, HARD_WRAP));
            }
            index += wrapped;
            continue;
        }
        let mut end = index + 1;
        while end < lines.len().min(index + MOST_JOINED) && is_open(text, lines, &measures, end) {
            end += 1;
        }
        let chain = index..end;
        if chain.len() > 1 && is_one_text(&measures[chain.clone()]) {
            let span = joined.lines.len();
            joined.push(text, lines[index].start..lines[end - 1].end);
            for at in index + 1..end {
                let place = lines[at - 1].end..lines[at].start;
                let tight = measures[at].first == Some(First::Continuing);
                joined.breaks.push((span, place, if tight { "" } else { " " }, AT_LINK));
            }
            index = end;
        } else {
            joined.lines.push((lines[index].clone(), measures[index]));
            index += 1;
        }
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

/// Whether the line at `at` goes on with the sentence of the line before it.
fn is_open(text: &str, lines: &[Range<usize>], measures: &[Measure], at: usize) -> bool {
    let before = &measures[at - 1];
    if before.ends_sentence || text[lines[at - 1].end..lines[at].start].matches('\n').count() > 2 {
        return false;
    }
    match measures[at].first {
        Some(First::Lowercase | First::Continuing) => true,
        // A link that begins with a capital: told by what follows it.
        Some(First::Uppercase | First::Digit | First::Opening) => {
            before.words >= 3
                && before.lowercase > 0
                && measures[at].words <= 8
                && !measures[at].ends_sentence
                && measures.get(at + 1).is_some_and(|next| {
                    matches!(next.first, Some(First::Lowercase | First::Continuing))
                })
        }
        _ => false,
    }
}

fn is_one_text(chain: &[Measure]) -> bool {
    let words: u32 = chain.iter().map(|line| line.words).sum();
    let lowercase: u32 = chain.iter().map(|line| line.lowercase).sum();
    chain.last().is_some_and(|last| last.ends_sentence)
        && words >= FEWEST_WORDS
        && lowercase * 2 > words
}
