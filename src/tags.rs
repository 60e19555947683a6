//! What the tag stage concludes about an article: absent rather than guessed,
//! each value with where it came from.

use crate::article::ClueSource;
use crate::passage::Passage;

#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// With its own log: a headline is mended like the body.
    pub headline: Option<Passage>,
    pub alternative_headline: Option<Passage>,
    pub authors: Vec<String>,
    pub publisher: Publisher,
    pub section: Option<String>,
    pub dateline: Option<String>,
    /// ISO 8601, as precise as the source: `2024-05-06` or with time and zone.
    pub date_published: Option<String>,
    pub date_modified: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// BCP 47.
    pub headline_language: Option<String>,
    /// Most salient first, as the other two.
    pub people: Vec<Entity>,
    pub organisations: Vec<Entity>,
    pub places: Vec<Entity>,
    pub notices: Vec<Notice>,
    pub quotes: Vec<Quote>,
    /// The best first.
    pub keywords: Vec<String>,
    pub word_count: usize,
    pub fingerprints: Option<Fingerprints>,
    /// How each inferred field was come by.
    pub inferences: Vec<Inference>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Publisher {
    pub name: Option<String>,
    pub domain: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
    pub date: Option<String>,
}

/// A person, organisation or place that the body names.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// The fullest form in the body.
    pub name: String,
    /// What the body says a person is: "mayor of Port Harbour".
    pub role: Option<String>,
    /// Byte offsets in the body's text, in order; never empty.
    pub mentions: Vec<std::ops::Range<usize>>,
    /// 0 to 1.
    pub salience: f32,
    pub confidence: f32,
}

/// Something said, word for word.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// Byte offsets in the body's text, without the quotation marks.
    pub span: std::ops::Range<usize>,
    /// Absent if the text does not say clearly who speaks.
    pub speaker: Option<String>,
    /// Byte offsets of the words that name the speaker, a pronoun perhaps.
    pub named: Option<std::ops::Range<usize>>,
    /// Byte offsets of the verb of saying, where one names the speaker.
    pub cue: Option<std::ops::Range<usize>>,
    /// That the speaker is right; without one, that it is a quote.
    pub confidence: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    Update,
    Correction,
    Clarification,
    EditorsNote,
    Republication,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprints {
    /// Of the body's text as published in the enriched message.
    pub sha256: [u8; 32],
    pub simhash64: u64,
    pub minhash: Vec<u32>,
}

/// One line of provenance.
#[derive(Debug, Clone, PartialEq)]
pub struct Inference {
    /// The field's name in the enriched message.
    pub field: &'static str,
    pub source: InferenceSource,
    /// The rule or model that decided.
    pub method: &'static str,
    pub confidence: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InferenceSource {
    Clue(ClueSource),
    /// Read off the body's text.
    Body,
}
