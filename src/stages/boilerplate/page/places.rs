//! Whose it is that stands at a place of a page: the article's, or other articles', of those
//! who comment, of a post or a picture that is shown.

use html5ever::{LocalName, local_name};

use super::names;
use super::tree::{Content, Element, NodeId, Tree};
use crate::stage::Deadline;
use crate::stages::boilerplate::segment::Marks;

/// Bytes of text before the heading, and behind its start, that are its surroundings.
const BEFORE: usize = 400;
const BEHIND: usize = 1500;
/// Bytes of paragraphs after which a heading ends the surroundings: of what is related, of
/// comments, of a part of the article.
pub const PROSE: usize = 300;
/// A stretch of text that is a sentence has at least so many bytes.
pub const SHORTEST_PROSE: usize = 80;
/// A page with more headings of the first rank has no front.
const MOST_HEADINGS: usize = 3;
const LONGEST_HEADING: usize = 600;
/// Nodes of an item that are looked at for its headline.
const MOST_NODES: usize = 200;
/// Elements around an element that are asked for what they are.
const MOST_AROUND: usize = 24;
/// Bytes of an attribute that are read: a long one would be read again for all it holds.
const LONGEST_NAME: usize = 400;

/// Where a page's article is to be found.
pub struct Places<'a> {
    tree: &'a Tree,
    /// The nodes around the heading: those from it on, then those before it, because the
    /// article's byline stands behind its heading more often. None without a heading.
    pub front: Vec<NodeId>,
    /// How many of them are those from the heading on.
    pub behind: usize,
    /// The heading and what holds it, from the inside: that says nothing of where a byline
    /// stands.
    around: Vec<NodeId>,
    /// The innermost article element that holds the heading, or else the page's first.
    article: Option<NodeId>,
    /// Whether other article elements are of other articles: where one comes before the
    /// heading's, the heading may be another's.
    are_telling: bool,
}

impl<'a> Places<'a> {
    pub fn of(tree: &'a Tree, deadline: &Deadline) -> Self {
        let mut nodes: Vec<(NodeId, usize)> = Vec::new();
        let mut read = 0;
        let mut heading: Option<(NodeId, usize)> = None;
        let mut headings = 0;
        let mut prose = 0;
        for (count, id) in tree.descendants_in(tree.root(), |id| is_read(tree, id)).enumerate() {
            if count % 4096 == 0 {
                deadline.check();
            }
            if heading.is_some_and(|(_, at)| read > at + BEHIND) {
                break;
            }
            nodes.push((id, read));
            match &tree.node(id).content {
                Content::Text(text) => {
                    let length = text.trim().len();
                    read += length;
                    if heading.is_some() && length >= SHORTEST_PROSE {
                        prose += length;
                    }
                }
                Content::Element(element)
                    if prose >= PROSE
                        && matches!(&*element.name, "h1" | "h2" | "h3" | "h4" | "h5") =>
                {
                    break;
                }
                Content::Element(element) if element.name == local_name!("h1") => {
                    headings += 1;
                    let is_titled = tree
                        .short_text(id, LONGEST_HEADING)
                        .is_some_and(|text| text.trim().len() > 8);
                    let is_of_next =
                        || heading.is_some_and(|(first, _)| is_beside(tree, first, id));
                    // The first heading with words; a site's name comes before it at times.
                    if is_titled && headings <= MOST_HEADINGS && !is_of_next() {
                        heading = Some((id, read));
                    }
                }
                _ => {}
            }
        }
        let Some((heading, start)) = heading else {
            return Self {
                tree,
                front: Vec::new(),
                behind: 0,
                around: Vec::new(),
                article: None,
                are_telling: false,
            };
        };
        let first = nodes.partition_point(|(_, at)| at + BEFORE < start);
        let (before, behind) =
            nodes[first..].split_at(nodes[first..].partition_point(|(_, at)| *at < start));
        let around: Vec<NodeId> = upward(tree, heading).collect();
        let mut read = nodes.iter().map(|(id, _)| *id);
        let first = read.find(|&id| is_article(tree, id));
        let article = article_of(tree, heading).or(first);
        let is_first = |id| article == Some(id) || around.contains(&id);
        let are_telling = first.is_none_or(is_first);
        let front = behind.iter().chain(before).map(|(id, _)| *id).collect();
        Self { tree, front, behind: behind.len(), around, article, are_telling }
    }

    /// Whether a node stands where no byline is the article's.
    pub fn is_elsewhere(&self, id: NodeId) -> bool {
        self.apart(id).any(|element| {
            matches!(&*element.name, "aside" | "footer")
                || is_named(element, Marks::NAMED_CAPTION)
                || is_of_picture(element)
        }) || self.is_of_others(id)
    }

    /// Whether a node stands among other articles, comments or posts; an article's own facts
    /// may stand aside and below.
    pub fn is_of_others(&self, id: NodeId) -> bool {
        let nearest = article_of(self.tree, id);
        let is_own = |at| self.article == Some(at) || self.around.contains(&at);
        let is_within = nearest.is_some_and(|at| is_own(at) || !self.are_telling);
        let is_in_other = nearest.is_some() && !is_within;
        let is_aside = |element: &Element| match element.name {
            local_name!("footer") => true,
            local_name!("aside") => self.article.is_some(),
            _ => false,
        };
        is_in_other
            || self.is_in_other_item(id)
            || self
                .apart(id)
                .any(|element| is_of_others(element) || !is_within && is_aside(element))
    }

