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
    pub subjects: Vec<Subject>,
    /// The article in short.
    pub abstract_text: Option<String>,
    pub minutes_to_read: Option<usize>,
    pub readability: Option<Readability>,
    /// The news agency that it is from.
    pub credit: Option<String>,
    pub quality: Option<QualityValues>,
    /// The best first.
    pub keywords: Vec<String>,
    pub word_count: usize,
    pub fingerprints: Option<Fingerprints>,
    /// An article before it that is nearly the same text.
    pub duplicate_of: Option<DuplicateOf>,
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

#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateOf {
    pub id: String,
    /// The share of five-word sequences in common, 0 to 1, estimated.
    pub similarity: f32,
}

/// A top-level concept of the IPTC Media Topics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    pub name: &'static str,
    /// `medtop:15000000`
    pub uri: &'static str,
    pub confidence: f32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Readability {
    pub lix: f32,
    /// For English alone.
    pub flesch: Option<f32>,
}

/// What filters of training corpora measure; shares are from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct QualityValues {
    pub words: usize,
    /// In characters.
    pub mean_word_length: f32,
    pub symbols_per_word: f32,
    pub bullet_lines: f32,
    pub ellipsis_lines: f32,
    /// Words with a letter.
    pub alphabetic_words: f32,
    /// Different ones, as far as eight; unknown for languages without a list.
    pub stop_words: Option<usize>,
    pub duplicate_lines: f32,
    /// Characters of the commonest run of 2, 3 and 4 words.
    pub top_ngrams: [f32; 3],
    /// Characters of runs of 5 to 10 words that were there before.
    pub duplicate_ngrams: [f32; 6],
    /// In lines of three words and more that end in punctuation.
    pub sentences: usize,
    pub punctuated_lines: f32,
    /// Of at most thirty characters.
    pub short_lines: f32,
    /// Characters of lines that were there before.
    pub duplicate_characters: f32,
    pub line_breaks_per_word: f32,
}

/// The filters that would keep an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passes {
    pub gopher: bool,
    pub c4: bool,
    pub fineweb: bool,
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
