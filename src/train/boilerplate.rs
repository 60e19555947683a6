//! Trains the boilerplate stage's models on labelled pages, and says how good
//! they are on sites that they were not trained on.

use std::collections::HashMap;
use std::io::BufReader;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::boosting::{self, Examples, Plan};
use super::joints;
use super::labels::{Label, labels};
use super::network::{self, Sequence};
use super::wording::{self, Example};
use crate::eval::extract::{PageScore, Report, score};
use crate::eval::labelled::{self, Labelled};
use crate::site::{Address, Page, SiteView};
use crate::stage::Deadline;
use crate::stages::boilerplate::choice::{Thresholds, keep};
use crate::stages::boilerplate::features::{self, Matrix, Statements};
use crate::stages::boilerplate::flat::{self, joint};
use crate::stages::boilerplate::model::{average, candidates, forget, hopeful, judge, sequence};
use crate::stages::boilerplate::network::Networks;
use crate::stages::boilerplate::opinions::with_opinions;
use crate::stages::boilerplate::page::Lines;
use crate::stages::boilerplate::recurrence;
use crate::stages::boilerplate::segment::Segment;
use crate::stages::boilerplate::wording::{Wording, with_wording};
use crate::stages::boilerplate::{decide, page};
use crate::stages::forest::Forest;

const FOLDS: u64 = 3;

/// Of the first forest and the second. Flat text has no tags to tell, and takes more trees.
fn plans(form: Form) -> (Plan, Plan) {
    let plan = |trees, learning_rate| Plan { trees, learning_rate, ..Plan::default() };
    match form {
        Form::Page => (plan(150, 0.1), plan(100, 0.1)),
        Form::Flat => (plan(160, 0.08), plan(120, 0.08)),
    }
}

/// A labelled page, prepared.
struct Sample {
    set: usize,
    /// Pages of one site fall into one fold.
    fold: u64,
    id: String,
    /// Which of the texts that were made of its page.
    input: usize,
    /// None for what is no page.
    address: Option<Address>,
    text: String,
    segments: Vec<Segment>,
    /// Without what is thought of its wording.
    plain: Matrix,
    matrix: Matrix,
    candidates: Vec<bool>,
    labels: Vec<Label>,
    gold: String,
}

