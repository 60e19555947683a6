//! Subheads whose wording is a button's.

use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Segment;

/// The name of a service above a paragraph that says what it did ("Facebook") is no button:
/// takes from such segments what their wording says, if `may_be`, which gets the segment
/// before, says that it may be a subhead.
pub fn let_be(
    text: &str,
    segments: &mut [Segment],
    may_be: impl Fn(Option<&Segment>, &Segment) -> bool,
) {
    for index in 0..segments.len().saturating_sub(1) {
        let (before, rest) = segments.split_at_mut(index);
        let [head, below, ..] = rest else { return };
        if head.phrase == Some(Phrase::Share)
            && below.is_prose()
            && below.phrase.is_none()
            && text[below.span.clone()].contains(&text[head.span.clone()])
            && may_be(before.last(), head)
        {
            head.phrase = None;
        }
    }
}
