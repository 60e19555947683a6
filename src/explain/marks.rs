//! A text with its log, line by line: what stayed, what was cut, what was mended.

use std::borrow::Cow;

use super::words;
use crate::article::{Block, BlockKind};
use crate::edit::{Change, ChangeKind, RuleId};
use crate::passage::Passage;

/// A stretch of a line. None holds a line break, but for what was mended.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark<'a> {
    Kept(&'a str),
    Cut {
        text: &'a str,
        change: &'a Change,
    },
    /// One change or several in the same word.
    Mended {
        before: Cow<'a, str>,
        after: Cow<'a, str>,
        changes: Vec<&'a Change>,
    },
}

/// A line of the article as it came in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line<'a> {
    /// `None` for what is in no block of the result.
    pub kind: Option<BlockKind>,
    /// Where the line begins in the result, a byte offset.
    pub start: usize,
    pub marks: Vec<Mark<'a>>,
}

/// A rule that touched a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    pub rule: RuleId,
    pub count: usize,
    /// Of the least sure change, 0 to 1.
    pub confidence: f32,
}

impl<'a> Mark<'a> {
    /// What was done here; blanks that went with a neighbour do not count.
    fn changes(&self) -> &[&'a Change] {
        match self {
            Mark::Kept(_) => &[],
            Mark::Cut { text, .. } if text.trim().is_empty() => &[],
            Mark::Cut { change, .. } => std::slice::from_ref(change),
            Mark::Mended { changes, .. } => changes,
        }
    }

    fn mended(before: &'a str, after: &'a str, change: &'a Change) -> Self {
        Mark::Mended { before: before.into(), after: after.into(), changes: vec![change] }
    }
}

impl Line<'_> {
    /// Nothing to be read, neither before nor after.
    pub fn is_blank(&self) -> bool {
        self.marks.iter().all(|mark| match mark {
            Mark::Kept(text) | Mark::Cut { text, .. } => text.trim().is_empty(),
            Mark::Mended { .. } => false,
        })
    }

    /// Nothing of it is left in the result.
    pub fn is_cut(&self) -> bool {
        !self.is_blank()
            && self.marks.iter().all(|mark| match mark {
                Mark::Kept(text) => text.trim().is_empty(),
                Mark::Cut { .. } => true,
                Mark::Mended { .. } => false,
            })
    }

    /// The rules that touched the line, each once, in the order of the text.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        for change in self.marks.iter().flat_map(Mark::changes) {
            for rule in change.also.iter().chain([&change.rule]) {
                match notes.iter_mut().find(|note| note.rule == *rule) {
                    Some(note) => {
                        note.count += 1;
                        note.confidence = note.confidence.min(change.confidence);
                    }
                    None => {
                        let confidence = change.confidence;
                        notes.push(Note { rule: *rule, count: 1, confidence });
                    }
                }
            }
        }
        notes
    }
}

/// Whether two lines were touched by the same rules.
pub(super) fn same_rules(one: &[Note], other: &[Note]) -> bool {
    one.iter().map(|note| note.rule).eq(other.iter().map(|note| note.rule))
}

/// The whole passage as one line, for headlines.
pub(super) fn single_line(passage: &Passage) -> Line<'_> {
    let mut lines = lines(passage, &[]);
    let marks = lines.drain(..).flat_map(|line| line.marks).collect();
    Line { kind: None, start: 0, marks }
}

pub(super) fn lines<'a>(passage: &'a Passage, blocks: &[Block]) -> Vec<Line<'a>> {
    let text = passage.text();
    let mut setter = Setter { blocks, lines: Vec::new(), line: Line::default() };
    // Where we are, in the original and in the result.
    let (mut original, mut result) = (0, 0);
    for change in passage.log().changes() {
        let kept = result + change.span.start - original;
        setter.keep(&text[result..kept], result);
        setter.change(change, kept);
        original = change.span.end;
        result = kept + change.after.len();
    }
    setter.keep(&text[result..], result);
    setter.break_line(text.len());
    setter.lines
}

struct Setter<'a, 'b> {
    /// Those not yet passed.
    blocks: &'b [Block],
    lines: Vec<Line<'a>>,
    line: Line<'a>,
}

impl<'a> Setter<'a, '_> {
    /// `at` is the place of `text` in the result.
    fn keep(&mut self, text: &'a str, mut at: usize) {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.break_line(at);
            }
            if !part.is_empty() {
                self.stand_in_block(at..at + part.len());
                self.line.marks.push(Mark::Kept(part));
            }
            at += part.len() + 1;
        }
    }

    fn change(&mut self, change: &'a Change, at: usize) {
        if change.kind == ChangeKind::Removal {
            for (index, text) in change.before.split('\n').enumerate() {
                if index > 0 {
                    self.break_line(at);
                }
                if !text.is_empty() {
                    self.line.marks.push(Mark::Cut { text, change });
                }
            }
            return;
        }
        if change.before.matches('\n').count() != change.after.matches('\n').count() {
            self.stand_in_block(at..at + change.after.len());
            let (before, after) = (change.before.as_str(), change.after.as_str());
            self.line.marks.push(Mark::mended(before, after, change));
            return;
        }
        let mut at = at;
        for (index, (before, after)) in
            change.before.split('\n').zip(change.after.split('\n')).enumerate()
        {
            if index > 0 {
                self.break_line(at);
            }
            self.stand_in_block(at..at + after.len());
            if before != after {
                self.line.marks.push(Mark::mended(before, after, change));
            } else if !after.is_empty() {
                self.line.marks.push(Mark::Kept(after));
            }
            at += after.len() + 1;
        }
    }

    /// Takes the kind of the block that the line shares text with.
    fn stand_in_block(&mut self, span: std::ops::Range<usize>) {
        while self.blocks.first().is_some_and(|block| block.span.end <= span.start) {
            self.blocks = &self.blocks[1..];
        }
        if let Some(block) = self.blocks.first()
            && block.span.start < span.end
        {
            self.line.kind = self.line.kind.or(Some(block.kind));
        }
    }

    /// `next` is where the next line begins in the result.
    fn break_line(&mut self, next: usize) {
        let after = Line { start: next, ..Line::default() };
        let Line { kind, start, marks } = std::mem::replace(&mut self.line, after);
        self.lines.push(Line { kind, start, marks: words::whole(marks) });
    }
}
