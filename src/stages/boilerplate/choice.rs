//! Which segments to keep, when it is known how likely each is the article's.

use std::ops::Range;

use crate::stages::boilerplate::segment::Segment;

/// How sure one must be of a segment. Those of the models were chosen on sites that they
/// were not trained on.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// The least and the most that is asked of a segment in the article's own stretch.
    pub least: f32,
    pub most: f32,
    /// How much more is asked elsewhere.
    pub apart: f32,
    /// The share of what is asked from which on a segment speaks for a stretch.
    pub stretch: f32,
}

/// Which segments are kept: within the stretch of segments that is likeliest the
/// article's as a whole, the likely ones; elsewhere those that are likelier.
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
    let within = half_of_expected(probabilities, segments).clamp(thresholds.least, thresholds.most);
    let stretch = stretch(probabilities, segments, within * thresholds.stretch);
    let likely: Vec<bool> = probabilities
        .iter()
        .enumerate()
        .map(|(index, &probability)| {
            let apart = if stretch.contains(&index) { 0.0 } else { thresholds.apart };
            probability > within + apart
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

/// Half of the best F1 that can be expected of choosing by these probabilities: the
/// threshold that gives it (Lipton, Elkan and Naryanaswamy 2014, "Optimal thresholding of
/// classifiers to maximize F1 measure"). On a page of which the forests are sure it is
/// near a half, and lower the less they are.
pub fn half_of_expected(probabilities: &[f32], segments: &[Segment]) -> f32 {
    let weight = |index: usize| segments[index].measure.words as f32 + 0.5;
    let mut order: Vec<usize> = (0..segments.len()).filter(|&at| probabilities[at] > 0.0).collect();
    order.sort_by(|&one, &other| probabilities[other].total_cmp(&probabilities[one]));
    let expected: f32 = order.iter().map(|&at| probabilities[at] * weight(at)).sum();
    let (mut right, mut chosen) = (0.0, 0.0);
    order.iter().fold(0.0, |best: f32, &at| {
        right += probabilities[at] * weight(at);
        chosen += weight(at);
        best.max(right / (chosen + expected))
    })
}

/// The stretch of segments that is likeliest the article's as a whole: with the largest
/// sum of probabilities above `even`, each weighed by its segment's words.
pub fn stretch(probabilities: &[f32], segments: &[Segment], even: f32) -> Range<usize> {
    let mut best = (0.0, 0..0);
    let (mut total, mut start) = (0.0f32, 0);
    for (index, (probability, segment)) in probabilities.iter().zip(segments).enumerate() {
        if total <= 0.0 {
            (total, start) = (0.0, index);
        }
        total += (probability - even) * (segment.measure.words.min(100) as f32 + 1.0);
        if total > best.0 {
            best = (total, start..index + 1);
        }
    }
    best.1
}
