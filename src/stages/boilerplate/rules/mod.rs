//! What the removed segments are: a rule a file, asked in order, the first that
//! is sure names the segment.

mod advertisement;
mod byline;
mod caption;
mod comments;
mod cookie;
mod copyright;
mod date;
mod headline;
mod listen_prompt;
mod navigation;
mod newsletter;
mod outside_body;
mod paywall;
mod related_stories;
mod section;
mod share_bar;
mod update;

use std::ops::Range;

use crate::article::Fact;
use crate::edit::RuleId;
use crate::stages::boilerplate::decide::FURNITURE;
use crate::stages::boilerplate::flat::broken_line;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::{Marks, Segment};

pub struct Rule {
    pub id: RuleId,
    /// The fact that a segment so named states about the article.
    pub clue: Option<Fact>,
    /// How sure the rule is that the segment is what the rule is named for.
    pub judge: fn(&Scene, usize) -> Option<f32>,
}

/// Front matter first, as it is told by where it stands; the rest by wording,
/// then by place in the page; at last what is left outside of the body.
pub const ALL: &[Rule] = &[
    update::RULE,
    listen_prompt::RULE,
    section::RULE,
    headline::RULE,
    byline::RULE,
    date::RULE,
    advertisement::RULE,
    newsletter::RULE,
    cookie::RULE,
    paywall::RULE,
    comments::RULE,
    share_bar::RULE,
    caption::RULE,
    related_stories::RULE,
    copyright::RULE,
    navigation::RULE,
    outside_body::RULE,
];

/// The ids of all rules, with those of the edits that rejoin lines.
pub const IDS: &[RuleId] = &{
    let mut ids = [broken_line::AT_LINK; ALL.len() + 2];
    ids[1] = broken_line::HARD_WRAP;
    let mut index = 0;
    while index < ALL.len() {
        ids[index + 2] = ALL[index].id;
        index += 1;
    }
    ids
};

/// What a rule sees: all segments, and where the article is thought to stand.
pub struct Scene<'a> {
    pub text: &'a str,
    pub segments: &'a [Segment],
    pub body: Range<usize>,
    /// Whether the text was rendered from a page, with marks on its segments.
    pub is_page: bool,
    /// The segment that reads like the headline of flat text.
    pub headline: Option<usize>,
}

/// Sentences with a known wording are only believed among the last few of the body,
/// where notices stand, or as the first.
const EDGE: usize = 2;

impl<'a> Scene<'a> {
    pub fn new(text: &'a str, segments: &'a [Segment], body: Range<usize>, is_page: bool) -> Self {
        let headline = headline::find(segments, &body);
        Self { text, segments, body, is_page, headline }
    }

    pub fn segment(&self, index: usize) -> &Segment {
        &self.segments[index]
    }

    pub fn written(&self, index: usize) -> &str {
        &self.text[self.segments[index].span.clone()]
    }

    pub fn is_in_body(&self, index: usize) -> bool {
        self.body.contains(&index)
    }

    /// How sure it is that the segment is furniture with this wording.
    pub fn reads(&self, index: usize, phrase: Phrase) -> Option<f32> {
        let segment = self.segment(index);
        if segment.phrase != Some(phrase) {
            return None;
        }
        if !segment.is_prose() {
            return Some(0.95);
        }
        let at_edge = index <= self.body.start || index + EDGE >= self.body.end;
        let may_be_sentence = !matches!(
            phrase,
            Phrase::Byline | Phrase::Date | Phrase::Navigation | Phrase::Section | Phrase::Credit
        );
        (may_be_sentence && at_edge && segment.measure.words <= 50).then_some(0.8)
    }

    /// How sure it is that the segment is furniture of which the page says so.
    pub fn stands_in(&self, index: usize, marks: Marks) -> Option<f32> {
        let segment = self.segment(index);
        let inner = segment.place.marks;
        if !inner.has(marks) {
            return None;
        }
        (!self.is_in_body(index) || inner.has(FURNITURE) || !segment.is_prose()).then_some(0.85)
    }
}
