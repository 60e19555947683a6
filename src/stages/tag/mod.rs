//! Tags the article: one field a file. The stage reads the evidence that decode
//! and the boilerplate stage collected, the URL and the body; it never changes
//! the body. A field without good evidence stays absent.

mod authors;
mod byline;
mod dateline;
mod dates;
pub(crate) mod domain;
pub mod entities;
pub mod fingerprints;
mod front;
mod headline;
mod keywords;
pub mod language;
mod lists;
mod notices;
mod outlets;
mod person_name;
mod publisher;
mod quotes;
mod section;
mod site_suffix;
mod stop_words;

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, Stage, StageName, Verdict};
use crate::tags::{Inference, InferenceSource, Tags};
use crate::text::words::count_words;

/// Every rule of the stage that can change a text: a headline's, never the body's.
pub const RULES: &[RuleId] = &[site_suffix::RULE];

#[derive(Default)]
pub struct Tag;

impl Stage for Tag {
    fn name(&self) -> StageName {
        StageName::Tag
    }

    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict {
        let mut tags = Tags::default();
        // The order matters: a field may build on those before it.
        language::tag(article, &mut tags);
        deadline.check();
        publisher::tag(article, &mut tags);
        headline::tag(article, &mut tags);
        language::tag_headline(&mut tags);
        section::tag(article, &mut tags);
        authors::tag(article, &mut tags);
        dates::tag(article, &mut tags);
        dateline::tag(article, &mut tags);
        deadline.check();
        notices::tag(article, &mut tags);
        entities::tag(article, &mut tags, deadline);
        deadline.check();
        quotes::tag(article, &mut tags, deadline);
        deadline.check();
        keywords::tag(article, &mut tags, deadline);
        deadline.check();
        tags.word_count = count_words(article.text());
        deadline.check();
        tags.fingerprints = Some(fingerprints::fingerprints(article.text(), deadline));
        article.tags = tags;
        Verdict::Keep
    }
}

impl Tags {
    fn infer(
        &mut self,
        field: &'static str,
        source: InferenceSource,
        method: &'static str,
        confidence: f32,
    ) {
        self.inferences.push(Inference { field, source, method, confidence });
    }
}
