//! The article in the data that a page's scripts draw it from: Next.js' and Nuxt's state,
//! Arc's `Fusion.globalContent`, what Apollo and Redux leave behind.
//!
//! No two sites name their fields alike, but an article's object has its headline, which the
//! page states elsewhere, too, and below it its text: as markup in one string, or as a list of
//! paragraphs, each a string or a tree of runs of text (ProseMirror, Slate, Portable Text,
//! htmlparser2).

use memchr::memmem;
use serde_json::Deserializer;

use super::json_text::{Data, Held};
use super::unshown::{Paragraph, paragraphs_of, words_of_prose};
use crate::article::BlockKind;
use crate::stage::Deadline;

/// In bytes. Shorter scripts hold no article; larger ones are not read.
const SIZES: std::ops::Range<usize> = 500..2 * 1024 * 1024;
/// All scripts of a page that are read have no more bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Places in a script where data may begin.
const MOST_BEGINNINGS: usize = 8;
/// A text has as many words in its paragraphs at least.
const FEWEST_WORDS: usize = 100;
/// A paragraph has no more bytes; what has is a list of paragraphs.
const LONGEST_PARAGRAPH: usize = 4000;
/// Objects nested deeper are not looked at; the parser stops at 128.
const DEEPEST: usize = 100;

/// The paragraphs of the longest text below an object with one of the titles.
pub fn article(html: &str, titles: &[String], deadline: &Deadline) -> Option<Vec<Paragraph>> {
    let titles: Vec<String> = titles.iter().filter_map(|title| folded(title)).collect();
    let mut best = Found::default();
    let mut read = 0;
    for script in scripts(html) {
        read += script.len();
        if titles.is_empty() || read > MOST_BYTES {
            break;
        }
        deadline.check();
        for data in values(script) {
            let mut search = Search { titles: &titles, best: &mut best, deadline };
            search.visit(&data, false, 0);
        }
    }
    (best.words >= FEWEST_WORDS).then_some(best.paragraphs)
}

/// The contents of the scripts that may hold data.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memmem::find(rest.as_bytes(), b"<script")?..];
            let content = &rest[memchr::memchr(b'>', rest.as_bytes())? + 1..];
            let tag = &rest[..rest.len() - content.len()];
            let end = memmem::find(content.as_bytes(), b"</script")?;
            rest = &content[end..];
            if SIZES.contains(&end) && !tag.contains("ld+json") {
                return Some(&content[..end]);
            }
        }
    })
}

/// The data in a script: all of it, or what is assigned or handed over.
fn values(script: &str) -> Vec<Data> {
    if let Ok(Held(all)) = serde_json::from_str(script) {
        return all.into_iter().collect();
    }
    let mut values = Vec::new();
    let mut at = 0;
    for _ in 0..MOST_BEGINNINGS {
        let Some(found) = beginning(&script[at..]) else { break };
        at += found;
        let mut stream = Deserializer::from_str(&script[at..]).into_iter::<Held>();
        match stream.next() {
            Some(Ok(Held(value))) => {
                at += stream.byte_offset();
                values.extend(value);
            }
            _ => at += 1,
        }
    }
    values
}

/// Where the next object or list begins that follows a `=` or `(`.
fn beginning(script: &str) -> Option<usize> {
    let bytes = script.as_bytes();
    memchr::memchr2_iter(b'{', b'[', bytes).find(|&at| {
        let before = bytes[..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
        matches!(before, Some(b'=' | b'('))
    })
}

#[derive(Default)]
struct Found {
    words: usize,
    paragraphs: Vec<Paragraph>,
}

struct Search<'a> {
    titles: &'a [String],
    best: &'a mut Found,
    deadline: &'a Deadline,
}

