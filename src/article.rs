//! What flows through the pipeline: an article, its blocks, the evidence found
//! on the way, and the tags made of it.

use std::ops::Range;

use crate::edit::Proposal;
use crate::passage::Passage;
use crate::site::{Shown, SiteView};
use crate::tags::Tags;

/// One article, from decode to encode.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// Stable over redeliveries: the message's own id, or one derived from its content.
    pub id: String,
    pub url: Option<String>,
    /// The page, until the boilerplate stage has turned it into [`Article::body`].
    pub html: Option<String>,
    /// What the message and the page say about the article, unjudged.
    pub evidence: Evidence,
    /// What the tag stage concluded.
    pub tags: Tags,
    pub flags: Vec<Flag>,
    /// What is known of the article's site; none where the memory of sites is off or the
    /// site is not known.
    pub site: Option<SiteView>,
    /// What the article's page showed, to be remembered; only where there is a `site`.
    pub shown: Option<Shown>,
    /// The digest of the operator's own phrases that the article was stripped by.
    pub own_phrases: Option<u64>,
    /// How likely a synonym spinner wrote the text, 0 to 1, by the weight of its
    /// phrases; absent where nothing looked.
    pub spin_score: Option<f32>,
    body: Passage,
    blocks: Vec<Block>,
}

/// A paragraph or its like: a stretch of the body, never empty. Blocks are in
/// order, and at least one line break stands between two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// Byte offsets in the body's text.
    pub span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    Paragraph,
    Subhead,
    ListItem,
    Quotation,
    TableRow,
    Preformatted,
}

impl Article {
    /// An article that has come as flat text.
    pub fn from_text(text: impl Into<String>) -> Self {
        let mut article = Self::default();
        article.set_body(text.into(), None);
        article
    }

    /// An article that has come as a page.
    pub fn from_html(html: impl Into<String>) -> Self {
        Self { html: Some(html.into()), ..Self::default() }
    }

    pub fn body(&self) -> &Passage {
        &self.body
    }

    pub fn text(&self) -> &str {
        self.body.text()
    }

    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub fn block_text(&self, block: &Block) -> &str {
        &self.body.text()[block.span.clone()]
    }

    /// Starts the body afresh, with an empty log: for decode, and for the stage
    /// that renders a page. Without `blocks`, every line that is not blank is a
    /// paragraph.
    pub fn set_body(&mut self, text: String, blocks: Option<Vec<Block>>) {
        self.blocks = blocks.unwrap_or_else(|| paragraphs_by_line(&text));
        self.body = Passage::new(text);
    }

    /// Changes the body; blocks move along, blocks left without text go, and
    /// blocks left on one line become one.
    pub fn apply(&mut self, proposals: Vec<Proposal>) {
        let shift = self.body.apply(proposals);
        if shift.is_empty() {
            return;
        }
        let text = self.body.text();
        let mut blocks: Vec<Block> = Vec::with_capacity(self.blocks.len());
        for block in self.blocks.drain(..) {
            let span = trimmed(text, shift.span(&block.span));
            if span.is_empty() {
                continue;
            }
            match blocks.last_mut() {
                Some(last)
                    if span.start <= last.span.end
                        || !text[last.span.end..span.start].contains('\n') =>
                {
                    last.span.end = last.span.end.max(span.end);
                }
                _ => blocks.push(Block { kind: block.kind, span }),
            }
        }
        self.blocks = blocks;
    }

    pub fn flag(&mut self, flag: Flag) {
        if !self.flags.contains(&flag) {
            self.flags.push(flag);
        }
    }
}

fn paragraphs_by_line(text: &str) -> Vec<Block> {
    let mut start = 0;
    let mut blocks = Vec::new();
    for line in text.split_inclusive('\n') {
        let span = trimmed(text, start..start + line.len());
        if !span.is_empty() {
            blocks.push(Block { kind: BlockKind::Paragraph, span });
        }
        start += line.len();
    }
    blocks
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inner = &text[span.clone()];
    let start = span.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

/// Something noticed about the article as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// The text stops short ("…", "[+123 chars]").
    Truncated,
    /// Page furniture stood between the paragraphs of flat text.
    FurnitureInterleaved,
    /// The page says that the article is for subscribers, or ends at an offer to read on.
    Paywalled,
    /// The page holds the text, or the rest of it, as data and does not show it.
    NotShown,
    /// An error page, a robot check, a consent wall, an index page, nothing at all.
    NotAnArticle,
    /// The payload's bytes could not all be decoded in any encoding.
    LossyDecoding,
    /// A synonym spinner rewrote it.
    SpunText,
    /// A good part of the paragraphs is in another language.
    MixedLanguage,
    /// An opinion, not a report.
    Opinion,
    /// A log of entries that was added to while things happened.
    LiveBlog,
    /// A company's or an office's own announcement.
    PressRelease,
    /// Paid for by whom it is about.
    Sponsored,
}

impl Flag {
    pub fn name(self) -> &'static str {
        match self {
            Flag::Truncated => "truncated",
            Flag::FurnitureInterleaved => "furniture_interleaved",
            Flag::Paywalled => "paywalled",
            Flag::NotShown => "not_shown",
            Flag::NotAnArticle => "not_an_article",
            Flag::LossyDecoding => "lossy_decoding",
            Flag::SpunText => "spun_text",
            Flag::MixedLanguage => "mixed_language",
            Flag::Opinion => "opinion",
            Flag::LiveBlog => "live_blog",
            Flag::PressRelease => "press_release",
            Flag::Sponsored => "sponsored",
        }
    }
}

/// What a clue is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    Title,
    AlternativeTitle,
    Author,
    Publisher,
    Section,
    Published,
    Modified,
    /// When something else on the page was published, a comment: in the page's own zone.
    Alongside,
    CanonicalUrl,
    Language,
    Dateline,
    Description,
    Keywords,
    /// An update, correction or clarification notice.
    Notice,
    /// What the page says it is (`og:type`, JSON-LD `@type`).
    PageType,
    /// When the scraper took the page: nothing was published after it.
    Fetched,
}

/// Where a clue was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClueSource {
    /// A field of the raw message.
    Message,
    JsonLd,
    Microdata,
    OpenGraph,
    Meta,
    /// An element that says what it is: `<title>`, `<time>`, `rel=author`, `lang`.
    Element,
    /// A line or block that reads like it.
    VisibleText,
    Url,
}

/// A statement about the article, found but not judged. Its value is a passage,
/// so that the repair stage can mend it and account for it.
#[derive(Debug, Clone)]
pub struct Clue {
    pub fact: Fact,
    pub source: ClueSource,
    pub value: Passage,
}

/// All clues, in the order they were found.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    pub clues: Vec<Clue>,
}

impl Evidence {
    /// Adds a clue unless it is blank.
    pub fn add(&mut self, fact: Fact, source: ClueSource, value: impl AsRef<str>) {
        let value = value.as_ref().trim();
        if !value.is_empty() {
            self.clues.push(Clue { fact, source, value: Passage::new(value) });
        }
    }

    pub fn of(&self, fact: Fact) -> impl Iterator<Item = &Clue> {
        self.clues.iter().filter(move |clue| clue.fact == fact)
    }

    pub fn first(&self, fact: Fact, source: ClueSource) -> Option<&Clue> {
        self.of(fact).find(|clue| clue.source == source)
    }
}
