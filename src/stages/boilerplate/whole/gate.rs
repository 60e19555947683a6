//! What stands before a page for those who may be no readers: robot checks, and
//! pages that show nothing without scripts. Silent where an article stands behind
//! or beside such a notice.

use super::Whole;
use super::wordings::{self, Wording};
use crate::stages::boilerplate::phrases::opens_with_quotation;

/// Of sentences that are not themselves known wordings.
const MOST_OTHER_WORDS: u32 = 60;
/// Where the title does not say it, and there is but one notice.
const MOST_WORDS_BESIDE_ONE: u32 = 15;
/// Longer stretches are no notices, in words.
const LONGEST_NOTICE: u32 = 30;

pub fn is(whole: &Whole) -> bool {
    let (mut notices, mut other) = (0, 0);
    for (index, segment) in whole.segments.iter().enumerate() {
        let words = segment.measure.words;
        let written = whole.written(index);
        if words <= LONGEST_NOTICE
            && !opens_with_quotation(written)
            && wordings::holds(written, Wording::Gate)
        {
            notices += 1;
        } else if segment.is_prose() && segment.phrase.is_none() {
            other += words;
            if other > MOST_OTHER_WORDS {
                return false;
            }
        }
    }
    let is_told = match notices {
        0 => false,
        1 => other <= MOST_WORDS_BESIDE_ONE,
        _ => true,
    };
    is_told || whole.is_titled(Wording::Gate)
}
