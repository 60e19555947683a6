//! The subjects of an article among the top-level IPTC Media Topics: `subjects`.
//!
//! An outlet says best what its article is about: the section it stood in, then the
//! words of its address. Where neither names a subject, the words of an English text
//! may, if they are sure enough.

pub mod classifier;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::domain;
use crate::article::{Article, ClueSource};
use crate::tags::{InferenceSource, Subject, Tags};

/// After language, headline and section are known.
pub fn tag(article: &Article, tags: &mut Tags) {
    let found = by_outlet(article, tags).or_else(|| by_words(article, tags));
    let Some(Found { topic, method, source, confidence }) = found else { return };
    tags.subjects.push(Subject { name: topic.name, uri: topic.uri, confidence });
    tags.infer("subjects", source, method, confidence);
}

pub struct Found {
    pub topic: Topic,
    method: &'static str,
    source: InferenceSource,
    confidence: f32,
}

/// The subject that the section, or else the address, names.
pub fn by_outlet(article: &Article, tags: &Tags) -> Option<Found> {
    if let Some(topic) = tags.section.as_deref().and_then(by_section) {
        let of_section = tags.inferences.iter().find(|known| known.field == "articleSection");
        let source = of_section.map_or(InferenceSource::Body, |known| known.source);
        return Some(Found { topic, method: "section_name", source, confidence: 0.95 });
    }
    let topic = of_address(article.url.as_deref()?)?;
    let source = InferenceSource::Clue(ClueSource::Url);
    Some(Found { topic, method: "url_words", source, confidence: 0.9 })
}

/// The subject that the words of headline and body give away.
fn by_words(article: &Article, tags: &Tags) -> Option<Found> {
    let language = tags.language.as_deref()?;
    if language != "en" && !language.starts_with("en-") {
        return None;
    }
    let headline = tags.headline.as_ref().map_or("", |headline| headline.text());
    let model = &classifier::ENGLISH;
    let guess = model.guess(headline, article.text(), TOPICS.len())?;
    let confidence = model.calibration.confidence(guess.margin);
    (confidence >= LEAST_CONFIDENCE).then(|| Found {
        topic: TOPICS[guess.topic],
        method: "word_model",
        source: InferenceSource::Body,
        confidence: confidence.min(MOST_SURE),
    })
}

/// Below this the classifier abstains.
const LEAST_CONFIDENCE: f32 = 0.7;
/// A section's name is surer than any words.
const MOST_SURE: f32 = 0.9;

/// A top-level concept of the IPTC Media Topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub name: &'static str,
    pub uri: &'static str,
}

/// By the numbers in the list of words.
pub const TOPICS: [Topic; 17] = [
    Topic { name: "arts, culture, entertainment and media", uri: "medtop:01000000" },
    Topic { name: "crime, law and justice", uri: "medtop:02000000" },
    Topic { name: "disaster, accident and emergency incident", uri: "medtop:03000000" },
    Topic { name: "economy, business and finance", uri: "medtop:04000000" },
    Topic { name: "education", uri: "medtop:05000000" },
    Topic { name: "environment", uri: "medtop:06000000" },
    Topic { name: "health", uri: "medtop:07000000" },
    Topic { name: "human interest", uri: "medtop:08000000" },
    Topic { name: "labour", uri: "medtop:09000000" },
    Topic { name: "lifestyle and leisure", uri: "medtop:10000000" },
    Topic { name: "politics and government", uri: "medtop:11000000" },
    Topic { name: "religion", uri: "medtop:12000000" },
    Topic { name: "science and technology", uri: "medtop:13000000" },
    Topic { name: "society", uri: "medtop:14000000" },
    Topic { name: "sport", uri: "medtop:15000000" },
    Topic { name: "conflict, war and peace", uri: "medtop:16000000" },
    Topic { name: "weather", uri: "medtop:17000000" },
];

/// The subject that a section's name stands for: of the whole name, else of the last of
/// its words that is one's name ("US politics", "Business & Money"), if no other word
/// says otherwise.
fn by_section(section: &str) -> Option<Topic> {
    let folded = section.to_lowercase();
    let whole = folded.split_whitespace().collect::<Vec<_>>().join("-");
    if let Some(topic) = WORDS.get(whole.as_str()) {
        return Some(*topic);
    }
    one(folded.split(|c: char| !c.is_alphanumeric()))
}

/// The subject that the folders of a path name, or a host's first label
/// ("sport.example.com"); the last part of a path is the article's own.
fn of_address(url: &str) -> Option<Topic> {
    let path = domain::path(url).to_lowercase();
    let mut folders: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    folders.pop();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let label = rest.split(['.', '/']).next().unwrap_or_default().to_lowercase();
    // The first folder is the widest section.
    let named = folders.into_iter().take(MOST_FOLDERS).chain([label.as_str()]);
    named.filter_map(|folder| WORDS.get(folder).copied()).next()
}

const MOST_FOLDERS: usize = 3;

/// The one subject that these words name.
fn one<'a>(words: impl Iterator<Item = &'a str>) -> Option<Topic> {
    let mut topics = words.filter_map(|word| WORDS.get(word).copied());
    let first = topics.next()?;
    topics.all(|topic| topic == first).then_some(first)
}

static WORDS: LazyLock<HashMap<&'static str, Topic>> = LazyLock::new(|| {
    let lines = include_str!("lists/section_subjects.txt").lines();
    let mut words = HashMap::new();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let Some((number, names)) = line.split_once(' ') else { continue };
        let uri = format!("medtop:{number}000000");
        if let Some(topic) = TOPICS.iter().find(|topic| topic.uri == uri) {
            words.extend(names.split(' ').map(|name| (name, *topic)));
        }
    }
    words
});