impl Sample {
    fn word(&mut self, wording: &Wording) {
        let opinions = wording.opinions(&self.text, &self.segments, &self.candidates);
        self.matrix = with_wording(&self.plain, &opinions);
    }

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

pub(super) fn fold(url: &str) -> u64 {
    let hash = site(url).bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 20
}

/// The samples; what tells whether lines are to be joined is trained on `pages` of other sites
/// than the sample's, or as it ships where there are none.
fn load(paths: &[PathBuf], form: Form, pages: &[PathBuf]) -> Vec<Sample> {
    let trained = if pages.is_empty() { Vec::new() } else { joints::without_folds(pages, FOLDS) };
    let joints = |fold: u64| trained.get((fold % FOLDS) as usize).unwrap_or(&joint::SHIPPED);
    let mut samples = Vec::new();
    for (set, path) in paths.iter().enumerate() {
        let file = std::fs::File::open(path).expect("the set can be opened");
        for row in labelled::read::<Labelled>(BufReader::new(file)) {
            let (_, row) = row.expect("a labelled page a line");
            let fold = fold(row.url.as_deref().unwrap_or(&row.id));
            samples.extend(prepare(set, row, fold, form, joints(fold)));
        }
    }
    samples
}

fn prepare(set: usize, row: Labelled, fold: u64, form: Form, joints: &Forest) -> Vec<Sample> {
    let address = row.url.as_deref().and_then(Address::of);
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
            // A page is flattened both ways: a line a block, and a line a stretch of text.
            let texts: Vec<String> = match (text, html) {
                (Some(text), _) => vec![text],
                (None, Some(html)) => vec![
                    page::prepare(&html, None, &deadline).0,
                    page::text_nodes(&html, Lines::Dropped, &deadline).0,
                ],
                (None, None) => Vec::new(),
            };
            for text in texts.into_iter().chain([gold.clone()]) {
                let (segments, _) = flat::segments(&text, joints, &deadline);
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
    // The last of the flat ones is the gold text.
    let count = inputs.len() + usize::from(form == Form::Page);
    inputs
        .into_iter()
        .enumerate()
        .map(|(input, (text, segments, matrix))| {
            let spans: Vec<Range<usize>> = segments.iter().map(|s| s.span.clone()).collect();
            let mut labels = labels(&text, &spans, &gold);
            if input + 1 == count && form == Form::Flat {
                // The gold text itself is all body.
                labels.iter_mut().for_each(|label| label.is_body = true);
            }
            Sample {
                set: if input + 1 < count { set } else { usize::MAX },
                fold,
                id: row.id.clone(),
                input,
                address: address.clone().filter(|_| input + 1 < count),
                candidates: candidates(&segments),
                labels,
                gold: gold.clone(),
                text,
                segments,
                matrix: matrix.clone(),
                plain: matrix,
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
                examples.weights.push(weight(label));
            }
        }
    }
    examples
}

/// Every page counts alike, and a segment by its share of the page.
fn weight(label: &Label) -> f32 {
    0.002 + label.share.min(0.5)
}

/// The wording of the samples' segments.
fn train_wording(samples: &[&Sample]) -> Wording {
    wording::train(samples.iter().flat_map(|sample| {
        let judged = (0..sample.segments.len()).filter(|&segment| sample.candidates[segment]);
        judged.map(|segment| Example {
            text: &sample.text[sample.segments[segment].span.clone()],
            is_body: sample.labels[segment].is_body,
            weight: 0.01 + sample.labels[segment].share.min(0.1),
        })
    }))
}

/// Each sample's rows with what a model of the other parts' wording says of it.
fn held_out_wording(samples: &mut [&mut Sample]) {
    const PARTS: u64 = 3;
    let part = |sample: &Sample| sample.fold / FOLDS / 2 % PARTS;
    for held in 0..PARTS {
        let others: Vec<&Sample> =
            samples.iter().map(|sample| &**sample).filter(|sample| part(sample) != held).collect();
        let wording = train_wording(&others);
        for sample in samples.iter_mut().filter(|sample| part(sample) == held) {
            sample.word(&wording);
        }
    }
}

fn train_first(samples: &[&Sample], plan: &Plan) -> Forest {
    boosting::train(&examples(samples, |index| &samples[index].matrix), plan)
}

fn train_second(samples: &[&Sample], opinions: &[Vec<f32>], plan: &Plan, form: Form) -> Forest {
    let matrices: Vec<Matrix> = samples
        .iter()
        .zip(opinions)
        .map(|(sample, first)| {
            with_opinions(
                &sample.matrix,
                &sample.segments,
                first,
                &sample.candidates,
                form == Form::Page,
            )
        })
        .collect();
    boosting::train(&examples(samples, |index| &matrices[index]), plan)
}

fn train_networks(samples: &[&Sample], opinions: &[Vec<f32>]) -> Networks {
    let sequences: Vec<Sequence> = samples
        .iter()
        .zip(opinions)
        .map(|(sample, first)| {
            let read = hopeful(first);
            let matrix = with_opinions(&sample.matrix, &sample.segments, first, &read, true);
            let mut sequence =
                Sequence { cells: sequence(&matrix, &read).concat(), ..Sequence::default() };
            for ((label, first), _) in
                sample.labels.iter().zip(first).zip(&read).filter(|(_, read)| **read)
            {
                sequence.labels.push(softened(label, *first));
                sequence.weights.push(weight(label));
            }
            sequence
        })
        .collect();
    network::train(&sequences, &network::Plan::default())
}

/// What a network is to say of a segment. Labels found by aligning are sometimes wrong, and
/// what a forest trained on other sites thinks of the segment tells where.
fn softened(label: &Label, first: f32) -> f32 {
    let right = f32::from(u8::from(label.is_body));
    right + LEAN * (first - right)
}

/// How far a label leans towards the forest.
const LEAN: f32 = 0.3;

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
        .map(|sample| {
            judge(
                &forests[half(sample) as usize],
                &sample.matrix,
                &vec![0.0; sample.segments.len()],
                &Deadline::never(),
            )
        })
        .collect()
}

pub struct Trained {
    /// For flat text only.
    pub wording: Option<Wording>,
    pub first: Forest,
    pub second: Forest,
    /// For pages only.
    pub networks: Option<Networks>,
}

fn train(mut samples: Vec<&mut Sample>, form: Form) -> Trained {
    let (plan, second_plan) = &plans(form);
    if form == Form::Flat {
        held_out_wording(&mut samples);
    }
    let samples: &[&Sample] = &samples.iter().map(|sample| &**sample).collect::<Vec<_>>();
    let opinions = held_out_opinions(samples, plan);
    Trained {
        wording: (form == Form::Flat).then(|| train_wording(samples)),
        networks: (form == Form::Page).then(|| train_networks(samples, &opinions)),
        second: train_second(samples, &opinions, second_plan, form),
        first: train_first(samples, plan),
    }
}

/// The thresholds whose figures are shown.
const TRIED: [Thresholds; 4] = [
    Thresholds { least: 0.5, most: 0.5, apart: 0.0, stretch: 1.0 },
    Thresholds { least: 0.4, most: 0.4, apart: 0.2, stretch: 0.75 },
    Thresholds { least: 0.15, most: 0.45, apart: 0.15, stretch: 0.9 },
    Thresholds { least: 0.15, most: 0.4, apart: 0.2, stretch: 0.75 },
];

/// For each sample what the other pages of its site have shown, as far as the set has
/// pages: each as the heuristics see it, since the models know what is right of most.
fn views(samples: &[Sample]) -> Vec<Option<SiteView>> {
    let mut sites: HashMap<(usize, usize, &str), Vec<Arc<Page>>> = HashMap::new();
    for sample in samples {
        let Some(address) = &sample.address else { continue };
        let body = decide::body(&sample.segments);
        let kept: Vec<bool> = (0..sample.segments.len()).map(|at| body.contains(&at)).collect();
        let shown = recurrence::shown_by(&sample.text, &sample.segments, &kept);
        let pages = sites.entry((sample.set, sample.input, &address.host)).or_default();
        pages.push(Arc::new(Page::new(address.page, shown)));
    }
    let view = |sample: &Sample| {
        let address = sample.address.as_ref()?;
        let pages = sites.get(&(sample.set, sample.input, address.host.as_str()))?;
        let others = pages.iter().filter(|page| page.id() != address.page);
        Some(SiteView::new(others.cloned().collect()))
    };
    samples.iter().map(view).collect()
}

/// What the models think of a sample's segments of which some are known to recur.
fn both(trained: &Trained, sample: &Sample, recurring: &[Option<f32>], form: Form) -> Vec<f32> {
    let nothing = vec![0.0; sample.segments.len()];
    let mut first = judge(&trained.first, &sample.matrix, &nothing, &Deadline::never());
    forget(&mut first, recurring);
    let is_page = form == Form::Page;
    let second =
        with_opinions(&sample.matrix, &sample.segments, &first, &sample.candidates, is_page);
    let mut probabilities = judge(&trained.second, &second, &nothing, &Deadline::never());
    if let Some(networks) = &trained.networks {
        let read = hopeful(&first);
        let rows = sequence(&second, &read);
        average(&mut probabilities, &read, &networks.probabilities(&rows, &Deadline::never()));
    }
    forget(&mut probabilities, recurring);
    probabilities
}

/// Trains on two thirds of the sites and tests on the third, three times. Flat text is
/// tested a second time with what the other pages of its site have shown.
pub fn cross_validate(paths: &[PathBuf], form: Form, pages: &[PathBuf]) -> String {
    let mut samples = load(paths, form, pages);
    let views = if form == Form::Flat { views(&samples) } else { vec![None; samples.len()] };
    let mut opinions: Vec<Vec<f32>> = vec![Vec::new(); samples.len()];
    let mut remembering: Vec<Option<Vec<f32>>> = vec![None; samples.len()];
    for held in 0..FOLDS {
        let others: Vec<&mut Sample> =
            samples.iter_mut().filter(|sample| sample.fold % FOLDS != held).collect();
        let trained = train(others, form);
        for (at, sample) in samples.iter_mut().enumerate() {
            if sample.fold % FOLDS != held {
                continue;
            }
            if let Some(wording) = &trained.wording {
                sample.word(wording);
            }
            opinions[at] = both(&trained, sample, &[], form);
            remembering[at] = views[at].as_ref().map(|site| {
                let body = decide::body(&sample.segments);
                let recurring = recurrence::foresee(site, &sample.text, &sample.segments, &body);
                both(&trained, sample, &recurring, form)
            });
        }
    }
    let tested: Vec<(&Sample, Vec<f32>)> = samples.iter().zip(opinions).collect();
    let mut shown = String::new();
    for thresholds in TRIED {
        shown += &format!("{thresholds:?}\n");
        for (set, path) in paths.iter().enumerate() {
            let of_set = tested.iter().zip(&remembering).filter(|((it, _), _)| it.set == set);
            let alone = of_set.clone().map(|((sample, alone), _)| sample.score(alone, thresholds));
            shown += &format!("  {}: {}\n", path.display(), figures(alone.collect()));
            if form == Form::Flat {
                let with = of_set.map(|((sample, alone), with)| {
                    sample.score(with.as_ref().unwrap_or(alone), thresholds)
                });
                shown += &format!("    with the site's other pages: {}\n", figures(with.collect()));
            }
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

fn figures(pages: Vec<PageScore>) -> String {
    let report = Report { pages, input_bytes: 0, recurring: None };
    let (precision, recall) = (report.precision(), report.recall());
    format!("F1 {:.4}  precision {precision:.4}  recall {recall:.4}", report.f1())
}

/// Trains on everything; the model files' endings and bytes.
pub fn train_all(
    paths: &[PathBuf],
    form: Form,
    pages: &[PathBuf],
    header: &str,
) -> Vec<(&'static str, Vec<u8>)> {
    let mut samples = load(paths, form, pages);
    let trained = train(samples.iter_mut().collect(), form);
    let mut files =
        vec![("first", trained.first.write(header)), ("second", trained.second.write(header))];
    files.extend(trained.networks.map(|networks| ("networks", networks.write(header))));
    files.extend(trained.wording.map(|wording| ("wording", wording.write(header))));
    files
}
