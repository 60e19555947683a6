//! A text together with the log of everything done to it. The text can change
//! in one way only, through [`Passage::apply`], so no change can escape the log.

use std::ops::Range;

use crate::edit::{EditLog, LogMismatch, Proposal};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    text: String,
    log: EditLog,
}

impl Passage {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), log: EditLog::default() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn log(&self) -> &EditLog {
        &self.log
    }

    /// The text before any change.
    pub fn original(&self) -> Result<String, LogMismatch> {
        self.log.undo(&self.text)
    }

    /// Makes the proposed changes and records them. Of proposals that overlap,
    /// the one that starts first wins, then the longer one; one that would cut a
    /// character in two, reach past the end or change nothing is passed over.
    ///
    /// Returns how positions moved, for whoever holds offsets into the text.
    pub fn apply(&mut self, mut proposals: Vec<Proposal>) -> Shift {
        proposals.retain(|p| self.text.get(p.span.clone()).is_some_and(|now| now != p.after));
        proposals.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
        let mut end = 0;
        proposals.retain(|p| {
            let fits = p.span.start >= end;
            if fits {
                end = p.span.end;
            }
            fits
        });
        if proposals.is_empty() {
            return Shift::default();
        }
        self.log.record(&self.text, &proposals);
        let mut text = String::with_capacity(self.text.len());
        let mut moves = Vec::with_capacity(proposals.len());
        let mut done = 0;
        for proposal in proposals {
            text.push_str(&self.text[done..proposal.span.start]);
            let start = text.len();
            text.push_str(&proposal.after);
            done = proposal.span.end;
            moves.push(Move { from: proposal.span, to: start..text.len() });
        }
        text.push_str(&self.text[done..]);
        self.text = text;
        Shift { moves }
    }
}

/// Where positions of the text before an [`Passage::apply`] went.
#[derive(Debug, Default)]
pub struct Shift {
    moves: Vec<Move>,
}

#[derive(Debug)]
struct Move {
    from: Range<usize>,
    to: Range<usize>,
}

impl Shift {
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// Where a span went; what was replaced in part counts as a whole.
    pub fn span(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.position(span.start, Edge::Start);
        start..self.position(span.end, Edge::End).max(start)
    }

    fn position(&self, position: usize, edge: Edge) -> usize {
        let index = match edge {
            // A start that lies at a move's end lies behind it, an end that
            // lies at a move's start lies before it.
            Edge::Start => self.moves.partition_point(|m| m.from.end <= position),
            Edge::End => self.moves.partition_point(|m| m.from.end < position),
        };
        if let Some(inside) = self.moves.get(index).filter(|m| m.from.start < position) {
            return match edge {
                Edge::Start => inside.to.start,
                Edge::End => inside.to.end,
            };
        }
        match index.checked_sub(1).map(|i| &self.moves[i]) {
            Some(last) => last.to.end + (position - last.from.end),
            None => position,
        }
    }
}

#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}
