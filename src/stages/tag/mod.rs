//! Tags the article: one field a file. The stage reads the evidence that decode
//! and the boilerplate stage collected, the URL and the body; it never changes
//! the body. A field without good evidence stays absent.

mod abstract_text;
mod authors;
mod byline;
mod credit;
mod dateline;
mod dates;
pub(crate) mod domain;
pub mod entities;
pub mod fingerprints;
mod front;
mod genre;
mod headline;
mod keywords;
pub mod language;
mod lists;
mod notices;
mod outlets;
mod person_name;
mod publisher;
pub mod quality;
mod quotes;
mod readability;
mod section;
mod site_suffix;
mod stop_words;
pub mod subjects;

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, Stage, StageName, Verdict};
use crate::tags::{Inference, InferenceSource, Tags};
use crate::text::words::{words, words_in};

/// Every rule of the stage that can change a text: a headline's, never the body's.
pub const RULES: &[RuleId] = &[site_suffix::RULE];

/// What the stage concludes, and by which methods: `field.method`, as provenance names
/// them. A test holds that there are no others.
pub const METHODS: &[&str] = &[
    "abstract.description_that_agrees",
    "abstract.lead",
    "alternativeHeadline.second_title",
    "author.named_people",
    "articleSection.stated_section",
    "articleSection.url_path",
    "correction.notice_wording",
    "creditText.agency_byline",
    "creditText.agency_credit_line",
    "creditText.agency_dateline",
    "dateline.opening_line",
    "dateline.stated_dateline",
    "dateModified.line_before_body",
    "dateModified.stated_date",
    "datePublished.dated_byline",
    "datePublished.dateline",
    "datePublished.line_before_body",
    "datePublished.stated_date",
    "datePublished.url_path",
    "headline.agreeing_titles",
    "headlineLanguage.letter_sequences",
    "inLanguage.declared_language",
    "inLanguage.declared_language_confirmed",
    "inLanguage.letter_sequences",
    "keywords.frequency",
    "organisations.sequence_model",
    "people.sequence_model",
    "places.sequence_model",
    "publisher.domain.url_host",
    "publisher.name.stated_publisher",
    "publisher.name.title_suffix",
    "quotes.words_around",
    "readability.lix_and_flesch",
    "subjects.section_name",
    "subjects.url_words",
    "subjects.word_model",
    "timeRequired.words_a_minute",
];

/// The people that a field for authors names, as the stage reads such a field.
pub fn people_named(field: &str) -> Vec<String> {
    byline::people(field, byline::Setting::Field, &|_| false)
}

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
        subjects::tag(article, &mut tags);
        genre::flag(article, &tags);
        authors::tag(article, &mut tags);
        dateline::tag(article, &mut tags);
        dates::tag(article, &mut tags);
        credit::tag(article, &mut tags);
        abstract_text::tag(article, &mut tags);
        deadline.check();
        notices::tag(article, &mut tags);
        entities::tag(article, &mut tags, deadline);
        deadline.check();
        quotes::tag(article, &mut tags, deadline);
        deadline.check();
        keywords::tag(article, &mut tags, deadline);
        deadline.check();
        measure(article.text(), &mut tags, deadline);
        article.tags = tags;
        Verdict::Keep
    }
}

/// What is read from all words of the body is read in one go.
fn measure(text: &str, tags: &mut Tags, deadline: &Deadline) {
    let mut hard = readability::Counts::default();
    let mut good = quality::Words::of(text, tags.language.as_deref());
    let mut hashes = fingerprints::Hashes::of(text);
    for (index, span) in words(text).enumerate() {
        if index % CHECK_EVERY == 0 {
            deadline.check();
        }
        let word = &text[span.clone()];
        hard.add(text, span);
        good.add(word);
        hashes.add(word);
        tags.word_count += words_in(word);
    }
    deadline.check();
    readability::tag(&hard, tags);
    tags.quality = quality::values(text, &good, deadline);
    deadline.check();
    tags.fingerprints = Some(hashes.fingerprints(text, deadline));
}

/// How many words pass between two looks at the deadline.
const CHECK_EVERY: usize = 1024;

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
