//! Which segments are the article's: two forests, the second of which also sees
//! what the first thought of the segments around. In text that came flat both see
//! what a linear model thinks of the wording; in pages that was no gain.

use std::ops::Range;
use std::sync::LazyLock;

use crate::stage::Deadline;
use crate::stages::boilerplate::features::{self, Matrix, Statements};
use crate::stages::boilerplate::segment::{Marks, Segment};
use crate::stages::boilerplate::wording::{Wording, with_wording};
use crate::stages::forest::Forest;
use crate::text::hashing::FastMap;

pub struct Model {
    wording: Option<Wording>,
    first: Forest,
    second: Forest,
    is_page: bool,
    thresholds: Thresholds,
}

/// For pages.
pub static PAGE: LazyLock<Model> = LazyLock::new(|| Model {
    wording: None,
    first: Forest::read(include_bytes!("models/page.first")).expect(SHIPPED),
    second: Forest::read(include_bytes!("models/page.second")).expect(SHIPPED),
    is_page: true,
    thresholds: Thresholds { inside: 0.4, outside: 0.6, even: 0.4 },
});

/// For text that came flat.
pub static FLAT: LazyLock<Model> = LazyLock::new(|| Model {
    wording: Some(Wording::read(include_bytes!("models/flat.wording")).expect(SHIPPED)),
    first: Forest::read(include_bytes!("models/flat.first")).expect(SHIPPED),
    second: Forest::read(include_bytes!("models/flat.second")).expect(SHIPPED),
    is_page: false,
    thresholds: Thresholds { inside: 0.4, outside: 0.6, even: 0.3 },
});

const SHIPPED: &str = "the model files are part of the build";

impl Model {
    /// Which segments are the article's; `body` is where the prose is.
    pub fn choose(
        &self,
        text: &str,
        segments: &[Segment],
        body: &Range<usize>,
        statements: &Statements,
        deadline: &Deadline,
    ) -> Vec<bool> {
        deadline.check();
        let candidates = candidates(segments);
        let matrix = features::matrix(text, segments, body, statements, self.is_page, &candidates);
        deadline.check();
        let matrix = match &self.wording {
            Some(wording) => with_wording(&matrix, &wording.opinions(text, segments, &candidates)),
            None => matrix,
        };
        deadline.check();
        let probabilities = self.probabilities(&matrix, segments);
        keep(&probabilities, segments, body, self.thresholds)
    }

    /// The probability of each segment to be the article's, 0 to 1.
    fn probabilities(&self, matrix: &Matrix, segments: &[Segment]) -> Vec<f32> {
        let first = judge(&self.first, matrix, &vec![0.0; segments.len()]);
        let doubtful: Vec<bool> = first
            .iter()
            .map(|probability| (CERTAIN..1.0 - CERTAIN).contains(probability))
            .collect();
        let second = with_opinions(matrix, segments, &first, &doubtful);
        judge(&self.second, &second, &first)
    }
}

/// Nearer to 0 or 1 than this the first forest is not asked again.
const CERTAIN: f32 = 0.01;

/// What the forest thinks of each segment; what was thought before of those without a row.
pub fn judge(forest: &Forest, matrix: &Matrix, before: &[f32]) -> Vec<f32> {
    let judged = || (0..before.len()).filter_map(|index| Some((index, matrix.row(index)?)));
    let rows: Vec<&[f32]> = judged().map(|(_, row)| row).collect();
    let probabilities = forest.probabilities(&rows);
    let mut opinions = before.to_vec();
    for ((index, _), probability) in judged().zip(probabilities) {
        opinions[index] = probability;
    }
    opinions
}

/// How far from prose a segment can stand and still be the article's.
const REACH: usize = 6;

/// Segments near prose, or marked as the article's; the others need no judging.
pub fn candidates(segments: &[Segment]) -> Vec<bool> {
    let mut candidates = vec![false; segments.len()];
    for (index, segment) in segments.iter().enumerate() {
        if segment.is_prose() && segment.linked_share() < 0.8 {
            let end = (index + REACH + 1).min(segments.len());
            candidates[index.saturating_sub(REACH)..end].fill(true);
        } else if segment.place.marks.has(Marks::ARTICLE_BODY) {
            candidates[index] = true;
        }
    }
    candidates
}

/// How sure the article's own stretch must be of a segment, and how sure the rest.
/// Those of the models were chosen on sites that they were not trained on.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    pub inside: f32,
    pub outside: f32,
    /// What a word less probable than this speaks against.
    pub even: f32,
}

