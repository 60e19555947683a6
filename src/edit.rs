//! What changed in a text, and the law that makes it auditable: replaying the
//! changes on the original gives the result, undoing them gives the original.
//!
//! Stages never write text. They propose edits in the coordinates of the text
//! they see ([`Proposal`]); a [`Passage`](crate::passage::Passage) applies them
//! and records each as a [`Change`] in the coordinates of the *original* text,
//! whatever earlier stages did to it. Where a later edit overlaps an earlier
//! one the two become one change, which names both rules.

use std::ops::Range;

use thiserror::Error;

/// The name of a rule, `stage.group.rule`, e.g. `repair.characters.mojibake`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub &'static str);

impl std::fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

/// Whether text was mended or taken out as not belonging to the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Edit,
    Removal,
}

/// A change that a rule asks for, in byte offsets of the text as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub rule: RuleId,
    pub kind: ChangeKind,
    pub span: Range<usize>,
    pub after: String,
    /// 0 to 1: how sure the rule is that the change is right.
    pub confidence: f32,
}

impl Proposal {
    pub fn edit(
        rule: RuleId,
        span: Range<usize>,
        after: impl Into<String>,
        confidence: f32,
    ) -> Self {
        Self { rule, kind: ChangeKind::Edit, span, after: after.into(), confidence }
    }

    pub fn removal(rule: RuleId, span: Range<usize>, confidence: f32) -> Self {
        Self { rule, kind: ChangeKind::Removal, span, after: String::new(), confidence }
    }
}

/// A change on record, in byte offsets of the original text.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub rule: RuleId,
    /// Other rules that changed the same place, first to last.
    pub also: Vec<RuleId>,
    pub kind: ChangeKind,
    pub span: Range<usize>,
    pub before: String,
    pub after: String,
    pub confidence: f32,
}

/// The changes made to one text: sorted by place, never overlapping.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditLog {
    changes: Vec<Change>,
}

/// The text is not the one that the log was written for.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("the edit log does not fit this text at byte {at}")]
pub struct LogMismatch {
    pub at: usize,
}

impl EditLog {
    /// Rebuilds a log from changes read elsewhere, sorted by place.
    pub fn from_changes(changes: Vec<Change>) -> Self {
        Self { changes }
    }

    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Makes the changes again, from the original to the result.
    pub fn replay(&self, original: &str) -> Result<String, LogMismatch> {
        let mut result = String::with_capacity(original.len());
        let mut done = 0;
        for change in &self.changes {
            let gap = original.get(done..change.span.start).ok_or(LogMismatch { at: done })?;
            if original.get(change.span.clone()) != Some(change.before.as_str()) {
                return Err(LogMismatch { at: change.span.start });
            }
            result.push_str(gap);
            result.push_str(&change.after);
            done = change.span.end;
        }
        result.push_str(original.get(done..).ok_or(LogMismatch { at: done })?);
        Ok(result)
    }

    /// Takes the changes back, from the result to the original.
    pub fn undo(&self, result: &str) -> Result<String, LogMismatch> {
        let mut original = String::with_capacity(result.len());
        let mut done = 0usize;
        for change in &self.changes {
            let gap_length = change
                .span
                .start
                .checked_sub(original.len())
                .ok_or(LogMismatch { at: change.span.start })?;
            let start = done.saturating_add(gap_length);
            let gap = result.get(done..start).ok_or(LogMismatch { at: done })?;
            let end = start + change.after.len();
            if result.get(start..end) != Some(change.after.as_str()) {
                return Err(LogMismatch { at: start });
            }
            original.push_str(gap);
            original.push_str(&change.before);
            done = end;
        }
        original.push_str(result.get(done..).ok_or(LogMismatch { at: done })?);
        Ok(original)
    }

