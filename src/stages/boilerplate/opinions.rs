//! What a first forest thinks of a segment, its surroundings and its likes, as columns
//! for a second one.

use std::hash::Hash;
use std::ops::Range;

use crate::stages::boilerplate::choice::{half_of_expected, stretch};
use crate::stages::boilerplate::features::Matrix;
use crate::stages::boilerplate::segment::Segment;
use crate::text::hashing::FastMap;

/// Segments on either side whose opinions are part of a row.
const NEIGHBOURS: isize = 4;
/// What stands for the opinion of a segment that is not there.
const NONE: f32 = -0.1;
/// The most segments that are told apart as distances.
const FARTHEST: f32 = 100.0;

/// The rows of the segments that are `wanted`, with the first forest's opinions behind
/// them; `is_page` says whether the segments are the blocks of a page.
pub fn with_opinions(
    matrix: &Matrix,
    segments: &[Segment],
    first: &[f32],
    wanted: &[bool],
    is_page: bool,
) -> Matrix {
    let view = View::new(segments, first, is_page);
    let mut cells = Vec::new();
    let mut columns = 0;
    let mut places = vec![usize::MAX; segments.len()];
    for index in 0..segments.len() {
        let Some(row) = matrix.row(index).filter(|_| wanted[index]) else { continue };
        let start = cells.len();
        places[index] = start;
        cells.extend_from_slice(row);
        view.put(index, &mut cells);
        columns = cells.len() - start;
        if start == 0 {
            let others = wanted.iter().filter(|&&wanted| wanted).count() - 1;
            cells.reserve_exact(others * columns);
        }
    }
    Matrix::new(columns, cells, places)
}

struct View<'a> {
    segments: &'a [Segment],
    first: &'a [f32],
    /// Running totals of opinions, each weighed by its segment's words, and of the weights.
    totals: Vec<(f32, f32)>,
    /// Segments to the last likely one before and the next behind.
    distances: [Vec<f32>; 2],
    whole: Whole,
}

/// What is known of the text as a whole, by the form it came in.
enum Whole {
    Page(PageView),
    Flat(FlatView),
}

/// What flat text has instead of tags: lines that look alike, and where they stand to the
/// stretches that may be the article.
struct FlatView {
    /// With little asked of a line, and with as much as of a likely one.
    stretches: [Rivals; 2],
    alike: FastMap<u64, Pool>,
    /// What is asked of a line where the best F1 can be expected.
    threshold: f32,
}

/// The likeliest stretch, and the likeliest one beside it.
struct Rivals {
    best: Range<usize>,
    next: Range<usize>,
}

/// What only a page has: containers and elements that are alike.
struct PageView {
    stretch: Range<usize>,
    /// Of the last prose before and the next behind.
    prose: [Vec<f32>; 2],
    /// Of the last segment alike before and the next behind.
    alike: [Vec<f32>; 2],
    containers: [FastMap<u32, Pool>; 3],
    signatures: FastMap<u64, Pool>,
}

/// The opinions of several segments together, each weighed by its words.
#[derive(Clone, Copy, Default)]
struct Pool {
    opinions: f32,
    weights: f32,
}

impl<'a> View<'a> {
    fn new(segments: &'a [Segment], first: &'a [f32], is_page: bool) -> Self {
        let mut totals = vec![(0.0f32, 0.0f32)];
        for (segment, opinion) in segments.iter().zip(first) {
            let (sum, weighed) = totals[totals.len() - 1];
            totals.push((sum + opinion * weight(segment), weighed + weight(segment)));
        }
        Self {
            segments,
            first,
            totals,
            distances: both_ways(segments.len(), |order| distances(first, order)),
            whole: if is_page {
                Whole::Page(PageView::new(segments, first))
            } else {
                Whole::Flat(FlatView::new(segments, first))
            },
        }
    }

    /// The columns of one segment.
    fn put(&self, index: usize, cells: &mut Vec<f32>) {
        let count = self.segments.len();
        for offset in -NEIGHBOURS..=NEIGHBOURS {
            let at = index.checked_add_signed(offset);
            cells.push(at.and_then(|at| self.first.get(at)).copied().unwrap_or(NONE));
        }
        let all = self.totals[count].0.max(1.0);
        cells.extend([
            self.mean(index.saturating_sub(5)..index),
            self.mean(index + 1..(index + 6).min(count)),
            self.mean(index.saturating_sub(12)..(index + 13).min(count)),
            self.totals[index].0 / all,
            all,
            self.distances[0][index],
            self.distances[1][index],
        ]);
        match &self.whole {
            Whole::Flat(flat) => flat.put(self, index, all, cells),
            Whole::Page(page) => page.put(self, index, all, cells),
        }
    }

    /// The mean opinion of a range of segments, 0 of an empty one.
    fn mean(&self, range: Range<usize>) -> f32 {
        if range.is_empty() {
            return 0.0;
        }
        let (from, to) = (self.totals[range.start], self.totals[range.end]);
        (to.0 - from.0) / (to.1 - from.1)
    }
}

impl FlatView {
    fn new(segments: &[Segment], first: &[f32]) -> Self {
        Self {
            stretches: [0.25, 0.45].map(|even| Rivals::new(segments, first, even)),
            alike: pool(segments, first, |segment| segment.place.signature),
            threshold: half_of_expected(first, segments),
        }
    }

