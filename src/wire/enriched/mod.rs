//! Enriched articles, as they are published.
//!
//! The structs here are the message: field for field what is written, with the
//! docs and examples that its schema shows.

mod changes;
mod encoder;
mod measures;
mod omission;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::encoder::Encoder;
pub use self::measures::{Passes, QualityValues};
use crate::wire::json::Fields;

/// An article as copydesk publishes it.
///
/// A field that is not known is absent, never null; lists are always there and
/// may be empty. Every position counts Unicode scalar values (code points), not
/// bytes and not UTF-16 units.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Enriched article")]
pub struct Enriched<'a> {
    /// The message's own id, as it was written; without one, an id derived from
    /// the address and the content as received, the same for every redelivery.
    #[schemars(example = &"harbour-ferry-2024-05-06")]
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The article's address, as the message gave it.
    #[schemars(example = &"https://news.example/harbour/ferry")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub url: Option<Cow<'a, str>>,
    /// The headline, mended like the body (see `edits` with `field`).
    #[schemars(example = &"Ferry returns to the harbour after a year of repairs")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub headline: Option<Cow<'a, str>>,
    /// A second headline: a kicker, a subheading, the one made for search engines.
    #[schemars(example = &"Crew of nine back at work")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub alternative_headline: Option<Cow<'a, str>>,
    /// The people the byline names.
    #[schemars(extend("examples" = [["Ada Example"]]))]
    #[serde(borrow)]
    pub author: Vec<Cow<'a, str>>,
    /// Who published the article.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Publisher<'a>>,
    /// The section it appeared in.
    #[schemars(example = &"Politics")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub article_section: Option<Cow<'a, str>>,
    /// The place the report was filed from.
    #[schemars(example = &"BRUSSELS")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Cow<'a, str>>,
    /// ISO 8601, as precise as the source: a date, or a time with its zone.
    #[schemars(example = &"2024-05-06T07:30:00+02:00")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub date_published: Option<Cow<'a, str>>,
    /// ISO 8601, as precise as the source: a date, or a time with its zone.
    #[schemars(example = &"2024-05-07")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<Cow<'a, str>>,
    /// BCP 47 tag of the body's language.
    #[schemars(example = &"en")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub in_language: Option<Cow<'a, str>>,
    /// BCP 47 tag of the headline's language; absent where it is too short to tell.
    #[schemars(example = &"en")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub headline_language: Option<Cow<'a, str>>,
    /// The article in short: the page's description, where the text agrees with it, or the
    /// first paragraph.
    #[schemars(example = &"The ferry is back in the harbour after a year of repairs.")]
    #[serde(rename = "abstract", borrow, skip_serializing_if = "Option::is_none")]
    pub abstract_text: Option<Cow<'a, str>>,
    /// The news agency that the article is from, where it says so.
    #[schemars(example = &"Reuters")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub credit_text: Option<Cow<'a, str>>,
    /// The article's own text: without furniture, mended, paragraphs on lines of
    /// their own.
    #[schemars(example = &"The ferry is back.\n\nIt was missed.")]
    #[serde(borrow)]
    pub article_body: Cow<'a, str>,
    /// Words in `articleBody`.
    #[schemars(example = 7)]
    pub word_count: usize,
    /// How long it is to read, an ISO 8601 duration in minutes: at 238 words a minute.
    #[schemars(example = &"PT4M")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub time_required: Option<Cow<'a, str>>,
    /// How hard it is to read; absent for fewer than 100 words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readability: Option<Readability>,
    /// What the article is about, among the top-level IPTC Media Topics; by its section,
    /// or by the folders of its address.
    #[serde(borrow)]
    pub subjects: Vec<Subject<'a>>,
    /// What the article is about, in its own words, the best first; at most ten. So far in
    /// English, German, French, Spanish, Italian, Portuguese and Dutch.
    #[schemars(extend("examples" = [["ferry", "harbour", "Port Harbour", "repairs"]]))]
    #[serde(borrow)]
    pub keywords: Vec<Cow<'a, str>>,
    /// The people that the body names, the most salient first. So far only in English
    /// articles, as `organisations` and `places`.
    #[schemars(extend("examples" = [[{
        "name": "Ada Quill", "role": "mayor of Port Harbour", "mentions": [[0, 9], [118, 123]],
        "count": 2, "salience": 0.82, "confidence": 0.97
    }]]))]
    #[serde(borrow)]
    pub people: Vec<Entity<'a>>,
    /// The organisations that the body names, the most salient first.
    #[schemars(extend("examples" = [[{
        "name": "International Maritime Board", "mentions": [[31, 59], [204, 207]],
        "count": 2, "salience": 0.61, "confidence": 0.93
    }]]))]
    #[serde(borrow)]
    pub organisations: Vec<Entity<'a>>,
    /// The places that the body names, the most salient first.
    #[schemars(extend("examples" = [[{
        "name": "Port Harbour", "mentions": [[20, 32]], "count": 1, "salience": 0.44, "confidence": 0.9
    }]]))]
    #[serde(borrow)]
    pub places: Vec<Entity<'a>>,
    /// Update, correction and other notices that stood with the article.
    #[serde(borrow)]
    pub correction: Vec<Notice<'a>>,
    /// What people are quoted with, in the order of the text.
    #[serde(borrow)]
    pub quotes: Vec<Quote<'a>>,
    /// For finding the same and nearly the same texts.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub fingerprints: Option<Fingerprints<'a>>,
    /// An article that the worker had before and that is nearly the same text; only where
    /// `near_duplicates.window` is set.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<DuplicateOf<'a>>,
    /// What is to be known before the text is relied on.
    #[serde(borrow)]
    pub quality: Quality<'a>,
    /// What was cut, in the order of the text.
    #[serde(borrow)]
    pub removals: Vec<Removal<'a>>,
    /// What was mended, in the order of the text. Making the removals and edits
    /// without a `field` in the original text gives `articleBody`; taking them
    /// back gives the original text.
    #[serde(borrow)]
    pub edits: Vec<Edit<'a>>,
    /// By what, and from what, this message was made.
    #[serde(borrow)]
    pub provenance: Provenance<'a>,
    /// What was decided about the article as a whole.
    pub verdict: VerdictName,
    /// Why it was rejected; only where `verdict` is `rejected`.
    #[schemars(example = &"empty")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<Cow<'a, str>>,
    /// The raw message's other fields, exactly as they were written.
    #[schemars(schema_with = "input_schema")]
    #[serde(borrow, default, skip_serializing_if = "Fields::is_empty")]
    pub input: Fields<'a>,
}

