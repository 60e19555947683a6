//! JSON-LD: the object that describes the article, wherever it stands in the block.

use serde_json::Value;

use crate::article::{Article, ClueSource, Evidence, Fact, Flag};

/// Blocks larger than this hold more than an article's description.
const LARGEST: usize = 2 * 1024 * 1024;
/// How many objects are looked at in the search for the article's.
const MOST_OBJECTS: usize = 200;
/// A field with more values is made to cost time; the rest is not read.
const MOST_VALUES: usize = 100;

/// Types whose headline, dates and authors are the article's.
const ARTICLES: &[&str] = &[
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "TechArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "Report",
    "Review",
    "WebPage",
    "ItemPage",
    "MedicalWebPage",
];

/// Adds clues; returns the `articleBody`, if there is one. Of a list's items it is not the
/// page's own.
pub fn read(block: &str, article: &mut Article) -> Option<String> {
    if block.len() > LARGEST {
        return None;
    }
    let root = parse(block)?;
    let mut body = None;
    let mut queue = std::collections::VecDeque::from([(&root, false)]);
    let mut described = Vec::new();
    let mut seen = 0;
    while let Some((value, is_listed)) = queue.pop_front() {
        seen += 1;
        if seen > MOST_OBJECTS {
            break;
        }
        match value {
            Value::Array(items) => queue.extend(items.iter().map(|item| (item, is_listed))),
            Value::Object(object) => {
                let types = strings(object.get("@type"));
                if !is_listed && types.iter().any(|one| ARTICLES.contains(&bare(one))) {
                    describe(value, &types, article);
                    described.push(value);
                    let stated = object.get("articleBody").and_then(Value::as_str);
                    body = body.or(stated.map(str::to_owned));
                }
                for key in ["@graph", "mainEntity"] {
                    queue.extend(object.get(key).map(|inner| (inner, is_listed)));
                }
                queue.extend(object.get("itemListElement").map(|items| (items, true)));
            }
            _ => {}
        }
    }
    // Of several objects the one that has names is the article's own.
    if article.evidence.first(Fact::Author, ClueSource::JsonLd).is_none() {
        for value in described {
            add_other_authors(&mut article.evidence, value, &root);
        }
    }
    body
}

/// Pages put JSON into comments, and line breaks into its strings.
fn parse(block: &str) -> Option<Value> {
    let trimmed = block
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim_end_matches(';')
        .trim();
    serde_json::from_str(trimmed).ok().or_else(|| {
        let flat: String = trimmed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&flat).ok()
    })
}

fn describe(value: &Value, types: &[&str], article: &mut Article) {
    let is_page = types.iter().all(|one| bare(one).ends_with("Page"));
    let evidence = &mut article.evidence;
    let mut add = |fact: Fact, key: &str| {
        for one in strings(value.get(key)) {
            evidence.add(fact, ClueSource::JsonLd, one);
        }
    };
    add(Fact::PageType, "@type");
    add(Fact::Title, "headline");
    if !is_page && value.get("headline").is_none() {
        add(Fact::Title, "name");
    }
    add(Fact::AlternativeTitle, "alternativeHeadline");
    add(Fact::Published, "datePublished");
    add(Fact::Modified, "dateModified");
    add(Fact::Section, "articleSection");
    add(Fact::Language, "inLanguage");
    add(Fact::Description, "description");
    add(Fact::Keywords, "keywords");
    for key in ["author", "creator"] {
        add_names(evidence, Fact::Author, value.get(key));
    }
    add_names(evidence, Fact::Publisher, value.get("publisher"));
    let free = value.get("isAccessibleForFree");
    let is_paid = free.is_some_and(|free| {
        free.as_bool() == Some(false)
            || free.as_str().is_some_and(|word| word.eq_ignore_ascii_case("false"))
    });
    if is_paid {
        article.flag(Flag::Paywalled);
    }
}

/// The names of people or organisations: text, objects with a name, or lists of them.
fn add_names(evidence: &mut Evidence, fact: Fact, value: Option<&Value>) {
    for name in items(value).flat_map(own_names) {
        evidence.add(fact, ClueSource::JsonLd, name);
    }
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter().take(MOST_VALUES)
}

fn own_names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name],
        Value::Object(object) => strings(object.get("name")),
        _ => Vec::new(),
    }
}

/// The authors of an article that names none itself: in parts, or by reference.
fn add_other_authors(evidence: &mut Evidence, article: &Value, root: &Value) {
    for item in items(article.get("author")) {
        let part = |key| item.get(key).and_then(Value::as_str);
        if let (Some(given), Some(family)) = (part("givenName"), part("familyName")) {
            evidence.add(Fact::Author, ClueSource::JsonLd, format!("{given} {family}"));
        } else if let Some(id) = part("@id") {
            for name in named(root, id) {
                evidence.add(Fact::Author, ClueSource::JsonLd, name);
            }
        }
    }
}

/// The names of the object that has this `@id`, elsewhere in the block.
fn named<'a>(root: &'a Value, id: &str) -> Vec<&'a str> {
    let mut queue = std::collections::VecDeque::from([root]);
    for _ in 0..MOST_OBJECTS {
        match queue.pop_front() {
            Some(Value::Array(items)) => queue.extend(items),
            Some(Value::Object(object)) => {
                let names = strings(object.get("name"));
                if object.get("@id").and_then(Value::as_str) == Some(id) && !names.is_empty() {
                    return names;
                }
                queue.extend(object.values().filter(|inner| inner.is_object() || inner.is_array()));
            }
            Some(_) => {}
            None => break,
        }
    }
    Vec::new()
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(items)) => {
            items.iter().take(MOST_VALUES).filter_map(Value::as_str).collect()
        }
        Some(Value::Object(object)) => object
            .get("name")
            .or(object.get("@value"))
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// A type without the vocabulary's address.
fn bare(kind: &str) -> &str {
    kind.rsplit(['/', ':', '#']).next().unwrap_or(kind)
}
