//! Puts what a server sent late into its place.
//!
//! React sends the frame of a page first, with a `<template id="B:0">` for each part that is
//! not ready, and at the end the part, as `<div hidden id="S:0">`, which a script moves to its
//! template. No script runs here, and what is hidden is not read: an article that came late
//! would be lost.

use html5ever::local_name;
use memchr::memmem;

use super::tree::{Element, NodeId, Tree};
use crate::stage::Deadline;
use crate::text::hashing::FastMap;

/// Pages have a few dozen. Whether one may be moved takes a look at all that it would be in.
const MOST_MOVED: usize = 200;

pub fn settle(tree: &mut Tree, html: &str, deadline: &Deadline) {
    if memmem::find(html.as_bytes(), b"\"S:").is_none() {
        return;
    }
    let mut parts = Vec::new();
    let mut places: FastMap<String, NodeId> = FastMap::default();
    for id in tree.descendants(tree.root()) {
        let Some(element) = tree.element(id) else { continue };
        match element.name {
            local_name!("div") if element.attribute(&local_name!("hidden")).is_some() => {
                parts.extend(number(element, &["S:"]).map(|number| (id, number.to_owned())));
            }
            local_name!("template") => {
                if let Some(number) = number(element, &["B:", "P:"]) {
                    places.entry(number.to_owned()).or_insert(id);
                }
            }
            _ => {}
        }
    }
    for (index, (part, number)) in parts.into_iter().enumerate() {
        deadline.check();
        tree.show(part);
        if let Some(&place) = places.get(&number)
            && index < MOST_MOVED
            && !is_within(tree, place, part)
        {
            tree.move_before(part, place);
        }
    }
}

/// The number that an element has by its id, in hexadecimal digits.
fn number<'a>(element: &'a Element, kinds: &[&str]) -> Option<&'a str> {
    let id = element.attribute(&local_name!("id"))?;
    let number = kinds.iter().find_map(|kind| id.strip_prefix(kind))?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then_some(number)
}

fn is_within(tree: &Tree, inner: NodeId, outer: NodeId) -> bool {
    std::iter::successors(Some(inner), |&at| tree.parent(at)).any(|at| at == outer)
}
