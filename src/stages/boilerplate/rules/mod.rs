//! What the removed segments are: a rule a file, asked in order, the first that
//! is sure names the segment.

mod advertisement;
mod byline;
mod caption;
mod comments;
mod cookie;
mod copyright;
mod date;
pub mod headline;
mod listen_prompt;
mod navigation;
mod newsletter;
mod other_story;
mod outside_body;
mod paywall;
mod recurring;
mod related_stories;
mod section;
mod share_bar;
mod shortcode;
mod update;

use std::ops::Range;

use crate::article::{BlockKind, Fact};
use crate::edit::RuleId;
use crate::site::{Shown, SiteView};
use crate::stage::Deadline;
use crate::stages::boilerplate::flat::{self, broken_line};
use crate::stages::boilerplate::phrases::{self, Phrase};
use crate::stages::boilerplate::recurrence;
use crate::stages::boilerplate::removal::Cut;
use crate::stages::boilerplate::segment::{Marks, Segment};

pub struct Rule {
    pub id: RuleId,
    /// The fact that a segment so named states about the article.
    pub clue: Option<Fact>,
    /// How sure the rule is that the segment is what the rule is named for.
    pub judge: fn(&Scene, usize) -> Option<f32>,
}

/// Other stories first, whose front matter says nothing of this one; then front matter, as
/// it is told by where it stands; the rest by wording,
/// then by place in the page; at last what is on the site's other pages, and what is left
/// outside of the body.
pub const ALL: &[Rule] = &[
    other_story::RULE,
    update::RULE,
    listen_prompt::RULE,
    shortcode::RULE,
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
    recurring::RULE,
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

/// What a rule sees: all segments, and which of them are thought to be the article's.
pub struct Scene<'a> {
    pub text: &'a str,
    pub segments: &'a [Segment],
    /// One a segment: whether it is thought to be the article's. A rule may know better.
    pub kept: Vec<bool>,
    /// From the first kept sentence to the last kept segment.
    pub body: Range<usize>,
    /// Whether the text was rendered from a page, with marks on its segments.
    pub is_page: bool,
    /// The segment that reads like the headline.
    pub headline: Option<usize>,
    /// One a segment: how sure the site's other pages make it that it is furniture.
    pub recurring: Vec<Option<f32>>,
    /// One a segment: whether it is of another story; empty if none is.
    pub other_stories: Vec<bool>,
}

/// Sentences with a known wording are only believed among the last few of the body,
/// where notices stand, or as the first.
const EDGE: usize = 2;

impl<'a> Scene<'a> {
    pub fn new(text: &'a str, segments: &'a [Segment], mut kept: Vec<bool>, is_page: bool) -> Self {
        let other_stories =
            if is_page { other_story::find(text, segments, &kept) } else { Vec::new() };
        for (kept, is_other) in kept.iter_mut().zip(&other_stories) {
            *kept &= !is_other;
        }
        let is_prose = |index: &usize| kept[*index] && segments[*index].is_prose();
        let first = kept.iter().position(|&kept| kept).unwrap_or(0);
        let start = (0..kept.len()).find(is_prose).unwrap_or(first);
        let end = kept.iter().rposition(|&kept| kept).map_or(0, |last| last + 1);
        let body = start..end;
        let headline = match is_page {
            _ if body.is_empty() => None,
            true => headline::find(text, segments, &body),
            false => flat::headline::find(text, segments, &body),
        };
        let recurring = vec![None; segments.len()];
        Self { text, segments, kept, body, is_page, headline, recurring, other_stories }
    }

    /// Takes up what is known of the site, and tells what this page of it has shown.
    pub fn recall(&mut self, site: &SiteView) -> Shown {
        let (recurring, shown) = recurrence::look(site, self.text, self.segments, &self.kept);
        self.recurring = recurring;
        shown
    }

    /// Takes up what was known to recur before anything was judged.
    pub fn foresee(&mut self, recurring: &[Option<f32>]) {
        for (known, foreseen) in self.recurring.iter_mut().zip(recurring) {
            *known = known.or(*foreseen);
        }
    }

    pub fn segment(&self, index: usize) -> &Segment {
        &self.segments[index]
    }

    pub fn written(&self, index: usize) -> &str {
        &self.text[self.segments[index].span.clone()]
    }

