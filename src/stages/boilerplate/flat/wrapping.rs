//! Text that was wrapped at one width, by hand or by mail: every line that is broken has
//! no room for the first word of the next.

use std::ops::Range;

use crate::text::lines::{First, Measure};

/// The widths, in characters, at which text is wrapped.
const WIDTHS: Range<u32> = 40..121;
/// Fewer breaks can be full by chance.
const FEWEST_FULL: usize = 2;

/// The longest line that is broken, in characters.
pub struct Wrapping {
    width: u32,
}

impl Wrapping {
    /// None where most breaks between adjacent lines are elsewhere, or stand before what
    /// begins like a sentence or a headline, as in lists.
    pub fn of(text: &str, lines: &[Range<usize>], measures: &[Measure]) -> Option<Self> {
        let adjacent = || (1..lines.len()).filter(|&at| is_adjacent(text, lines, at));
        let has_words = |at: &usize| measures[at - 1].words > 1;
        let width = adjacent().filter(has_words).map(|at| measures[at - 1].chars).max()?;
        let wrapping = WIDTHS.contains(&width).then_some(Self { width })?;
        let full = || adjacent().filter(|&at| wrapping.is_full(text, lines, measures, at));
        let goes_on =
            |at: &usize| matches!(measures[*at].first, Some(First::Lowercase | First::Caseless));
        let (breaks, full, go_on) =
            (adjacent().count(), full().count(), full().filter(goes_on).count());
        let is_wrapped = full >= FEWEST_FULL && full * 10 >= breaks * 7 && go_on * 10 >= full * 4;
        is_wrapped.then_some(wrapping)
    }

    /// Whether the break before a line was made because the line before was full.
    pub fn broke(
        &self,
        text: &str,
        lines: &[Range<usize>],
        measures: &[Measure],
        at: usize,
    ) -> bool {
        is_adjacent(text, lines, at) && self.is_full(text, lines, measures, at)
    }

    fn is_full(&self, text: &str, lines: &[Range<usize>], measures: &[Measure], at: usize) -> bool {
        let first_word = text[lines[at].clone()].split_whitespace().next().unwrap_or_default();
        let wanted = measures[at - 1].chars + 1 + first_word.chars().count() as u32;
        measures[at - 1].chars <= self.width && wanted > self.width
    }
}

/// Without a blank line between it and the one before.
fn is_adjacent(text: &str, lines: &[Range<usize>], at: usize) -> bool {
    text[lines[at - 1].end..lines[at].start].matches('\n').count() == 1
}
