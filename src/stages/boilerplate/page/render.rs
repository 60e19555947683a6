//! A page's visible text, block by block, with what the elements around each
//! block say about it.

use html5ever::{LocalName, local_name};

use super::tree::{Content, Element, NodeId, Tree};
use super::{drop_cap, names, quoted, raised, records};
use crate::article::BlockKind;
use crate::stage::Deadline;
use crate::stages::boilerplate::phrases;
use crate::stages::boilerplate::segment::{Marks, Place, Segment};
use crate::stages::boilerplate::subhead;
use crate::text::hashing::fingerprint;
use crate::text::lines::measure;

/// The text that a browser would show, and its blocks in order.
pub struct Rendering {
    pub text: String,
    pub segments: Vec<Segment>,
}

/// An element whose marks hold for the segments in it, unless it holds so much
/// of the page that its name must speak of the page and not of furniture.
struct Scope {
    marks: Marks,
    first: usize,
    end: usize,
}

/// The share of the page's words from which on an element's names are not believed.
const TOO_LARGE: f32 = 0.4;

pub fn render(tree: &Tree, deadline: &Deadline) -> Rendering {
    let mut writer = Writer::default();
    let mut scopes = Vec::new();
    // Elements entered and not yet left; the walk is iterative, whatever the depth.
    let mut open: Vec<Open> = Vec::new();
    let mut next = Some(tree.root());
    while let Some(id) = next {
        let node = tree.node(id);
        let mut descend = true;
        match &node.content {
            Content::Text(text) => writer.text(text, open.last()),
            Content::Element(element) if is_unseen(element) => descend = false,
            Content::Element(element) => {
                if let Some(text) = raised::in_line(tree, id, writer.before()) {
                    writer.text(&text, open.last());
                    descend = false;
                } else if let Some(letter) = drop_cap::letter(tree, id) {
                    writer.end_block(open.last());
                    writer.initial = letter;
                    descend = false;
                } else if let Some(entered) = enter(tree, id, element, open.last(), &mut writer) {
                    if tree.first_child(id).is_some() {
                        let quoted = quoted::needs_marks(tree, id, writer.before());
                        if quoted {
                            writer.text("“", open.last());
                        }
                        let first = writer.segments.len();
                        open.push(Open { id, first, quoted, ..entered });
                    } else if entered.block {
                        writer.end_block(open.last());
                    }
                } else {
                    descend = false;
                }
            }
            Content::Document => {}
        }
        next = if descend { tree.first_child(id) } else { None };
        let mut at = id;
        while next.is_none() {
            next = tree.next_sibling(at);
            if next.is_some() {
                break;
            }
            let Some(parent) = tree.parent(at) else { break };
            at = parent;
            if let Some(left) = open.pop_if(|entered| entered.id == at) {
                deadline.check();
                if left.quoted {
                    writer.close_quotation(&left);
                }
                if left.block {
                    writer.end_block(Some(&left));
                } else if left.cell {
                    writer.end_cell();
                } else if left.in_record
                    && tree.element(at).is_some_and(|element| is_block(&element.name))
                {
                    writer.gap = Gap::Space.max(writer.gap);
                }
                if !left.named.is_empty() {
                    let end = writer.segments.len();
                    scopes.push(Scope { marks: left.named, first: left.first, end });
                }
            }
        }
    }
    writer.end_block(None);
    let Writer { text, mut segments, .. } = writer;
    spread(&mut segments, &scopes);
    subhead::let_be(&text, &mut segments, |_, head| head.place.marks.has(Marks::HEADING));
    Rendering { text, segments }
}

/// Gives every segment the names of the elements around it.
fn spread(segments: &mut [Segment], scopes: &[Scope]) {
    let mut words_before = Vec::with_capacity(segments.len() + 1);
    let mut words = 0u32;
    words_before.push(0);
    for segment in &*segments {
        // Links are what navigation is made of; they do not make a page.
        if segment.linked_share() < 0.5 {
            words += segment.measure.words;
        }
        words_before.push(words);
    }
    let limit = (words as f32 * TOO_LARGE) as u32;
    for scope in scopes {
        if words_before[scope.end] - words_before[scope.first] <= limit {
            for segment in &mut segments[scope.first..scope.end] {
                segment.place.marks.add(scope.marks);
            }
        } else if scope.marks.has(Marks::ARTICLE_BODY) {
            for segment in &mut segments[scope.first..scope.end] {
                segment.place.marks.add(Marks::ARTICLE_BODY);
            }
        }
    }
}

