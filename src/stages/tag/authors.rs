//! Who wrote the article: `author[]`, people only.
//!
//! Each source names a set of people; the set that most sources agree on is
//! believed, and of equals the most trustworthy's. Sets are not added up, since a
//! page's weaker sources name its editors and its neighbours.

use super::byline::{self, Setting};
use super::entities::names;
use super::lists::{OUTLET_WORDS, PARTICLES};
use super::quotes::gender;
use super::{domain, outlets, person_name};
use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let is_english =
        tags.language.as_deref().is_some_and(|tag| tag == "en" || tag.starts_with("en-"));
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
    // Of what is unknown in other languages, most is no name.
    let is_first_name =
        |word: &str| names::is_given_name(word) || is_english && names::are_nothing_else(&[word]);
    // The site of one person has the name for a heading, too: only the article's is none.
    let headline = tags.headline.as_ref().map(|headline| outlets::key(headline.text()));
    let found: Vec<Found> = SOURCES
        .iter()
        .map(|&(source, confidence)| {
            let bylines: Vec<&str> = article
                .evidence
                .of(Fact::Author)
                .filter(|clue| clue.source == source)
                .take(MOST_CLUES)
                .map(|clue| clue.value.text())
                .filter(|byline| headline.as_ref() != Some(&outlets::key(byline)))
                .collect();
            let people = people_of(&bylines, source, &is_outlet, &is_first_name);
            (people, source, confidence)
        })
        .filter(|(people, ..)| !people.is_empty() && people.len() <= MOST_AUTHORS)
        .collect();
    let signed = is_signed_by_nobody(article);
    let found = most_agreed(&found).map(|best| with_those_beside(best, article, &is_outlet));
    if let Some((people, source, confidence)) = found.filter(|(_, source, _)| {
        !(signed && matches!(source, ClueSource::Element | ClueSource::VisibleText))
    }) {
        tags.authors = without(people, &helpers(article, &is_outlet));
        tags.infer("author", InferenceSource::Clue(source), "named_people", confidence);
    }
}

