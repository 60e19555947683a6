//! A first letter that stands before its paragraph and not in it: `<span
//! class="dropcap">T</span><p>he council` → `The council`. Only where a class says so, and
//! the paragraph's text goes on with a letter.

use html5ever::local_name;

use super::render::is_block;
use super::tree::{Content, NodeId, Tree};

const NAMES: [&str; 3] = ["dropcap", "drop-cap", "drop_cap"];

/// With a quotation mark before it.
const LONGEST: usize = 8;
/// How many nodes may stand between the letter and the text.
const REACH: usize = 8;

/// The letter, if the element is such a one.
pub fn letter(tree: &Tree, id: NodeId) -> Option<String> {
    let element = tree.element(id)?;
    let class = element.attribute(&local_name!("class"))?;
    if !NAMES.iter().any(|name| says(class, name)) {
        return None;
    }
    let text = tree.short_text(id, LONGEST)?;
    let letter = text.trim();
    let mut letters = letter.chars().filter(|character| character.is_alphanumeric());
    if !letters.next()?.is_uppercase() || letters.next().is_some() {
        return None;
    }
    let mut is_apart = is_block(&element.name);
    let mut next = after(tree, id);
    for _ in 0..REACH {
        let reached = next?;
        match &tree.node(reached).content {
            Content::Text(text) if !text.trim().is_empty() => {
                let goes_on = text.trim_start().starts_with(char::is_alphabetic);
                // Set off by a space, the letter is a word: "A council".
                let gap =
                    if text.starts_with(char::is_whitespace) && is_word(letter) { " " } else { "" };
                return (is_apart && goes_on).then(|| format!("{letter}{gap}"));
            }
            Content::Element(element) => is_apart |= is_block(&element.name),
            _ => {}
        }
        next = tree.first_child(reached).or_else(|| after(tree, reached));
    }
    None
}

/// Whether a class has such a name in it, in any case.
fn says(class: &str, name: &str) -> bool {
    class.as_bytes().windows(name.len()).any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
}

/// The node that follows when this one and all in it is left out.
fn after(tree: &Tree, id: NodeId) -> Option<NodeId> {
    let around = std::iter::successors(Some(id), |&at| tree.parent(at));
    around.take(REACH).find_map(|at| tree.next_sibling(at))
}

fn is_word(letter: &str) -> bool {
    letter.ends_with(['A', 'I', 'O'])
}
