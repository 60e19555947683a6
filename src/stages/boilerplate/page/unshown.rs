//! Brings to light the article that a page holds as data and does not show.
//!
//! Behind a wall the whole text may stand in JSON-LD's `articleBody`; where scripts draw the
//! page in the browser it may stand in what they draw it from ([`super::state`]). Neither is
//! believed where the page shows the text: only what is missing from it is added, behind the
//! paragraph that it follows, and judged there as if it had been sent so.

use html5ever::{LocalName, local_name};
use memchr::memmem;

use super::render::{self, Rendering};
use super::state;
use super::tree::{NodeId, Tree};
use crate::article::BlockKind;
use crate::stage::Deadline;
use crate::stages::boilerplate::decide;
use crate::stages::boilerplate::features::Statements;
use crate::text::hashing::{FastMap, fingerprint};
use crate::text::lines::measure;

/// Of the data's text, one paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    pub kind: BlockKind,
    pub text: String,
}

/// In bytes; what is shorter is a summary.
const SHORTEST: usize = 500;
/// Of the data's text a page shows less than this where it does not show the article. Of 125
/// pages with an `articleBody` 124 show more than 0.7 of it, and the last 0.07.
const SHOWN: f32 = 0.5;
/// In words. A page that shows more prose than this is not looked at for the data of scripts.
const MOST_SHOWN_WORDS: usize = 400;

/// Adds to the tree what it does not show, and to the statements where that was found;
/// whether anything was added.
pub fn show(
    tree: &mut Tree,
    html: &str,
    rendering: &Rendering,
    statements: &mut Statements,
    deadline: &Deadline,
) -> bool {
    let prose = rendering.segments.iter().filter(|segment| segment.is_prose());
    let shown_words: usize = prose.map(|segment| segment.measure.words as usize).sum();
    let mut add_from = |paragraphs: &[Paragraph]| {
        // A summary is stated beside an article that is shown in other words.
        words_of_prose(paragraphs) > shown_words && add(tree, paragraphs, &rendering.text, deadline)
    };
    if add_from(&paragraphs_of(&statements.article_body, deadline)) {
        return true;
    }
    if shown_words > MOST_SHOWN_WORDS {
        return false;
    }
    let Some(held) = state::article(html, &statements.titles, deadline) else { return false };
    let is_added = add_from(&held);
    if is_added {
        let texts: Vec<&str> = held.iter().map(|paragraph| &*paragraph.text).collect();
        statements.article_body = texts.join("\n\n");
    }
    is_added
}

/// The paragraphs of a text that may hold markup.
pub fn paragraphs_of(text: &str, deadline: &Deadline) -> Vec<Paragraph> {
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let has_tags = text.contains("</");
    if !has_tags && !text.contains('&') {
        return lines.map(|line| Paragraph::new(BlockKind::Paragraph, line)).collect();
    }
    let markup = if has_tags { text } else { &lines.collect::<Vec<_>>().join("<p>") };
    let Rendering { text, segments } = render::render(&Tree::parse(markup, deadline), deadline);
    let segments = segments.into_iter();
    let own = segments.filter(|segment| !segment.place.marks.has(decide::FURNITURE));
    own.map(|segment| Paragraph::new(segment.kind, &text[segment.span])).collect()
}

/// The words of paragraphs that read like sentences; none where more of the text does not, as
/// style sheets and lists of codes do.
pub fn words_of_prose(paragraphs: &[Paragraph]) -> usize {
    let (mut prose, mut other) = (0, 0);
    for paragraph in paragraphs {
        let measure = measure(&paragraph.text);
        let is_prose = measure.is_prose() && measure.sentence_ends > 0;
        *if is_prose { &mut prose } else { &mut other } += measure.words as usize;
    }
    if prose > 2 * other { prose } else { 0 }
}

impl Paragraph {
    pub fn new(kind: BlockKind, text: &str) -> Self {
        Self { kind, text: text.to_owned() }
    }

    fn element(&self) -> LocalName {
        match self.kind {
            BlockKind::Subhead => local_name!("h2"),
            BlockKind::ListItem => local_name!("li"),
            BlockKind::Quotation => local_name!("blockquote"),
            _ => local_name!("p"),
        }
    }
}

/// The letters and digits that a page shows.
struct Shown(String);

impl Shown {
    fn of(text: &str) -> Self {
        Self(letters(text).collect())
    }