    fn put(&self, view: &View, index: usize, all: f32, cells: &mut Vec<f32>) {
        let count = view.segments.len();
        let own = weight(&view.segments[index]);
        let opinion = view.first[index];
        let alike = self.alike[&view.segments[index].place.signature];
        let others =
            Pool { opinions: alike.opinions - opinion * own, weights: alike.weights - own };
        cells.extend([
            view.mean(index.saturating_sub(25)..index),
            view.mean(index + 1..(index + 26).min(count)),
            view.mean(0..count),
            self.threshold,
            opinion - self.threshold,
            if others.weights < 0.5 { NONE } else { others.mean() },
            alike.weights / own,
        ]);
        let sum = |range: &Range<usize>| view.totals[range.end].0 - view.totals[range.start].0;
        let words = |range: Range<usize>| view.totals[range.end].1 - view.totals[range.start].1;
        for Rivals { best, next } in &self.stretches {
            let likely = sum(best);
            cells.extend([
                index as f32 - best.start as f32,
                best.end as f32 - 1.0 - index as f32,
                likely / all,
                view.mean(best.clone()),
                words(best.clone()),
                words(0..index) - words(0..best.start),
                words(0..best.end) - words(0..index),
                sum(next) / likely.max(1.0),
                f32::from(u8::from(next.contains(&index))),
                next.start as f32 - best.start as f32,
            ]);
        }
    }
}

impl Rivals {
    fn new(segments: &[Segment], first: &[f32], even: f32) -> Self {
        let best = stretch(first, segments, even);
        let before = stretch(&first[..best.start], segments, even);
        let behind = stretch(&first[best.end..], &segments[best.end..], even);
        let behind = behind.start + best.end..behind.end + best.end;
        let likely = |range: &Range<usize>| -> f32 {
            range.clone().map(|index| first[index] * weight(&segments[index])).sum()
        };
        let next = if likely(&before) >= likely(&behind) { before } else { behind };
        Self { best, next }
    }
}

impl PageView {
    fn new(segments: &[Segment], first: &[f32]) -> Self {
        let count = segments.len();
        Self {
            stretch: stretch(first, segments, 0.5),
            prose: both_ways(count, |order| {
                let mut last = NONE;
                order
                    .map(|index| {
                        let now = last;
                        if segments[index].is_prose() {
                            last = first[index];
                        }
                        now
                    })
                    .collect()
            }),
            alike: both_ways(count, |order| {
                let mut last: FastMap<u64, f32> = FastMap::default();
                order
                    .map(|index| {
                        let signature = segments[index].place.signature;
                        last.insert(signature, first[index]).unwrap_or(NONE)
                    })
                    .collect()
            }),
            containers: [0, 1, 2]
                .map(|at| pool(segments, first, |segment| segment.place.containers[at])),
            signatures: pool(segments, first, |segment| segment.place.signature),
        }
    }

    fn put(&self, view: &View, index: usize, all: f32, cells: &mut Vec<f32>) {
        let segment = &view.segments[index];
        let own = weight(segment);
        let containers = self
            .containers
            .iter()
            .zip(segment.place.containers)
            .map(|(pools, container)| pools[&container]);
        let signature = self.signatures[&segment.place.signature];
        let pools: Vec<Pool> = containers.chain([signature]).collect();
        cells.extend([pools[0].mean(), signature.mean()]);
        for pool in pools {
            let others = Pool {
                opinions: pool.opinions - view.first[index] * own,
                weights: pool.weights - own,
            };
            let is_alone = others.weights < 0.5;
            cells.extend([if is_alone { NONE } else { others.mean() }, pool.opinions / all]);
        }
        let words = |range: Range<usize>| view.totals[range.end].1 - view.totals[range.start].1;
        let Range { start, end } = self.stretch;
        cells.extend([
            self.prose[0][index],
            self.prose[1][index],
            self.alike[0][index],
            self.alike[1][index],
            words(start..end),
            index as f32 - start as f32,
            end as f32 - 1.0 - index as f32,
            words(0..index) - words(0..start),
            words(0..end) - words(0..index),
        ]);
    }
}

impl Pool {
    fn mean(self) -> f32 {
        self.opinions / self.weights
    }
}

/// What is gathered walking forwards, and what walking backwards, one entry a segment.
fn both_ways(
    count: usize,
    gather: impl Fn(&mut dyn Iterator<Item = usize>) -> Vec<f32>,
) -> [Vec<f32>; 2] {
    let mut behind = gather(&mut (0..count).rev());
    behind.reverse();
    [gather(&mut (0..count)), behind]
}

fn weight(segment: &Segment) -> f32 {
    segment.measure.words as f32 + 1.0
}

fn pool<Key: Hash + Eq>(
    segments: &[Segment],
    first: &[f32],
    key: impl Fn(&Segment) -> Key,
) -> FastMap<Key, Pool> {
    let mut pools: FastMap<Key, Pool> = FastMap::default();
    for (segment, opinion) in segments.iter().zip(first) {
        let pool = pools.entry(key(segment)).or_default();
        pool.opinions += opinion * weight(segment);
        pool.weights += weight(segment);
    }
    pools
}

/// Segments since the last one that is likely the article's, in the given order.
fn distances(first: &[f32], order: &mut dyn Iterator<Item = usize>) -> Vec<f32> {
    let mut distance = FARTHEST;
    order
        .map(|index| {
            let now = distance;
            distance = if first[index] > 0.5 { 1.0 } else { (distance + 1.0).min(FARTHEST) };
            now
        })
        .collect()
}
