//! Where quotation marks open and close.

use std::ops::Range;

use super::pairs::{self, Custom};
use super::single_marks;

/// The spans between quotation marks, without the marks and what is between other marks
/// inside, and whether the last one is not closed: the speech goes on in the next
/// paragraph.
pub fn quoted(paragraph: &str, custom: Custom) -> (Vec<Range<usize>>, bool) {
    let mut spans = Vec::new();
    // The open marks, the outermost first, and where the words behind them begin.
    let mut open: Vec<(char, usize)> = Vec::new();
    // Whether single marks have stood around speech in this paragraph.
    let mut is_spoken = false;
    let mut before = ' ';
    let mut characters = paragraph.char_indices().peekable();
    while let Some((at, mark)) = characters.next() {
        let place = Place { before, next: characters.peek().map(|(_, next)| *next) };
        let end = at + mark.len_utf8();
        before = mark;
        if custom.single && open.is_empty() && single_marks::may_open(mark, place) {
            // A title has a full stop inside its marks as well; speech is told by its comma.
            let is_speech = |closing: &usize| is_spoken || paragraph[..*closing].ends_with(',');
            if let Some(closing) = single_marks::closing(paragraph, end).filter(is_speech) {
                is_spoken = true;
                spans.push(end..closing);
                while characters.next_if(|(next, _)| *next <= closing).is_some() {}
            }
            continue;
        }
        if !pairs::is_mark(mark) {
            continue;
        }
        if let Some(closed) = closed_by(mark, place, &open, custom) {
            let closed = outermost(closed, &open, &paragraph[end..], custom);
            if closed == 0 {
                spans.push(open[0].1..at);
            }
            open.truncate(closed);
        } else if custom.opens(mark) && may_open(mark, place, &open) {
            match open.iter().position(|(other, _)| *other == mark) {
                // „ is never inside „: the first was left open.
                Some(first) if mark == '„' => open.truncate(first),
                Some(_) if !is_outward(mark) => continue,
                _ => {}
            }
            if open.len() < MOST_OPEN {
                open.push((mark, end));
            }
        }
    }
    let mut left_open = false;
    if let Some((mark, start)) = open.first()
        && matches!(mark, '“' | '”' | '"')
    {
        left_open = true;
        spans.push(*start..paragraph.len());
    }
    let spans = spans.into_iter().map(|span| trimmed(paragraph, span));
    (spans.filter(|span| !span.is_empty()).collect(), left_open)
}

/// Nobody nests deeper.
const MOST_OPEN: usize = 4;

/// What stands beside a mark; `next` is none at the end of the paragraph.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub before: char,
    pub next: Option<char>,
}

impl Place {
    /// Behind a blank or a bracket.
    pub fn is_at_start(self) -> bool {
        self.before.is_whitespace() || "([—–-:".contains(self.before)
    }

    pub fn is_opening(self) -> bool {
        self.is_at_start() && self.next.is_some_and(|next| !next.is_whitespace())
    }

    /// Behind a word or its punctuation, before a blank or more punctuation.
    pub fn is_closing(self) -> bool {
        let ends_word = self.before.is_alphanumeric() || ".,!?…)%".contains(self.before);
        ends_word && self.is_at_end()
    }

    pub fn is_at_end(self) -> bool {
        self.next.is_none_or(|next| next.is_whitespace() || ".,;:!?)]—–-".contains(next))
    }
}

/// Which of the open marks this one closes, if any.
fn closed_by(mark: char, place: Place, open: &[(char, usize)], custom: Custom) -> Option<usize> {
    let closed = open.iter().rposition(|(opening, _)| custom.closes(*opening, mark))?;
    let closes = match (open[closed].0, mark) {
        // Not in English, where it is a slip, and speech goes on over paragraphs.
        ('“', '“') => !custom.single && place.is_closing(),
        // Straight ones inside others: “the "old" bridge”.
        ('“' | '„' | '”', '"') => !place.is_opening(),
        _ => true,
    };
    closes.then_some(closed)
}

/// «the «Old» bridge» and «the «Old» have the same marks outside and inside: one mark
/// closes both unless another closing one comes first.
fn outermost(closed: usize, open: &[(char, usize)], rest: &str, custom: Custom) -> usize {
    let mark = open[closed].0;
    let Some(first) = open.iter().position(|(other, _)| *other == mark) else { return closed };
    let next = rest.chars().find(|c| *c == mark || custom.closes(mark, *c));
    match next {
        Some(next) if next != mark => closed,
        _ => first,
    }
}

fn may_open(mark: char, place: Place, open: &[(char, usize)]) -> bool {
    match mark {
        '"' if open.is_empty() => place.is_at_start(),
        '"' | '»' => place.is_opening(),
        // Some keyboards close before they open.
        '”' => open.is_empty() && (place.before.is_whitespace() || place.is_opening()),
        _ => !place.is_closing(),
    }
}

/// Marks that may stand inside themselves, as they look different at both ends.
fn is_outward(mark: char) -> bool {
    matches!(mark, '«' | '「' | '『')
}

/// French has blanks inside its marks.
fn trimmed(paragraph: &str, span: Range<usize>) -> Range<usize> {
    let words = &paragraph[span.clone()];
    let start = span.start + (words.len() - words.trim_start().len());
    start..start.max(span.start + words.trim_end().len())
}