/// A subject of the IPTC Media Topics.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Subject<'a> {
    /// Of the concept, in English.
    #[schemars(example = &"politics and government")]
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The concept, with the prefix `medtop:` for `http://cv.iptc.org/newscodes/mediatopic/`.
    #[schemars(example = &"medtop:11000000", regex(pattern = "^medtop:[0-9]{8}$"))]
    #[serde(borrow)]
    pub uri: Cow<'a, str>,
    /// 0 to 1.
    #[schemars(example = 0.95, range(min = 0, max = 1))]
    pub confidence: f64,
}

/// How hard a text is to read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Readability {
    /// Words a sentence and the percentage of words of more than six letters, added: below
    /// 30 children's books, 50 and more hard.
    #[schemars(example = 44.2)]
    pub lix: f64,
    /// Flesch reading ease, for English: 100 easy, 0 and less very hard.
    #[schemars(example = 52.3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flesch: Option<f64>,
}

/// Who published an article.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Publisher<'a> {
    /// The name readers know it by.
    #[schemars(example = &"The Harbour Post")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// The registrable domain of its site.
    #[schemars(example = &"harbourpost.example")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Cow<'a, str>>,
}

/// A person, an organisation or a place that an article names.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Entity<'a> {
    /// The fullest form in the article: the full name of one who is mostly called by
    /// the surname, the organisation that an acronym stands for.
    #[schemars(example = &"Ada Quill")]
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// What the article says a person is, in its own words.
    #[schemars(example = &"mayor of Port Harbour")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub role: Option<Cow<'a, str>>,
    /// Where `articleBody` names it, in order: start and end, in Unicode scalar
    /// values. Pronouns are not listed.
    #[schemars(extend("examples" = [[[0, 9], [118, 123]]]))]
    pub mentions: Vec<[usize; 2]>,
    /// How many mentions there are.
    #[schemars(example = 2)]
    pub count: usize,
    /// How much the article is about it, 0 to 1: half for how often it is named beside
    /// what is named oftenest, three tenths for how early, two for the headline.
    #[schemars(example = 0.82, range(min = 0, max = 1))]
    pub salience: f64,
    /// That it is one and of this kind, 0 to 1.
    #[schemars(example = 0.97, range(min = 0, max = 1))]
    pub confidence: f64,
}

