//! The edit log as the message shows it, in Unicode scalar values, and back.

use std::borrow::Cow;

use crate::edit::{Change, ChangeKind, LogMismatch, RuleId};
use crate::passage::Passage;
use crate::wire::enriched::{ChangedField, Edit, Enriched, Removal};

impl Enriched<'_> {
    /// The body before any change, from this message alone.
    pub fn original_body(&self) -> Result<String, LogMismatch> {
        let omitted = &self.provenance.omitted;
        if omitted.iter().any(|it| matches!(&*it.field, "removals" | "edits")) {
            return Err(LogMismatch { at: 0 });
        }
        let edits = self
            .edits
            .iter()
            .filter(|edit| edit.field.is_none())
            .map(|edit| (edit.start, &*edit.before, &*edit.after));
        let removals = self
            .removals
            .iter()
            .filter(|removal| removal.field.is_none())
            .map(|removal| (removal.start, &*removal.text, ""));
        let mut changes: Vec<(usize, &str, &str)> = edits.chain(removals).collect();
        // Where something is inserted before a place that changes too, the
        // insertion comes first; the sort keeps the rest in the log's order.
        changes.sort_by_key(|(start, before, _)| (*start, !before.is_empty()));
        undo(&self.article_body, &changes)
    }
}

/// Takes changes back: (start in the original in scalar values, before, after).
fn undo(result: &str, changes: &[(usize, &str, &str)]) -> Result<String, LogMismatch> {
    let mut original = String::with_capacity(result.len());
    let mut original_scalars = 0;
    let mut rest = result;
    for (start, before, after) in changes {
        let mismatch = LogMismatch { at: result.len() - rest.len() };
        let gap_scalars = start.checked_sub(original_scalars).ok_or(mismatch)?;
        let gap = prefix_of(rest, gap_scalars).ok_or(LogMismatch { at: result.len() })?;
        original.push_str(gap);
        original.push_str(before);
        original_scalars = start + before.chars().count();
        let mismatch = LogMismatch { at: result.len() - rest.len() + gap.len() };
        rest = rest[gap.len()..].strip_prefix(after).ok_or(mismatch)?;
    }
    original.push_str(rest);
    Ok(original)
}

/// The first `scalars` characters of `text`, if it has as many.
fn prefix_of(text: &str, scalars: usize) -> Option<&str> {
    match text.char_indices().nth(scalars) {
        Some((end, _)) => Some(&text[..end]),
        None => (text.chars().count() == scalars).then_some(text),
    }
}

/// Adds the log of a passage to the message's lists, in one pass over its text.
pub(super) fn list<'a>(
    passage: &'a Passage,
    field: Option<ChangedField>,
    edits: &mut Vec<Edit<'a>>,
    removals: &mut Vec<Removal<'a>>,
) -> Result<(), LogMismatch> {
    // The positions behind the last change: in the present text in bytes, in
    // the original in bytes and in scalar values.
    let (mut present, mut original, mut scalars) = (0, 0, 0);
    for change in passage.log().changes() {
        let mismatch = LogMismatch { at: change.span.start };
        let gap_length = change.span.start.checked_sub(original).ok_or(mismatch)?;
        let mismatch = LogMismatch { at: change.span.start };
        let gap = passage.text().get(present..present + gap_length).ok_or(mismatch)?;
        let start = scalars + gap.chars().count();
        scalars = start + change.before.chars().count();
        original = change.span.end;
        present += gap_length + change.after.len();
        match change.kind {
            ChangeKind::Edit => edits.push(edit(change, start..scalars, field)),
            ChangeKind::Removal => removals.push(removal(change, start, field)),
        }
    }
    Ok(())
}

fn edit(change: &Change, span: std::ops::Range<usize>, field: Option<ChangedField>) -> Edit<'_> {
    Edit {
        rule: change.rule.0.into(),
        also: names(&change.also),
        start: span.start,
        end: span.end,
        before: Cow::Borrowed(&change.before),
        after: Cow::Borrowed(&change.after),
        confidence: rounded(change.confidence),
        field,
    }
}

fn removal(change: &Change, start: usize, field: Option<ChangedField>) -> Removal<'_> {
    Removal {
        rule: change.rule.0.into(),
        also: names(&change.also),
        start,
        text: Cow::Borrowed(&change.before),
        confidence: rounded(change.confidence),
        field,
    }
}

fn names(rules: &[RuleId]) -> Vec<Cow<'_, str>> {
    rules.iter().map(|rule| Cow::Borrowed(rule.0)).collect()
}

/// A confidence as it is published: three digits, so that it does not differ
/// in the last bits between machines.
pub(super) fn rounded(confidence: f32) -> f64 {
    // The cast saturates, and makes 0 of what is not a number.
    let thousandths = (f64::from(confidence) * 1000.0).round() as u16;
    f64::from(thousandths.min(1000)) / 1000.0
}
