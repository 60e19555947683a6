//! Articles of which a reader without a subscription sees the beginning: the text
//! is short, and where it ends stands what to do to read on. Silent about offers
//! of a subscription elsewhere in the page, and below an article shown in full.

use super::Whole;
use super::wordings::{self, Wording};
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

/// A beginning is rarely longer, in words.
const LONGEST_BEGINNING: u32 = 300;
/// Segments behind the text among which the notice stands.
const REACH: usize = 5;
/// A notice is no longer than this, in words.
const LONGEST_NOTICE: u32 = 45;

pub fn is(whole: &Whole) -> bool {
    let Some(last) = whole.kept.iter().rposition(|&kept| kept) else { return false };
    if whole.kept_words() > LONGEST_BEGINNING {
        return false;
    }
    let end = (last + 1 + REACH).min(whole.segments.len());
    (last..end)
        .take_while(|&index| {
            let marks = whole.segments[index].place.marks;
            index == last || !marks.has(ELSEWHERE)
        })
        .any(|index| {
            let segment = &whole.segments[index];
            let is_offer =
                segment.phrase == Some(Phrase::Paywall) || segment.place.marks.has(Marks::BUTTON);
            segment.measure.words <= LONGEST_NOTICE
                && (wordings::holds(whole.written(index), Wording::Locked)
                    || is_offer && segment.place.marks.has(Marks::NAMED_PAYWALL))
        })
}

/// Where the page has moved on to other things.
const ELSEWHERE: Marks = Marks::NAVIGATION
    .union(Marks::FOOTER)
    .union(Marks::NAMED_NAVIGATION)
    .union(Marks::NAMED_RELATED)
    .union(Marks::NAMED_COMMENTS)
    .union(Marks::NAMED_FOOTER);
