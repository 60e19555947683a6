//! Who and when, as a page shows it around its heading: bylines known by the names of
//! their elements or by links to authors' pages, and short texts that are dates.
//!
//! Many pages state neither in a form for machines. Further down, the same elements are
//! of other articles: of teasers, comments and lists.

use html5ever::local_name;

use super::places::{PROSE, Places, SHORTEST_PROSE, is_named, is_read};
use super::signature::{beside_date, is_shaped_like_name, signed};
use super::tree::{Content, Element, NodeId, Tree};
use crate::article::{ClueSource, Evidence, Fact};
use crate::stage::Deadline;
use crate::stages::boilerplate::segment::Marks;
use crate::text::calendar::find_moment;

/// A byline is shorter, in bytes; so is a date with the words about it.
const LONGEST_BYLINE: usize = 300;
const LONGEST_DATE: usize = 80;
/// A paragraph that is about when and by whom it was written has no more bytes.
const LONGEST_DATED: usize = 140;
/// "Published", "Last updated on" before a date, in bytes.
const LONGEST_LABEL: usize = 30;
/// "on", "le", ":" between such a label and its date, in bytes.
const LONGEST_LINK: usize = 3;
/// A person's name, in bytes.
const LONGEST_NAME: usize = 60;
const MOST_CLUES: usize = 6;
/// Between the names of one byline that stand in elements of their own.
const ENUMERATED: &str = ",\n";

pub fn read(tree: &Tree, places: &Places<'_>, evidence: &mut Evidence, deadline: &Deadline) {
    if places.front.is_empty() {
        return;
    }
    let is_elsewhere = |id| places.is_elsewhere(id);
    let mut bylines = Vec::new();
    let mut dates = Vec::new();
    let mut label = String::new();
    let mut unsaid = String::new();
    let mut after_date = false;
    let mut since_byline = String::new();
    let mut prose = 0;
    for (index, &id) in places.front.iter().enumerate() {
        if index == places.behind {
            prose = 0;
        }
        match &tree.node(id).content {
            Content::Element(element) => {
                if bylines.len() < MOST_CLUES
                    && let Some(top) = byline(tree, id, element)
                    && !is_elsewhere(id)
                    && let Some(text) = parted_text(tree, top, LONGEST_BYLINE)
                    && is_new(&bylines, &text)
                {
                    add_byline(&mut bylines, text, &since_byline);
                    since_byline.clear();
                }
            }
            Content::Text(text) => {
                let text = text.trim();
                if text.is_empty() {
                    continue;
                }
                if text.len() >= SHORTEST_PROSE {
                    prose += text.len();
                }
                if bylines.last().is_some_and(|byline| !byline.contains(text)) {
                    since_byline.push_str(text);
                }
                // "Written by" on its own.
                if is_byline_label(&label)
                    && text.len() <= LONGEST_NAME
                    && bylines.len() < MOST_CLUES
                    && is_new(&bylines, text)
                    && !is_elsewhere(id)
                {
                    bylines.push(text.to_owned());
                }
                if dates.len() < MOST_CLUES
                    && text.len() <= LONGEST_DATE
                    && text.bytes().any(|byte| byte.is_ascii_digit())
                    && is_date(text)
                    && !is_of_text(tree, id, prose)
                    && !places.is_in_head(id)
                    && !is_elsewhere(id)
                {
                    dates.push(format!("{label} {text}"));
                }
                if bylines.len() < MOST_CLUES
                    && let Some(name) = signed(text, after_date)
                    && is_new(&bylines, name)
                    && !is_elsewhere(id)
                {
                    bylines.push(name.to_owned());
                }
                if unsaid.is_empty() && !is_elsewhere(id) {
                    // "<p>Jane Doe</p> <time>May 6</time>", either first, or on one line.
                    let beside = match is_date(text) {
                        true => beside_date(text, is_date).unwrap_or(&label),
                        false => text,
                    };
                    if (is_date(text) || after_date) && is_shaped_like_name(beside) {
                        unsaid.push_str(beside);
                    }
                }
                after_date = is_date(text);
                // "Last updated", "on" and the date may each have an element of its own.
                let has_figures = text.bytes().any(|byte| byte.is_ascii_digit());
                if text.len() > LONGEST_LINK || has_figures || label.len() > LONGEST_LABEL {
                    label.clear();
                }
                if text.len() <= LONGEST_LABEL && !has_figures {
                    if !label.is_empty() {
                        label.push(' ');
                    }
                    label.push_str(text);
                }
            }
            Content::Document => {}
        }
    }
    if bylines.is_empty() {
        evidence.add(Fact::Author, ClueSource::VisibleText, unsaid);
        bylines.extend(labelled(tree, places, deadline));
    }
    for byline in bylines {
        evidence.add(Fact::Author, ClueSource::Element, byline);
    }
    if dates.is_empty() {
        dates.extend(date_of_publication(tree, places, deadline));
    }
    for date in dates {
        evidence.add(Fact::Published, ClueSource::VisibleText, date);
    }
}

