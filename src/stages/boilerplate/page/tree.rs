//! A page as a tree in one vector, built by html5ever's tree builder.
//!
//! Depth and size are bounded, because the tree builder's work is not linear on
//! hostile input: tags nested deeper than [`MAX_DEPTH`] are ignored (as browsers
//! do) and parsing ends at [`MAX_NODES`], or when a page has more nodes than bytes.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{
    ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink,
};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use super::unparsed::{MOST_ATTRIBUTES, parsed_parts};
use crate::stage::Deadline;

/// Browsers stop nesting at 512.
const MAX_DEPTH: u32 = 512;
const MAX_NODES: usize = 3_000_000;
/// No page that is not made to cost memory has more nodes than bytes by this much.
/// A tag may ask for the elements around it to be opened anew, hundreds at once.
const NODES_BEYOND_BYTES: usize = 4096;
/// How many tokens go by between two looks at the clock.
const TOKENS_A_CHECK: u32 = 64;

/// How many bytes go by at most.
const BYTES_A_CHECK: usize = 1 << 20;

/// The place of a node in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub fn number(self) -> u32 {
        self.0
    }
}

/// No node; no document has as many.
const NONE: u32 = u32::MAX;

pub struct Node {
    parent: u32,
    previous: u32,
    next: u32,
    first_child: u32,
    last_child: u32,
    depth: u32,
    pub content: Content,
}

pub enum Content {
    Document,
    Element(Element),
    Text(StrTendril),
}

pub struct Element {
    pub name: LocalName,
    pub attributes: Vec<Attribute>,
}

impl Element {
    pub fn attribute(&self, name: &LocalName) -> Option<&str> {
        self.attributes.iter().find(|a| a.name.local == *name).map(|a| &*a.value)
    }
}

pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// Parses a page; never fails, whatever the input.
    pub fn parse(html: &str, deadline: &Deadline) -> Self {
        let sink = ArenaSink::for_page(html.len());
        let builder = TreeBuilder::new(
            sink,
            TreeBuilderOpts { drop_doctype: true, ..TreeBuilderOpts::default() },
        );
        let guard =
            Guard { builder, ignored: Cell::new(0), tokens: Cell::new(0), deadline: *deadline };
        let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
        let input = BufferQueue::default();
        for mut part in parsed_parts(html) {
            // Within one tag or comment nothing else looks at the clock.
            while !part.is_empty() {
                let (piece, rest) = part.split_at(part.floor_char_boundary(BYTES_A_CHECK));
                part = rest;
                deadline.check();
                input.push_back(StrTendril::from_slice(piece));
                // The tokenizer stops at each script to let it run; here none does.
                while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
            }
        }
        tokenizer.end();
        tokenizer.sink.builder.sink.finish()
    }

    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Takes back that an element says of itself that it is hidden.
    pub fn show(&mut self, id: NodeId) {
        if let Content::Element(element) = &mut self.nodes[id.0 as usize].content {
            element.attributes.retain(|attribute| attribute.name.local != local_name!("hidden"));
        }
    }

    /// Moves a node, with all below it, to the place before another, which is not below it.
    pub fn move_before(&mut self, id: NodeId, place: NodeId) {
        let parent = self.nodes[place.0 as usize].parent;
        if parent != NONE && id != place {
            unlink(&mut self.nodes, id.0);
            link(&mut self.nodes, parent, id.0, place.0);
        }
    }

    /// Puts an element with a text, if any, under a parent: before a child of it, or last.
    pub fn insert(
        &mut self,
        name: LocalName,
        text: &str,
        parent: NodeId,
        before: Option<NodeId>,
    ) -> NodeId {
        let mut add = |content, parent, next| {
            let id = u32::try_from(self.nodes.len()).expect("MAX_NODES is far below u32::MAX");
            self.nodes.push(Node::new(content));
            link(&mut self.nodes, parent, id, next);
            id
        };
        let element = Content::Element(Element { name, attributes: Vec::new() });
        let id = add(element, parent.0, before.map_or(NONE, |next| next.0));
        if !text.is_empty() {
            add(Content::Text(StrTendril::from_slice(text)), id, NONE);
        }
        NodeId(id)
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id).content {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        some(self.node(id).parent)
    }

    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        some(self.node(id).first_child)
    }

    pub fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        some(self.node(id).next)
    }

    /// The node and all below it, in document order.
    pub fn descendants(&self, top: NodeId) -> impl Iterator<Item = NodeId> {
        self.descendants_in(top, |_| true)
    }

    /// The node and all below it that `enters` leads to, in document order.
    pub fn descendants_in(
        &self,
        top: NodeId,
        enters: impl Fn(NodeId) -> bool,
    ) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(top), move |&id| {
            if let Some(child) = self.first_child(id).filter(|_| enters(id)) {
                return Some(child);
            }
            let mut at = id;
            while at != top {
                if let Some(next) = self.next_sibling(at) {
                    return Some(next);
                }
                at = self.parent(at)?;
            }
            None
        })
    }

    /// The text below a node, unless it is longer than `limit` bytes or spread over
    /// as many nodes: what is asked of every element must not cost the whole page each.
    pub fn short_text(&self, top: NodeId, limit: usize) -> Option<String> {
        let mut text = String::new();
        for (seen, id) in self.descendants(top).enumerate() {
            if let Content::Text(piece) = &self.node(id).content {
                text.push_str(piece);
            }
            if text.len() > limit || seen > limit {
                return None;
            }
        }
        Some(text)
    }

    /// All text below a node as it stands in the source.
    pub fn text(&self, top: NodeId) -> String {
        let mut text = String::new();
        for id in self.descendants(top) {
            if let Content::Text(piece) = &self.node(id).content {
                text.push_str(piece);
            }
        }
        text
    }
}

