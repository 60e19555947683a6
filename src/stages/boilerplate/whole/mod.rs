//! What the text is as a whole, once its segments are judged: an article, or one
//! of the pages that scrapers get in an article's place, and whether the rest of
//! it is kept for subscribers.
//!
//! Each file knows one such page. All say so only where several signs agree, and
//! only a front page is told against metadata that describe an article; what is
//! kept of the text is not for them to decide.

mod consent;
mod gate;
mod index;
mod locked;
mod missing;
mod wordings;

use crate::article::{Article, ClueSource, Evidence, Fact, Flag};
use crate::stages::boilerplate::removal::Cut;
use crate::stages::boilerplate::segment::{Marks, Segment};
use wordings::Wording;

pub struct Whole<'a> {
    text: &'a str,
    segments: &'a [Segment],
    /// One a segment: whether it stays in the text.
    kept: Vec<bool>,
    evidence: &'a Evidence,
    url: Option<&'a str>,
}

impl<'a> Whole<'a> {
    /// An article whose `segments` are judged, and not yet cut.
    pub fn new(article: &'a Article, segments: &'a [Segment], cuts: &[Option<Cut>]) -> Self {
        Self {
            text: article.text(),
            segments,
            kept: cuts.iter().map(Option::is_none).collect(),
            evidence: &article.evidence,
            url: article.url.as_deref(),
        }
    }

    pub fn flags(&self) -> Vec<Flag> {
        let is_other = !self.kept.contains(&true)
            || index::is_front(self)
            || !self.is_stated_article()
                && (missing::is(self) || gate::is(self) || consent::is(self) || index::is(self));
        let is_locked = !is_other && locked::is(self);
        let found = [(is_other, Flag::NotAnArticle), (is_locked, Flag::Paywalled)];
        found.into_iter().filter_map(|(is, flag)| is.then_some(flag)).collect()
    }

    fn written(&self, index: usize) -> &str {
        &self.text[self.segments[index].span.clone()]
    }

    /// Words that stay in the text.
    fn kept_words(&self) -> u32 {
        let kept = self.segments.iter().zip(&self.kept).filter(|(_, kept)| **kept);
        kept.map(|(segment, _)| segment.measure.words).sum()
    }

    /// Whether the page's own metadata describe an article. What the message says
    /// counts for nothing here: it comes from a feed, whatever was fetched later.
    fn is_stated_article(&self) -> bool {
        let stated =
            [ClueSource::JsonLd, ClueSource::Microdata, ClueSource::OpenGraph, ClueSource::Meta];
        self.evidence.of(Fact::Published).any(|clue| stated.contains(&clue.source))
            || self.evidence.of(Fact::PageType).any(|clue| {
                let kind = clue.value.text();
                ["article", "Article", "Posting", "Report", "Review"]
                    .iter()
                    .any(|end| kind.ends_with(end))
            })
    }

    /// Whether a title, or the first thing that the text says, is a known wording.
    fn is_titled(&self, wording: Wording) -> bool {
        self.headings().any(|heading| {
            heading.len() <= LONGEST_HEADING
                && parts(heading).any(|part| wordings::is(part, wording))
        })
    }

    /// What the page calls itself, and what stands in its headings or first lines.
    fn headings(&self) -> impl Iterator<Item = &str> {
        let titles =
            self.evidence.of(Fact::Title).filter(|clue| clue.source != ClueSource::Message);
        let shown = self.segments.iter().enumerate().filter(|(index, segment)| {
            *index < FIRST_LINES || segment.place.marks.has(Marks::MAIN_HEADING)
        });
        titles
            .map(|clue| clue.value.text())
            .take(MOST_HEADINGS)
            .chain(shown.map(|(index, _)| self.written(index)).take(MOST_HEADINGS))
    }
}

const FIRST_LINES: usize = 2;
const MOST_HEADINGS: usize = 8;
/// In bytes.
const LONGEST_HEADING: usize = 300;

/// A title is often a wording and the site's name: "Page not found | Harbour Post".
fn parts(title: &str) -> impl Iterator<Item = &str> {
    let separated = title.split(['|', '–', '—', '·', '»', '•', ':', '｜', '!', '！']);
    separated.flat_map(|part| part.split(" - ")).map(str::trim).filter(|part| !part.is_empty())
}