    /// Which of the paragraphs the page lacks; `None` if it shows the text, or there is none.
    /// What is too short to be looked for goes with the paragraph before it.
    fn without(&self, paragraphs: &[Paragraph], deadline: &Deadline) -> Option<Vec<bool>> {
        let (mut found, mut all) = (0, 0);
        let mut missing: Vec<bool> = Vec::with_capacity(paragraphs.len());
        for paragraph in paragraphs {
            let (mut here, mut of) = (0, 0);
            let letters: Vec<char> = letters(&paragraph.text).collect();
            let samples = letters.chunks(APART).filter_map(|chunk| chunk.get(..SAMPLE));
            for sample in samples.take(MOST_SAMPLES - all) {
                deadline.check();
                let sample: String = sample.iter().collect();
                of += 1;
                here += usize::from(memmem::find(self.0.as_bytes(), sample.as_bytes()).is_some());
            }
            missing.push(match (of, missing.last()) {
                (0, None) => false,
                (0, Some(&before)) => before,
                _ => here as f32 <= of as f32 * SHOWN,
            });
            found += here;
            all += of;
        }
        (all > 0 && found as f32 <= all as f32 * SHOWN).then_some(missing)
    }
}

/// How many letters and digits are looked for, …
const SAMPLE: usize = 24;
/// … and of how many.
const APART: usize = 120;
/// Each is looked for in the whole page; of the longest texts, the end is not looked for.
const MOST_SAMPLES: usize = 300;

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

/// Puts the paragraphs that are not shown behind the last one that is shown before the first of
/// them; without one, behind the main heading, or at the end. Whether there was a text, and it is
/// not shown.
fn add(tree: &mut Tree, paragraphs: &[Paragraph], shown: &str, deadline: &Deadline) -> bool {
    if paragraphs.is_empty() {
        return false;
    }
    let Some(missing) = Shown::of(shown).without(paragraphs, deadline) else { return false };
    let first_missing = missing.iter().position(|missing| *missing).unwrap_or(missing.len());
    // Further ones that the page shows are pull quotes.
    let place = last_shown(tree, paragraphs.get(..=first_missing).unwrap_or(paragraphs));
    let (parent, next) = match place {
        Some((_, id)) => (tree.parent(id).unwrap_or(tree.root()), tree.next_sibling(id)),
        None => {
            let (parent, next) = behind_heading(tree);
            (tree.insert(local_name!("article"), "", parent, next), None)
        }
    };
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let text = match place {
            Some((last, _)) if index < last => continue,
            Some((last, id)) if index == last => rest(&paragraph.text, &tree.text(id)),
            _ if missing[index] => &paragraph.text,
            _ => continue,
        };
        if !text.is_empty() {
            tree.insert(paragraph.element(), text, parent, next);
        }
    }
    true
}

/// In bytes; a paragraph is rarely longer.
const LONGEST: usize = 4000;
/// How many letters and digits tell a paragraph.
const BEGINNING: usize = 40;

/// The last of the paragraphs that an element of the page begins like, and the element.
fn last_shown(tree: &Tree, paragraphs: &[Paragraph]) -> Option<(usize, NodeId)> {
    let mut places: FastMap<u64, usize> = FastMap::default();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        places.extend(beginning(&paragraph.text).map(|begins| (begins, index)));
    }
    tree.descendants(tree.root())
        .filter(|&id| tree.element(id).is_some_and(|element| is_text_block(&element.name)))
        .filter_map(|id| {
            let text = tree.short_text(id, LONGEST)?;
            places.get(&beginning(&text)?).map(|&index| (index, id))
        })
        .max_by_key(|&(index, _)| index)
}

/// What a text has behind the letters and digits that it begins alike with, from the word on
/// that is not alike.
fn rest<'a>(text: &'a str, beginning: &str) -> &'a str {
    let mut shown = letters(beginning);
    let mut own = text.char_indices().filter(|(_, c)| c.is_alphanumeric());
    let Some((other, _)) = own.find(|(_, letter)| shown.next() != Some(*letter)) else { return "" };
    let word = text[..other].trim_end_matches(|c: char| !c.is_whitespace()).len();
    &text[word..]
}

fn is_text_block(name: &LocalName) -> bool {
    matches!(*name, local_name!("p") | local_name!("li") | local_name!("h2") | local_name!("h3"))
}

fn beginning(text: &str) -> Option<u64> {
    let letters: String = letters(text).take(BEGINNING).collect();
    (letters.len() >= BEGINNING).then(|| fingerprint(letters.as_bytes()))
}

/// The parent and the next sibling of what follows the heading, or of the page's end.
fn behind_heading(tree: &Tree) -> (NodeId, Option<NodeId>) {
    let named = |wanted: LocalName| {
        tree.descendants(tree.root())
            .find(|&id| tree.element(id).is_some_and(|element| element.name == wanted))
    };
    let Some(mut place) = named(local_name!("h1")) else {
        return (named(local_name!("body")).unwrap_or(tree.root()), None);
    };
    while let Some(parent) = tree.parent(place)
        && tree.element(parent).is_some_and(|element| {
            matches!(element.name, local_name!("header") | local_name!("hgroup"))
        })
    {
        place = parent;
    }
    (tree.parent(place).unwrap_or(tree.root()), tree.next_sibling(place))
}
