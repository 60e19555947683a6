//! Which line above the body of flat text is the headline: one that speaks of what the body
//! speaks of, is as long as headlines are, and is no sentence.
//!
//! Where little stands above the body, the first such line is it, and what follows is a
//! standfirst or a byline. Where a page's furniture does, other stories' headlines among it,
//! lines are weighed by a logistic regression that was fitted on 244 pages of
//! article-extraction-dataset, flattened in two ways: `copydesk eval --task tags` finds the
//! titles of 332 of the 488 so, and of 121 in the line that is nearest to the body. On pages
//! held out from the fit as many were found.

use std::ops::Range;

use crate::stages::boilerplate::rules::headline::is_numbered;
use crate::stages::boilerplate::segment::Segment;
use crate::stages::boilerplate::topic;
use crate::text::hashing::FastSet;
use crate::text::lines::First;

/// Lines above the body that are looked at.
const REACH: usize = 80;
/// Fewer lines above the body are the article's own.
const FEW: usize = 5;
const WORDS: Range<u32> = 3..36;
/// Of the body, what tells what it speaks of, in words.
const LEAD: u32 = 400;

/// The line, if one is likely enough.
pub fn find(text: &str, segments: &[Segment], body: &Range<usize>) -> Option<usize> {
    let topics = topics(text, segments, body);
    let reach = body.start.saturating_sub(REACH)..body.start;
    let candidates: Vec<usize> =
        reach.filter(|&index| reads_like_one(text, &segments[index])).collect();
    let shares = |index: usize| shared(&text[segments[index].span.clone()], &topics);
    if body.start < FEW
        && let Some(first) = candidates.iter().copied().find(|&index| shares(index).0 > 0)
    {
        return Some(first);
    }
    let odds = |&index: &usize| {
        let next = &segments[index + 1];
        weigh(&segments[index], shares(index), next, body.start - index)
    };
    let best = candidates.iter().map(|index| (odds(index), *index)).max_by(|one, other| {
        // The nearer one where two are alike.
        one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
    });
    // The more lines there are, the likelier one of them looks like a headline by chance.
    let least = LEAST + (candidates.len() as f32).ln();
    best.filter(|(odds, _)| *odds > least).map(|(_, index)| index)
}

fn reads_like_one(text: &str, segment: &Segment) -> bool {
    let measure = &segment.measure;
    segment.phrase.is_none()
        && WORDS.contains(&measure.words)
        && measure.furniture_marks == 0
        && !segment.is_prose()
        && !is_numbered(&text[segment.span.clone()])
}

/// Log-odds; the coefficients of the regression.
fn weigh(
    segment: &Segment,
    (shared, of): (usize, usize),
    next: &Segment,
    lines_to_body: usize,
) -> f32 {
    let measure = &segment.measure;
    let is = |is_so: bool| f32::from(u8::from(is_so));
    let words = measure.words as f32;
    9.6 * words.ln_1p() - 0.69 * words
        + 4.0 * shared as f32 / of.max(1) as f32
        + 0.25 * shared.min(6) as f32
        - 0.26 * (lines_to_body as f32).ln_1p()
        - 3.4 * is(measure.ends_sentence)
        + 0.9 * is(measure.first != Some(First::Lowercase))
        + 1.8 * is(next.measure.ends_sentence)
        - 19.8
}

/// For one line alone.
const LEAST: f32 = -5.0;

/// What the body begins by speaking of.
fn topics(text: &str, segments: &[Segment], body: &Range<usize>) -> FastSet<u32> {
    let mut words = 0;
    let prose = segments[body.clone()].iter().filter(|segment| segment.is_prose());
    let lead = prose.take_while(|segment| {
        let is_lead = words < LEAD;
        words += segment.measure.words;
        is_lead
    });
    lead.flat_map(|segment| topic::long_words(&text[segment.span.clone()])).collect()
}

/// How many of a line's topics the body speaks of, and how many it has.
fn shared(line: &str, topics: &FastSet<u32>) -> (usize, usize) {
    let own: FastSet<u32> = topic::long_words(line).collect();
    (own.intersection(topics).count(), own.len())
}
