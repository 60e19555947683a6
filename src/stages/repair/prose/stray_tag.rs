//! Tags of a page that came through as text: `the <b>council</b> met` → `the
//! council met`, `met.<br />The ferry` → `met. The ferry`, and paragraphs where those were.
//!
//! Only tags of running text that have attributes, stand alone by nature, or whose
//! counterpart the text holds. A text that shows tags of a page's skeleton
//! (`<html`, `<script`) may be about markup, and stays.

use std::ops::Range;

use super::stray_markup::{LONGEST, stands_alone, with_gap};
use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.stray_tag"), propose };

/// In alphabetical order.
const NAMES: [&str; 31] = [
    "a",
    "b",
    "blockquote",
    "br",
    "cite",
    "div",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "hr",
    "i",
    "iframe",
    "img",
    "li",
    "ol",
    "p",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "u",
    "ul",
];

/// Those that have no counterpart.
const ALONE: [&str; 3] = ["br", "hr", "img"];

/// Those that end a word.
const BREAKS: [&str; 7] = ["br", "div", "figure", "hr", "li", "table", "ul"];

/// Those that stand apart.
const PARAGRAPHS: [&str; 7] = ["blockquote", "h1", "h2", "h3", "h4", "h5", "p"];

/// What only a text about markup shows, in lower case.
const SKELETON: [&str; 5] = ["<!doctype", "<html", "<head", "<body", "<script"];

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    if !draft.holds(b'<') || is_about_markup(draft.text) {
        return Vec::new();
    }
    let mut proposals = Vec::new();
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let mut done = 0;
        for at in memchr::memchr_iter(b'<', text.as_bytes()) {
            let Some(tag) = Tag::at(text, at).filter(|tag| stands_alone(text, &tag.span)) else {
                continue;
            };
            if !tag.is_whole() && !has_counterpart(text, &tag) {
                continue;
            }
            // Of several in a row, the last makes the gap.
            let behind = text[tag.span.end..].chars().next();
            let between = text[..at].ends_with(|c: char| !c.is_whitespace())
                && behind.is_some_and(|c| !c.is_whitespace() && c != '<');
            let after = match tag.name {
                _ if !between => "",
                name if PARAGRAPHS.contains(&name) => "\n\n",
                name if BREAKS.contains(&name) => " ",
                _ => "",
            };
            let span = if after.is_empty() { with_gap(text, tag.span) } else { tag.span };
            // A line that is nothing but a tag is no text.
            if span.len() < text.len() {
                let place = line.start + span.start.max(done)..line.start + span.end;
                done = span.end;
                proposals.push(Proposal::edit(RULE.id, place, after, 0.92));
            }
        }
    }
    proposals
}

fn is_about_markup(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        SKELETON.iter().any(|name| {
            let here = text.as_bytes().get(at..at + name.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes()))
        })
    })
}

struct Tag<'a> {
    span: Range<usize>,
    name: &'static str,
    closes: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    fn at(text: &'a str, start: usize) -> Option<Self> {
        let end = text.floor_char_boundary((start + LONGEST).min(text.len()));
        let inside = &text[start + 1..end];
        let inside = &inside[..memchr::memchr2(b'>', b'<', inside.as_bytes())?];
        let end = start + 1 + inside.len() + 1;
        if !text[..end].ends_with('>') {
            return None;
        }
        let (closes, rest) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (name, attributes) = rest.split_at(length);
        let name = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name))?;
        let attributes = attributes.trim_end_matches('/');
        let is_apart = attributes.is_empty() || attributes.starts_with(char::is_whitespace);
        let attributes = attributes.trim();
        let is_well_formed = attributes.is_empty() || (!closes && attributes.contains("=\""));
        (is_apart && is_well_formed).then_some(Self { span: start..end, name, closes, attributes })
    }

    fn is_whole(&self) -> bool {
        !self.attributes.is_empty() || ALONE.contains(&self.name)
    }
}

/// Near enough to belong to it.
fn has_counterpart(text: &str, tag: &Tag) -> bool {
    const NEAR: usize = 2_000;
    let from = text.floor_char_boundary(tag.span.start.saturating_sub(NEAR));
    let to = text.floor_char_boundary((tag.span.end + NEAR).min(text.len()));
    let near = if tag.closes { &text[from..tag.span.start] } else { &text[tag.span.end..to] };
    memchr::memchr_iter(b'<', near.as_bytes()).any(|at| {
        Tag::at(near, at).is_some_and(|other| other.name == tag.name && other.closes != tag.closes)
    })
}
