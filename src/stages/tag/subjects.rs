//! The subjects of an article among the top-level IPTC Media Topics: `subjects`.
//!
//! An outlet says best what its article is about: the section it stood in, then the
//! words of its address. Where neither names a subject there is none.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::domain;
use crate::article::Article;
use crate::tags::{InferenceSource, Subject, Tags};

/// After the section is known.
pub fn tag(article: &Article, tags: &mut Tags) {
    let section = tags.section.as_deref().and_then(by_section);
    let by_section = section.map(|topic| (topic, "section_name", 0.95));
    let by_address = || {
        let url = article.url.as_deref()?;
        of_address(url).map(|topic| (topic, "url_words", 0.9))
    };
    let Some((topic, method, confidence)) = by_section.or_else(by_address) else { return };
    let source = match method {
        "url_words" => InferenceSource::Clue(crate::article::ClueSource::Url),
        _ => tags
            .inferences
            .iter()
            .find(|inference| inference.field == "articleSection")
            .map_or(InferenceSource::Body, |inference| inference.source),
    };
    tags.subjects.push(Subject { name: topic.name, uri: topic.uri, confidence });
    tags.infer("subjects", source, method, confidence);
}

/// A top-level concept of the IPTC Media Topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub name: &'static str,
    pub uri: &'static str,
}

/// By the numbers in the list of words.
const TOPICS: [Topic; 17] = [
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
