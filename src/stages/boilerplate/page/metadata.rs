//! What a page says of itself: `<title>`, `<meta>`, `<link>`, `<time>`, `lang`,
//! `rel=author`, microdata, and the JSON-LD read by [`super::json_ld`]. All of it
//! is noted, none of it judged.

use html5ever::local_name;

use super::json_ld;
use super::places::Places;
use super::render::is_block;
use super::tree::{Content, Element, NodeId, Tree};
use crate::article::{Article, ClueSource, Evidence, Fact, Flag};
use crate::stage::Deadline;

/// Values longer than this, in bytes, are not facts.
const LONGEST_VALUE: usize = 2000;
/// A page with more clues than this is made to cost time; the rest is not read.
const MOST_CLUES: usize = 400;
/// Times of others that are kept: the first tell the zone.
const MOST_ALONGSIDE: usize = 8;
/// Nodes of an item that are looked at for a name.
const MOST_NODES: usize = 60;

/// Adds clues; returns the text that JSON-LD states to be the article's.
pub fn read(
    tree: &Tree,
    places: &Places<'_>,
    article: &mut Article,
    deadline: &Deadline,
) -> String {
    let mut body = String::new();
    let mut asked = 0;
    // Looking for where something stands costs time, whatever comes of it.
    let mut is_own = |id| {
        asked += 1;
        asked <= MOST_CLUES && !places.is_of_others(id)
    };
    let mut label_of_author = false;
    for id in tree.descendants(tree.root()) {
        let Some(element) = tree.element(id) else { continue };
        if article.evidence.clues.len() >= MOST_CLUES {
            break;
        }
        let evidence = &mut article.evidence;
        match element.name {
            local_name!("html") => {
                if let Some(language) = element.attribute(&local_name!("lang")) {
                    evidence.add(Fact::Language, ClueSource::Element, language);
                }
            }
            local_name!("title") if !is_in_drawing(tree, id) => {
                add_text(evidence, Fact::Title, tree, id);
            }
            local_name!("meta") => {
                let is_in_item = element.attribute(&local_name!("itemprop")).is_some();
                if !is_in_item || is_own(id) {
                    read_meta(element, evidence);
                }
                if label_of_author && is_named(element, "twitter:data1") {
                    let value = element.attribute(&local_name!("content")).unwrap_or_default();
                    evidence.add(Fact::Author, ClueSource::Meta, value);
                }
                label_of_author |= is_label_of_author(element);
                if states_lock(element) {
                    article.flag(Flag::Paywalled);
                }
            }
            local_name!("link") => {
                let rel = element.attribute(&local_name!("rel")).unwrap_or_default();
                if rel.eq_ignore_ascii_case("canonical")
                    && let Some(href) = element.attribute(&local_name!("href"))
                {
                    evidence.add(Fact::CanonicalUrl, ClueSource::Element, href);
                }
            }
            local_name!("script") => {
                let kind = element.attribute(&local_name!("type")).unwrap_or_default();
                if kind.trim().eq_ignore_ascii_case("application/ld+json") {
                    deadline.check();
                    if let Some(stated) = json_ld::read(&tree.text(id), article)
                        && stated.len() > body.len()
                    {
                        body = stated;
                    }
                }
            }
            local_name!("h1") if !is_link_to_front(tree, id) => {
                if let Some(text) = spaced_text(tree, id) {
                    evidence.add(Fact::Title, ClueSource::Element, text);
                }
            }
            local_name!("time") => {
                if is_own(id) && !places.is_outside(id) {
                    read_time(element, tree, id, evidence);
                } else if evidence.of(Fact::Alongside).count() < MOST_ALONGSIDE
                    && let Some(value) = element.attribute(&local_name!("datetime"))
                {
                    evidence.add(Fact::Alongside, ClueSource::Element, value);
                }
            }
            local_name!("a")
                if element
                    .attribute(&local_name!("rel"))
                    .is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one == "author"))
                    && is_own(id) =>
            {
                add_text(evidence, Fact::Author, tree, id);
            }
            _ => read_microdata(element, tree, id, evidence, &mut is_own),
        }
    }
    body
}