/// A notice that stood with an article.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Notice<'a> {
    pub kind: NoticeKindName,
    /// The notice in full.
    #[schemars(example = &"Correction: an earlier version misstated the ferry's age.")]
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// ISO 8601, where the notice bears a date.
    #[schemars(example = &"2024-05-07")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub date: Option<Cow<'a, str>>,
}

/// Something said, word for word, and by whom.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quote<'a> {
    /// Without the quotation marks.
    #[schemars(example = &"The bridge will be closed by June,")]
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// Offset in `articleBody`, in Unicode scalar values.
    #[schemars(example = 118)]
    pub start: usize,
    /// Offset behind the last character, in Unicode scalar values.
    #[schemars(example = 152)]
    pub end: usize,
    /// In the fullest form that the article gives; absent where it does not say
    /// clearly who speaks.
    #[schemars(example = &"Ada Quill")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Cow<'a, str>>,
    /// The words that name the speaker beside the quote: a surname, a pronoun.
    #[schemars(example = &"she")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub speaker_as: Option<Cow<'a, str>>,
    /// The verb of saying, or its like, that the speaker was found by.
    #[schemars(example = &"said")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub cue: Option<Cow<'a, str>>,
    /// That the speaker is right; without one, that it is a quote. 0 to 1.
    #[schemars(example = 0.93, range(min = 0, max = 1))]
    pub confidence: f64,
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKindName {
    Update,
    Correction,
    Clarification,
    EditorsNote,
    Republication,
}

/// Fingerprints of `articleBody`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprints<'a> {
    /// SHA-256 of its UTF-8 bytes, as 64 hexadecimal digits.
    #[schemars(
        example = &"5f8f04f6a3a892aaabbddb6cf273894493773960d4a325b105fee46eef4304f1",
        regex(pattern = "^[0-9a-f]{64}$")
    )]
    #[serde(borrow)]
    pub sha256: Cow<'a, str>,
    /// 64-bit SimHash, as 16 hexadecimal digits: near duplicates differ in few bits.
    #[schemars(example = &"9a3f10c2b4d58e77", regex(pattern = "^[0-9a-f]{16}$"))]
    #[serde(borrow)]
    pub simhash64: Cow<'a, str>,
    /// MinHash signature: the share of equal numbers in the same places
    /// estimates how alike two texts are.
    #[schemars(extend("examples" = [[18274, 99120, 4471]]))]
    #[serde(borrow)]
    pub minhash: Cow<'a, [u32]>,
}

/// An article that is nearly the same text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DuplicateOf<'a> {
    /// Its `id`.
    #[schemars(example = &"harbour-ferry-2024-05-06")]
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The share of five-word sequences in common, estimated, 0 to 1.
    #[schemars(example = 0.91, range(min = 0, max = 1))]
    pub similarity: f64,
}