/// Whether a site's name is a person's: "Jane Doe" writes on the site "Jane Doe".
fn is_named_after_person(name: &str) -> bool {
    let name = person_name::recased(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    let has_first_name = names::begins_with_given_name(&words) || gender::of_name(&name).is_some();
    let is_article = |word: &&str| PARTICLES.contains(word.to_lowercase().as_str());
    let has_outlet_word =
        name.to_lowercase().split([' ', '-']).any(|word| OUTLET_WORDS.contains(word));
    (2..=3).contains(&words.len())
        && has_first_name
        && !has_outlet_word
        && !words.first().is_some_and(is_article)
}

/// The people that a source names, which it is, and how far it is believed.
type Found = (Vec<String>, ClueSource, f32);

/// The set of people that most sources name, of equals the most trustworthy's.
fn most_agreed(found: &[Found]) -> Option<&Found> {
    let all: Vec<Vec<String>> = found.iter().map(|(people, ..)| keys(people)).collect();
    let votes = |index: usize| all.iter().filter(|other| **other == all[index]).count();
    let best = (0..found.len())
        .reduce(|best, next| if votes(next) > votes(best) { next } else { best })?;
    Some(&found[best])
}

fn keys(people: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = people.iter().map(|name| outlets::key(name)).collect();
    keys.sort();
    keys
}

/// Those of the byline that has everyone of `best` and more in one enumeration: fields for
/// one author name the first of several.
fn with_those_beside(best: &Found, article: &Article, is_outlet: &dyn Fn(&str) -> bool) -> Found {
    let known = keys(&best.0);
    let bylines =
        article.evidence.of(Fact::Author).filter(|clue| clue.source == ClueSource::Element);
    // Behind the first that names anyone stand those of other articles.
    let mut named = bylines.take(NEAR_TOP).filter_map(|clue| {
        let people = without_places(byline::enumerated(clue.value.text(), is_outlet));
        (!people.is_empty()).then_some(people)
    });
    let wider = named.next().filter(|people| {
        let others = keys(people);
        others.len() > known.len() && known.iter().all(|key| others.contains(key))
    });
    wider.map_or_else(|| best.clone(), |people| (people, ClueSource::Element, best.2))
}

/// Whether the page signs with what its fields give for the author, and that is nobody:
/// an agency, the staff. Names further down are then of other articles.
fn is_signed_by_nobody(article: &Article) -> bool {
    let first = |wanted: ClueSource| {
        let mut clues = article.evidence.of(Fact::Author).filter(move |clue| clue.source == wanted);
        clues.next().map(|clue| clue.value.text())
    };
    let no_outlet = |_: &str| false;
    let names_people = |byline: &str| !byline::people(byline, Setting::Text, &no_outlet).is_empty();
    if first(ClueSource::VisibleText).is_some_and(names_people) {
        return false;
    }
    let signature = first(ClueSource::Element).or(first(ClueSource::VisibleText));
    let Some(signature) = signature else { return false };
    let lines: Vec<String> = signature.lines().take(3).map(outlets::key).collect();
    let mut stated = article.evidence.of(Fact::Author).filter(|clue| {
        matches!(
            clue.source,
            ClueSource::JsonLd | ClueSource::OpenGraph | ClueSource::Meta | ClueSource::Microdata
        )
    });
    stated.any(|clue| {
        let name = clue.value.text();
        let key = outlets::key(name);
        // "By" may stand before it.
        let is_it = |line: &String| {
            line.strip_suffix(&key).is_some_and(|before| before.chars().count() <= 3)
        };
        key.chars().count() >= 3 && lines.iter().any(is_it) && !names_people(name)
    })
}

/// Those whom bylines name for another part in the article: who edited, took the
/// pictures, or helped. Fields for authors list them, too.
fn helpers(article: &Article, is_outlet: &dyn Fn(&str) -> bool) -> Vec<String> {
    let shown = [ClueSource::Element, ClueSource::Microdata, ClueSource::VisibleText];
    let bylines = shown.iter().flat_map(|&source| {
        article.evidence.of(Fact::Author).filter(move |clue| clue.source == source).take(NEAR_TOP)
    });
    bylines.flat_map(|clue| byline::helpers(clue.value.text(), is_outlet)).collect()
}

/// All of `people` where none would be left.
fn without(people: Vec<String>, others: &[String]) -> Vec<String> {
    let others = keys(others);
    let is_other = |name: &String| others.contains(&outlets::key(name));
    if people.iter().all(is_other) {
        return people;
    }
    people.into_iter().filter(|name| !is_other(name)).collect()
}

fn people_of(
    bylines: &[&str],
    source: ClueSource,
    is_outlet: &dyn Fn(&str) -> bool,
    is_first_name: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let first_name = |byline: &str| byline::first_name(byline, is_outlet, is_first_name);
    match source {
        ClueSource::VisibleText => {
            let mut signed = bylines.iter().take(NEAR_TOP).filter(|byline| byline::says_so(byline));
            let alone = signed.next().and_then(|byline| first_name(byline));
            let people = of_first(bylines, is_outlet);
            // Further down stand the bylines of comments, but also the whole name.
            match alone {
                Some(name) if !people.iter().any(|person| person.starts_with(&name)) => vec![name],
                _ => people,
            }
        }
        // Behind the first that names anyone stand those of other articles.
        ClueSource::Element => bylines
            .iter()
            .map(|byline| byline::people(byline, Setting::Text, is_outlet))
            .find(|people| !people.is_empty())
            .map(without_places)
            .or_else(|| Some(vec![first_name(bylines.first()?)?]))
            .unwrap_or_default(),
        _ => {
            let turned: Vec<String> =
                bylines.iter().map(|byline| family_name_last(byline)).collect();
            let bylines: Vec<&str> = turned.iter().map(String::as_str).collect();
            of_all(&bylines, Setting::Field, is_outlet)
        }
    }
}

/// "Doe, Jane; Roe, John" → "Jane Doe; John Roe". "Jane, John" are two first names, and
/// "Jane Doe, John Roe" two people.
fn family_name_last(byline: &str) -> String {
    let turn = |name: &str| {
        let (family, given) = name.split_once(',')?;
        let (family, given) = (family.trim(), given.trim());
        let begins = |words: &str| words.split(' ').next().is_some_and(names::is_given_name);
        let is_turned = family.split(' ').count() <= 2
            && given.split(' ').count() <= 2
            && begins(given)
            && !begins(family);
        is_turned.then(|| format!("{given} {family}"))
    };
    let all: Option<Vec<String>> = byline.split(';').map(turn).collect();
    all.map_or_else(|| byline.to_owned(), |all| all.join("; "))
}

/// "Jane Doe, San Francisco": behind the first, a place is where they wrote.
fn without_places(people: Vec<String>) -> Vec<String> {
    let is_place = |name: &String| names::are_of_place(&name.split(' ').collect::<Vec<_>>());
    let of_people =
        |(index, name): (usize, String)| (index == 0 || !is_place(&name)).then_some(name);
    people.into_iter().enumerate().filter_map(of_people).collect()
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
    let is_person = |name: &String| names::are_likely_person(&name.split(' ').collect::<Vec<_>>());
    let unsaid = |byline: &&str| named(byline).filter(|people| people.iter().all(is_person));
    said.or_else(|| bylines.iter().take(NEAR_TOP).find_map(unsaid)).unwrap_or_default()
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
