//! The article as the rules of prose see it: running text only, and whether a
//! word is known to the rest of the text.

use std::cell::OnceCell;
use std::ops::Range;

use crate::article::{Article, BlockKind};
use crate::text::hashing::FastMap;
use crate::text::lines::lines;

pub(super) struct Draft<'a> {
    pub text: &'a str,
    lines: Vec<Range<usize>>,
    /// Filled when a rule first asks.
    words: OnceCell<FastMap<&'a str, u32>>,
}

impl<'a> Draft<'a> {
    pub fn new(article: &'a Article) -> Self {
        let text = article.text();
        let blocks = article.blocks().iter().filter(|block| is_prose(block.kind));
        let lines = blocks.flat_map(|block| {
            let start = block.span.start;
            lines(&text[block.span.clone()]).map(move |line| start + line.start..start + line.end)
        });
        Self { text, lines: lines.collect(), words: OnceCell::new() }
    }

    /// Lines of running text, in order, trimmed; none is blank. A block is
    /// mostly one line, but may have been broken by hand.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        self.lines.iter().cloned()
    }

    pub fn of(&self, span: &Range<usize>) -> &'a str {
        &self.text[span.clone()]
    }

    /// Whether the word stands somewhere in the text, written just so. Words are
    /// letters and inner hyphens here.
    pub fn attests(&self, word: &str) -> bool {
        self.count(word) > 0
    }

    /// How often it does.
    pub fn count(&self, word: &str) -> u32 {
        let words = self.words.get_or_init(|| {
            let mut words: FastMap<&str, u32> = FastMap::default();
            let pieces = self.text.split(|c: char| !c.is_alphabetic() && c != '-');
            for piece in pieces.filter(|piece| !piece.is_empty()) {
                *words.entry(piece).or_default() += 1;
            }
            words
        });
        words.get(word).copied().unwrap_or(0)
    }
}

fn is_prose(kind: BlockKind) -> bool {
    match kind {
        BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Quotation => true,
        BlockKind::Subhead | BlockKind::TableRow | BlockKind::Preformatted => false,
    }
}
