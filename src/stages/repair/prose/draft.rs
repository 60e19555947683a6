//! The article as the rules of prose see it: running text only, and whether a
//! word is known to the rest of the text.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use crate::article::{Article, BlockKind};
use crate::text::hashing::FastMap;
use crate::text::lines::lines;

pub(super) struct Draft<'a> {
    pub text: &'a str,
    lines: Vec<Range<usize>>,
    /// Which bytes the text has: most rules begin with one that most texts have not.
    bytes: [bool; 256],
    /// How often rules have asked for a word.
    asked: Cell<usize>,
    /// Filled when they have asked often.
    words: OnceCell<FastMap<&'a str, u32>>,
}

/// So often the text is searched for a word, which is faster than to count all words once.
const SEARCHES: usize = 16;

impl<'a> Draft<'a> {
    pub fn new(article: &'a Article) -> Self {
        let text = article.text();
        let blocks = article.blocks().iter().filter(|block| is_prose(block.kind));
        let lines = blocks.flat_map(|block| {
            let start = block.span.start;
            lines(&text[block.span.clone()]).map(move |line| start + line.start..start + line.end)
        });
        let mut bytes = [false; 256];
        text.bytes().for_each(|byte| bytes[usize::from(byte)] = true);
        Self { text, lines: lines.collect(), bytes, asked: Cell::new(0), words: OnceCell::new() }
    }

    /// Whether the byte stands somewhere in the text.
    pub fn holds(&self, byte: u8) -> bool {
        self.bytes[usize::from(byte)]
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
        self.asked.update(|asked| asked + 1);
        if self.asked.get() <= SEARCHES {
            let bytes = self.text.as_bytes();
            let found = memchr::memmem::find_iter(bytes, word).filter(|at| {
                let (before, behind) = (&self.text[..*at], &self.text[at + word.len()..]);
                !before.ends_with(is_letter) && !behind.starts_with(is_letter)
            });
            return u32::try_from(found.count()).unwrap_or(u32::MAX);
        }
        let words = self.words.get_or_init(|| {
            let mut words: FastMap<&str, u32> = FastMap::default();
            let pieces = self.text.split(|c| !is_letter(c));
            for piece in pieces.filter(|piece| !piece.is_empty()) {
                *words.entry(piece).or_default() += 1;
            }
            words
        });
        words.get(word).copied().unwrap_or(0)
    }
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() || character == '-'
}

fn is_prose(kind: BlockKind) -> bool {
    match kind {
        BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Quotation => true,
        BlockKind::Subhead | BlockKind::TableRow | BlockKind::Preformatted => false,
    }
}
