//! The marks that a browser sets about `<q>`: `said <q>never</q>` → `said “never”`. None
//! where the text brings its own.

use html5ever::local_name;

use super::tree::{Content, NodeId, Tree};

/// How many nodes are looked at for the first text.
const REACH: usize = 8;

/// Whether marks belong about the element; `before` is what the line ends with.
pub fn needs_marks(tree: &Tree, id: NodeId, before: Option<char>) -> bool {
    let is_quotation = tree.element(id).is_some_and(|element| element.name == local_name!("q"));
    is_quotation && !before.is_some_and(is_mark) && {
        let text = tree.descendants(id).take(REACH).find_map(|at| match &tree.node(at).content {
            Content::Text(text) => text.trim_start().chars().next(),
            _ => None,
        });
        text.is_some_and(|first| !is_mark(first))
    }
}

fn is_mark(character: char) -> bool {
    matches!(character, '"' | '\'' | '“' | '”' | '„' | '‟' | '‘' | '‚' | '«' | '»' | '「' | '『')
}