    /// How sure it is that the segment is furniture with this wording.
    pub fn reads(&self, index: usize, phrase: Phrase) -> Option<f32> {
        let segment = self.segment(index);
        if segment.phrase != Some(phrase) {
            return None;
        }
        if !self.kept[index] || !segment.is_prose() {
            return Some(0.95);
        }
        let at_edge = index <= self.body.start || index + EDGE >= self.body.end;
        let may_be_sentence = !matches!(
            phrase,
            Phrase::Byline | Phrase::Date | Phrase::Navigation | Phrase::Section | Phrase::Credit
        );
        (may_be_sentence && at_edge && segment.measure.words <= 50).then_some(0.8)
    }

    /// How sure it is that a segment is what the page says of it. Of the kept ones
    /// only labels are doubted, and only where the page is explicit.
    pub fn stands_in(&self, index: usize, marks: Marks) -> Option<f32> {
        let segment = self.segment(index);
        let doubted = !self.kept[index]
            || segment.place.marks.has(EXPLICIT) && marks.has(EXPLICIT) && !segment.is_prose();
        (doubted && segment.place.marks.has(marks)).then_some(0.85)
    }

    /// What goes and by which rule, and what that says about the article.
    pub fn cuts(&self, deadline: &Deadline) -> (Vec<Option<Cut>>, Vec<(Fact, String)>) {
        let mut clues = Vec::new();
        let cuts = (0..self.segments.len())
            .map(|index| {
                deadline.check();
                if self.kept[index] && self.segment(index).kind == BlockKind::TableRow {
                    // "Date  3 June" is as much of its table as "Total  $88".
                    return None;
                }
                let (rule, confidence) =
                    ALL.iter().find_map(|rule| Some((rule, (rule.judge)(self, index)?)))?;
                if let Some(fact) = rule.clue
                    && self.is_of_article(index, fact)
                    && self.segment(index).measure.words <= MOST_CLUE_WORDS
                {
                    let written = self.written(index);
                    let is_title = fact == Fact::Title;
                    let stated = if is_title { title(written) } else { written.to_owned() };
                    clues.push((fact, stated));
                }
                Some(Cut { rule: rule.id, confidence })
            })
            .collect();
        (cuts, clues)
    }

    /// Whether what the segment states about an article is about this one: far before the
    /// headline and behind the body stand the sections of the site, and in article elements of
    /// their own and quotations those who wrote something else.
    fn is_of_article(&self, index: usize, fact: Fact) -> bool {
        let article = |index: usize| self.segments.get(index).map_or(0, |it| it.place.article);
        let own = article(self.body.start);
        let is_behind = index >= self.body.end;
        match fact {
            Fact::Section if self.is_page => {
                let front = self.headline.unwrap_or(self.body.start);
                !is_behind && index + NEAR_FRONT >= front && !self.is_of_menu(index)
            }
            Fact::Author if index > self.body.start => {
                let is_in_other = own != 0 && ![0, own].contains(&article(index));
                let is_quoted = self.segment(index).place.marks.has(Marks::QUOTATION);
                let is_below_heading = self.segment(index).phrase == Some(Phrase::Byline)
                    && self.segments[index - 1].place.marks.has(Marks::HEADING);
                !is_in_other && !is_quoted && !is_below_heading
            }
            _ => true,
        }
    }

    /// Whether a segment is of a menu, or one beside it, in the same place, says that it is a
    /// section as well.
    fn is_of_menu(&self, index: usize) -> bool {
        let place = self.segment(index).place;
        let beside = [index.wrapping_sub(1), index + 1];
        place.marks.has(Marks::NAVIGATION.union(Marks::NAMED_NAVIGATION))
            || beside.iter().filter_map(|&at| self.segments.get(at)).any(|other| {
                other.place.marks.has(Marks::NAMED_SECTION)
                    && other.place.containers[0] == place.containers[0]
            })
    }
}

/// A headline of one line, without the sign of Markdown and without the byline and date that
/// share a block with it where breaks part the lines of a page.
fn title(written: &str) -> String {
    let bare = written.trim_start_matches('#');
    let written = if bare.starts_with(' ') { bare } else { written };
    let lines = written.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate();
    let own = lines.take_while(|(number, line)| *number == 0 || phrases::find(line).is_none());
    own.map(|(_, line)| line).collect::<Vec<_>>().join(" ")
}

/// How many segments stand between a section's name and what it is the section of.
const NEAR_FRONT: usize = 6;

/// Names that are given to furniture alone.
const EXPLICIT: Marks =
    Marks::NAMED_NEWSLETTER.union(Marks::NAMED_COOKIE).union(Marks::NAMED_SHARE);

/// Longer segments say too much to be one fact.
const MOST_CLUE_WORDS: u32 = 60;
