//! Finds the article's own stretch of segments.

use std::ops::Range;

use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::{Marks, Segment};

/// How much a segment speaks for the article being here; furniture is negative.
fn weight(segment: &Segment) -> f32 {
    let words = segment.measure.words as f32;
    let marks = segment.place.marks;
    let in_furniture = marks.has(FURNITURE);
    let named = segment.phrase.is_some_and(|phrase| !matches!(phrase, Phrase::UpdateNotice));
    if segment.is_prose() && segment.linked_share() < 0.6 {
        let own = words.min(80.0) * (1.0 - segment.linked_share());
        if in_furniture {
            return own * -0.2;
        }
        if named {
            return 0.0;
        }
        return if marks.has(Marks::ARTICLE_BODY) { own * 1.5 } else { own };
    }
    if marks.has(Marks::ARTICLE_BODY) && !in_furniture && !named {
        return 0.0;
    }
    if named { -8.0 } else { -5.0 }
}

pub const FURNITURE: Marks = Marks::NAVIGATION
    .union(Marks::FOOTER)
    .union(Marks::ASIDE)
    .union(Marks::FORM)
    .union(Marks::BUTTON)
    .union(Marks::CAPTION)
    .union(Marks::NAMED_NAVIGATION)
    .union(Marks::NAMED_RELATED)
    .union(Marks::NAMED_NEWSLETTER)
    .union(Marks::NAMED_COMMENTS)
    .union(Marks::NAMED_CAPTION)
    .union(Marks::NAMED_COOKIE)
    .union(Marks::NAMED_BIOGRAPHY)
    .union(Marks::NAMED_HIDDEN)
    .union(Marks::NAMED_FOOTER)
    .union(Marks::NAMED_SIDEBAR);

/// The stretch of segments with the largest total weight; empty when nothing
/// reads like an article.
pub fn body(segments: &[Segment]) -> Range<usize> {
    let mut best = (0.0, 0..0);
    let mut total = 0.0;
    let mut start = 0;
    for (index, segment) in segments.iter().enumerate() {
        if total <= 0.0 {
            total = 0.0;
            start = index;
        }
        total += weight(segment);
        if total > best.0 {
            best = (total, start..index + 1);
        }
    }
    let mut body = best.1;
    // A short sentence weighs nothing, but it is one.
    let is_sentence = |segment: &Segment| {
        segment.phrase.is_none()
            && segment.measure.ends_sentence
            && segment.measure.sentence_ends > 0
            && !segment.place.marks.has(FURNITURE)
            && segment.linked_share() < 0.3
    };
    while !body.is_empty() && body.start > 0 && is_sentence(&segments[body.start - 1]) {
        body.start -= 1;
    }
    while !body.is_empty() && segments.get(body.end).is_some_and(is_sentence) {
        body.end += 1;
    }
    body
}
