//! Pages: parse, render to text, read what the page says of itself, strip.

mod drop_cap;
mod front_matter;
mod json_ld;
mod json_text;
mod metadata;
mod names;
mod places;
mod quoted;
mod raised;
mod records;
mod render;
mod signature;
mod state;
mod streamed;
mod tree;
mod unparsed;
mod unshown;

use crate::article::{Article, Block, ClueSource, Fact, Flag};
use crate::stage::Deadline;
use crate::stages::boilerplate::decide;
use crate::stages::boilerplate::features::Statements;
use crate::stages::boilerplate::model;
use crate::stages::boilerplate::removal;
use crate::stages::boilerplate::rules::Scene;
use crate::stages::boilerplate::segment::Segment;
use crate::stages::boilerplate::tables;
use crate::stages::boilerplate::whole::Whole;
use places::Places;
use render::Rendering;
use tree::Tree;

/// Renders the page into the body, with its clues, and takes nothing out.
pub fn render_into(article: &mut Article, html: &str, deadline: &Deadline) {
    render(article, html, deadline);
}

/// A page's text, its segments, and what it states, without an article.
#[cfg(feature = "train")]
pub fn prepare(
    html: &str,
    url: Option<String>,
    deadline: &Deadline,
) -> (String, Vec<Segment>, Statements) {
    let mut article = Article::default();
    article.url = url;
    let (segments, statements) = render(&mut article, html, deadline);
    (article.text().to_owned(), segments, statements)
}

/// What becomes of the white space between tags in a page's flattened text.
#[cfg(feature = "train")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// It leaves a blank line.
    Kept,
    Dropped,
}

/// The text of a page as scrapers flatten it that know nothing of layout: every
/// stretch of text between two tags on a line of its own. And whether each line, but for
/// blank ones, goes on with the text of the one before, for a browser.
#[cfg(feature = "train")]
pub fn text_nodes(html: &str, blank: Lines, deadline: &Deadline) -> (String, Vec<bool>) {
    let tree = parse(html, deadline);
    let is_read = |id| {
        !tree.element(id).is_some_and(|element| {
            matches!(
                &*element.name,
                "script" | "style" | "noscript" | "template" | "head" | "title" | "svg"
            )
        })
    };
    let block = |id| {
        std::iter::successors(tree.parent(id), |&at| tree.parent(at))
            .find(|&at| tree.element(at).is_some_and(|element| render::is_block(&element.name)))
    };
    let (mut text, mut joins) = (String::new(), Vec::new());
    let mut within = None;
    for id in tree.descendants_in(tree.root(), is_read) {
        let breaks =
            |element: &tree::Element| &*element.name == "br" || render::is_block(&element.name);
        if tree.element(id).is_some_and(breaks) {
            within = None;
        }
        let tree::Content::Text(written) = &tree.node(id).content else { continue };
        let block = block(id);
        for line in written.split('\n').map(str::trim) {
            if !line.is_empty() {
                text.push_str(line);
                text.push('\n');
                joins.push(within.is_some() && within == block);
                within = block;
            } else if blank == Lines::Kept && text.ends_with('\n') && !text.ends_with("\n\n") {
                text.push('\n');
            }
        }
    }
    (text, joins)
}

fn parse(html: &str, deadline: &Deadline) -> Tree {
    let mut tree = Tree::parse(html, deadline);
    streamed::settle(&mut tree, html, deadline);
    tree
}

fn render(article: &mut Article, html: &str, deadline: &Deadline) -> (Vec<Segment>, Statements) {
    let mut tree = parse(html, deadline);
    let places = Places::of(&tree, deadline);
    front_matter::read(&tree, &places, &mut article.evidence, deadline);
    let article_body = metadata::read(&tree, &places, article, deadline);
    let stated = |fact| article.evidence.of(fact).map(|clue| clue.value.text().to_owned());
    let mut statements = Statements {
        titles: stated(Fact::Title).take(MOST_TITLES).collect(),
        description: stated(Fact::Description).next().unwrap_or_default(),
        article_body,
    };
    let mut rendering = render::render(&tree, deadline);
    if unshown::show(&mut tree, html, &rendering, &mut statements, deadline) {
        rendering = render::render(&tree, deadline);
        article.flag(Flag::NotShown);
    }
    let Rendering { text, segments } = rendering;
    let blocks = segments
        .iter()
        .map(|segment| Block { kind: segment.kind, span: segment.span.clone() })
        .collect();
    article.set_body(text, Some(blocks));
    if let Some(address) = &article.url {
        statements.add_address(address);
    }
    (segments, statements)
}

/// Each segment is compared with every title; pages state a handful.
const MOST_TITLES: usize = 40;

pub fn strip(article: &mut Article, html: &str, deadline: &Deadline) {
    let (segments, statements) = render(article, html, deadline);
    let text = article.text();
    let likely = decide::body(&segments);
    let mut kept = model::PAGE.choose(text, &segments, &likely, &statements, &[], deadline);
    tables::complete(&segments, &mut kept);
    let mut scene = Scene::new(text, &segments, kept, true);
    let shown = article.site.as_ref().map(|site| scene.recall(site));
    let (cuts, clues) = scene.cuts(deadline);
    let proposals = removal::proposals(text, &segments, &cuts);
    let flags = Whole::new(article, &segments, &cuts).flags();
    article.apply(proposals);
    article.shown = shown;
    for (fact, value) in clues {
        article.evidence.add(fact, ClueSource::VisibleText, value);
    }
    for flag in flags {
        article.flag(flag);
    }
}
