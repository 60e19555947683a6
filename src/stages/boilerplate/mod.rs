//! Strips what is not the article: from pages, and from text that is already flat.
//!
//! A page is rendered to the text that a browser would show, block by block;
//! flat text is taken line by line. Either way the result is a sequence of
//! [`Segment`](segment::Segment)s, of which [`decide`] says which are the
//! article's, and the [`rules`] say what the others are. Where the article brings a view
//! of its site, [`recurrence`] says which of the article's are on its other pages, too. At
//! last [`whole`] looks at all of it, and flags what is no article or only the beginning of
//! one.

pub(crate) mod choice;
pub(crate) mod decide;
pub(crate) mod features;
pub(crate) mod flat;
pub(crate) mod model;
pub mod network;
mod openings;
pub(crate) mod opinions;
pub(crate) mod page;

mod passing;
pub mod phrases;
pub(crate) mod recurrence;
mod removal;
mod rules;
pub(crate) mod segment;
mod subhead;
mod tables;
mod topic;
mod whole;
pub(crate) mod wording;

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, RejectReason, Stage, StageName, Verdict};

pub use phrases::OwnPhrases;

/// Every rule of the stage, in running order.
pub const RULES: &[RuleId] = rules::IDS;

/// With an operator's own wordings, where there are any.
#[derive(Default)]
pub struct Boilerplate {
    pub own_phrases: OwnPhrases,
}

impl Stage for Boilerplate {
    fn name(&self) -> StageName {
        StageName::Boilerplate
    }

    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict {
        self.own_phrases.during(|digest| {
            article.own_phrases = digest;
            match article.html.take() {
                Some(html) => page::strip(article, &html, deadline),
                None => flat::strip(article, deadline),
            }
        });
        verdict(article)
    }
}

/// Renders a page to blocks of text and takes nothing out of it: what runs
/// when this stage is left out. Flat text stays as it is.
pub fn render_only() -> impl Stage {
    RenderOnly
}

struct RenderOnly;

impl Stage for RenderOnly {
    fn name(&self) -> StageName {
        StageName::Boilerplate
    }

    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict {
        if let Some(html) = article.html.take() {
            page::render_into(article, &html, deadline);
        }
        verdict(article)
    }
}

fn verdict(article: &Article) -> Verdict {
    if article.text().trim().is_empty() {
        Verdict::Reject(RejectReason::Empty)
    } else {
        Verdict::Keep
    }
}
