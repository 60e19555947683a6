//! What was concluded about the article, a row a field.

use crate::article::{Article, ClueSource, Flag};
use crate::stage::Verdict;
use crate::tags::{InferenceSource, NoticeKind};

/// A row of the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub value: String,
    /// Where the value was found, in words.
    pub origin: Option<&'static str>,
    /// The rule or model that decided.
    pub method: Option<&'static str>,
    /// 0 to 1.
    pub confidence: Option<f32>,
}

pub(super) fn of(article: &Article, verdict: Verdict) -> Vec<Field> {
    let tags = &article.tags;
    let mut record = Record { article, fields: Vec::new() };
    record.add(
        "verdict",
        &[],
        Some(match verdict {
            Verdict::Keep => "keep".to_owned(),
            Verdict::Reject(reason) => format!("reject: {}", reason.as_str()),
        }),
    );
    record.add("headline", &["headline"], tags.headline.as_ref().map(|h| h.text().to_owned()));
    record.add(
        "alternative headline",
        &["alternativeHeadline"],
        tags.alternative_headline.as_ref().map(|h| h.text().to_owned()),
    );
    record.add("author", &["author"], joined(&tags.authors));
    record.add("publisher", &["publisher", "publisher.name"], tags.publisher.name.clone());
    record.add("domain", &["publisher.domain"], tags.publisher.domain.clone());
    record.add("section", &["articleSection"], tags.section.clone());
    record.add("dateline", &["dateline"], tags.dateline.clone());
    record.add("published", &["datePublished"], tags.date_published.clone());
    record.add("modified", &["dateModified"], tags.date_modified.clone());
    record.add("language", &["inLanguage"], tags.language.clone());
    for (name, entities) in
        [("people", &tags.people), ("organisations", &tags.organisations), ("places", &tags.places)]
    {
        let names: Vec<String> = entities.iter().map(|entity| entity.name.clone()).collect();
        record.add(name, &[name], joined(&names));
    }
    for notice in &tags.notices {
        record.add(kind_of_notice(notice.kind), &["correction"], Some(notice.text.clone()));
    }
    record.add("words", &["wordCount"], Some(tags.word_count.to_string()));
    let flags: Vec<String> =
        article.flags.iter().copied().map(Flag::name).map(str::to_owned).collect();
    record.add("flags", &[], joined(&flags));
    record.fields
}

struct Record<'a> {
    article: &'a Article,
    fields: Vec<Field>,
}

impl Record<'_> {
    /// `inferred` are the names the field may have among the inferences.
    fn add(&mut self, name: &'static str, inferred: &[&str], value: Option<String>) {
        let Some(value) = value else { return };
        let inference = self
            .article
            .tags
            .inferences
            .iter()
            .find(|inference| inferred.contains(&inference.field));
        self.fields.push(Field {
            name,
            value,
            origin: inference.map(|inference| origin(inference.source)),
            method: inference.map(|inference| inference.method),
            confidence: inference.map(|inference| inference.confidence),
        });
    }
}

fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(", "))
}

fn kind_of_notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Update => "update",
        NoticeKind::Correction => "correction",
        NoticeKind::Clarification => "clarification",
        NoticeKind::EditorsNote => "editor's note",
        NoticeKind::Republication => "republication",
    }
}

fn origin(source: InferenceSource) -> &'static str {
    match source {
        InferenceSource::Body => "the text",
        InferenceSource::Clue(source) => match source {
            ClueSource::Message => "the message",
            ClueSource::JsonLd => "JSON-LD",
            ClueSource::Microdata => "microdata",
            ClueSource::OpenGraph => "Open Graph",
            ClueSource::Meta => "a meta tag",
            ClueSource::Element => "an element of the page",
            ClueSource::VisibleText => "a line of the text",
            ClueSource::Url => "the address",
        },
    }
}