fn some(index: u32) -> Option<NodeId> {
    (index != NONE).then_some(NodeId(index))
}

/// Stands between tokenizer and tree builder and keeps the depth in bounds.
struct Guard {
    builder: TreeBuilder<Handle, ArenaSink>,
    /// Start tags ignored for depth whose end tags are still to come.
    ignored: Cell<u32>,
    tokens: Cell<u32>,
    deadline: Deadline,
}

impl Guard {
    fn is_too_much(&self, tag: &Tag) -> bool {
        let sink = &self.builder.sink;
        match tag.kind {
            TagKind::StartTag => {
                let deep = sink.depth.get() >= MAX_DEPTH && !is_raw_text(&tag.name);
                if deep && !tag.self_closing {
                    self.ignored.set(self.ignored.get().saturating_add(1));
                }
                deep
            }
            TagKind::EndTag => {
                let ignored = self.ignored.get();
                let skip = ignored > 0 && sink.depth.get() >= MAX_DEPTH && !is_raw_text(&tag.name);
                if skip {
                    self.ignored.set(ignored - 1);
                }
                skip
            }
        }
    }
}

/// Elements that switch the tokenizer; they hold no elements and so no depth.
fn is_raw_text(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("noscript")
            | local_name!("iframe")
            | local_name!("xmp")
            | local_name!("noembed")
            | local_name!("noframes")
    )
}