/// What is to be known before a text is relied on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quality<'a> {
    /// What was noticed: `truncated` (the text stops short), `furniture_interleaved`
    /// (page furniture stood between the paragraphs of flat text), `paywalled` (the
    /// page says that the article is for subscribers, or ends at an offer to read on),
    /// `not_shown` (the page holds the text, or the rest of it, as data and does not show it),
    /// `not_an_article` (an error page, a robot check, a consent wall, an index page, or
    /// nothing but furniture), `lossy_decoding` (some bytes meant nothing in any
    /// encoding), `mixed_language` (a good part of the paragraphs is in another language
    /// than `inLanguage`), `spun_text` (see `spinScore`), and what it is if no report:
    /// `opinion`, `live_blog`, `press_release`, `sponsored`. More may follow.
    #[schemars(extend("examples" = [["truncated"]]))]
    #[serde(borrow)]
    pub flags: Vec<Cow<'a, str>>,
    /// How likely a spinner wrote the text, 0 to 1; absent where nothing looked. An article
    /// with the flag `spun_text` was taken for spun, and is mended as far as a table of
    /// synonyms shows what it was; what other spinners wrote is only flagged.
    #[schemars(example = 0.012, range(min = 0, max = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spin_score: Option<f64>,
    /// The rest in a line, for people.
    #[schemars(example = &"412 words; passes gopher, c4, fineweb; truncated")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Cow<'a, str>>,
    /// Which filters of training corpora would keep the text; absent without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes: Option<Passes>,
    /// What those filters measure; absent without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<QualityValues>,
}

/// A place that was mended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edit<'a> {
    /// The rule that made it, `stage.group.rule`.
    #[schemars(example = &"repair.characters.mojibake")]
    #[serde(borrow)]
    pub rule: Cow<'a, str>,
    /// Other rules that had a part in it, first to last.
    #[schemars(extend("examples" = [["repair.characters.soft_hyphen"]]))]
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Cow<'a, str>>,
    /// Where it starts in the original text, in Unicode scalar values.
    #[schemars(example = 412)]
    pub start: usize,
    /// Where it ends in the original text, in Unicode scalar values.
    #[schemars(example = 417)]
    pub end: usize,
    /// The original text from `start` to `end`.
    #[schemars(example = &"cafÃ©")]
    #[serde(borrow)]
    pub before: Cow<'a, str>,
    /// What stands there now.
    #[schemars(example = &"café")]
    #[serde(borrow)]
    pub after: Cow<'a, str>,
    /// How sure the rule is, 0 to 1.
    #[schemars(example = 0.99, range(min = 0, max = 1))]
    pub confidence: f64,
    /// The field whose text was changed; absent for `articleBody`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<ChangedField>,
}

/// A place that was cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Removal<'a> {
    /// The rule that cut it, `stage.group.rule`.
    #[schemars(example = &"boilerplate.promo.newsletter_box")]
    #[serde(borrow)]
    pub rule: Cow<'a, str>,
    /// Other rules that had a part in it, first to last.
    #[schemars(extend("examples" = [["repair.characters.soft_hyphen"]]))]
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Cow<'a, str>>,
    /// Where it started in the original text, in Unicode scalar values.
    #[schemars(example = 1024)]
    pub start: usize,
    /// The original text that was cut.
    #[schemars(example = &"Sign up for our newsletter\n")]
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// How sure the rule is, 0 to 1.
    #[schemars(example = 0.95, range(min = 0, max = 1))]
    pub confidence: f64,
    /// The field whose text was changed; absent for `articleBody`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<ChangedField>,
}

/// A field other than `articleBody` whose text is changed on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChangedField {
    Headline,
    AlternativeHeadline,
}

