//! Who wrote the article: `author[]`, people only.
//!
//! Each source names a set of people; the set that most sources agree on is
//! believed, and of equals the most trustworthy's. Sets are not added up, since a
//! page's weaker sources name its editors and its neighbours.

use super::byline::{self, Setting};
use super::quotes::gender;
use super::{domain, outlets, person_name};
use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let stated: Vec<&str> =
        article.evidence.of(Fact::Publisher).take(4).map(|clue| clue.value.text()).collect();
    let is_outlet = |name: &str| {
        let is_named_so = stated
            .iter()
            .copied()
            .chain(tags.publisher.name.as_deref())
            .any(|known| outlets::same(known, name))
            || tags
                .publisher
                .domain
                .as_deref()
                .is_some_and(|known| outlets::key(name) == outlets::key(domain::name(known)));
        is_named_so && !is_named_after_person(name)
    };
    let titles: Vec<String> = article
        .evidence
        .of(Fact::Title)
        .take(4)
        .map(|clue| outlets::key(clue.value.text()))
        .collect();
    let found: Vec<(Vec<String>, ClueSource, f32)> = SOURCES
        .iter()
        .map(|&(source, confidence)| {
            let bylines: Vec<&str> = article
                .evidence
                .of(Fact::Author)
                .filter(|clue| clue.source == source)
                .take(MOST_CLUES)
                .map(|clue| clue.value.text())
                .filter(|byline| !titles.contains(&outlets::key(byline)))
                .collect();
            (people_of(&bylines, source, &is_outlet), source, confidence)
        })
        .filter(|(people, ..)| !people.is_empty() && people.len() <= MOST_AUTHORS)
        .collect();
    let found = most_agreed(found);
    if let Some((people, source, confidence)) = found {
        tags.authors = people;
        tags.infer("author", InferenceSource::Clue(source), "named_people", confidence);
    }
}

/// Whether a site's name is a person's: "Jane Doe" writes on the site "Jane Doe".
fn is_named_after_person(name: &str) -> bool {
    let name = person_name::recased(name);
    (2..=3).contains(&name.split_whitespace().count()) && gender::of_name(&name).is_some()
}

/// The set of people that most sources name, of equals the most trustworthy's.
fn most_agreed(
    mut found: Vec<(Vec<String>, ClueSource, f32)>,
) -> Option<(Vec<String>, ClueSource, f32)> {
    let keys = |people: &[String]| {
        let mut keys: Vec<String> = people.iter().map(|name| outlets::key(name)).collect();
        keys.sort();
        keys
    };
    let all: Vec<Vec<String>> = found.iter().map(|(people, ..)| keys(people)).collect();
    let votes = |index: usize| all.iter().filter(|other| **other == all[index]).count();
    let best = (0..found.len())
        .reduce(|best, next| if votes(next) > votes(best) { next } else { best })?;
    Some(found.swap_remove(best))
}

fn people_of(
    bylines: &[&str],
    source: ClueSource,
    is_outlet: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    match source {
        ClueSource::VisibleText => of_first(bylines, is_outlet),
        // Behind the first that names anyone stand those of other articles.
        ClueSource::Element => bylines
            .iter()
            .map(|byline| byline::people(byline, Setting::Text, is_outlet))
            .find(|people| !people.is_empty())
            .unwrap_or_default(),
        _ => of_all(bylines, Setting::Field, is_outlet),
    }
}

/// The people of all bylines, each once.
fn of_all(bylines: &[&str], setting: Setting, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for byline in bylines {
        for person in byline::people(byline, setting, is_outlet) {
            if !people.iter().any(|known| outlets::key(known) == outlets::key(&person)) {
                people.push(person);
            }
        }
    }
    people
}

/// The people of the first byline that says it is one and names any, or else of
/// the first near the top: further down stand the bylines of other articles.
fn of_first(bylines: &[&str], is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    let named = |byline: &str| {
        let people = byline::people(byline, Setting::Text, is_outlet);
        (!people.is_empty()).then_some(people)
    };
    let said = bylines.iter().enumerate().find_map(|(index, byline)| {
        if byline::is_bare(byline) {
            return bylines.get(index + 1).and_then(|next| named(next));
        }
        if byline::says_so(byline) { named(byline) } else { None }
    });
    said.or_else(|| bylines.iter().take(NEAR_TOP).find_map(|byline| named(byline)))
        .unwrap_or_default()
}

/// How many lines that read like bylines may stand before the article's own.
const NEAR_TOP: usize = 6;
const MOST_CLUES: usize = 40;
const MOST_AUTHORS: usize = 20;

/// The most trustworthy first.
const SOURCES: [(ClueSource, f32); 7] = [
    (ClueSource::JsonLd, 0.95),
    (ClueSource::OpenGraph, 0.9),
    (ClueSource::Meta, 0.9),
    (ClueSource::Microdata, 0.88),
    (ClueSource::Element, 0.85),
    (ClueSource::VisibleText, 0.8),
    (ClueSource::Message, 0.75),
];
