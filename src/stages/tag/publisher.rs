//! Who published the article: `publisher{name, domain}`.
//!
//! The name comes from what the page or the message says, the domain from the
//! URL. A name that only the title gives is found with the headline.

use super::domain;
use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    if let Some((domain, source, confidence)) = domain_of(article) {
        tags.publisher.domain = Some(domain);
        tags.infer("publisher.domain", source, "url_host", confidence);
    }
    let named = SOURCES.iter().find_map(|&(source, confidence)| {
        article
            .evidence
            .of(Fact::Publisher)
            .filter(|clue| clue.source == source)
            .find_map(|clue| cleaned(clue.value.text()))
            .map(|name| (name, source, confidence))
    });
    if let Some((name, source, confidence)) = named {
        tags.publisher.name = Some(name);
        tags.infer("publisher.name", InferenceSource::Clue(source), "stated_publisher", confidence);
    }
}

/// The most trustworthy first.
const SOURCES: [(ClueSource, f32); 7] = [
    (ClueSource::OpenGraph, 0.95),
    (ClueSource::JsonLd, 0.95),
    (ClueSource::Microdata, 0.9),
    (ClueSource::Meta, 0.85),
    (ClueSource::Message, 0.8),
    (ClueSource::Element, 0.7),
    (ClueSource::VisibleText, 0.6),
];

fn domain_of(article: &Article) -> Option<(String, InferenceSource, f32)> {
    let from = |url: &str| domain::host(url).map(|host| domain::registrable(&host).to_owned());
    let own = article.url.as_deref().and_then(from);
    let own = own.map(|found| (found, InferenceSource::Clue(ClueSource::Url), 0.95));
    own.or_else(|| {
        article.evidence.of(Fact::CanonicalUrl).find_map(|clue| {
            let found = from(clue.value.text())?;
            Some((found, InferenceSource::Clue(clue.source), 0.9))
        })
    })
    .or_else(|| {
        // Scrapers put the site's host into the message's source field.
        let clue = article.evidence.first(Fact::Publisher, ClueSource::Message)?;
        Some((from(clue.value.text())?, InferenceSource::Clue(clue.source), 0.7))
    })
}

/// A name fit to print, without what is not a name.
fn cleaned(name: &str) -> Option<String> {
    let name = name.trim().trim_matches(['"', '@', '|', '-', '–', ' ']);
    let is_url = name.contains("://") || name.starts_with("www.") || name.contains('/');
    let length = name.chars().count();
    let has_letter = name.chars().any(char::is_alphabetic);
    (!is_url && has_letter && (2..=60).contains(&length) && !name.contains('\n'))
        .then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
}
