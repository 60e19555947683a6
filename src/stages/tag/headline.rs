//! The headline and, where the page has a second one for search engines or
//! social networks, the alternative headline.
//!
//! Titles that agree once the site's name is cut count together; what a reader
//! sees weighs more than what the page tells machines.

use super::site_suffix::{self, Site};
use super::{domain, outlets};
use crate::article::{Article, Clue, ClueSource, Fact};
use crate::passage::Passage;
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let mut candidates = candidates(article, tags);
    let Some(best) = choose(&candidates) else { return };
    let chosen = candidates.swap_remove(best);
    let votes = candidates.iter().filter(|other| other.key == chosen.key).count();
    let confidence = if votes > 0 { 0.95 } else { lone_confidence(chosen.source) };

    let other = stated_alternative(article).or_else(|| {
        candidates
            .into_iter()
            .find(|other| other.key != chosen.key && is_variant(&other.key, &chosen.key))
            .map(|other| (other.passage, other.source))
    });
    if let Some((passage, source)) = other
        && outlets::key(passage.text()) != chosen.key
    {
        tags.alternative_headline = Some(passage);
        tags.infer("alternativeHeadline", InferenceSource::Clue(source), "second_title", 0.8);
    }
    if tags.publisher.name.is_none()
        && let Some((name, confidence)) = chosen.site_name
    {
        tags.publisher.name = Some(name);
        let source = InferenceSource::Clue(chosen.source);
        tags.infer("publisher.name", source, "title_suffix", confidence);
    }
    tags.headline = Some(chosen.passage);
    tags.infer("headline", InferenceSource::Clue(chosen.source), "agreeing_titles", confidence);
}

struct Candidate {
    passage: Passage,
    source: ClueSource,
    key: String,
    /// The site's name, if the title held it.
    site_name: Option<(String, f32)>,
}

/// More titles than this come from lists and templates, not from one article.
const MOST_TITLES: usize = 24;

fn candidates(article: &Article, tags: &Tags) -> Vec<Candidate> {
    let clues: Vec<&Clue> = article.evidence.of(Fact::Title).take(MOST_TITLES).collect();
    let publishers = article.evidence.of(Fact::Publisher).map(|clue| clue.value.text());
    let names: Vec<&str> = publishers.take(4).chain(tags.publisher.name.as_deref()).collect();
    let section = article.evidence.of(Fact::Section).map(|clue| clue.value.text()).next();
    clues
        .iter()
        .enumerate()
        .filter_map(|(index, clue)| {
            let others = clues.iter().enumerate().filter(|(other, _)| *other != index);
            let site = Site {
                names: names.clone(),
                domain_name: tags.publisher.domain.as_deref().map(domain::name),
                section,
                titles: others.map(|(_, clue)| clue.value.text()).collect(),
                body: article.text(),
            };
            candidate(clue, &site)
        })
        .collect()
}

fn candidate(clue: &Clue, site: &Site<'_>) -> Option<Candidate> {
    let mut passage = clue.value.clone();
    let mut site_name = None;
    if let Some(cut) = site_suffix::find(passage.text(), site) {
        site_name = Some((passage.text()[cut.name.clone()].to_owned(), cut.confidence));
        passage.apply(vec![cut.proposal()]);
    }
    let text = passage.text();
    let key = outlets::key(text);
    let is_site = site.names.iter().any(|name| outlets::key(name) == key);
    let length = text.chars().count();
    let fits = !is_site && (2..=400).contains(&length) && text.chars().any(char::is_alphabetic);
    fits.then_some(Candidate { passage, source: clue.source, key, site_name })
}

/// The index of the candidate with the most weight behind its wording.
fn choose(candidates: &[Candidate]) -> Option<usize> {
    let weight = |wanted: &Candidate| -> f32 {
        candidates.iter().filter(|other| other.key == wanted.key).map(|c| weight(c.source)).sum()
    };
    (0..candidates.len()).reduce(|best, next| {
        let (a, b) = (&candidates[best], &candidates[next]);
        let (weight_a, weight_b) = (weight(a), weight(b));
        // Of one wording, the form that a reader sees.
        let better = weight_b > weight_a
            || (a.key == b.key && self::weight(b.source) > self::weight(a.source));
        if better { next } else { best }
    })
}

fn weight(source: ClueSource) -> f32 {
    match source {
        ClueSource::VisibleText => 3.0,
        ClueSource::OpenGraph => 2.0,
        ClueSource::JsonLd => 1.9,
        ClueSource::Microdata => 1.5,
        ClueSource::Message => 1.4,
        ClueSource::Element => 1.2,
        ClueSource::Meta => 1.0,
        ClueSource::Url => 0.1,
    }
}

fn lone_confidence(source: ClueSource) -> f32 {
    match source {
        ClueSource::JsonLd | ClueSource::OpenGraph | ClueSource::VisibleText => 0.85,
        ClueSource::Microdata | ClueSource::Message | ClueSource::Element => 0.8,
        ClueSource::Meta => 0.7,
        ClueSource::Url => 0.3,
    }
}

fn stated_alternative(article: &Article) -> Option<(Passage, ClueSource)> {
    article.evidence.of(Fact::AlternativeTitle).next().map(|clue| (clue.value.clone(), clue.source))
}

/// Whether two titles tell the same story: neither is a site's name or a
/// template's, so they share letters in runs. A third of the shorter one's
/// four-letter runs is enough; other stories of a page share fewer.
fn is_variant(one: &str, other: &str) -> bool {
    let runs = |key: &str| -> Vec<Vec<char>> {
        let characters: Vec<char> = key.chars().take(300).collect();
        characters.windows(4).map(<[char]>::to_vec).collect()
    };
    let (a, b) = (runs(one), runs(other));
    let shorter = a.len().min(b.len());
    let known: std::collections::HashSet<&Vec<char>> = a.iter().collect();
    let shared = b.iter().filter(|run| known.contains(run)).count();
    shorter >= 8 && shared * 3 >= shorter
}
