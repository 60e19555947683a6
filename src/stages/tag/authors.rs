//! Who wrote the article: `author[]`, people only.
//!
//! The first source that names a person is believed, in order of trust; sources
//! are not added up, since a page's weaker ones name its editors and its
//! neighbours.

use super::{byline, domain, outlets};
use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let stated: Vec<&str> =
        article.evidence.of(Fact::Publisher).take(4).map(|clue| clue.value.text()).collect();
    let is_outlet = |name: &str| {
        stated
            .iter()
            .copied()
            .chain(tags.publisher.name.as_deref())
            .any(|known| outlets::same(known, name))
            || tags
                .publisher
                .domain
                .as_deref()
                .is_some_and(|known| outlets::key(name) == outlets::key(domain::name(known)))
    };
    let found = SOURCES.iter().find_map(|&(source, confidence)| {
        let mut people: Vec<String> = Vec::new();
        for clue in
            article.evidence.of(Fact::Author).filter(|clue| clue.source == source).take(MOST_CLUES)
        {
            for person in byline::people(clue.value.text(), &is_outlet) {
                if !people.iter().any(|known| outlets::key(known) == outlets::key(&person)) {
                    people.push(person);
                }
            }
        }
        (!people.is_empty() && people.len() <= MOST_AUTHORS).then_some((people, source, confidence))
    });
    if let Some((people, source, confidence)) = found {
        tags.authors = people;
        tags.infer("author", InferenceSource::Clue(source), "named_people", confidence);
    }
}

const MOST_CLUES: usize = 40;
const MOST_AUTHORS: usize = 20;

/// The most trustworthy first.
const SOURCES: [(ClueSource, f32); 7] = [
    (ClueSource::JsonLd, 0.95),
    (ClueSource::Microdata, 0.9),
    (ClueSource::Element, 0.9),
    (ClueSource::Meta, 0.88),
    (ClueSource::OpenGraph, 0.85),
    (ClueSource::VisibleText, 0.8),
    (ClueSource::Message, 0.75),
];
