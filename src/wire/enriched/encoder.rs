//! Writes an article down as its enriched message.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::article::{Article, ClueSource};
use crate::error::EncodeError;
use crate::passage::Passage;
use crate::settings::OutputSettings;
use crate::site::{self, SiteView};
use crate::stage::Verdict;
use crate::stages::{self, repair::SPUN_MODEL, tag};
use crate::tags::{self, InferenceSource, NoticeKind, Tags};
use crate::transport::Headers;
use crate::wire::dead_letter::HeaderStyle;
use crate::wire::enriched::changes::{list, rounded};
use crate::wire::enriched::measures;
use crate::wire::enriched::omission;
use crate::wire::enriched::{
    ChangedField, CharsetDecision, DuplicateOf, Enriched, Entity, Fingerprints,
    InferenceSourceName, Inferred, Notice, NoticeKindName, Provenance, Publisher, Quote,
    SiteMemoryModeName, SiteMemoryState, Subject, VerdictName,
};
use crate::wire::raw::RawArticle;
use crate::wire::registry;
use crate::wire::{VERSION, hex};

pub struct Encoder {
    settings: OutputSettings,
    ruleset: String,
    message_bytes: usize,
    /// What each message begins with, before its JSON.
    prefix: Vec<u8>,
}

impl Encoder {
    pub fn new(settings: OutputSettings) -> Self {
        Self { settings, ruleset: ruleset_digest(), message_bytes: usize::MAX, prefix: Vec::new() }
    }

    /// For a sink that takes no larger messages, key and headers included.
    pub fn within(mut self, message_bytes: usize) -> Self {
        self.message_bytes = message_bytes;
        self
    }

    /// For consumers that look the schema up in a registry, by this id of its.
    pub fn registered(mut self, schema_id: u32) -> Self {
        self.prefix = registry::prefix(schema_id).to_vec();
        self
    }

    /// The enriched message as JSON.
    pub fn encode(&self, raw: &RawArticle, verdict: Verdict) -> Result<Vec<u8>, EncodeError> {
        self.encode_beside(0, raw, verdict)
    }

    /// The enriched message as JSON, which is sent with so many bytes of key and headers.
    /// Where it would be too large it does without some of its lists, and says so.
    pub fn encode_beside(
        &self,
        others: usize,
        raw: &RawArticle,
        verdict: Verdict,
    ) -> Result<Vec<u8>, EncodeError> {
        let failed = |why: String| EncodeError::Json { why };
        let message = self.message(raw, verdict).map_err(|error| failed(error.to_string()))?;
        let limit = self.settings.max_bytes.min(self.message_bytes.saturating_sub(others));
        omission::written(&self.prefix, message, limit)
            .map_err(|error| failed(error.to_string()))?
            .map_err(|bytes| EncodeError::TooLarge { bytes, limit })
    }

    pub fn dead_letter_headers(&self) -> HeaderStyle {
        self.settings.dead_letter_headers
    }

    /// The headers that an enriched message bears besides its original's.
    pub fn headers(&self, raw: &RawArticle, verdict: Verdict) -> Headers {
        let verdict = match verdict {
            Verdict::Keep => "keep".to_owned(),
            Verdict::Reject(reason) => format!("rejected {}", reason.as_str()),
        };
        // With a prefix it is JSON only to those who know of it.
        let content_type = self.prefix.is_empty().then(|| "application/json".to_owned());
        let named = [
            ("copydesk-id", raw.article.id.clone()),
            ("copydesk-version", VERSION.to_owned()),
            ("copydesk-verdict", verdict),
        ];
        let content_type = content_type.map(|content_type| ("content-type", content_type));
        let headers = content_type.into_iter().chain(named);
        headers.map(|(name, value)| (name.to_owned(), Some(value.into_bytes()))).collect()
    }

