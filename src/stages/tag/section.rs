//! The section the article stood in: `articleSection`, in the source's own words.

use super::lists::{NOT_SECTIONS, PATH_SECTIONS};
use super::{domain, outlets};
use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let stated = SOURCES.iter().find_map(|&(source, confidence)| {
        article
            .evidence
            .of(Fact::Section)
            .filter(|clue| clue.source == source)
            .find_map(|clue| cleaned(clue.value.text(), tags))
            .map(|section| (section, source, "stated_section", confidence))
    });
    let found = stated.or_else(|| {
        let section = from_path(domain::path(article.url.as_deref()?))?;
        Some((section, ClueSource::Url, "url_path", 0.7))
    });
    if let Some((section, source, method, confidence)) = found {
        tags.section = Some(section);
        tags.infer("articleSection", InferenceSource::Clue(source), method, confidence);
    }
}

/// The most trustworthy first.
const SOURCES: [(ClueSource, f32); 7] = [
    (ClueSource::JsonLd, 0.95),
    (ClueSource::Meta, 0.95),
    (ClueSource::OpenGraph, 0.95),
    (ClueSource::Microdata, 0.9),
    (ClueSource::Element, 0.85),
    (ClueSource::VisibleText, 0.85),
    (ClueSource::Message, 0.8),
];

/// A section's name, unless it says nothing.
fn cleaned(section: &str, tags: &Tags) -> Option<String> {
    let section =
        section.split(['\n', '|', '>', '»']).map(str::trim).find(|part| !part.is_empty())?;
    let length = section.chars().count();
    let words = section.split_whitespace().count();
    let key = outlets::key(section);
    let says_nothing = NOT_SECTIONS.contains(key.as_str())
        || tags.publisher.name.as_deref().is_some_and(|name| outlets::key(name) == key);
    let fits = (2..=40).contains(&length)
        && words <= 5
        && section.chars().any(char::is_alphabetic)
        && !section.contains("://")
        && !section.ends_with(['.', '!', '?']);
    (fits && !says_nothing).then(|| section.to_owned())
}

/// A path's segment that is a section's name by itself.
fn from_path(path: &str) -> Option<String> {
    let segment = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take(3)
        .find(|segment| PATH_SECTIONS.contains(segment.to_ascii_lowercase().as_str()))?;
    let name = segment.replace(['-', '_'], " ");
    let mut characters = name.chars();
    let first = characters.next()?;
    Some(first.to_uppercase().chain(characters.flat_map(char::to_lowercase)).collect())
}