    /// Records `proposals` (sorted, not overlapping, in offsets of `text`, the
    /// text as it stands before them), merging them with what is on record.
    pub(crate) fn record(&mut self, text: &str, proposals: &[Proposal]) {
        let mut old = std::mem::take(&mut self.changes).into_iter().peekable();
        let mut recorded = Vec::with_capacity(old.len() + proposals.len());
        // How much longer the present text is than the original, up to here.
        let mut drift = 0isize;
        let mut next = 0;
        while next < proposals.len() {
            let first = &proposals[next].span;
            while let Some(change) = old.next_if(|c| {
                let now = present_span(c, drift);
                now.end <= first.start && !overlaps(&now, first)
            }) {
                drift += growth(&change);
                recorded.push(change);
            }
            let cluster = gather(proposals, &mut next, &mut old, drift);
            drift += cluster.absorbed.iter().map(growth).sum::<isize>();
            recorded.extend(cluster.into_change(text, drift));
        }
        recorded.extend(old);
        self.changes = recorded;
    }
}

/// Proposals and earlier changes that overlap and so become one change.
struct Cluster<'a> {
    /// In offsets of the present text.
    region: Range<usize>,
    proposals: &'a [Proposal],
    absorbed: Vec<Change>,
    /// The drift before the first absorbed change.
    drift: isize,
}

fn gather<'a>(
    proposals: &'a [Proposal],
    next: &mut usize,
    old: &mut std::iter::Peekable<std::vec::IntoIter<Change>>,
    drift: isize,
) -> Cluster<'a> {
    let first = *next;
    let mut region = proposals[first].span.clone();
    let mut absorbed: Vec<Change> = Vec::new();
    let mut inner_drift = drift;
    *next += 1;
    loop {
        if let Some(change) = old.next_if(|c| overlaps(&present_span(c, inner_drift), &region)) {
            let now = present_span(&change, inner_drift);
            inner_drift += growth(&change);
            region = region.start.min(now.start)..region.end.max(now.end);
            absorbed.push(change);
        } else if proposals.get(*next).is_some_and(|p| overlaps(&p.span, &region)) {
            region.end = region.end.max(proposals[*next].span.end);
            *next += 1;
        } else {
            return Cluster { region, proposals: &proposals[first..*next], absorbed, drift };
        }
    }
}

impl Cluster<'_> {
    /// `drift_after` is the drift behind the last absorbed change.
    fn into_change(self, text: &str, drift_after: isize) -> Option<Change> {
        let mut after = String::new();
        let mut done = self.region.start;
        for proposal in self.proposals {
            after.push_str(&text[done..proposal.span.start]);
            after.push_str(&proposal.after);
            done = proposal.span.end;
        }
        after.push_str(&text[done..self.region.end]);

        let mut before = String::new();
        let mut done = self.region.start;
        let mut drift = self.drift;
        for change in &self.absorbed {
            let now = present_span(change, drift);
            before.push_str(&text[done..now.start]);
            before.push_str(&change.before);
            done = now.end;
            drift += growth(change);
        }
        before.push_str(&text[done..self.region.end]);
        if before == after {
            return None;
        }

        let leading =
            self.proposals.iter().max_by_key(|p| p.span.len()).expect("a cluster has a proposal");
        let mut also = Vec::new();
        let earlier = self.absorbed.iter().flat_map(|c| c.also.iter().copied().chain([c.rule]));
        for rule in earlier.chain(self.proposals.iter().map(|p| p.rule)) {
            if rule != leading.rule && !also.contains(&rule) {
                also.push(rule);
            }
        }
        let confidence = self
            .absorbed
            .iter()
            .map(|c| c.confidence)
            .chain(self.proposals.iter().map(|p| p.confidence))
            .fold(1.0, f32::min);
        let kind = if after.is_empty() { leading.kind } else { ChangeKind::Edit };
        let start = self.region.start.strict_sub_signed(self.drift);
        let end = self.region.end.strict_sub_signed(drift_after);
        Some(Change { rule: leading.rule, also, kind, span: start..end, before, after, confidence })
    }
}

/// Where a change on record stands in the present text.
fn present_span(change: &Change, drift: isize) -> Range<usize> {
    let start = change.span.start.strict_add_signed(drift);
    start..start + change.after.len()
}

fn growth(change: &Change) -> isize {
    change.after.len() as isize - change.before.len() as isize
}

/// Whether two spans share text; an empty span overlaps only what it lies
/// strictly inside of.
fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => false,
        (true, false) => b.start < a.start && a.start < b.end,
        (false, true) => a.start < b.start && b.start < a.end,
        (false, false) => a.start < b.end && b.start < a.end,
    }
}