/// An element that has been entered, with what holds inside of it.
#[derive(Clone, Copy)]
struct Open {
    id: NodeId,
    /// The first segment that begins inside.
    first: usize,
    block: bool,
    cell: bool,
    /// In a row of data, whose cells are parts of one block.
    in_record: bool,
    /// In quotation marks that the text does not bring itself.
    quoted: bool,
    kind: BlockKind,
    /// What tag names say, inherited.
    marks: Marks,
    /// What this element's own names say.
    named: Marks,
    in_link: bool,
    preformatted: bool,
    depth: u16,
    tag: u8,
    /// The outermost article element.
    article: u32,
    /// The innermost block element.
    block_id: u32,
    containers: [u32; 3],
    /// Of this block element and the ones around it.
    signatures: [u64; 2],
}

fn is_unseen(element: &Element) -> bool {
    matches!(
        element.name,
        local_name!("head")
            | local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("svg")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("video")
            | local_name!("audio")
            | local_name!("canvas")
            | local_name!("select")
            | local_name!("datalist")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("math")
    ) || element.attribute(&local_name!("hidden")).is_some()
        || element.attribute(&local_name!("style")).is_some_and(hides)
            && !is_for_subscribers(element)
        || element.attribute(&local_name!("type")).is_some_and(|kind| kind == "amp-mustache")
        // What AMP shows until an embed is there.
        || element.attribute(&local_name!("placeholder")).is_some_and(str::is_empty)
}

/// Whether an element holds the rest of an article until a script has seen that the reader
/// may have it: so do the pages of a system that many local papers run on. What is encrypted
/// there besides reads like nothing.
fn is_for_subscribers(element: &Element) -> bool {
    let names = element.attribute(&local_name!("class")).unwrap_or_default();
    let has = |wanted: &str| names.split_ascii_whitespace().any(|name| name == wanted);
    (has("subscriber-only") || has("subscriber-premium")) && !has("encrypted-content")
}

fn hides(style: &str) -> bool {
    let mut declarations = style.split(';').filter_map(|part| part.split_once(':'));
    declarations.any(|(property, value)| {
        let value = value.trim();
        match property.trim() {
            "display" => value.starts_with("none"),
            "visibility" => value.starts_with("hidden"),
            _ => false,
        }
    })
}

/// `None` for an element that holds nothing and only acts, such as a line break.
fn enter(
    tree: &Tree,
    id: NodeId,
    element: &Element,
    outer: Option<&Open>,
    writer: &mut Writer,
) -> Option<Open> {
    if element.name == local_name!("br") {
        writer.line_break(outer);
        return None;
    }
    if element.name == local_name!("hr") {
        writer.end_block(outer);
        return None;
    }
    let mut open = outer.copied().unwrap_or(Open {
        id,
        first: 0,
        block: false,
        cell: false,
        in_record: false,
        quoted: false,
        kind: BlockKind::Paragraph,
        marks: Marks::default(),
        named: Marks::default(),
        in_link: false,
        preformatted: false,
        depth: 0,
        tag: 0,
        article: 0,
        block_id: 0,
        containers: [0; 3],
        signatures: [0; 2],
    });
    open.depth = open.depth.saturating_add(1);
    let is_cell = matches!(element.name, local_name!("td") | local_name!("th"));
    open.block = (is_cell || is_block(&element.name)) && !open.in_record;
    open.cell = is_cell && open.in_record;
    if open.in_record && !is_cell && is_block(&element.name) {
        writer.gap = Gap::Space.max(writer.gap);
    }
    let (marks, mut kind) = meaning(&element.name);
    open.marks.add(marks);
    if element.name == local_name!("tr") {
        open.in_record = records::is_record(tree, id);
        kind = kind.filter(|_| open.in_record);
    }
    if let Some(kind) = kind
        && !(kind == BlockKind::ListItem && open.kind == BlockKind::TableRow)
    {
        open.kind = kind;
    }
    match element.name {
        local_name!("article") if open.article == 0 => open.article = id.number(),
        local_name!("a") => open.in_link = true,
        local_name!("pre") => open.preformatted = true,
        _ => {}
    }
    if open.block {
        open.tag = tag_number(&element.name);
        open.containers = [open.block_id, open.containers[0], open.containers[1]];
        open.block_id = id.number();
        open.signatures = [signature(element), open.signatures[0]];
    }
    open.named = Marks::default();
    for attribute in &element.attributes {
        match &*attribute.name.local {
            "class" | "id" | "data-component" | "data-testid" | "data-module" | "data-type"
            | "data-qa" | "aria-label" => open.named.add(names::marks(&attribute.value)),
            "itemprop" => match &*attribute.value {
                "articleBody" => open.named.add(Marks::ARTICLE_BODY),
                "author" => open.named.add(Marks::NAMED_BYLINE),
                "caption" => open.named.add(Marks::NAMED_CAPTION),
                "datePublished" | "dateModified" => open.named.add(Marks::NAMED_DATE),
                _ => {}
            },
            "role" => match &*attribute.value {
                "navigation" | "menu" | "menubar" | "search" => open.marks.add(Marks::NAVIGATION),
                "banner" => open.marks.add(Marks::HEADER),
                "contentinfo" => open.marks.add(Marks::FOOTER),
                "complementary" => open.marks.add(Marks::ASIDE),
                "dialog" | "alertdialog" => open.named.add(Marks::NAMED_HIDDEN),
                "main" => open.marks.add(Marks::MAIN),
                "article" => open.marks.add(Marks::ARTICLE),
                _ => {}
            },
            _ => {}
        }
    }
    if open.block {
        writer.end_block(outer);
    }
    Some(open)
}

