//! Trains the boilerplate stage's models on labelled pages, and says how good
//! they are on sites that they were not trained on.

use std::io::BufReader;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use super::boosting::{self, Examples, Plan};
use super::labels::{Label, labels};
use crate::eval::extract::{PageScore, Report, score};
use crate::eval::labelled::{self, Labelled};
use crate::stage::Deadline;
use crate::stages::boilerplate::features::{self, Matrix, Statements};
use crate::stages::boilerplate::model::{Thresholds, candidates, judge, keep, with_opinions};
use crate::stages::boilerplate::segment::Segment;
use crate::stages::boilerplate::{decide, flat, page};
use crate::stages::forest::Forest;

const FOLDS: u64 = 3;

/// Of the first forest and the second.
fn plans() -> (Plan, Plan) {
    (Plan { trees: 100, ..Plan::default() }, Plan { trees: 60, ..Plan::default() })
}

/// A labelled page, prepared.
struct Sample {
    set: usize,
    /// Pages of one site fall into one fold.
    fold: u64,
    id: String,
    text: String,
    segments: Vec<Segment>,
    matrix: Matrix,
    candidates: Vec<bool>,
    labels: Vec<Label>,
    gold: String,
}

impl Sample {
    fn score(&self, probabilities: &[f32], thresholds: Thresholds) -> PageScore {
        let body = decide::body(&self.segments);
        let kept = keep(probabilities, &self.segments, &body, thresholds);
        let kept: Vec<&str> = self
            .segments
            .iter()
            .zip(kept)
            .filter(|(_, kept)| *kept)
            .map(|(segment, _)| &self.text[segment.span.clone()])
            .collect();
        score(self.id.clone(), &self.gold, &kept.join("\n\n"), Duration::ZERO)
    }
}

/// Which form the samples have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Page,
    Flat,
}

fn site(url: &str) -> &str {
    let host = url.split("://").last().unwrap_or(url).split('/').next().unwrap_or(url);
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let _last = dots.next();
    let cut = match dots.next() {
        Some(at) if host.len() - at > 7 => at + 1,
        Some(_) => dots.next().map_or(0, |at| at + 1),
        None => 0,
    };
    &host[cut..]
}

fn fold(url: &str) -> u64 {
    let hash = site(url).bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 20
}

fn load(paths: &[PathBuf], form: Form) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (set, path) in paths.iter().enumerate() {
        let file = std::fs::File::open(path).expect("the set can be opened");
        for row in labelled::read(BufReader::new(file)) {
            let (_, row) = row.expect("a labelled page a line");
            samples.extend(prepare(set, row, form));
        }
    }
    samples
}

fn prepare(set: usize, row: Labelled, form: Form) -> Vec<Sample> {
    let fold = fold(row.url.as_deref().unwrap_or(&row.id));
    let gold = row.gold_text.expect("a page labelled with its body");
    let deadline = Deadline::never();
    let mut inputs = Vec::new();
    match (form, row.html, row.text) {
        (Form::Page, Some(html), _) => {
            let (text, segments, statements) = page::prepare(&html, row.url.clone(), &deadline);
            let body = decide::body(&segments);
            let matrix = features::matrix(
                &text,
                &segments,
                &body,
                &statements,
                true,
                &candidates(&segments),
            );
            inputs.push((text, segments, matrix));
        }
        (Form::Flat, html, text) => {
            let mut statements = Statements::default();
            if let Some(url) = &row.url {
                statements.add_address(url);
            }
            let text = text.or_else(|| html.map(|html| page::prepare(&html, None, &deadline).0));
            for text in text.into_iter().chain([gold.clone()]) {
                let (segments, _) = flat::segments(&text, &deadline);
                let body = decide::body(&segments);
                let matrix = features::matrix(
                    &text,
                    &segments,
                    &body,
                    &statements,
                    false,
                    &candidates(&segments),
                );
                inputs.push((text, segments, matrix));
            }
        }
        _ => {}
    }
    inputs
        .into_iter()
        .enumerate()
        .map(|(input, (text, segments, matrix))| {
            let spans: Vec<Range<usize>> = segments.iter().map(|s| s.span.clone()).collect();
            let mut labels = labels(&text, &spans, &gold);
            if input == 1 {
                // The gold text itself is all body.
                labels.iter_mut().for_each(|label| label.is_body = true);
            }
            Sample {
                set: if input == 0 { set } else { usize::MAX },
                fold,
                id: row.id.clone(),
                candidates: candidates(&segments),
                labels,
                gold: gold.clone(),
                text,
                segments,
                matrix,
            }
        })
        .collect()
}

