//! How well the repair stage restores spun news, on text whose spun places are
//! marked: respun clean news, or a page spun in the wild and marked by hand.
//!
//! A place is restored if its words, and whatever an edit took along, stand as
//! they stood before. An edit is false if it touches no marked place, or leaves
//! one as neither side has it; at a place of several originals it may choose among
//! them, and counts only if the place had to be changed. Precision = restored / (restored + false); recall =
//! restored / marked places that differ. Detection is measured on the spun texts
//! against the same texts unspun.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;
use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::labelled::EvalError;
use super::marked::{Mark, Marked, folded};
use crate::article::{Article, Flag};
use crate::edit::Change;
use crate::stage::{Deadline, Stage};
use crate::text::hashing::FastSet;

#[derive(Deserialize)]
struct Row {
    marked: String,
}

/// Pairs that change neither meaning nor grammar (`stated|said`): marked once, by
/// hand. Everything else matters.
static HARMLESS: LazyLock<FastSet<u64>> = LazyLock::new(|| {
    let lines = include_str!("harmless.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('|')).map(|(spun, was)| pair(spun, was)).collect()
});

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub restored: usize,
    pub wrong: usize,
    pub places: usize,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub documents: usize,
    pub all: Tally,
    /// Of places where the meaning is another or the grammar is broken.
    pub that_matter: Tally,
    /// Documents taken for spun, of the spun ones and of the same unspun.
    pub flagged: [usize; 2],
    /// Unspun documents that were changed.
    pub clean_changed: usize,
    scores: [Vec<f32>; 2],
    /// False edits and how often each was made.
    wrong: BTreeMap<String, usize>,
    /// Places that matter and were left, and how often.
    missed: BTreeMap<String, usize>,
    bytes: usize,
    time: Duration,
}

/// Each line of `gold` is a JSON object with `marked`.
pub fn evaluate(gold: impl BufRead, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for (index, line) in gold.lines().enumerate() {
        let number = index + 1;
        let line = line.map_err(|why| EvalError::Read { line: number, why })?;
        if line.trim().is_empty() {
            continue;
        }
        let row: Row = serde_json::from_str(&line)
            .map_err(|why| EvalError::NotLabelled { line: number, why })?;
        report.add(&Marked::read(&row.marked), stage);
    }
    if report.documents == 0 { Err(EvalError::Empty) } else { Ok(report) }
}

impl Report {
    fn add(&mut self, marked: &Marked, stage: &dyn Stage) {
        let mut article = Article::from_text(marked.spun.as_str());
        let start = Instant::now();
        stage.apply(&mut article, &Deadline::never());
        self.time += start.elapsed();
        self.bytes += marked.spun.len();
        self.documents += 1;
        self.judge(marked, &spun_changes(&article));
        let mut clean = Article::from_text(marked.original());
        stage.apply(&mut clean, &Deadline::never());
        self.clean_changed += usize::from(!spun_changes(&clean).is_empty());
        for (side, article) in [&article, &clean].into_iter().enumerate() {
            self.flagged[side] += usize::from(article.flags.contains(&Flag::SpunText));
            self.scores[side].push(article.spin_score.unwrap_or(0.0));
        }
    }

    fn judge(&mut self, marked: &Marked, changes: &[&Change]) {
        for mark in marked.marks.iter().filter(|mark| mark.differs) {
            let matters = !is_harmless(marked, mark);
            let verdict = verdict(marked, mark, changes);
            for tally in [Some(&mut self.all), matters.then_some(&mut self.that_matter)] {
                let Some(tally) = tally else { continue };
                tally.places += 1;
                tally.restored += usize::from(verdict == Verdict::Restored);
                tally.wrong += usize::from(verdict == Verdict::Wrong);
            }
            if matters && verdict == Verdict::Missed {
                let left = format!("{} | {}", &marked.spun[mark.span.clone()], mark.originals[0]);
                *self.missed.entry(left.to_lowercase()).or_default() += 1;
            }
        }
        for change in changes {
            let touches = |mark: &Mark| mark.differs && overlap(&mark.span, &change.span);
            // Where several words would do, the spun one among them.
            let would_do = |mark: &Mark| {
                !mark.differs
                    && overlap(&mark.span, &change.span)
                    && verdict(marked, mark, changes) == Verdict::Restored
            };
            let is_outside = !marked.marks.iter().any(|mark| touches(mark) || would_do(mark));
            self.all.wrong += usize::from(is_outside);
            let matters = matters(&change.before, &change.after);
            self.that_matter.wrong += usize::from(is_outside && matters);
            let marks = marked.marks.iter().filter(|mark| touches(mark));
            if is_outside
                || marks.into_iter().any(|m| verdict(marked, m, changes) == Verdict::Wrong)
            {
                let edit = format!("{} → {}", change.before, change.after).to_lowercase();
                *self.wrong.entry(edit).or_default() += 1;
            }
        }
    }

