//! Which segments are the article's: two forests, the second of which also sees
//! what the first thought of the segments around. In text that came flat both see
//! what a linear model thinks of the wording; in pages that was no gain. In pages
//! networks read, in their order, the segments that the first forest has any hope for, and
//! their probabilities are averaged with the second's.
//!
//! What is asked of a segment falls with what can be expected of the page as a whole.
//!
//! On sites held out (`copydesk-train check page`) F1 is .951 on
//! article-extraction-dataset, .964 on fundus' evaluation, .978 on scrapinghub's benchmark,
//! .953 on WCXB articles and .963 on fundus' tests. As flat text, with a line a stretch of
//! text and with a line a block (`copydesk-train check flat`), it is .910 and .913 on the
//! first, .909 and .922, .923 and .920, and for both kinds of lines together .936 and .928.

use std::ops::Range;
use std::sync::LazyLock;

use crate::stage::Deadline;
use crate::stages::boilerplate::choice::{Thresholds, keep};
use crate::stages::boilerplate::features::{self, Matrix, Statements};
use crate::stages::boilerplate::network::Networks;
use crate::stages::boilerplate::opinions::with_opinions;
use crate::stages::boilerplate::segment::{Marks, Segment};
use crate::stages::boilerplate::wording::{Wording, with_wording};
use crate::stages::forest::Forest;

pub struct Model {
    wording: Option<Wording>,
    first: Forest,
    second: Forest,
    /// For pages only; it was no gain in flat text.
    networks: Option<Networks>,
    is_page: bool,
    thresholds: Thresholds,
}

/// For pages.
pub static PAGE: LazyLock<Model> = LazyLock::new(|| Model {
    wording: None,
    first: Forest::read(include_bytes!("models/page.first")).expect(SHIPPED),
    second: Forest::read(include_bytes!("models/page.second")).expect(SHIPPED),
    networks: Some(Networks::read(include_bytes!("models/page.networks")).expect(SHIPPED)),
    is_page: true,
    thresholds: THRESHOLDS,
});

/// For text that came flat.
pub static FLAT: LazyLock<Model> = LazyLock::new(|| Model {
    wording: Some(Wording::read(include_bytes!("models/flat.wording")).expect(SHIPPED)),
    first: Forest::read(include_bytes!("models/flat.first")).expect(SHIPPED),
    second: Forest::read(include_bytes!("models/flat.second")).expect(SHIPPED),
    networks: None,
    is_page: false,
    thresholds: THRESHOLDS,
});

/// The best of those that were tried on sites held out, of pages and of flat text alike.
const THRESHOLDS: Thresholds = Thresholds { least: 0.15, most: 0.45, apart: 0.15, stretch: 0.9 };

const SHIPPED: &str = "the model files are part of the build";

impl Model {
    /// Which segments are the article's; `body` is where the prose is, and those that
    /// `recurring` has a figure for are known to be furniture.
    pub fn choose(
        &self,
        text: &str,
        segments: &[Segment],
        body: &Range<usize>,
        statements: &Statements,
        recurring: &[Option<f32>],
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
        let probabilities = self.probabilities(&matrix, segments, recurring, deadline);
        keep(&probabilities, segments, body, self.thresholds)
    }

    /// The probability of each segment to be the article's, 0 to 1.
    fn probabilities(
        &self,
        matrix: &Matrix,
        segments: &[Segment],
        recurring: &[Option<f32>],
        deadline: &Deadline,
    ) -> Vec<f32> {
        let mut first = judge(&self.first, matrix, &vec![0.0; segments.len()], deadline);
        forget(&mut first, recurring);
        let is_doubtful = |&opinion: &f32| (CERTAIN..1.0 - CERTAIN).contains(&opinion);
        let Some(networks) = &self.networks else {
            let doubtful: Vec<bool> = first.iter().map(is_doubtful).collect();
            let second = with_opinions(matrix, segments, &first, &doubtful, self.is_page);
            return judge(&self.second, &second, &first, deadline);
        };
        let hopeful = hopeful(&first);
        let second = with_opinions(matrix, segments, &first, &hopeful, self.is_page);
        let judged = networks.probabilities(&sequence(&second, &hopeful), deadline);
        deadline.check();
        let doubtful = second.only(|index| is_doubtful(&first[index]));
        let mut probabilities = judge(&self.second, &doubtful, &first, deadline);
        average(&mut probabilities, &hopeful, &judged);
        probabilities
    }
}

/// Which segments the networks read: the others are surely not the article's.
pub fn hopeful(first: &[f32]) -> Vec<bool> {
    first.iter().map(|&opinion| opinion >= HOPELESS).collect()
}

/// What the networks read: a row a segment of those that are `wanted`.
pub fn sequence<'a>(matrix: &'a Matrix, wanted: &[bool]) -> Vec<&'a [f32]> {
    let wanted = (0..wanted.len()).filter(|&index| wanted[index]);
    wanted.filter_map(|index| matrix.row(index)).collect()
}

/// Forests and networks count alike for the segments that the networks have read; those
/// were `judged` by them, in order.
pub fn average(probabilities: &mut [f32], read: &[bool], judged: &[f32]) {
    let of_read = probabilities.iter_mut().zip(read).filter(|(_, read)| **read);
    for ((probability, _), judged) in of_read.zip(judged) {
        *probability = (*probability + judged) / 2.0;
    }
}

/// Takes what recurs on the site's pages out of an opinion.
pub fn forget(opinion: &mut [f32], recurring: &[Option<f32>]) {
    for (opinion, recurring) in opinion.iter_mut().zip(recurring) {
        if recurring.is_some() {
            *opinion = 0.0;
        }
    }
}

/// Nearer to 0 or 1 than this the first forest is not asked again.
const CERTAIN: f32 = 0.01;

/// Below this the networks do not read a segment.
const HOPELESS: f32 = 0.002;

/// What the forest thinks of each segment; what was thought before of those without a row.
pub fn judge(forest: &Forest, matrix: &Matrix, before: &[f32], deadline: &Deadline) -> Vec<f32> {
    let judged = || (0..before.len()).filter_map(|index| Some((index, matrix.row(index)?)));
    let rows: Vec<&[f32]> = judged().map(|(_, row)| row).collect();
    let probabilities = forest.probabilities(&rows, &|| deadline.check());
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
