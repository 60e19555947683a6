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
use crate::text::words::count_words;

pub fn tag(article: &Article, tags: &mut Tags) {
    let mut candidates = candidates(article, tags);
    let Some(best) = choose(&candidates) else { return };
    let mut chosen = candidates.swap_remove(best);
    let votes = candidates.iter().filter(|other| other.key == chosen.key).count();
    let confidence = if votes > 0 { 0.95 } else { lone_confidence(chosen.source) };

    // The heading that a reader sees seldom names the site; the same title in a
    // field of the message or in the window's bar does.
    let agreeing = candidates.iter_mut().filter(|other| other.key == chosen.key);
    let mut named = agreeing.filter_map(|other| Some((other.site_name.take()?, other.source)));
    let site_name =
        chosen.site_name.take().map(|name| (name, chosen.source)).or_else(|| named.next());

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
        && let Some(((name, confidence), source)) = site_name
    {
        tags.publisher.name = Some(name);
        tags.infer("publisher.name", InferenceSource::Clue(source), "title_suffix", confidence);
    }
    tags.headline = Some(chosen.passage);
    tags.infer("headline", InferenceSource::Clue(chosen.source), "agreeing_titles", confidence);
}

struct Candidate {
    passage: Passage,
    source: ClueSource,
    /// Shown on the page, not just stated about it.
    is_heading: bool,
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
            // The first element with a title is the window's, the others are headings.
            let is_heading = clue.source == ClueSource::VisibleText
                || clue.source == ClueSource::Element
                    && clues[..index].iter().any(|other| other.source == ClueSource::Element);
            candidate(clue, is_heading, &site)
        })
        .collect()
}

fn candidate(clue: &Clue, is_heading: bool, site: &Site<'_>) -> Option<Candidate> {
    let mut passage = clue.value.clone();
    let mut site_name = None;
    if let Some(cut) = site_suffix::find(passage.text(), site) {
        site_name = Some((passage.text()[cut.name.clone()].to_owned(), cut.confidence));
        passage.apply(vec![cut.proposal()]);
    }
    let text = passage.text();
    let key = outlets::key(text);
    let is_site = site.names.iter().any(|name| outlets::key(name) == key)
        || !is_heading && site_suffix::is_of_site(text, site);
    let length = text.chars().count();
    let fits = !is_site && (2..=400).contains(&length) && text.chars().any(char::is_alphabetic);
    fits.then_some(Candidate { passage, source: clue.source, is_heading, key, site_name })
}

/// A title behind a kicker has at least as many letters.
const SHORTEST_BEHIND_KICKER: usize = 20;

/// The index of the candidate with the most weight behind its wording.
fn choose(candidates: &[Candidate]) -> Option<usize> {
    let weights: Vec<f32> =
        candidates.iter().enumerate().map(|(index, _)| weight(candidates, index)).collect();
    let text = |index: usize| candidates[index].passage.text();
    let behind = |index: usize| -> f32 {
        let key = &candidates[index].key;
        // "Kicker: Title" over an article called "Title" agrees with it.
        let is_short = key.chars().count() < SHORTEST_BEHIND_KICKER;
        // Where the page states the title without the kicker, all that name both agree.
        let is_stated =
            matches!(candidates[index].source, ClueSource::OpenGraph | ClueSource::JsonLd);
        let kicked = candidates.iter().find(|heading| {
            is_stated && heading.is_heading && is_behind_kicker(text(index), heading.passage.text())
        });
        let agrees = |other: &Candidate| {
            other.key == *key
                || !is_short
                    && (other.is_heading && other.key.ends_with(key.as_str())
                        || kicked.is_some_and(|heading| heading.key == other.key))
        };
        let agreeing = candidates.iter().zip(&weights).filter(|(other, _)| agrees(other));
        agreeing.map(|(_, weight)| weight).sum()
    };
    (0..candidates.len()).reduce(|best, next| {
        // Of one wording, the form that a reader sees, unless its words are run together.
        let is_better = if candidates[best].key == candidates[next].key {
            if is_run_together(text(best), text(next)) {
                weights[next] > 1.0
            } else {
                weights[next] > weights[best] && !is_run_together(text(next), text(best))
            }
        } else {
            behind(next) > behind(best)
        };
        if is_better { next } else { best }
    })
}

/// Whether `heading` is `title` behind a kicker: "Harbour: Bridge closed for two years".
fn is_behind_kicker(title: &str, heading: &str) -> bool {
    heading.strip_suffix(title).is_some_and(|kicker| {
        kicker.ends_with(char::is_whitespace)
            && kicker.trim_end().ends_with([':', '|', '–', '—', '-'])
    })
}

/// Whether `one` lacks a blank that the same title has elsewhere, as where a kicker and a
/// title stand in elements of their own: "CouncilBridge closed", "Council Bridge closed".
fn is_run_together(one: &str, other: &str) -> bool {
    let joints = |title: &str| {
        let characters: Vec<char> = title.chars().collect();
        let pairs = characters.windows(2);
        pairs.filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()).count()
    };
    count_words(one) < count_words(other) && joints(one) > joints(other)
}

/// Set on labelled pages of 600 sites: what a page shows and what it tells social
/// networks is the headline more often than what stands in its window's title.
fn weight(candidates: &[Candidate], index: usize) -> f32 {
    let candidate = &candidates[index];
    let is_repeated = candidates[..index].iter().any(|other| {
        (other.source, other.is_heading, &other.key)
            == (candidate.source, candidate.is_heading, &candidate.key)
    });
    if is_repeated {
        return 0.0;
    }
    // A heading that shares nothing with what the page is called elsewhere is
    // that of the site or of a box.
    let mut stated = candidates.iter().filter(|other| !other.is_heading).peekable();
    if candidate.is_heading
        && stated.peek().is_some()
        && !stated.any(|other| other.key == candidate.key || is_variant(&other.key, &candidate.key))
    {
        return 0.1;
    }
    match candidate.source {
        ClueSource::Element if candidate.is_heading => 3.2,
        ClueSource::OpenGraph => 2.6,
        ClueSource::JsonLd => 2.4,
        ClueSource::Microdata | ClueSource::Message => 1.5,
        ClueSource::Meta => 1.3,
        ClueSource::VisibleText => 1.0,
        ClueSource::Element => 0.8,
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
