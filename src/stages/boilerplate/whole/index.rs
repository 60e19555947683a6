//! Index pages: front pages, sections, search results, lists of an author's work.
//! They show by their shape, in any language: headline after headline, each a link
//! or a line of its own, and between them never more than a teaser.

use super::Whole;
use crate::stages::boilerplate::decide::FURNITURE;
use crate::stages::boilerplate::segment::{Marks, Segment};
use crate::text::lines::First;

/// Fewer headlines are a list of related stories.
const FEWEST_HEADLINES: usize = 10;
/// Between two headlines, in words: an article says more in one stretch.
const LONGEST_TEASER: u32 = 80;
/// The same in flat text, which shows less of what is a headline.
const LONGEST_FLAT_TEASER: u32 = 45;

pub fn is(whole: &Whole) -> bool {
    let limit = if is_flat(whole) { LONGEST_FLAT_TEASER } else { LONGEST_TEASER };
    let shape = Shape::of(whole);
    shape.headlines >= FEWEST_HEADLINES && shape.longest_stretch <= limit
}

/// A page whose address has nothing behind its host: that is never an article,
/// whatever its metadata say.
pub fn is_front(whole: &Whole) -> bool {
    let address = whole.url.and_then(|url| url.split_once("://"));
    let host = address.map_or("", |(_, rest)| rest.trim_end_matches('/'));
    if host.is_empty() || host.contains(['/', '?', '#']) {
        return false;
    }
    let shape = Shape::of(whole);
    shape.headlines >= FEWEST_HEADLINES && shape.longest_stretch <= 2 * LONGEST_TEASER
}

struct Shape {
    headlines: usize,
    /// Of sentences without a headline between them, in words.
    longest_stretch: u32,
}

impl Shape {
    fn of(whole: &Whole) -> Self {
        let is_flat = is_flat(whole);
        let mut shape = Self { headlines: 0, longest_stretch: 0 };
        let mut stretch = 0;
        for (index, segment) in whole.segments.iter().enumerate() {
            let is_headline =
                if is_flat { is_line(whole.segments, index) } else { is_linked(segment) };
            if is_headline {
                shape.headlines += 1;
                stretch = 0;
            } else if is_flat || segment.is_prose() && segment.linked_share() < 0.3 {
                stretch += segment.measure.words;
                shape.longest_stretch = shape.longest_stretch.max(stretch);
            }
        }
        shape
    }
}

fn is_flat(whole: &Whole) -> bool {
    whole.segments.iter().all(|one| one.place.marks.is_empty() && one.place.depth == 0)
}

fn is_linked(segment: &Segment) -> bool {
    let marks = segment.place.marks;
    let is_menu = marks.has(FURNITURE) && !marks.has(Marks::NAMED_RELATED);
    is_headline_long(segment) && segment.linked_share() >= 0.7 && !is_menu
}

/// Whether a line of flat text is a headline: no sentence, nor a piece of one that
/// was broken at a link.
fn is_line(segments: &[Segment], index: usize) -> bool {
    let segment = &segments[index];
    let begins = |segment: &Segment| {
        matches!(
            segment.measure.first,
            Some(First::Uppercase | First::Caseless | First::Digit | First::Opening)
        )
    };
    let is_behind_end = index.checked_sub(1).is_none_or(|before| {
        let before = &segments[before];
        before.measure.ends_sentence || !before.is_prose()
    });
    is_headline_long(segment)
        && !segment.measure.ends_sentence
        && begins(segment)
        && is_behind_end
        && segments.get(index + 1).is_none_or(begins)
}

fn is_headline_long(segment: &Segment) -> bool {
    segment.phrase.is_none() && (4..=30).contains(&segment.measure.words)
}