/// A name in an element of its own goes on with the one before it where no words stand
/// between the two: several wrote the article.
fn add_byline(bylines: &mut Vec<String>, text: String, between: &str) {
    let is_list = between.is_empty() || is_conjunction(between);
    let ends_with_name = |known: &String| known.lines().last().is_some_and(is_shaped_like_name);
    match bylines.last_mut().filter(|known| is_list && ends_with_name(known)) {
        Some(known) if is_shaped_like_name(&text) => {
            known.push_str(ENUMERATED);
            known.push_str(&text);
        }
        _ => bylines.push(text),
    }
}

/// Whether none of the bylines holds it already: an element stands within another.
fn is_new(bylines: &[String], text: &str) -> bool {
    !bylines.iter().any(|known| known.contains(text))
}

/// What stands before an author's name on a line of its own.
const BYLINE_LABELS: [&str; 16] = [
    "written by",
    "this post was written by",
    "this article was written by",
    "story by",
    "story and photos by",
    "words by",
    "article by",
    "posted by",
    "author",
    "authors",
    "author(s)",
    "contributors",
    "autor",
    "autore",
    "auteur",
    "автор",
];

/// The byline of the names behind the first "Written by" or its like on its own, wherever it
/// stands on the page, or behind "by" where they lead to their author's page.
fn labelled(tree: &Tree, places: &Places<'_>, deadline: &Deadline) -> Option<String> {
    let mut names = Vec::new();
    let mut is_labelled = false;
    let mut is_by = false;
    for (count, id) in tree.descendants_in(tree.root(), |id| is_read(tree, id)).enumerate() {
        if count % 4096 == 0 {
            deadline.check();
        }
        let Content::Text(text) = &tree.node(id).content else { continue };
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let is_author = is_labelled || is_by && is_link_to_author(tree, id);
        // "Jane Doe, MD"
        let first = text.split(',').next().unwrap_or(text).trim_end();
        if is_author && is_shaped_like_name(first) && !places.is_of_others(id) {
            names.push(text.to_owned());
            if names.len() == MOST_CLUES {
                break;
            }
            continue;
        }
        if !names.is_empty() && !is_conjunction(text) {
            break;
        }
        is_labelled = is_byline_label(text);
        is_by = text.eq_ignore_ascii_case("by");
    }
    (!names.is_empty()).then(|| names.join(ENUMERATED))
}

fn is_conjunction(text: &str) -> bool {
    matches!(text, "," | "&" | "and" | "und" | "et" | "y" | "e" | "en" | "och" | "og")
}

fn is_link_to_author(tree: &Tree, text: NodeId) -> bool {
    let parent = tree.parent(text).and_then(|parent| tree.element(parent));
    let href = parent.and_then(|element| element.attribute(&local_name!("href")));
    href.is_some_and(leads_to_author)
}