fn is_in_drawing(tree: &Tree, id: NodeId) -> bool {
    tree.parent(id)
        .and_then(|parent| tree.element(parent))
        .is_some_and(|parent| parent.name != local_name!("head"))
}

/// Whether a heading is, holds or stands in a link to the front page: it names the site.
fn is_link_to_front(tree: &Tree, heading: NodeId) -> bool {
    let leads = |id: NodeId| {
        let element = tree.element(id).filter(|element| element.name == local_name!("a"));
        element.and_then(|element| element.attribute(&local_name!("href"))).is_some_and(is_front)
    };
    let mut within = tree.descendants(heading).take(MOST_IN_HEADING);
    tree.parent(heading).is_some_and(leads) || within.any(leads)
}

/// Nodes of a heading that are looked at: headings may hold each other, and the page.
const MOST_IN_HEADING: usize = 32;

/// Whether an address has no more than a host.
fn is_front(address: &str) -> bool {
    let path = match address.split_once("//") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => address.strip_prefix('/').unwrap_or(address),
    };
    !address.is_empty() && !address.starts_with('#') && path.is_empty()
}

/// Adds the element's text with its white space collapsed.
fn add_text(evidence: &mut Evidence, fact: Fact, tree: &Tree, id: NodeId) {
    if let Some(text) = tree.short_text(id, LONGEST_VALUE) {
        let words: Vec<&str> = text.split_whitespace().collect();
        evidence.add(fact, ClueSource::Element, words.join(" "));
    }
}

