//! What the body names and quotes, where it stands in the result.

use std::ops::Range;

use crate::tags::{Entity, Quote, Tags};

/// Somebody or something named, or something quoted.
#[derive(Debug, Clone, PartialEq)]
pub struct Highlight {
    pub kind: HighlightKind,
    /// The fullest form of the name, or the words quoted.
    pub text: String,
    /// What a person is, or who said it.
    pub detail: Option<String>,
    /// How often it stands in the body.
    pub count: usize,
    /// 0 to 1.
    pub confidence: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightKind {
    Person,
    Organisation,
    Place,
    Quote,
}

/// All of them, and their places in the text.
#[derive(Debug, Default)]
pub struct Highlights {
    list: Vec<Highlight>,
    /// In order, none over another; each with its index in the list.
    names: Vec<(Range<usize>, usize)>,
    quotes: Vec<(Range<usize>, usize)>,
}

/// A stretch of the result with what covers it.
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub span: Range<usize>,
    pub name: Option<&'a Highlight>,
    pub quote: Option<&'a Highlight>,
}

impl HighlightKind {
    pub fn name(self) -> &'static str {
        match self {
            HighlightKind::Person => "person",
            HighlightKind::Organisation => "organisation",
            HighlightKind::Place => "place",
            HighlightKind::Quote => "quote",
        }
    }
}

impl Highlights {
    pub(super) fn of(tags: &Tags, text: &str) -> Self {
        let mut highlights = Self::default();
        for (kind, entities) in [
            (HighlightKind::Person, &tags.people),
            (HighlightKind::Organisation, &tags.organisations),
            (HighlightKind::Place, &tags.places),
        ] {
            for entity in entities {
                highlights.add_entity(kind, entity);
            }
        }
        for quote in &tags.quotes {
            highlights.add_quote(quote, text);
        }
        for places in [&mut highlights.names, &mut highlights.quotes] {
            places.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
            let mut end = 0;
            places.retain(|(span, _)| {
                let follows = span.start >= end;
                if follows {
                    end = span.end;
                }
                follows
            });
        }
        highlights
    }

    /// Names by kind, most salient first, then quotes in their order.
    pub fn list(&self) -> &[Highlight] {
        &self.list
    }

    fn add_entity(&mut self, kind: HighlightKind, entity: &Entity) {
        let index = self.list.len();
        self.names.extend(entity.mentions.iter().map(|span| (span.clone(), index)));
        self.list.push(Highlight {
            kind,
            text: entity.name.clone(),
            detail: entity.role.clone(),
            count: entity.mentions.len(),
            confidence: entity.confidence,
        });
    }

    fn add_quote(&mut self, quote: &Quote, text: &str) {
        self.quotes.push((quote.span.clone(), self.list.len()));
        self.list.push(Highlight {
            kind: HighlightKind::Quote,
            text: text.get(quote.span.clone()).unwrap_or_default().to_owned(),
            detail: quote.speaker.clone(),
            count: 1,
            confidence: quote.confidence,
        });
    }

    /// A stretch of the result, cut where what covers it changes.
    pub(super) fn pieces(&self, span: Range<usize>) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut start = span.start;
        while start < span.end {
            let (name, name_end) = self.covering(&self.names, start);
            let (quote, quote_end) = self.covering(&self.quotes, start);
            let end = span.end.min(name_end).min(quote_end);
            pieces.push(Piece { span: start..end, name, quote });
            start = end;
        }
        pieces
    }

    /// What covers any of a stretch that is shown whole.
    pub(super) fn around(&self, span: Range<usize>) -> Piece<'_> {
        let first = |places: &[(Range<usize>, usize)]| {
            let next = places.partition_point(|(place, _)| place.end <= span.start);
            let (place, index) = places.get(next)?;
            (place.start < span.end).then(|| &self.list[*index])
        };
        let (name, quote) = (first(&self.names), first(&self.quotes));
        Piece { span, name, quote }
    }

    /// What covers a position, and up to where that holds.
    fn covering(
        &self,
        places: &[(Range<usize>, usize)],
        position: usize,
    ) -> (Option<&Highlight>, usize) {
        let next = places.partition_point(|(place, _)| place.end <= position);
        match places.get(next) {
            None => (None, usize::MAX),
            Some((place, _)) if position < place.start => (None, place.start),
            Some((place, index)) => (Some(&self.list[*index]), place.end),
        }
    }
}
