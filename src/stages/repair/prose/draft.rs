//! The article as the rules of prose see it: running text only, and whether a
//! word is known to the rest of the text.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use crate::article::{Article, Block, BlockKind};

pub(super) struct Draft<'a> {
    pub text: &'a str,
    blocks: &'a [Block],
    /// Filled when a rule first asks.
    words: OnceCell<HashSet<&'a str>>,
}

impl<'a> Draft<'a> {
    pub fn new(article: &'a Article) -> Self {
        Self { text: article.text(), blocks: article.blocks(), words: OnceCell::new() }
    }

    /// Lines of running text, in order, trimmed; none is blank. A block is
    /// mostly one line, but may have been broken by hand.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let text = self.text;
        self.blocks.iter().filter(|block| is_prose(block.kind)).flat_map(move |block| {
            let mut next = block.span.start;
            text[block.span.clone()].split('\n').filter_map(move |line| {
                let start = next + (line.len() - line.trim_start().len());
                next += line.len() + 1;
                let length = line.trim().len();
                (length > 0).then_some(start..start + length)
            })
        })
    }

    pub fn of(&self, span: &Range<usize>) -> &'a str {
        &self.text[span.clone()]
    }

    /// Whether the word stands somewhere in the text, written just so. Words are
    /// letters and inner hyphens here.
    pub fn attests(&self, word: &str) -> bool {
        self.words
            .get_or_init(|| {
                self.text
                    .split(|c: char| !c.is_alphabetic() && c != '-')
                    .filter(|piece| !piece.is_empty())
                    .collect()
            })
            .contains(word)
    }
}

fn is_prose(kind: BlockKind) -> bool {
    match kind {
        BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Quotation => true,
        BlockKind::Subhead | BlockKind::TableRow | BlockKind::Preformatted => false,
    }
}