    fn message<'a>(
        &'a self,
        raw: &'a RawArticle,
        verdict: Verdict,
    ) -> Result<Enriched<'a>, crate::edit::LogMismatch> {
        let article = &raw.article;
        let tags = &article.tags;
        let (mut edits, mut removals) = (Vec::new(), Vec::new());
        list(article.body(), None, &mut edits, &mut removals)?;
        for (passage, field) in [
            (&tags.headline, ChangedField::Headline),
            (&tags.alternative_headline, ChangedField::AlternativeHeadline),
        ] {
            if let Some(passage) = passage {
                list(passage, Some(field), &mut edits, &mut removals)?;
            }
        }
        let (verdict, reject_reason) = match verdict {
            Verdict::Keep => (VerdictName::Keep, None),
            Verdict::Reject(reason) => (VerdictName::Rejected, Some(reason.as_str().into())),
        };
        let scalars = Scalars::of(article.text(), tags);
        Ok(Enriched {
            id: (&article.id).into(),
            url: borrowed(&article.url),
            headline: tags.headline.as_ref().map(text),
            alternative_headline: tags.alternative_headline.as_ref().map(text),
            author: tags.authors.iter().map(Cow::from).collect(),
            publisher: publisher(&tags.publisher),
            article_section: borrowed(&tags.section),
            dateline: borrowed(&tags.dateline),
            date_published: borrowed(&tags.date_published),
            date_modified: borrowed(&tags.date_modified),
            in_language: borrowed(&tags.language),
            headline_language: borrowed(&tags.headline_language),
            article_body: article.text().into(),
            abstract_text: borrowed(&tags.abstract_text),
            credit_text: borrowed(&tags.credit),
            time_required: tags.minutes_to_read.map(|minutes| format!("PT{minutes}M").into()),
            readability: tags.readability.map(measures::readability),
            subjects: tags.subjects.iter().map(subject).collect(),
            word_count: tags.word_count,
            keywords: tags.keywords.iter().map(Cow::from).collect(),
            people: entities(&scalars, &tags.people),
            organisations: entities(&scalars, &tags.organisations),
            places: entities(&scalars, &tags.places),
            correction: tags.notices.iter().map(notice).collect(),
            quotes: quotes(article.text(), &tags.quotes),
            fingerprints: tags.fingerprints.as_ref().map(fingerprints),
            duplicate_of: tags.duplicate_of.as_ref().map(|duplicate| DuplicateOf {
                id: (&duplicate.id).into(),
                similarity: rounded(duplicate.similarity),
            }),
            quality: measures::quality(article),
            removals,
            edits,
            provenance: self.provenance(raw, article, tags),
            verdict,
            reject_reason,
            input: raw.passthrough.iter().map(|(name, value)| (name.as_str(), &**value)).collect(),
        })
    }

    fn provenance<'a>(
        &'a self,
        raw: &'a RawArticle,
        article: &'a Article,
        tags: &'a Tags,
    ) -> Provenance<'a> {
        // By this line a reader knows which model the edits of spun text are from.
        let spun = article.spin_score.map(|score| Inferred {
            field: "quality.spinScore".into(),
            source: tags::InferenceSource::Body.into(),
            method: SPUN_MODEL.into(),
            confidence: rounded(score.max(1.0 - score)),
        });
        let inferred = tags.inferences.iter().map(|inference| Inferred {
            field: inference.field.into(),
            source: inference.source.into(),
            method: inference.method.into(),
            confidence: rounded(inference.confidence),
        });
        Provenance {
            version: VERSION.into(),
            ruleset: (&self.ruleset).into(),
            charset: CharsetDecision {
                name: raw.charset.name.into(),
                source: raw.charset.evidence.name().into(),
            },
            fetched_at: borrowed(&raw.fetched_at),
            site_memory: raw.article.site.as_ref().map(site_memory),
            own_phrases: article.own_phrases.map(|digest| format!("{digest:016x}").into()),
            inferred: inferred.chain(spun).collect(),
            omitted: Vec::new(),
        }
    }
}

fn ruleset_digest() -> String {
    let mut hash = Sha256::new();
    hash.update(VERSION);
    let rules = stages::rules().map(|rule| rule.0);
    for rule in
        rules.chain(tag::RULES.iter().map(|rule| rule.0)).chain(tag::METHODS.iter().copied())
    {
        hash.update("\n");
        hash.update(rule);
    }
    hex(&hash.finalize())
}

fn site_memory(site: &SiteView) -> SiteMemoryState<'_> {
    let mode = match site.applies() {
        true => SiteMemoryModeName::Apply,
        false => SiteMemoryModeName::Learn,
    };
    SiteMemoryState {
        mode,
        version: site::VERSION,
        pages: site.applies().then(|| site.pages()),
        state: site.applies().then(|| format!("{:016x}", site.digest()).into()),
    }
}

fn borrowed(value: &Option<String>) -> Option<Cow<'_, str>> {
    value.as_deref().map(Cow::from)
}

fn text(passage: &Passage) -> Cow<'_, str> {
    passage.text().into()
}