/// The text of a heading, with a blank between what stands on lines of its own.
fn spaced_text(tree: &Tree, top: NodeId) -> Option<String> {
    tree.short_text(top, LONGEST_VALUE)?;
    let mut text = String::new();
    let mut line = None;
    for id in tree.descendants(top) {
        let is_break = tree.element(id).is_some_and(|it| it.name == local_name!("br"));
        let Content::Text(piece) = &tree.node(id).content else {
            if is_break {
                text.push(' ');
            }
            continue;
        };
        let mut around = std::iter::successors(tree.parent(id), |&at| tree.parent(at));
        let block = around.find(|&at| at == top || tree.element(at).is_some_and(is_line));
        if line.is_some_and(|line| Some(line) != block)
            && !piece.trim_start().starts_with([':', ',', '.', ';', '!', '?', ')'])
        {
            text.push(' ');
        }
        line = block;
        text.push_str(piece);
    }
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether an element has lines of its own.
fn is_line(element: &Element) -> bool {
    let style = element.attribute(&local_name!("style")).unwrap_or_default();
    is_block(&element.name) || style.replace(' ', "").contains("display:block")
}

fn read_meta(element: &Element, evidence: &mut Evidence) {
    let Some(content) = element.attribute(&local_name!("content")) else { return };
    if content.len() > LONGEST_VALUE {
        return;
    }
    let name = element
        .attribute(&local_name!("property"))
        .or_else(|| element.attribute(&local_name!("name")))
        .or_else(|| element.attribute(&local_name!("itemprop")))
        .or_else(|| element.attribute(&local_name!("http-equiv")))
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if let Some((fact, source)) = meaning(&name).or_else(|| meaning_of_date(&name)) {
        evidence.add(fact, source, content);
    }
}

/// What a name that no standard has says of a date: "web-published-date", "x:modified-time".
fn meaning_of_date(name: &str) -> Option<(Fact, ClueSource)> {
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if !says(&["date", "time"]) || says(&["expir", "event", "start", "end", "reading"]) {
        return None;
    }
    if says(&["modif", "updat"]) {
        Some((Fact::Modified, ClueSource::Meta))
    } else if says(&["publish", "publication"]) && !says(&["publisher"]) {
        Some((Fact::Published, ClueSource::Meta))
    } else {
        None
    }
}

/// "Written by" in a label that cards on social networks show beside its value: the pair
/// that editors of weblogs write.
fn is_label_of_author(element: &Element) -> bool {
    let content = element.attribute(&local_name!("content")).unwrap_or_default();
    is_named(element, "twitter:label1")
        && [
            "written by",
            "verfasst von",
            "geschrieben von",
            "écrit par",
            "escrito por",
            "scritto da",
            "geschreven door",
            "napisane przez",
            "skrevet av",
            "skrevet af",
            "skriven av",
            "автор",
        ]
        .contains(&content.trim().to_lowercase().as_str())
}

fn is_named(element: &Element, wanted: &str) -> bool {
    element
        .attribute(&local_name!("name"))
        .or_else(|| element.attribute(&local_name!("property")))
        .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

/// Whether it says that the article is for subscribers: by the Open Graph property for
/// a publisher's tiers (free, metered, locked), or by schema.org's for free access.
fn states_lock(element: &Element) -> bool {
    let content = element.attribute(&local_name!("content")).unwrap_or_default().trim();
    let property = element
        .attribute(&local_name!("property"))
        .or_else(|| element.attribute(&local_name!("itemprop")));
    match property {
        Some("article:content_tier") => content.eq_ignore_ascii_case("locked"),
        Some("isAccessibleForFree") => content.eq_ignore_ascii_case("false"),
        _ => false,
    }
}

fn meaning(name: &str) -> Option<(Fact, ClueSource)> {
    use ClueSource::{Meta, Microdata, OpenGraph};
    Some(match name {
        "og:title" => (Fact::Title, OpenGraph),
        "og:description" => (Fact::Description, OpenGraph),
        "og:site_name" => (Fact::Publisher, OpenGraph),
        "og:type" => (Fact::PageType, OpenGraph),
        "og:url" => (Fact::CanonicalUrl, OpenGraph),
        "og:locale" => (Fact::Language, OpenGraph),
        "og:updated_time" | "article:modified_time" | "og:article:modified_time" => {
            (Fact::Modified, OpenGraph)
        }
        "article:published_time" | "og:article:published_time" | "og:published_time" => {
            (Fact::Published, OpenGraph)
        }
        "article:section" | "og:article:section" => (Fact::Section, OpenGraph),
        "article:author" | "og:article:author" | "og:author" => (Fact::Author, OpenGraph),
        "article:tag" | "og:article:tag" => (Fact::Keywords, OpenGraph),
        "article:publisher" => (Fact::Publisher, OpenGraph),
        "twitter:title" | "title" | "dc.title" | "dcterms.title" | "sailthru.title"
        | "parsely-title" | "citation_title" | "hdl" | "headline" => (Fact::Title, Meta),
        "author" | "dc.creator" | "dcterms.creator" | "sailthru.author" | "parsely-author"
        | "byl" | "article.author" | "citation_author" | "dc.contributor"
        | "cxenseparse:author" | "byline" | "creator" => (Fact::Author, Meta),
        "description" | "twitter:description" | "dc.description" | "sailthru.description" => {
            (Fact::Description, Meta)
        }
        "keywords" | "news_keywords" | "sailthru.tags" | "parsely-tags" => (Fact::Keywords, Meta),
        "application-name"
        | "dc.publisher"
        | "publisher"
        | "copyright"
        | "cre"
        | "apple-mobile-web-app-title" => (Fact::Publisher, Meta),
        "date"
        | "dc.date"
        | "dc.date.issued"
        | "dcterms.date"
        | "dcterms.created"
        | "dcterms.issued"
        | "pubdate"
        | "publishdate"
        | "publish-date"
        | "publish_date"
        | "published_date"
        | "published-date"
        | "sailthru.date"
        | "parsely-pub-date"
        | "article.published"
        | "article.created"
        | "citation_date"
        | "citation_publication_date"
        | "date.release"
        | "cxenseparse:recs:publishtime"
        | "cxenseparse:publishtime"
        | "ptime"
        | "pdate"
        | "original-publish-date"
        | "rnews:datepublished"
        | "publication_date"
        | "displaydate" => (Fact::Published, Meta),
        "last-modified" | "lastmod" | "dcterms.modified" | "article.updated" | "utime"
        | "revision_date" | "updated_time" | "last_updated" | "rnews:datemodified" => {
            (Fact::Modified, Meta)
        }
        "section"
        | "article.section"
        | "parsely-section"
        | "cxenseparse:category"
        | "category"
        | "article:category" => (Fact::Section, Meta),
        "content-language" | "language" | "dc.language" | "dcterms.language" => {
            (Fact::Language, Meta)
        }
        "datepublished" => (Fact::Published, Microdata),
        "datemodified" => (Fact::Modified, Microdata),
        "articlesection" => (Fact::Section, Microdata),
        "inlanguage" => (Fact::Language, Microdata),
        "alternativeheadline" => (Fact::AlternativeTitle, Microdata),
        _ => return None,
    })
}

fn read_time(element: &Element, tree: &Tree, id: NodeId, evidence: &mut Evidence) {
    let property = element.attribute(&local_name!("itemprop")).unwrap_or_default();
    let class = element.attribute(&local_name!("class")).unwrap_or_default();
    let modified = property.eq_ignore_ascii_case("dateModified")
        || ["update", "modif"].iter().any(|word| class.contains(word));
    let fact = if modified { Fact::Modified } else { Fact::Published };
    let source = if property.is_empty() { ClueSource::Element } else { ClueSource::Microdata };
    match element.attribute(&local_name!("datetime")) {
        Some(value) => evidence.add(fact, source, value),
        None => add_text(evidence, fact, tree, id),
    }
}

fn read_microdata(
    element: &Element,
    tree: &Tree,
    id: NodeId,
    evidence: &mut Evidence,
    is_own: &mut dyn FnMut(NodeId) -> bool,
) {
    let Some(property) = element.attribute(&local_name!("itemprop")) else { return };
    let fact = match property.trim() {
        "headline" => Fact::Title,
        "alternativeHeadline" => Fact::AlternativeTitle,
        "author" | "creator" => Fact::Author,
        "datePublished" => Fact::Published,
        "dateModified" => Fact::Modified,
        "articleSection" => Fact::Section,
        "inLanguage" => Fact::Language,
        "keywords" => Fact::Keywords,
        _ => return,
    };
    if matches!(fact, Fact::Author | Fact::Published | Fact::Modified) && !is_own(id) {
        return;
    }
    let stated = element
        .attribute(&local_name!("content"))
        .or_else(|| element.attribute(&local_name!("datetime")))
        .map(str::to_owned);
    let of_name = || (fact == Fact::Author).then(|| name_within(tree, id)).flatten();
    let value = stated.or_else(of_name).or_else(|| tree.short_text(id, LONGEST_VALUE));
    if let Some(value) = value.filter(|value| value.len() <= LONGEST_VALUE) {
        let words: Vec<&str> = value.split_whitespace().collect();
        evidence.add(fact, ClueSource::Microdata, words.join(" "));
    }
}

/// The name that an item shows which says more of a person.
fn name_within(tree: &Tree, id: NodeId) -> Option<String> {
    let named = tree.descendants(id).take(MOST_NODES).find(|&inner| {
        let property = tree.element(inner).and_then(|it| it.attribute(&local_name!("itemprop")));
        property.is_some_and(|property| property.split_ascii_whitespace().any(|one| one == "name"))
    });
    named.and_then(|named| tree.short_text(named, LONGEST_VALUE))
}
