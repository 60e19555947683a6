//! Consent walls: the notice about cookies and partners that stands in an
//! article's place until it is answered. Silent about articles on cookies, which
//! have nothing to press, and where an article follows the notice.

use super::Whole;
use super::wordings::{self, Wording};
use crate::stages::boilerplate::phrases::Phrase;

/// An answer to press is no longer than this, in words.
const LONGEST_ANSWER: u32 = 6;
/// The share of sentences that must be about consent, in percent of words.
const SHARE: u32 = 60;

pub fn is(whole: &Whole) -> bool {
    let (mut about, mut all, mut answers) = (0, 0, 0);
    for (index, segment) in whole.segments.iter().enumerate() {
        let words = segment.measure.words;
        let is_notice = segment.phrase == Some(Phrase::Cookie);
        if !segment.is_prose() {
            answers += u32::from(is_notice && words <= LONGEST_ANSWER);
            continue;
        }
        all += words;
        if is_notice || wordings::holds(whole.written(index), Wording::Consent) {
            about += words;
        }
    }
    answers > 0 && about > 0 && about * 100 >= all * SHARE && !whole.is_stated_article()
}