/// Which segments are kept: within the stretch of segments that is likeliest the
/// article's as a whole, the likely ones; elsewhere only those that are certain.
///
/// Where nothing is likely enough, the prose of `body` is kept: a brief item is
/// unlike the articles that the models have seen, and losing all of it is worse
/// than keeping a line too many.
pub fn keep(
    probabilities: &[f32],
    segments: &[Segment],
    body: &Range<usize>,
    thresholds: Thresholds,
) -> Vec<bool> {
    let mut best = (0.0, 0..0);
    let (mut total, mut start) = (0.0f32, 0);
    for (index, (probability, segment)) in probabilities.iter().zip(segments).enumerate() {
        if total <= 0.0 {
            (total, start) = (0.0, index);
        }
        total += (probability - thresholds.even) * (segment.measure.words.min(100) as f32 + 1.0);
        if total > best.0 {
            best = (total, start..index + 1);
        }
    }
    let likely: Vec<bool> = probabilities
        .iter()
        .enumerate()
        .map(|(index, &probability)| {
            let inside = best.1.contains(&index);
            probability > if inside { thresholds.inside } else { thresholds.outside }
        })
        .collect();
    if likely.contains(&true) {
        return likely;
    }
    let is_prose = |segment: &Segment| segment.is_prose() && segment.phrase.is_none();
    segments
        .iter()
        .enumerate()
        .map(|(index, segment)| body.contains(&index) && is_prose(segment))
        .collect()
}

const NEIGHBOURS: isize = 4;

/// The rows with the first forest's opinions of the surroundings behind them.
pub fn with_opinions(
    matrix: &Matrix,
    segments: &[Segment],
    first: &[f32],
    wanted: &[bool],
) -> Matrix {
    let weights: Vec<f32> = segments.iter().map(|s| s.measure.words as f32 + 1.0).collect();
    let mut totals = vec![(0.0f32, 0.0f32)];
    for (opinion, weight) in first.iter().zip(&weights) {
        let (sum, weighed) = totals[totals.len() - 1];
        totals.push((sum + opinion * weight, weighed + weight));
    }
    let mean = |from: usize, to: usize| {
        let (sum, weighed) = (totals[to].0 - totals[from].0, totals[to].1 - totals[from].1);
        if weighed > 0.0 { sum / weighed } else { 0.0 }
    };
    let mut by_container: FastMap<u32, (f32, f32)> = FastMap::default();
    let mut by_signature: FastMap<u64, (f32, f32)> = FastMap::default();
    for ((segment, opinion), weight) in segments.iter().zip(first).zip(&weights) {
        let entry = by_container.entry(segment.place.containers[0]).or_default();
        *entry = (entry.0 + opinion * weight, entry.1 + weight);
        let entry = by_signature.entry(segment.place.signature).or_default();
        *entry = (entry.0 + opinion * weight, entry.1 + weight);
    }
    let (last_kept, next_kept) = distances(first);
    let count = segments.len();
    let all = totals[count].0.max(1.0);
    let mut cells = Vec::new();
    let mut columns = 0;
    let mut places = vec![usize::MAX; count];
    for (index, segment) in segments.iter().enumerate() {
        let Some(row) = matrix.row(index).filter(|_| wanted[index]) else { continue };
        let start = cells.len();
        places[index] = start;
        cells.extend_from_slice(row);
        for offset in -NEIGHBOURS..=NEIGHBOURS {
            let at = index.checked_add_signed(offset);
            cells.push(at.and_then(|at| first.get(at)).copied().unwrap_or(-0.1));
        }
        let container = by_container[&segment.place.containers[0]];
        let alike = by_signature[&segment.place.signature];
        cells.extend([
            mean(index.saturating_sub(5), index),
            mean(index + 1, (index + 6).min(count)),
            mean(index.saturating_sub(12), (index + 13).min(count)),
            totals[index].0 / all,
            all,
            last_kept[index],
            next_kept[index],
            container.0 / container.1,
            alike.0 / alike.1,
        ]);
        columns = cells.len() - start;
    }
    Matrix::new(columns, cells, places)
}

/// Segments to the last one before and the next one behind that is likely the article's.
fn distances(first: &[f32]) -> (Vec<f32>, Vec<f32>) {
    fn count<'a>(opinions: impl Iterator<Item = &'a f32>) -> Vec<f32> {
        let mut distance = 100.0f32;
        opinions
            .map(|&opinion| {
                let now = distance;
                distance = if opinion > 0.5 { 1.0 } else { (distance + 1.0).min(100.0) };
                now
            })
            .collect()
    }
    let before = count(first.iter());
    let mut after = count(first.iter().rev());
    after.reverse();
    (before, after)
}
