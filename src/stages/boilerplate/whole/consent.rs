//! Consent walls: the notice about cookies and partners that stands in an
//! article's place until it is answered. Silent about articles on cookies, which
//! have nothing to press, and where an article follows the notice.

use super::Whole;
use super::wordings::{self, Wording};
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Segment;

/// An answer to press is no longer than this, in words.
const LONGEST_ANSWER: u32 = 6;
/// The share of sentences that must be about consent, in percent of words.
const SHARE: u32 = 60;

pub fn is(whole: &Whole) -> bool {
    let is_notice = |segment: &Segment| segment.phrase == Some(Phrase::Cookie);
    let is_answer = |segment: &Segment| {
        is_notice(segment) && !segment.is_prose() && segment.measure.words <= LONGEST_ANSWER
    };
    if !whole.segments.iter().any(is_answer) {
        return false;
    }
    let (mut about, mut all) = (0, 0);
    for (index, segment) in whole.segments.iter().enumerate() {
        if !segment.is_prose() {
            continue;
        }
        let words = segment.measure.words;
        all += words;
        if is_notice(segment) || wordings::holds(whole.written(index), Wording::Consent) {
            about += words;
        }
    }
    about > 0 && about * 100 >= all * SHARE
}