/// A row a candidate segment, out of the matrix that `of` gives for the sample at a place.
fn examples<'a>(samples: &[&Sample], of: impl Fn(usize) -> &'a Matrix) -> Examples {
    let mut examples = Examples::default();
    for (index, sample) in samples.iter().enumerate() {
        let matrix = of(index);
        for (segment, label) in sample.labels.iter().enumerate() {
            if let Some(row) = matrix.row(segment) {
                examples.columns = matrix.columns;
                examples.cells.extend_from_slice(row);
                examples.labels.push(label.is_body);
                // Every page counts alike, and a segment by its share of the page.
                examples.weights.push(0.002 + label.share.min(0.5));
            }
        }
    }
    examples
}

fn train_first(samples: &[&Sample], plan: &Plan) -> Forest {
    boosting::train(&examples(samples, |index| &samples[index].matrix), plan)
}

fn train_second(samples: &[&Sample], opinions: &[Vec<f32>], plan: &Plan) -> Forest {
    let matrices: Vec<Matrix> = samples
        .iter()
        .zip(opinions)
        .map(|(sample, first)| {
            with_opinions(&sample.matrix, &sample.segments, first, &sample.candidates)
        })
        .collect();
    boosting::train(&examples(samples, |index| &matrices[index]), plan)
}

/// What a first forest trained on the other half thinks of each half.
fn held_out_opinions(samples: &[&Sample], plan: &Plan) -> Vec<Vec<f32>> {
    let half = |sample: &Sample| (sample.fold / FOLDS) % 2;
    let forests: Vec<Forest> = (0..2)
        .map(|held| {
            let others: Vec<&Sample> =
                samples.iter().copied().filter(|sample| half(sample) != held).collect();
            train_first(&others, plan)
        })
        .collect();
    samples
        .iter()
        .map(|sample| judge(&forests[half(sample) as usize], &sample.matrix, sample.segments.len()))
        .collect()
}

pub struct Trained {
    pub first: Forest,
    pub second: Forest,
}

fn train(samples: &[&Sample], plan: &Plan, second_plan: &Plan) -> Trained {
    let opinions = held_out_opinions(samples, plan);
    Trained {
        second: train_second(samples, &opinions, second_plan),
        first: train_first(samples, plan),
    }
}

/// The thresholds whose figures are shown.
const TRIED: [Thresholds; 4] = [
    Thresholds { inside: 0.5, outside: 0.5, even: 0.5 },
    Thresholds { inside: 0.4, outside: 0.6, even: 0.4 },
    Thresholds { inside: 0.4, outside: 0.8, even: 0.4 },
    Thresholds { inside: 0.3, outside: 0.9, even: 0.4 },
];

/// Trains on two thirds of the sites and tests on the third, three times.
pub fn cross_validate(paths: &[PathBuf], form: Form) -> String {
    let (plan, second_plan) = plans();
    let samples = load(paths, form);
    let mut tested: Vec<(&Sample, Vec<f32>)> = Vec::new();
    for held in 0..FOLDS {
        let others: Vec<&Sample> =
            samples.iter().filter(|sample| sample.fold % FOLDS != held).collect();
        let trained = train(&others, &plan, &second_plan);
        for sample in samples.iter().filter(|sample| sample.fold % FOLDS == held) {
            let first = judge(&trained.first, &sample.matrix, sample.segments.len());
            let second =
                with_opinions(&sample.matrix, &sample.segments, &first, &sample.candidates);
            let both = judge(&trained.second, &second, sample.segments.len());
            tested.push((sample, both));
        }
    }
    let mut shown = String::new();
    for thresholds in TRIED {
        shown += &format!("{thresholds:?}\n");
        for (set, path) in paths.iter().enumerate() {
            let report = Report {
                pages: tested
                    .iter()
                    .filter(|(sample, _)| sample.set == set)
                    .map(|(sample, both)| sample.score(both, thresholds))
                    .collect(),
                input_bytes: 0,
                recurring: None,
            };
            shown += &format!(
                "  {}: F1 {:.4}  precision {:.4}  recall {:.4}\n",
                path.display(),
                report.f1(),
                report.precision(),
                report.recall()
            );
        }
    }
    let clean: Vec<f32> = tested
        .iter()
        .filter(|(sample, _)| sample.set == usize::MAX)
        .map(|(_, both)| {
            both.iter().filter(|&&p| p <= 0.5).count() as f32 / both.len().max(1) as f32
        })
        .collect();
    if !clean.is_empty() {
        shown += &format!(
            "clean texts {} untouched {}\n",
            clean.len(),
            clean.iter().filter(|&&share| share == 0.0).count()
        );
    }
    shown
}

/// Trains on everything; the bytes of the two model files.
pub fn train_all(paths: &[PathBuf], form: Form, header: &str) -> (Vec<u8>, Vec<u8>) {
    let (plan, second_plan) = plans();
    let samples = load(paths, form);
    let all: Vec<&Sample> = samples.iter().collect();
    let trained = train(&all, &plan, &second_plan);
    (trained.first.write(header), trained.second.write(header))
}