    /// Whether a node stands in the head of the site, which shows the day of today at times.
    pub fn is_in_head(&self, id: NodeId) -> bool {
        let mut apart = self.apart(id);
        !self.is_within(id) && apart.any(|element| element.name == local_name!("header"))
    }

    /// Whether the heading stands in an article element, and the node does not.
    pub fn is_outside(&self, id: NodeId) -> bool {
        self.are_telling
            && self.article.is_some_and(|article| self.around.contains(&article))
            && !self.is_within(id)
    }

    fn is_within(&self, id: NodeId) -> bool {
        self.article.is_some_and(|article| upward(self.tree, id).any(|at| at == article))
    }

    /// Whether a node is of an item of microdata that has another headline than the page.
    fn is_in_other_item(&self, id: NodeId) -> bool {
        let Some(heading) = self.around.first().filter(|_| self.are_telling) else { return false };
        let text = |id| self.tree.short_text(id, LONGEST_HEADING).map(|text| folded(&text));
        let item = upward(self.tree, id)
            .take_while(|at| !self.around.contains(at))
            .find(|&at| self.tree.element(at).is_some_and(is_item_of_article));
        let headline = item.and_then(|item| {
            let mut within = self.tree.descendants(item).take(MOST_NODES);
            within.find(|&at| self.tree.element(at).is_some_and(is_headline))
        });
        let stated =
            |headline| match self.tree.element(headline)?.attribute(&local_name!("content")) {
                Some(content) => Some(folded(content)),
                None => text(headline),
            };
        headline.and_then(stated).zip(text(*heading)).is_some_and(|(one, other)| one != other)
    }

    /// What holds a node, up to what holds the heading, too, or the article.
    fn apart(&self, id: NodeId) -> impl Iterator<Item = &Element> {
        upward(self.tree, id)
            .take_while(|at| !self.around.contains(at) && self.article != Some(*at))
            .filter_map(|at| self.tree.element(at))
    }
}

/// Whether a node is on the page to be read.
pub fn is_read(tree: &Tree, id: NodeId) -> bool {
    !tree.element(id).is_some_and(|element| {
        matches!(
            &*element.name,
            "script" | "style" | "noscript" | "template" | "head" | "svg" | "iframe" | "button"
        )
    })
}

/// Whether one of the element's names says one of `wanted`.
pub fn is_named(element: &Element, wanted: Marks) -> bool {
    element.attributes.iter().filter(|attribute| is_name(&attribute.name.local)).any(|attribute| {
        let value = &attribute.value;
        names::marks(&value[..value.floor_char_boundary(LONGEST_NAME)]).has(wanted)
    })
}

fn upward(tree: &Tree, id: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::successors(Some(id), |&at| tree.parent(at)).take(MOST_AROUND)
}

fn is_name(attribute: &LocalName) -> bool {
    matches!(&**attribute, "class" | "id" | "itemprop" | "data-testid" | "data-component")
}

/// The innermost article element that holds a node.
fn article_of(tree: &Tree, id: NodeId) -> Option<NodeId> {
    upward(tree, id).find(|&at| is_article(tree, at))
}

/// Whether `other` is outside of the article that holds `heading`: it begins the next one.
fn is_beside(tree: &Tree, heading: NodeId, other: NodeId) -> bool {
    article_of(tree, heading)
        .is_some_and(|article| !upward(tree, other).any(|around| around == article))
}

/// Whether it is an item of microdata that stands for an article.
fn is_item_of_article(element: &Element) -> bool {
    let kind = element.attribute(&local_name!("itemtype")).unwrap_or_default();
    kind.ends_with("Article") || kind.ends_with("Posting")
}

fn is_headline(element: &Element) -> bool {
    element.attribute(&local_name!("itemprop")).is_some_and(|property| property == "headline")
}

/// Letters and digits in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_article(tree: &Tree, id: NodeId) -> bool {
    tree.element(id).is_some_and(|element| element.name == local_name!("article"))
}

/// Whether it holds other articles, comments, the site's menus, or a post that is quoted.
fn is_of_others(element: &Element) -> bool {
    const OTHERS: Marks =
        Marks::NAMED_RELATED.union(Marks::NAMED_COMMENTS).union(Marks::NAMED_NAVIGATION);
    matches!(&*element.name, "nav" | "figure" | "form" | "blockquote")
        || is_named(element, OTHERS)
        || is_of_post(element)
}

/// Whether a class says that it shows a post of a social network, or what is on.
fn is_of_post(element: &Element) -> bool {
    const POSTS: [&str; 6] = ["tweet", "twitter-", "instagram", "fb-post", "embed", "event"];
    let class = element.attribute(&local_name!("class")).unwrap_or_default();
    let mut names = class[..class.floor_char_boundary(LONGEST_NAME)].split_ascii_whitespace();
    names.any(|name| {
        let name = name.to_ascii_lowercase();
        POSTS.iter().any(|post| name.starts_with(post))
    })
}

/// Whether its name says that it is about a picture: its credit stands there.
fn is_of_picture(element: &Element) -> bool {
    let says = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["photo", "foto", "image-", "img-", "-image", "-img", "credit", "picture", "gallery"]
            .iter()
            .any(|part| name.contains(part))
    };
    element.attribute(&local_name!("class")).is_some_and(says)
}