/// The first date that a text calls that of publication, wherever it stands on the page.
fn date_of_publication(tree: &Tree, places: &Places<'_>, deadline: &Deadline) -> Option<String> {
    let mut label = String::new();
    let mut nodes = tree.descendants_in(tree.root(), |id| is_read(tree, id)).enumerate();
    nodes.find_map(|(count, id)| {
        if count % 4096 == 0 {
            deadline.check();
        }
        let Content::Text(text) = &tree.node(id).content else { return None };
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let before = std::mem::take(&mut label);
        if text.len() <= LONGEST_LABEL {
            label.push_str(text);
        }
        let is_dated = text.len() <= LONGEST_DATE
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && (speaks_of_publication(text) || speaks_of_publication(&before))
            && is_date(text)
            && !places.is_of_others(id);
        is_dated.then(|| format!("{before} {text}"))
    })
}

fn speaks_of_publication(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "published",
        "posted on",
        "publication date",
        "date published",
        "veröffentlicht",
        "erschienen",
        "publié",
        "publicado",
        "pubblicato",
        "gepubliceerd",
        "opublikowano",
        "опубликовано",
    ];
    let folded = text.to_lowercase();
    WORDS.iter().any(|word| folded.starts_with(word))
}

fn is_byline_label(text: &str) -> bool {
    text.len() <= LONGEST_LABEL
        && BYLINE_LABELS.contains(&text.trim_end_matches(':').trim_end().to_lowercase().as_str())
}

/// The element whose text is the byline, if this one is a part of one.
fn byline(tree: &Tree, id: NodeId, element: &Element) -> Option<NodeId> {
    if is_named(element, Marks::NAMED_BYLINE) {
        return Some(id);
    }
    if element.name != local_name!("a") {
        return None;
    }
    let href = element.attribute(&local_name!("href"))?;
    let of_author = leads_to_author(href);
    // "By <a>Jane Doe</a> and <a>John Roe</a>": the other names stand beside it.
    of_author.then(|| {
        tree.parent(id)
            .filter(|&parent| tree.short_text(parent, LONGEST_BYLINE / 2).is_some())
            .unwrap_or(id)
    })
}

/// Whether an address is of the page about one author: "/authors/jane-doe".
fn leads_to_author(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let Some((folder, last)) = path.rsplit_once('/') else { return false };
    let folder = folder.rsplit('/').next().unwrap_or_default();
    !last.is_empty()
        && matches!(
            folder,
            "author"
                | "authors"
                | "autor"
                | "autoren"
                | "autori"
                | "autore"
                | "autores"
                | "auteur"
                | "auteurs"
                | "by"
                | "byline"
                | "columnist"
                | "columnists"
                | "contributor"
                | "contributors"
                | "forfatter"
                | "journalist"
                | "journalists"
                | "reporter"
                | "reporters"
                | "redaktion"
                | "staff"
                | "writer"
                | "writers"
        )
}

/// The text below a node, its pieces on lines of their own, so that what stands in
/// elements of its own is not run together, up to a date; absent if there is more than
/// `limit`.
fn parted_text(tree: &Tree, top: NodeId, limit: usize) -> Option<String> {
    let mut text = String::new();
    for (seen, id) in tree.descendants(top).enumerate() {
        if let Content::Text(piece) = &tree.node(id).content
            && !piece.trim().is_empty()
        {
            if !text.is_empty() && is_date(piece) {
                break;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.extend(piece.split_whitespace().flat_map(|word| [word, " "]));
            text.pop();
        }
        if text.len() > limit || seen > limit {
            return None;
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Whether a date is a part of a paragraph that says more, or, behind so many bytes of the
/// article, of a list or table.
fn is_of_text(tree: &Tree, date: NodeId, behind: usize) -> bool {
    let mut around = std::iter::successors(tree.parent(date), |&at| tree.parent(at)).take(4);
    around.any(|at| match tree.element(at).map(|element| &*element.name) {
        Some("p") => tree.short_text(at, LONGEST_DATED).is_none(),
        Some("li" | "td" | "th" | "dd") => behind >= PROSE,
        _ => false,
    })
}

/// Whether a text is a date and little more.
fn is_date(text: &str) -> bool {
    text.split_whitespace().count() <= 10 && find_moment(text, true).is_some()
}