fn publisher(publisher: &tags::Publisher) -> Option<Publisher<'_>> {
    let is_known = publisher.name.is_some() || publisher.domain.is_some();
    is_known
        .then(|| Publisher { name: borrowed(&publisher.name), domain: borrowed(&publisher.domain) })
}

fn subject(subject: &tags::Subject) -> Subject<'_> {
    let confidence = rounded(subject.confidence);
    Subject { name: subject.name.into(), uri: subject.uri.into(), confidence }
}

fn notice(notice: &tags::Notice) -> Notice<'_> {
    Notice { kind: notice.kind.into(), text: (&notice.text).into(), date: borrowed(&notice.date) }
}

/// The quotes with their offsets counted in scalar values, in one pass over the body.
fn quotes<'a>(body: &'a str, quotes: &'a [tags::Quote]) -> Vec<Quote<'a>> {
    let (mut bytes, mut scalars) = (0, 0);
    let quote = |quote: &'a tags::Quote| {
        let start = scalars + body[bytes..quote.span.start].chars().count();
        let text = &body[quote.span.clone()];
        (bytes, scalars) = (quote.span.end, start + text.chars().count());
        Quote {
            text: text.into(),
            start,
            end: scalars,
            speaker: borrowed(&quote.speaker),
            speaker_as: quote.named.clone().map(|span| body[span].into()),
            cue: quote.cue.clone().map(|span| body[span].into()),
            confidence: rounded(quote.confidence),
        }
    };
    quotes.iter().map(quote).collect()
}

/// Where the entities' mentions start and end: byte offsets with their scalar values.
struct Scalars(Vec<(usize, usize)>);

impl Scalars {
    /// Counted in one pass over the body.
    fn of(body: &str, tags: &Tags) -> Self {
        let entities = [&tags.people, &tags.organisations, &tags.places].into_iter().flatten();
        let mut offsets: Vec<(usize, usize)> = entities
            .flat_map(|entity| &entity.mentions)
            .flat_map(|span| [(span.start, 0), (span.end, 0)])
            .collect();
        offsets.sort_unstable();
        let (mut bytes, mut scalars) = (0, 0);
        for (offset, count) in &mut offsets {
            scalars += body[bytes..*offset].chars().count();
            (bytes, *count) = (*offset, scalars);
        }
        Self(offsets)
    }

    fn at(&self, offset: usize) -> usize {
        let place = self.0.partition_point(|(bytes, _)| *bytes < offset);
        self.0.get(place).map_or(0, |(_, scalars)| *scalars)
    }
}

fn entities<'a>(scalars: &Scalars, entities: &'a [tags::Entity]) -> Vec<Entity<'a>> {
    let entity = |entity: &'a tags::Entity| Entity {
        name: (&entity.name).into(),
        role: borrowed(&entity.role),
        mentions: entity
            .mentions
            .iter()
            .map(|span| [scalars.at(span.start), scalars.at(span.end)])
            .collect(),
        count: entity.mentions.len(),
        salience: rounded(entity.salience),
        confidence: rounded(entity.confidence),
    };
    entities.iter().map(entity).collect()
}

fn fingerprints(fingerprints: &tags::Fingerprints) -> Fingerprints<'_> {
    Fingerprints {
        sha256: hex(&fingerprints.sha256).into(),
        simhash64: format!("{:016x}", fingerprints.simhash64).into(),
        minhash: Cow::Borrowed(&fingerprints.minhash),
    }
}

impl From<NoticeKind> for NoticeKindName {
    fn from(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Update => Self::Update,
            NoticeKind::Correction => Self::Correction,
            NoticeKind::Clarification => Self::Clarification,
            NoticeKind::EditorsNote => Self::EditorsNote,
            NoticeKind::Republication => Self::Republication,
        }
    }
}

impl From<InferenceSource> for InferenceSourceName {
    fn from(source: InferenceSource) -> Self {
        match source {
            InferenceSource::Body => Self::Body,
            InferenceSource::Clue(ClueSource::Message) => Self::Message,
            InferenceSource::Clue(ClueSource::JsonLd) => Self::JsonLd,
            InferenceSource::Clue(ClueSource::Microdata) => Self::Microdata,
            InferenceSource::Clue(ClueSource::OpenGraph) => Self::OpenGraph,
            InferenceSource::Clue(ClueSource::Meta) => Self::Meta,
            InferenceSource::Clue(ClueSource::Element) => Self::Element,
            InferenceSource::Clue(ClueSource::VisibleText) => Self::VisibleText,
            InferenceSource::Clue(ClueSource::Url) => Self::Url,
        }
    }
}