impl Search<'_> {
    /// Looks for the text in a value; `titled` when an object around it has the title.
    fn visit(&mut self, value: &Data, titled: bool, depth: usize) {
        self.deadline.check();
        if depth > DEEPEST {
            return;
        }
        match value {
            Data::Object(object) => {
                let titled = titled || self.has_title(value);
                for inner in object.fields() {
                    self.visit(inner, titled, depth + 1);
                }
            }
            Data::List(items) => {
                if titled {
                    self.consider(items.iter().flat_map(|item| paragraphs(item, 0)).collect());
                }
                for inner in items {
                    self.visit(inner, titled, depth + 1);
                }
            }
            Data::Text(text) if titled => {
                self.consider(paragraphs_of(text, self.deadline));
            }
            _ => {}
        }
    }

    /// Whether a field is one of the titles, or a part of one is (`headlines.basic`).
    fn has_title(&self, value: &Data) -> bool {
        let is_title = |value: &Data| {
            let text = value.as_text().filter(|text| text.len() <= LONGEST_TITLE);
            text.and_then(folded)
                .is_some_and(|text| self.titles.iter().any(|title| title.starts_with(&text)))
        };
        let Data::Object(object) = value else { return false };
        object.iter().any(|(name, field)| match field {
            Data::Object(inner) => {
                ["head", "title"].iter().any(|part| name.contains(part))
                    && inner.fields().any(is_title)
            }
            _ => is_title(field),
        })
    }

    fn consider(&mut self, paragraphs: Vec<Paragraph>) {
        let is_text = paragraphs.iter().all(|item| item.text.len() <= LONGEST_PARAGRAPH);
        let words = if is_text { words_of_prose(&paragraphs) } else { 0 };
        if words > self.best.words {
            *self.best = Found { words, paragraphs };
        }
    }
}

/// In bytes.
const LONGEST_TITLE: usize = 400;
/// A title has as many letters and digits, in bytes; fewer may be a section's name.
const SHORTEST_TITLE: usize = 15;

/// Letters and digits, in small letters; `None` where they are too few to tell.
fn folded(title: &str) -> Option<String> {
    let letters = title.chars().filter(|c| c.is_alphanumeric());
    let letters: String = letters.flat_map(char::to_lowercase).collect();
    (letters.len() >= SHORTEST_TITLE).then_some(letters)
}

/// Fields that hold what is read; others hold addresses, names of styles, numbers.
const TEXTS: &[&str] =
    &["text", "value", "data", "content", "children", "html", "body", "spans", "nodes", "items"];
/// What a part of a text may be that is none of its paragraphs.
const ASIDES: &[&str] = &[
    "image",
    "figure",
    "photo",
    "picture",
    "caption",
    "gallery",
    "video",
    "audio",
    "embed",
    "iframe",
    "newsletter",
    "promo",
    "related",
    "recirc",
    "advert",
    "reference",
    "raw_html",
    "script",
];

/// The paragraphs that an item of a list is: one, or those of the list that it is itself.
fn paragraphs(item: &Data, depth: usize) -> Vec<Paragraph> {
    let kind = match item {
        Data::Object(object) => {
            let named = ["type", "_type", "name", "tag", "style", "nodeType", "__typename"];
            let names = named.iter().filter_map(|name| object.get(name)?.as_text());
            let names = names.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
            if ASIDES.iter().any(|aside| names.contains(aside)) {
                return Vec::new();
            }
            if depth < 4 && names.contains("list") && !names.contains("item") {
                let lists = TEXTS.iter().filter_map(|text| object.get(text)?.as_list());
                let items = lists.flatten().flat_map(|item| paragraphs(item, depth + 1));
                return items.map(|item| Paragraph { kind: BlockKind::ListItem, ..item }).collect();
            }
            kind(&names)
        }
        Data::Text(_) => BlockKind::Paragraph,
        Data::List(_) => return Vec::new(),
    };
    let mut text = String::new();
    collect(item, &mut text, 0);
    let text = plain(&text);
    if text.is_empty() { Vec::new() } else { vec![Paragraph { kind, text }] }
}

fn kind(names: &str) -> BlockKind {
    let has = |wanted: &[&str]| names.split([' ', '-', '_']).any(|name| wanted.contains(&name));
    if names.contains("heading") || has(&["header", "h1", "h2", "h3", "h4", "h5", "subhead"]) {
        BlockKind::Subhead
    } else if names.contains("quote") {
        BlockKind::Quotation
    } else {
        BlockKind::Paragraph
    }
}

/// Adds the runs of text below a value, in order.
fn collect(value: &Data, text: &mut String, depth: usize) {
    if text.len() > LONGEST_PARAGRAPH {
        return;
    }
    match value {
        Data::Text(run) => text.push_str(run),
        Data::List(items) if depth < DEEPEST => {
            items.iter().for_each(|item| collect(item, text, depth + 1));
        }
        Data::Object(object) if depth < DEEPEST => {
            let fields = object.iter().filter(|(name, _)| TEXTS.contains(name));
            fields.for_each(|(_, field)| collect(field, text, depth + 1));
        }
        _ => {}
    }
}

/// A run of text without its markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
        let tag = &rest[open + 1..];
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(end) = tag.find('>').filter(|_| is_tag) else {
            plain.push_str(&rest[..=open]);
            rest = tag;
            continue;
        };
        plain.push_str(&rest[..open]);
        rest = &tag[end + 1..];
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}