/// By what, and from what, a message was made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provenance<'a> {
    /// The version of copydesk.
    #[schemars(example = &"0.1.0")]
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    /// SHA-256 over the version and the ids of all rules: two messages with the
    /// same digest were made by the same rules.
    #[schemars(
        example = &"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        regex(pattern = "^[0-9a-f]{64}$")
    )]
    #[serde(borrow)]
    pub ruleset: Cow<'a, str>,
    /// The encoding the raw bytes were read in.
    #[serde(borrow)]
    pub charset: CharsetDecision<'a>,
    /// When the scraper fetched the article, as the message gave it.
    #[schemars(example = &"2024-05-06T08:00:12Z")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Cow<'a, str>>,
    /// What the memory of sites had to do with it; absent where it is off or where the
    /// article's site is not known.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub site_memory: Option<SiteMemoryState<'a>>,
    /// The digest of the file `stages.phrases_file`, as it was then; absent without one.
    #[schemars(example = &"9f0c3a5be1d24876")]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub own_phrases: Option<Cow<'a, str>>,
    /// How each field that was not simply copied was come by.
    #[serde(borrow)]
    pub inferred: Vec<Inferred<'a>>,
    /// What was left out because the message would have been too large to be sent, the
    /// largest first: `removals`, `edits`, `fingerprints.minhash`. Absent where nothing was.
    /// Without removals or edits the original text cannot be had from this message.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<Omitted<'a>>,
}

/// A list that was left out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Omitted<'a> {
    /// The field, empty in this message.
    #[schemars(example = &"removals")]
    #[serde(borrow)]
    pub field: Cow<'a, str>,
    /// How many items it had.
    #[schemars(example = 4102)]
    pub items: usize,
    /// What they took of the message.
    #[schemars(example = 1802345)]
    pub bytes: usize,
}

/// By what memory of its site an article was decided.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SiteMemoryState<'a> {
    pub mode: SiteMemoryModeName,
    /// Of what is remembered and how it decides.
    #[schemars(example = 1)]
    pub version: u8,
    /// Other pages of the site that were known; only where `mode` is `apply`.
    #[schemars(example = 12)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<usize>,
    /// Alike for articles that were decided by the same known pages, 16 hexadecimal
    /// digits; only where `mode` is `apply`.
    #[schemars(example = &"9a3f10c2b4d58e77", regex(pattern = "^[0-9a-f]{16}$"))]
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub state: Option<Cow<'a, str>>,
}

/// What a memory of sites was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteMemoryModeName {
    /// The page was learned from; nothing was decided by what is known.
    Learn,
    /// What recurs on the site's pages was removed.
    Apply,
}

/// An encoding, and what decided on it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CharsetDecision<'a> {
    /// Its name in the WHATWG Encoding Standard.
    #[schemars(example = &"windows-1251")]
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// What decided: `byte_order_mark`, `valid_utf8`, `declared` (the
    /// content-type header), `page` (a meta tag or XML declaration) or `guess`.
    #[schemars(example = &"declared")]
    #[serde(borrow)]
    pub source: Cow<'a, str>,
}

/// How a field was come by.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Inferred<'a> {
    /// The field's name in this message.
    #[schemars(example = &"headline")]
    #[serde(borrow)]
    pub field: Cow<'a, str>,
    pub source: InferenceSourceName,
    /// The rule or model that decided.
    #[schemars(example = &"agreement_of_sources")]
    #[serde(borrow)]
    pub method: Cow<'a, str>,
    /// How sure it is, 0 to 1.
    #[schemars(example = 0.9, range(min = 0, max = 1))]
    pub confidence: f64,
}

/// Where a field's value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InferenceSourceName {
    /// A field of the raw message.
    Message,
    JsonLd,
    Microdata,
    OpenGraph,
    /// Another meta tag of the page.
    Meta,
    /// An element that says what it is, such as a `<time>`.
    Element,
    /// A line or block that reads like it.
    VisibleText,
    /// The article's address.
    Url,
    /// The body's text as a whole.
    Body,
}

/// What was decided about an article as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    Keep,
    Rejected,
}

fn input_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "object", "additionalProperties": true })
}