impl TokenSink for Guard {
    type Handle = Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Handle> {
        let tokens = self.tokens.get().wrapping_add(1);
        self.tokens.set(tokens);
        if tokens.is_multiple_of(TOKENS_A_CHECK) {
            self.deadline.check();
        }
        match &token {
            Token::CommentToken(_) | Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) if self.is_too_much(tag) => return TokenSinkResult::Continue,
            Token::EOFToken => {}
            _ if self.builder.sink.is_full() => return TokenSinkResult::Continue,
            _ => {}
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// What the tree builder holds of a node. It carries its name because the tree
/// builder asks for it by reference.
#[derive(Clone)]
struct Handle {
    index: u32,
    name: QualName,
}

struct ArenaSink {
    nodes: RefCell<Vec<Node>>,
    /// Of the element appended or popped last.
    depth: Cell<u32>,
    /// Parsing ends when there are as many nodes.
    limit: usize,
}

impl Node {
    fn new(content: Content) -> Self {
        Self {
            parent: NONE,
            previous: NONE,
            next: NONE,
            first_child: NONE,
            last_child: NONE,
            depth: 0,
            content,
        }
    }
}

impl ArenaSink {
    fn for_page(bytes: usize) -> Self {
        Self {
            nodes: RefCell::new(vec![Node::new(Content::Document)]),
            depth: Cell::new(0),
            limit: bytes.saturating_add(NODES_BEYOND_BYTES).min(MAX_NODES),
        }
    }

    fn is_full(&self) -> bool {
        self.nodes.borrow().len() >= self.limit
    }

    fn add(&self, content: Content) -> u32 {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node::new(content));
        u32::try_from(nodes.len() - 1).expect("MAX_NODES is far below u32::MAX")
    }
}

/// Puts `child` under `parent`, before `next` or last.
fn link(nodes: &mut [Node], parent: u32, child: u32, next: u32) {
    let previous = if next == NONE {
        nodes[parent as usize].last_child
    } else {
        nodes[next as usize].previous
    };
    let depth = nodes[parent as usize].depth + 1;
    let node = &mut nodes[child as usize];
    (node.parent, node.previous, node.next, node.depth) = (parent, previous, next, depth);
    match previous {
        NONE => nodes[parent as usize].first_child = child,
        previous => nodes[previous as usize].next = child,
    }
    match next {
        NONE => nodes[parent as usize].last_child = child,
        next => nodes[next as usize].previous = child,
    }
}

fn unlink(nodes: &mut [Node], child: u32) {
    let Node { parent, previous, next, .. } = nodes[child as usize];
    if parent == NONE {
        return;
    }
    match previous {
        NONE => nodes[parent as usize].first_child = next,
        previous => nodes[previous as usize].next = next,
    }
    match next {
        NONE => nodes[parent as usize].last_child = previous,
        next => nodes[next as usize].previous = previous,
    }
    let node = &mut nodes[child as usize];
    (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
}

impl TreeSink for ArenaSink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Tree {
        Tree { nodes: self.nodes.into_inner() }
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { index: 0, name: QualName::new(None, ns!(), local_name!("")) }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.name
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _flags: ElementFlags,
    ) -> Handle {
        let element = Element { name: name.local.clone(), attributes };
        Handle { index: self.add(Content::Element(element)), name }
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        Handle { index: self.add(Content::Text(StrTendril::new())), ..self.get_document() }
    }

    fn create_pi(&self, _target: StrTendril, _content: StrTendril) -> Handle {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        match child {
            NodeOrText::AppendNode(node) => {
                let mut nodes = self.nodes.borrow_mut();
                unlink(&mut nodes, node.index);
                link(&mut nodes, parent.index, node.index, NONE);
                self.depth.set(nodes[node.index as usize].depth);
            }
            NodeOrText::AppendText(text) => {
                let last = self.nodes.borrow()[parent.index as usize].last_child;
                if last != NONE
                    && let Content::Text(before) =
                        &mut self.nodes.borrow_mut()[last as usize].content
                {
                    before.push_tendril(&text);
                    return;
                }
                let child = self.add(Content::Text(text));
                link(&mut self.nodes.borrow_mut(), parent.index, child, NONE);
            }
        }
    }

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let child = match new_node {
            NodeOrText::AppendNode(node) => node.index,
            NodeOrText::AppendText(text) => self.add(Content::Text(text)),
        };
        let mut nodes = self.nodes.borrow_mut();
        let parent = nodes[sibling.index as usize].parent;
        if parent == NONE {
            return;
        }
        unlink(&mut nodes, child);
        link(&mut nodes, parent, child, sibling.index);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let has_parent = self.nodes.borrow()[element.index as usize].parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &Handle) {
        self.depth.set(self.nodes.borrow()[node.index as usize].depth.saturating_sub(1));
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        // A template's content is never shown, so it may hang under its element.
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.index == other.index
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        if let Content::Element(element) =
            &mut self.nodes.borrow_mut()[target.index as usize].content
        {
            for attribute in attributes {
                let present = &element.attributes;
                if present.len() < MOST_ATTRIBUTES
                    && !present.iter().any(|one| one.name == attribute.name)
                {
                    element.attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        unlink(&mut self.nodes.borrow_mut(), target.index);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        loop {
            let child = nodes[node.index as usize].first_child;
            if child == NONE {
                return;
            }
            unlink(&mut nodes, child);
            link(&mut nodes, new_parent.index, child, NONE);
        }
    }
}
