//! What recurs on the pages of the article's site, see [`crate::site`].
//!
//! Only blocks that the article could do without are looked up, and only where the
//! pages of other stories have them: a paragraph that a wire story shares between pages
//! is never judged by this, nor is anything that two versions of one story share.

use crate::site::{MOST_BLOCKS, Shown, SiteView, Wording};
use crate::stages::boilerplate::segment::Segment;

/// How often a block must have been seen on pages with other stories.
struct Evidence {
    pages: usize,
    /// Of the pages that are known.
    share: f32,
}

/// A label that is on a third of a site's pages is a part of its layout, or the name of a
/// series.
const OF_LABEL: Evidence = Evidence { pages: 2, share: 0.3 };

/// A sentence may be quoted, or be the background of a running story, so it takes more.
const OF_SENTENCE: Evidence = Evidence { pages: 3, share: 0.5 };

/// What is longer is the article's however often it is seen: paragraphs that wire stories
/// share begin at about this length.
const MOST_WORDS: u32 = 20;

/// What it takes to make the block furniture; none where nothing can.
fn needed(segment: &Segment) -> Option<Evidence> {
    let measure = &segment.measure;
    // Of capitalised words, as menus and lists of names are, whatever their length.
    let is_list = measure.lowercase * 2 <= measure.words && measure.caseless * 2 <= measure.letters;
    if measure.words > MOST_WORDS && !(is_list && measure.sentence_ends == 0) {
        None
    } else if segment.is_prose() && !is_list {
        Some(OF_SENTENCE)
    } else {
        Some(OF_LABEL)
    }
}

/// What the site's pages say about each segment, and what this page has shown.
pub fn look(
    site: &SiteView,
    text: &str,
    segments: &[Segment],
    kept: &[bool],
) -> (Vec<Option<f32>>, Shown) {
    let nearest = nearest(segments, kept);
    let mut wordings: Vec<Option<Wording>> = vec![None; segments.len()];
    let mut key = String::new();
    for &index in &nearest {
        wordings[index] = Wording::of(&text[segments[index].span.clone()], &mut key);
    }
    let shown = Shown::new(
        nearest.iter().filter_map(|&index| wordings[index]).collect(),
        (0..segments.len())
            .filter(|&index| kept[index] && segments[index].is_prose())
            .map(|index| Wording::exact(&text[segments[index].span.clone()]))
            .collect(),
    );
    let mut recurring = vec![None; segments.len()];
    if site.applies() {
        let others = site.others(&shown);
        for index in nearest.into_iter().filter(|&index| kept[index]) {
            let evidence = needed(&segments[index]).zip(wordings[index]);
            recurring[index] = evidence.and_then(|(needed, wording)| {
                confidence(&needed, others.with(wording), others.pages())
            });
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

/// How sure it is that a block is furniture which `with` of `pages` pages had: rises with
/// the pages that agree, and with how much of the site they are.
fn confidence(needed: &Evidence, with: usize, pages: usize) -> Option<f32> {
    let share = with as f32 / pages as f32;
    let is_enough = with >= needed.pages && share >= needed.share;
    is_enough.then(|| 0.7 + 0.28 * share * with as f32 / (with as f32 + 1.0))
}

/// The blocks that may be furniture, those nearest to the article first, as many as are
/// remembered of a page.
fn nearest(segments: &[Segment], kept: &[bool]) -> Vec<usize> {
    let distances = distances(kept);
    let mut nearest: Vec<usize> =
        (0..segments.len()).filter(|&index| needed(&segments[index]).is_some()).collect();
    nearest.sort_by_key(|&index| distances[index]);
    nearest.truncate(MOST_BLOCKS);
    nearest
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
