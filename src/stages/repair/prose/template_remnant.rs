//! Places of a template that nothing was put in: `Sign in, {{user.name}} now` →
//! `Sign in, now`, `{% include "byline" %}` → ``.
//!
//! Only double braces about a plain name, and whole statements: single braces mean
//! too much else.

use super::stray_markup::{LONGEST, stands_alone, with_gap};
use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.template_remnant"), propose };

/// How a place opens, and how it ends.
const BRACES: [(&str, &str); 2] = [("{{", "}}"), ("{%", "%}")];

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    if !draft.holds(b'{') {
        return proposals;
    }
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let mut done = 0;
        for at in memchr::memchr_iter(b'{', text.as_bytes()) {
            let Some(end) = place(text, at) else { continue };
            if !stands_alone(text, &(at..end)) {
                continue;
            }
            let span = with_gap(text, at..end);
            if span.len() < text.len() {
                let place = line.start + span.start.max(done)..line.start + span.end;
                done = span.end;
                proposals.push(Proposal::edit(RULE.id, place, "", 0.92));
            }
        }
    }
    proposals
}

/// Where the place that opens at `start` ends.
fn place(text: &str, start: usize) -> Option<usize> {
    let (open, close) = BRACES.iter().find(|(open, _)| text[start..].starts_with(open))?;
    let to = text.floor_char_boundary((start + LONGEST).min(text.len()));
    let inside = &text[start + open.len()..to];
    let inside = &inside[..inside.find(['{', '}', '[', ']', '<', '>', '%'])?];
    let end = start + open.len() + inside.len();
    let is_closed = text[end..].starts_with(close);
    let content = inside.trim().trim_start_matches(['#', '/', '^', '&', '-']).trim_start();
    let is_named = content.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-|:' \"=/,".contains(c);
    (is_closed && is_named && content.chars().all(plain)).then_some(end + close.len())
}
