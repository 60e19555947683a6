//! What recurs on the pages of the article's site, see [`crate::site`].
//!
//! Only blocks that the article could do without are looked up, and only where the
//! pages of other stories have them: a paragraph that a wire story shares between pages
//! is never judged by this, nor is anything that two versions of one story share.

use crate::site::{Shown, SiteView, Wording};
use crate::stages::boilerplate::segment::Segment;

/// Pages of other stories that must have had a block.
const FEWEST_PAGES: usize = 2;

/// The share of such pages that must have had it.
const LEAST_SHARE: f32 = 0.2;

/// A sentence longer than this is the article's whatever recurs.
const MOST_WORDS: u32 = 24;

/// Whether the block may be furniture: a label of any length, or a short sentence.
fn may_recur(segment: &Segment) -> bool {
    !segment.is_prose() || segment.measure.words <= MOST_WORDS
}

/// What the site's pages say about each segment, and what this page has shown.
pub fn look(
    site: &SiteView,
    text: &str,
    segments: &[Segment],
    kept: &[bool],
) -> (Vec<Option<f32>>, Shown) {
    let mut key = String::new();
    let wordings: Vec<Option<Wording>> =
        segments.iter().map(|segment| Wording::of(&text[segment.span.clone()], &mut key)).collect();
    let shown = shown(segments, kept, &wordings);
    let mut recurring = vec![None; segments.len()];
    if site.applies() {
        let others = site.others(&shown);
        for (index, segment) in segments.iter().enumerate() {
            if kept[index] && may_recur(segment) {
                recurring[index] = wordings[index]
                    .and_then(|wording| confidence(others.with(wording), others.pages()));
            }
        }
        // An article that seems to be furniture for the most part is another kind of page
        // than the memory knows, an index of articles say.
        let words = |marked: &dyn Fn(usize) -> bool| -> u32 {
            let of =
                segments.iter().enumerate().filter(|(index, _)| kept[*index] && marked(*index));
            of.map(|(_, segment)| segment.measure.words).sum()
        };
        if words(&|index| recurring[index].is_some()) * 2 > words(&|_| true) {
            recurring.fill(None);
        }
    }
    (recurring, shown)
}

/// How sure it is that a block is furniture which `with` of `pages` pages had.
fn confidence(with: usize, pages: usize) -> Option<f32> {
    let share = with as f32 / pages as f32;
    (with >= FEWEST_PAGES && share >= LEAST_SHARE).then(|| {
        // Rises with the pages that agree, and with how much of the site they are.
        let agreeing = with as f32 / (with as f32 + 1.0);
        0.7 + 0.28 * agreeing * share
    })
}

/// Of the blocks, those nearest to the article first.
fn shown(segments: &[Segment], kept: &[bool], wordings: &[Option<Wording>]) -> Shown {
    let distances = distances(kept);
    let mut blocks: Vec<usize> = (0..segments.len())
        .filter(|&index| wordings[index].is_some() && may_recur(&segments[index]))
        .collect();
    blocks.sort_by_key(|&index| distances[index]);
    let story = (0..segments.len())
        .filter(|&index| kept[index] && segments[index].is_prose())
        .filter_map(|index| wordings[index])
        .collect();
    Shown::new(blocks.into_iter().filter_map(|index| wordings[index]), story)
}

/// Segments to the nearest kept one.
fn distances(kept: &[bool]) -> Vec<usize> {
    let mut distances = vec![usize::MAX; kept.len()];
    let mut last = None;
    for index in 0..kept.len() {
        last = if kept[index] { Some(index) } else { last };
        distances[index] = last.map_or(usize::MAX, |last| index - last);
    }
    let mut next = None;
    for index in (0..kept.len()).rev() {
        next = if kept[index] { Some(index) } else { next };
        distances[index] = distances[index].min(next.map_or(usize::MAX, |next| next - index));
    }
    distances
}
