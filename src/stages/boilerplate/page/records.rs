//! Which rows of tables hold data, and which lay out a page: of the former a line is made,
//! cell by cell, whatever is in the cells; the cells of the latter are blocks of their own.

use html5ever::local_name;

use super::tree::{Content, NodeId, Tree};

/// The longest text of a cell, in bytes, and of one that is divided into lines or paragraphs.
const LONGEST: usize = 500;
const LONGEST_DIVIDED: usize = 160;
/// As many nodes are looked at.
const MOST_NODES: usize = 600;

/// Whether a row has several cells, each of few lines and without anything that
/// divides a page.
pub fn is_record(tree: &Tree, row: NodeId) -> bool {
    let (mut cells, mut length, mut parts) = (0, 0, 0);
    for (seen, id) in tree.descendants(row).skip(1).enumerate() {
        match &tree.node(id).content {
            Content::Text(text) => length += text.trim().len(),
            Content::Element(element) => match element.name {
                local_name!("td") | local_name!("th") => (cells, length, parts) = (cells + 1, 0, 0),
                local_name!("p") | local_name!("div") => parts += 1,
                local_name!("br") => parts += 2,
                local_name!("table")
                | local_name!("ul")
                | local_name!("ol")
                | local_name!("dl")
                | local_name!("h1")
                | local_name!("h2")
                | local_name!("form")
                | local_name!("article")
                | local_name!("blockquote")
                | local_name!("pre") => return false,
                _ => {}
            },
            Content::Document => {}
        }
        let longest = if parts > 1 { LONGEST_DIVIDED } else { LONGEST };
        if length > longest || seen > MOST_NODES {
            return false;
        }
    }
    cells > 1
}