    /// How likely a spun text scores higher than an unspun one, ties for half.
    pub fn area_under_curve(&self) -> f64 {
        let mut clean = self.scores[1].clone();
        clean.sort_by(f32::total_cmp);
        let below = |score: f32| {
            let less = clean.partition_point(|other| *other < score);
            let same = clean.partition_point(|other| *other <= score) - less;
            less as f64 + same as f64 / 2.0
        };
        let sum: f64 = self.scores[0].iter().map(|score| below(*score)).sum();
        sum / (clean.len() * self.scores[0].len()).max(1) as f64
    }
}

/// The changes that the rules for spun text made.
fn spun_changes(article: &Article) -> Vec<&Change> {
    let is_spun = |change: &&Change| {
        std::iter::once(&change.rule).chain(&change.also).any(|r| r.0.starts_with("repair.spun."))
    };
    article.body().log().changes().iter().filter(is_spun).collect()
}

#[derive(PartialEq, Eq)]
enum Verdict {
    Restored,
    Missed,
    Wrong,
}

fn verdict(marked: &Marked, mark: &Mark, changes: &[&Change]) -> Verdict {
    let touching: Vec<&&Change> =
        changes.iter().filter(|change| overlap(&change.span, &mark.span)).collect();
    let (Some(first), Some(last)) = (touching.first(), touching.last()) else {
        return Verdict::Missed;
    };
    let mut region = mark.span.start.min(first.span.start)..mark.span.end.max(last.span.end);
    for other in &marked.marks {
        if overlap(&other.span, &region) {
            region = region.start.min(other.span.start)..region.end.max(other.span.end);
        }
    }
    let mut ours = String::new();
    let mut done = region.start;
    for change in changes.iter().filter(|change| overlap(&change.span, &region)) {
        ours.push_str(marked.spun.get(done..change.span.start).unwrap_or_default());
        ours.push_str(&change.after);
        done = change.span.end;
    }
    ours.push_str(marked.spun.get(done..region.end).unwrap_or_default());
    let ours = folded(&ours);
    let is_right = marked.truths(&region, 64).iter().any(|truth| folded(truth) == ours);
    if is_right { Verdict::Restored } else { Verdict::Wrong }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn is_harmless(marked: &Marked, mark: &Mark) -> bool {
    let spun = &marked.spun[mark.span.clone()];
    mark.originals.iter().any(|original| !matters(spun, original))
}

/// Whether a change of these words changes the meaning or the grammar.
fn matters(spun: &str, original: &str) -> bool {
    !HARMLESS.contains(&pair(spun, original))
}

fn pair(spun: &str, original: &str) -> u64 {
    let words = [folded(spun).join(" "), folded(original).join(" ")].join("|");
    crate::text::hashing::fingerprint(words.as_bytes())
}

impl Tally {
    pub fn precision(&self) -> f64 {
        ratio(self.restored, self.restored + self.wrong)
    }

    pub fn recall(&self) -> f64 {
        ratio(self.restored, self.places)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "precision {:.3} recall {:.3} ({} restored, {} false, {} spans)",
            self.precision(),
            self.recall(),
            self.restored,
            self.wrong,
            self.places
        )
    }
}

/// False edits, and places left, that are shown.
const SHOWN: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, counted) in [("missed", &self.missed), ("false", &self.wrong)] {
            let mut counted: Vec<(&String, &usize)> = counted.iter().collect();
            counted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (edit, times) in counted.iter().take(SHOWN) {
                writeln!(formatter, "{name} {times:4}  {}", edit.escape_debug())?;
            }
        }
        writeln!(formatter, "{}", self.all)?;
        writeln!(formatter, "{} of what matters", self.that_matter)?;
        writeln!(
            formatter,
            "detection: area under the curve {:.4}, {} of {} spun texts flagged, {} of them unspun; \
             {} unspun changed",
            self.area_under_curve(),
            self.flagged[0],
            self.documents,
            self.flagged[1],
            self.clean_changed
        )?;
        let seconds = self.time.as_secs_f64().max(1e-9);
        write!(formatter, "{:.1} MB/s on spun text", self.bytes as f64 / seconds / 1e6)
    }
}