fn meaning(name: &LocalName) -> (Marks, Option<BlockKind>) {
    match *name {
        local_name!("nav") | local_name!("menu") => (Marks::NAVIGATION, None),
        local_name!("header") => (Marks::HEADER, None),
        local_name!("footer") => (Marks::FOOTER, None),
        local_name!("aside") => (Marks::ASIDE, None),
        local_name!("form") | local_name!("label") | local_name!("fieldset") => (Marks::FORM, None),
        local_name!("figcaption") => (Marks::CAPTION, None),
        local_name!("article") => (Marks::ARTICLE, None),
        local_name!("main") => (Marks::MAIN, None),
        local_name!("button") => (Marks::BUTTON, None),
        local_name!("time") => (Marks::TIME, None),
        local_name!("h1") => (Marks::MAIN_HEADING, Some(BlockKind::Subhead)),
        local_name!("h2")
        | local_name!("h3")
        | local_name!("h4")
        | local_name!("h5")
        | local_name!("h6") => (Marks::HEADING, Some(BlockKind::Subhead)),
        local_name!("p") => (Marks::PARAGRAPH, None),
        local_name!("li") | local_name!("dt") | local_name!("dd") => {
            (Marks::LIST, Some(BlockKind::ListItem))
        }
        local_name!("tr") => (Marks::TABLE, Some(BlockKind::TableRow)),
        local_name!("blockquote") => (Marks::QUOTATION, Some(BlockKind::Quotation)),
        local_name!("pre") => (Marks::default(), Some(BlockKind::Preformatted)),
        _ => (Marks::default(), None),
    }
}

/// Numbers elements so that likes are near each other, for a model that splits by size.
fn tag_number(name: &LocalName) -> u8 {
    match &**name {
        "p" => 1,
        "blockquote" => 2,
        "pre" => 3,
        "h1" => 4,
        "h2" => 5,
        "h3" => 6,
        "h4" | "h5" | "h6" => 7,
        "li" => 8,
        "dd" | "dt" => 9,
        "tr" => 10,
        "section" | "article" | "main" => 11,
        "div" => 12,
        "figcaption" | "figure" => 13,
        "header" => 14,
        "summary" | "details" => 15,
        "aside" => 16,
        "form" | "fieldset" | "legend" => 17,
        "button" => 18,
        "nav" | "menu" => 19,
        "footer" => 20,
        _ => 0,
    }
}

fn signature(element: &Element) -> u64 {
    let class = element.attribute(&local_name!("class")).unwrap_or_default();
    fingerprint(element.name.as_bytes()).rotate_left(9) ^ fingerprint(class.as_bytes())
}

