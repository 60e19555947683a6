//! What recurs on the pages of the article's site, see [`crate::site`].
//!
//! Labels count wherever they stand, and so do sentences of few words. A longer sentence
//! counts only on pages where it was taken for furniture: what a wire story shares between
//! pages is the article's on all of them, and so recurs on none. Beyond that no paragraph
//! is judged, and nothing that two versions of one story share.

use std::ops::Range;

use crate::site::{MOST_BLOCKS, Shown, SiteView, Wording};
use crate::stages::boilerplate::segment::Segment;

/// Pages with other stories that must have shown a block.
struct Evidence {
    pages: usize,
    /// Of all such pages that are known.
    share: f32,
}

/// What is on a third of a site's pages is a part of its layout, or the name of a series.
/// Less may be a subhead of some articles.
const OF_LABEL: Evidence = Evidence { pages: 2, share: 0.3 };

/// What somebody has said stands in some articles about it, but not in every other article.
const OF_SENTENCE: Evidence = Evidence { pages: 3, share: 0.5 };

/// What is longer is the article's however often it is seen.
const MOST_WORDS: u32 = 24;

/// Of a sentence that counts although it was taken for the article's.
const MOST_WORDS_OF_KEPT: u32 = 14;

/// The same before it is known which segments are the article's, of any of them; `likely`
/// is where the prose is. What other pages have need not be judged, and no longer misleads
/// about the lines around.
pub fn foresee(
    site: &SiteView,
    text: &str,
    segments: &[Segment],
    likely: &Range<usize>,
) -> Vec<Option<f32>> {
    let mut recurring = vec![None; segments.len()];
    if !site.applies() || site.pages() == 0 {
        return recurring;
    }
    let written = |segment: &Segment| &text[segment.span.clone()];
    let prose = segments.iter().filter(|segment| segment.is_prose());
    let others = site.others_than(prose.map(|segment| Wording::exact(written(segment))));
    let lead = likely.clone().find(|&index| segments[index].is_prose());
    let mut key = String::new();
    for (index, segment) in segments.iter().enumerate() {
        if may_recur(segment) && Some(index) != lead {
            recurring[index] = Wording::of(written(segment), &mut key).and_then(|wording| {
                confidence(needed(segment), others.with(wording), others.pages())
            });
        }
    }
    let likely: Vec<bool> = (0..segments.len()).map(|index| likely.contains(&index)).collect();
    if is_most(segments, &likely, &recurring) {
        recurring.fill(None);
    }
    recurring
}

/// How sure the site's other pages make it that a segment is furniture, one entry a
/// segment, and what this page shows. Only kept segments are judged.
pub fn look(
    site: &SiteView,
    text: &str,
    segments: &[Segment],
    kept: &[bool],
) -> (Vec<Option<f32>>, Shown) {
    let nearest = nearest(segments, kept);
    let mut wordings = vec![None; segments.len()];
    let mut key = String::new();
    for &index in &nearest {
        wordings[index] = Wording::of(&text[segments[index].span.clone()], &mut key);
    }
    let shown = shown(text, segments, kept, &nearest, &wordings);
    let mut recurring = vec![None; segments.len()];
    if site.applies() {
        let others = site.others(&shown);
        let lead = (0..segments.len()).find(|&index| kept[index] && segments[index].is_prose());
        for index in nearest.into_iter().filter(|&index| kept[index]) {
            // Teasers on other pages quote how an article begins.
            if Some(index) == lead {
                continue;
            }
            recurring[index] = wordings[index].and_then(|wording| {
                confidence(needed(&segments[index]), others.with(wording), others.pages())
            });
        }
        if is_most(segments, kept, &recurring) {
            recurring.fill(None);
        }
    }
    (recurring, shown)
}

/// How sure it is that a block is furniture which `with` of `pages` pages have shown: rises
/// with the pages that agree, and with how much of the site they are.
fn confidence(needed: Evidence, with: usize, pages: usize) -> Option<f32> {
    let share = with as f32 / pages as f32;
    let is_enough = with >= needed.pages && share >= needed.share;
    is_enough.then(|| 0.7 + 0.28 * share * with as f32 / (with as f32 + 1.0))
}

fn needed(segment: &Segment) -> Evidence {
    if is_sentence(segment) { OF_SENTENCE } else { OF_LABEL }
}

/// Whether more than half of what is kept recurs. Then this is no article but another kind
/// of page than the memory is about: an index of articles, say.
fn is_most(segments: &[Segment], kept: &[bool], recurring: &[Option<f32>]) -> bool {
    let (mut all, mut marked) = (0, 0);
    for ((segment, kept), recurring) in segments.iter().zip(kept).zip(recurring) {
        let words = if *kept { segment.measure.words } else { 0 };
        all += words;
        marked += if recurring.is_some() { words } else { 0 };
    }
    marked * 2 > all
}

/// What a page shows of which these segments are thought to be the article's.
#[cfg(feature = "train")]
pub fn shown_by(text: &str, segments: &[Segment], kept: &[bool]) -> Shown {
    look(&SiteView::learning(), text, segments, kept).1
}

fn shown(
    text: &str,
    segments: &[Segment],
    kept: &[bool],
    nearest: &[usize],
    wordings: &[Option<Wording>],
) -> Shown {
    let counts = |index: &&usize| {
        let segment = &segments[**index];
        !kept[**index] || !is_sentence(segment) || segment.measure.words <= MOST_WORDS_OF_KEPT
    };
    let story = segments
        .iter()
        .zip(kept)
        .filter(|(segment, kept)| **kept && segment.is_prose())
        .map(|(segment, _)| Wording::exact(&text[segment.span.clone()]));
    Shown::new(
        nearest.iter().filter(counts).filter_map(|&index| wordings[index]).collect(),
        story.collect(),
    )
}

/// The blocks that may be furniture, those nearest to the article first, as many as are
/// remembered of a page.
fn nearest(segments: &[Segment], kept: &[bool]) -> Vec<usize> {
    let distances = distances(kept);
    let mut nearest: Vec<usize> =
        (0..segments.len()).filter(|&index| may_recur(&segments[index])).collect();
    nearest.sort_by_key(|&index| distances[index]);
    nearest.truncate(MOST_BLOCKS);
    nearest
}

/// Whether the block is short, or a list of whatever length.
fn may_recur(segment: &Segment) -> bool {
    segment.measure.words <= MOST_WORDS || is_list(segment)
}

/// A label of few words may end with a full stop too.
fn is_sentence(segment: &Segment) -> bool {
    let measure = &segment.measure;
    segment.is_prose() && !is_list(segment) || measure.ends_sentence && measure.words >= 4
}

/// Of words with capitals and no sentence among them, as menus and lists of names are.
fn is_list(segment: &Segment) -> bool {
    let measure = &segment.measure;
    measure.lowercase * 2 <= measure.words
        && measure.caseless * 2 <= measure.letters
        && measure.sentence_ends == 0
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
