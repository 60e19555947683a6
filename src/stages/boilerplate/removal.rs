//! Turns what was decided about each segment into proposals, so that what is
//! kept stays cleanly separated and neighbours removed by one rule are one removal.

use std::ops::Range;

use crate::edit::{Proposal, RuleId};
use crate::stages::boilerplate::segment::Segment;

/// Why a segment goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    pub rule: RuleId,
    /// 0 to 1.
    pub confidence: f32,
}

/// One entry of `cuts` a segment; `None` keeps it.
pub fn proposals(text: &str, segments: &[Segment], cuts: &[Option<Cut>]) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    let mut index = 0;
    while index < segments.len() {
        if cuts[index].is_none() {
            index += 1;
            continue;
        }
        let end = index + cuts[index..].iter().take_while(|cut| cut.is_some()).count();
        run(text, segments, cuts, index..end, &mut proposals);
        index = end;
    }
    proposals
}

/// Removes the segments of `removed`, all of which have cuts, and of the
/// separators around them all but the widest at either end.
fn run(
    text: &str,
    segments: &[Segment],
    cuts: &[Option<Cut>],
    removed: Range<usize>,
    proposals: &mut Vec<Proposal>,
) {
    let before = removed.start.checked_sub(1).map_or(0, |previous| segments[previous].span.end);
    let after = segments.get(removed.end).map_or(text.len(), |next| next.span.start);
    let first = segments[removed.start].span.start;
    let last = segments[removed.end - 1].span.end;
    let keeps_trailing =
        removed.end == segments.len() || removed.start > 0 && after - last > first - before;
    for index in removed.clone() {
        let Some(cut) = cuts[index] else { continue };
        let span = if keeps_trailing {
            let start = if index == removed.start { before } else { segments[index - 1].span.end };
            let end = if removed.end == segments.len() && index + 1 == removed.end {
                text.len()
            } else {
                segments[index].span.end
            };
            start..end
        } else {
            let start = if index == 0 { 0 } else { segments[index].span.start };
            let end = segments.get(index + 1).map_or(text.len(), |next| next.span.start);
            start..end
        };
        match proposals.last_mut() {
            Some(last) if last.rule == cut.rule && last.span.end == span.start => {
                last.span.end = span.end;
                last.confidence = last.confidence.min(cut.confidence);
            }
            _ => proposals.push(Proposal::removal(cut.rule, span, cut.confidence)),
        }
    }
}