pub(super) fn is_block(name: &LocalName) -> bool {
    matches!(
        &**name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
            | "ul"
    )
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// White space owed before the next character, weakest first.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Tab,
    Line,
    BlankLine,
}

#[derive(Default)]
struct Writer {
    text: String,
    segments: Vec<Segment>,
    /// Where the block that is being written starts.
    start: usize,
    gap: Gap,
    linked_chars: u32,
    /// A line break with nothing behind it yet; a second one ends the block.
    broken: bool,
    /// What the next block begins with.
    initial: String,
}

impl Writer {
    fn text(&mut self, text: &str, open: Option<&Open>) {
        let in_link = open.is_some_and(|open| open.in_link);
        if open.is_some_and(|open| open.preformatted) {
            return self.preformatted(text, in_link);
        }
        for (index, word) in text.split([' ', '\t', '\n', '\r', '\u{c}']).enumerate() {
            if index > 0 {
                self.gap = self.gap.max(Gap::Space);
            }
            if !word.is_empty() {
                self.word(word, in_link);
            }
        }
    }

    fn word(&mut self, word: &str, in_link: bool) {
        self.broken = false;
        if self.text.len() == self.start {
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
            self.start = self.text.len();
            self.text.push_str(&std::mem::take(&mut self.initial));
        } else {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Tab => self.text.push('\t'),
                Gap::Line => self.text.push('\n'),
                Gap::BlankLine => self.text.push_str("\n\n"),
            }
        }
        self.gap = Gap::None;
        self.text.push_str(word);
        if in_link {
            self.linked_chars += u32::try_from(word.chars().count()).unwrap_or(u32::MAX) + 1;
        }
    }

    /// The character that what is written next would follow without a space.
    fn before(&self) -> Option<char> {
        let is_near = self.gap == Gap::None;
        self.text[self.start..].chars().next_back().filter(|_| is_near)
    }

    /// What fills a cell to its end is no text.
    fn end_cell(&mut self) {
        let written = self.text[self.start..].trim_end_matches(is_blank).len();
        if written > 0 {
            self.text.truncate(self.start + written);
        }
        self.gap = Gap::Tab.max(self.gap);
    }

    fn close_quotation(&mut self, open: &Open) {
        let gap = std::mem::take(&mut self.gap);
        self.text("”", Some(open));
        self.gap = gap;
    }

    fn preformatted(&mut self, text: &str, in_link: bool) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.gap = if self.gap < Gap::Line { Gap::Line } else { Gap::BlankLine };
            }
            let line = line.trim_end();
            if !line.is_empty() {
                self.word(line, in_link);
            }
        }
    }

    fn line_break(&mut self, open: Option<&Open>) {
        if self.broken {
            self.end_block(open);
        } else {
            self.broken = true;
            self.gap = Gap::Line;
        }
    }

    /// Ends the block being written, if it has text; `open` is the element it is in.
    fn end_block(&mut self, open: Option<&Open>) {
        self.gap = Gap::None;
        self.broken = false;
        // A block of nothing but no-break or zero-width spaces shows nothing.
        let written = self.text[self.start..].trim_matches(is_blank);
        let place = Place {
            marks: open.map_or(Marks::default(), |open| open.marks),
            linked_chars: std::mem::take(&mut self.linked_chars),
            depth: open.map_or(0, |open| open.depth),
            tag: open.map_or(0, |open| open.tag),
            article: open.map_or(0, |open| open.article),
            containers: open.map_or([0; 3], |open| open.containers),
            signature: open
                .map_or(0, |open| open.signatures[0] ^ open.signatures[1].rotate_left(17)),
        };
        if written.is_empty() {
            self.text.truncate(self.segments.last().map_or(0, |last| last.span.end));
            self.start = self.text.len();
            return;
        }
        let from = self.start
            + (self.text[self.start..].len()
                - self.text[self.start..].trim_start_matches(is_blank).len());
        let span = from..from + written.len();
        self.text.truncate(span.end);
        let written = &self.text[span.clone()];
        self.segments.push(Segment {
            kind: open.map_or(BlockKind::Paragraph, |open| open.kind),
            measure: measure(written),
            phrase: phrases::find(written),
            place,
            span,
        });
        self.start = self.text.len();
    }
}
