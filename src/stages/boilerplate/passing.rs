//! What has gone by since the body began, in text that came flat: where an article
//! ends and another one follows, the talk drifts away from how it began, and lines
//! go by that stand at the end of an article or at the start of another.

use std::ops::Range;

use crate::stages::boilerplate::features::{FAR, Totals};
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Segment;
use crate::stages::boilerplate::topic::Overlap;

/// Wordings at an article's end or at the start of another.
const SIGNS: [&[Phrase]; 5] = [
    &[Phrase::Related],
    &[Phrase::Share],
    &[Phrase::Comments],
    &[Phrase::Newsletter, Phrase::Copyright],
    &[Phrase::Byline, Phrase::Date],
];

/// The longest that a segment counts for its surroundings, in words.
const MOST_WORDS: u32 = 100;

pub struct Passing {
    signs: [Totals; SIGNS.len()],
    /// What was said before, and what the lead says.
    before: Drift,
    lead: Drift,
}

impl Passing {
    /// One overlap a segment.
    pub fn new(segments: &[Segment], topics: &[Overlap]) -> Self {
        Self {
            signs: SIGNS.map(|kinds| {
                Totals::of(segments.iter().map(|segment| {
                    let is_one = segment.phrase.is_some_and(|phrase| kinds.contains(&phrase));
                    f32::from(u8::from(is_one))
                }))
            }),
            before: Drift::new(segments, topics.iter().map(|topic| topic.before)),
            lead: Drift::new(segments, topics.iter().map(|topic| topic.lead)),
        }
    }

    /// The columns of one segment.
    pub fn place(&self, index: usize, body: &Range<usize>, topic: &Overlap, cells: &mut Vec<f32>) {
        cells.extend([
            topic.before,
            topic.lead,
            self.before.behind(index),
            self.before.ahead(index),
            self.lead.behind(index),
            self.lead.ahead(index),
        ]);
        cells.extend(
            self.signs.iter().map(|signs| {
                if index < body.start { -1.0 } else { signs.between(body.start..index) }
            }),
        );
    }
}

/// The mean of a share over the segments behind and ahead of one.
struct Drift {
    shares: Totals,
    words: Totals,
    count: usize,
}

impl Drift {
    /// A negative share says nothing.
    fn new(segments: &[Segment], shares: impl Iterator<Item = f32> + Clone) -> Self {
        let weighed = segments.iter().zip(shares).map(|(segment, share)| {
            let words = segment.measure.words.min(MOST_WORDS) as f32;
            if share < 0.0 { (0.0, 0.0) } else { (words, share) }
        });
        Self {
            shares: Totals::of(weighed.clone().map(|(words, share)| words * share)),
            words: Totals::of(weighed.map(|(words, _)| words)),
            count: segments.len(),
        }
    }

    fn mean(&self, range: Range<usize>) -> f32 {
        let words = self.words.between(range.clone());
        if words > 0.0 { self.shares.between(range) / words } else { -1.0 }
    }

    fn behind(&self, index: usize) -> f32 {
        self.mean(index.saturating_sub(FAR)..index)
    }

    fn ahead(&self, index: usize) -> f32 {
        self.mean(index..(index + FAR).min(self.count))
    }
}
