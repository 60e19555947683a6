//! What the other pages of the site have shown of a flat text's lines, as columns for
//! the forests; see [`crate::site`].
//!
//! Seen are short lines and lists, never a paragraph: what a wire story shares between
//! pages looks like any other text. Pages that tell the article's own story do not count.
//! Without a memory of other pages every column says so, and nothing else.

use std::ops::Range;

use crate::site::{SiteView, Wording};
use crate::stages::boilerplate::features::{FAR, Matrix, NEAR, Totals};
use crate::stages::boilerplate::recurrence::may_recur;
use crate::stages::boilerplate::segment::Segment;

/// More pages tell no more.
const MOST_PAGES: usize = 4;
/// Neighbours on either side whose own shares are part of a row.
const NEIGHBOURS: isize = 3;
/// The most segments that are told apart as distances.
const FARTHEST: f32 = 50.0;
/// What stands where nothing is known.
const UNKNOWN: f32 = -1.0;
const COLUMNS: usize = 3 + 4 + 2 + 2 * NEIGHBOURS as usize;

/// None where no other page of the site is known.
#[cfg_attr(feature = "train", derive(Clone))]
pub struct Remembered(Option<Seen>);

#[cfg_attr(feature = "train", derive(Clone))]
struct Seen {
    /// Pages with other stories that are known.
    pages: usize,
    /// How many of them had the segment; none of a segment that is not looked for.
    with: Vec<Option<usize>>,
    /// Running totals of segments looked for, and of those that other pages had.
    asked: Totals,
    found: Totals,
    /// Segments to the last one before that other pages had, and to the next behind.
    before: Vec<f32>,
    behind: Vec<f32>,
}

impl Remembered {
    pub fn nothing() -> Self {
        Self(None)
    }

    pub fn of(site: &SiteView, text: &str, segments: &[Segment]) -> Self {
        if !site.applies() || site.pages() == 0 {
            return Self::nothing();
        }
        let prose = segments.iter().filter(|segment| segment.is_prose());
        let others =
            site.others_than(prose.map(|segment| Wording::exact(&text[segment.span.clone()])));
        if others.pages() == 0 {
            return Self::nothing();
        }
        let mut key = String::new();
        let with: Vec<Option<usize>> = segments
            .iter()
            .map(|segment| {
                let written = may_recur(segment).then(|| &text[segment.span.clone()]);
                let wording = written.and_then(|written| Wording::of(written, &mut key));
                wording.map(|wording| others.with(wording))
            })
            .collect();
        Self(Some(Seen::new(others.pages(), with)))
    }

    /// The rows with what is remembered behind them.
    pub fn behind(&self, matrix: &Matrix) -> Matrix {
        matrix.extended(COLUMNS, |index, cells| match &self.0 {
            Some(seen) => seen.put(index, cells),
            None => cells.extend([UNKNOWN; COLUMNS]),
        })
    }
}

impl Seen {
    fn new(pages: usize, with: Vec<Option<usize>>) -> Self {
        let is_found = |with: &Option<usize>| with.is_some_and(|with| with > 0);
        let number = |is_so: bool| f32::from(u8::from(is_so));
        let distances = |with: &mut dyn Iterator<Item = &Option<usize>>| -> Vec<f32> {
            let mut distance = FARTHEST;
            with.map(|with| {
                let now = distance;
                distance = if is_found(with) { 1.0 } else { (distance + 1.0).min(FARTHEST) };
                now
            })
            .collect()
        };
        let mut behind = distances(&mut with.iter().rev());
        behind.reverse();
        Self {
            pages,
            asked: Totals::of(with.iter().map(|with| number(with.is_some()))),
            found: Totals::of(with.iter().map(|with| number(is_found(with)))),
            before: distances(&mut with.iter()),
            behind,
            with,
        }
    }

    fn put(&self, index: usize, cells: &mut Vec<f32>) {
        let count = self.with.len();
        cells.extend([
            self.pages.min(MOST_PAGES) as f32,
            self.share(Some(index)),
            self.with[index].map_or(UNKNOWN, |with| with.min(MOST_PAGES) as f32),
            self.around(index.saturating_sub(NEAR)..(index + NEAR + 1).min(count)),
            self.around(index.saturating_sub(FAR)..index),
            self.around(index + 1..(index + FAR + 1).min(count).max(index + 1)),
            self.around(0..count),
            self.before[index],
            self.behind[index],
        ]);
        cells.extend(
            (-NEIGHBOURS..=NEIGHBOURS)
                .filter(|&offset| offset != 0)
                .map(|offset| self.share(index.checked_add_signed(offset))),
        );
    }

    /// The share of the known pages that had a segment.
    fn share(&self, index: Option<usize>) -> f32 {
        let with = index.and_then(|index| *self.with.get(index)?);
        with.map_or(UNKNOWN, |with| with as f32 / self.pages as f32)
    }

    /// The share of segments looked for that other pages had.
    fn around(&self, range: Range<usize>) -> f32 {
        let range = range.start..range.end.min(self.with.len()).max(range.start);
        let asked = self.asked.between(range.clone());
        if asked > 0.0 { self.found.between(range) / asked } else { UNKNOWN }
    }
}
