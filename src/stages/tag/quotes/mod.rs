//! Direct quotes and who says them: "…", Ada Quill said.
//!
//! A speaker is looked for in the words around the quote ([`attribution`]); a surname,
//! a pronoun or an office is resolved to the person the article names so ([`cast`]).
//! A speech goes on over paragraphs. In other languages a speaker is who the words beside
//! a verb of saying name ([`by_cue`]). Where nothing tells who speaks there is no
//! speaker.

mod attribution;
mod by_cue;
mod cast;
mod cues;
pub(super) mod gender;
mod languages;
mod marks;
mod pairs;
mod sentences;
mod single_marks;
mod subject;
mod subject_words;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use self::attribution::{Attribution, Finder, Surroundings, Who};
use self::cast::Cast;
use self::pairs::Custom;
use crate::article::Article;
use crate::stage::Deadline;
use crate::tags::{InferenceSource, Quote, Tags};

/// After the entities are known.
pub fn tag(article: &Article, tags: &mut Tags, deadline: &Deadline) {
    let text = article.text();
    let language = tags.language.as_deref();
    let paragraphs = paragraphs(article, Custom::of(language), deadline);
    if paragraphs.iter().all(|paragraph| paragraph.quoted.is_empty()) {
        return;
    }
    let quotes = match language {
        Some(language) if language != "en" => by_cue::read(text, &paragraphs, language, deadline),
        _ => read(text, &paragraphs, tags, deadline),
    };
    if !quotes.is_empty() {
        let sure = quotes.iter().map(|quote| quote.confidence).sum::<f32>() / quotes.len() as f32;
        tags.infer("quotes", InferenceSource::Body, "words_around", sure);
    }
    tags.quotes = quotes;
}

struct Paragraph {
    span: Range<usize>,
    /// What stands between quotation marks, within the text.
    quoted: Vec<Range<usize>>,
    /// Whether the last quote is not closed: the next paragraph goes on with it.
    is_left_open: bool,
}

fn paragraphs(article: &Article, custom: Custom, deadline: &Deadline) -> Vec<Paragraph> {
    let text = article.text();
    let blocks = article.blocks().iter().map(|block| {
        deadline.check();
        let span = block.span.clone();
        let (quoted, is_left_open) = marks::quoted(&text[span.clone()], custom);
        let within = |quote: Range<usize>| span.start + quote.start..span.start + quote.end;
        let quoted = quoted.into_iter().map(within).collect();
        Paragraph { span, quoted, is_left_open }
    });
    blocks.collect()
}

/// The quotes of an article in English, or in no language that is known.
fn read(text: &str, paragraphs: &[Paragraph], tags: &Tags, deadline: &Deadline) -> Vec<Quote> {
    let cast = Cast::of(text, tags);
    deadline.check();
    let finder = Finder { text, cast: &cast };
    let mut reading = Reading { text, finder, last: None };
    let mut quotes = Vec::new();
    // Whether the last paragraph left its quote open: the next goes on with it.
    let mut is_open = false;
    let mut before = 0..0;
    for Paragraph { span, quoted, is_left_open } in paragraphs {
        deadline.check();
        reading.read(span, quoted, is_open, &before, &mut quotes, deadline);
        is_open = *is_left_open;
        before = span.clone();
        if quotes.len() >= MOST_QUOTES {
            break;
        }
    }
    quotes
}

/// Shorter ones are terms and titles.
const LEAST_WORDS: usize = 3;
/// Of a script without blanks.
const LEAST_IDEOGRAPHS: usize = 8;
const MOST_QUOTES: usize = 200;

fn is_short(words: &str) -> bool {
    let is_ideograph = |c: &char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    words.split_whitespace().nth(LEAST_WORDS - 1).is_none()
        && words.chars().filter(is_ideograph).nth(LEAST_IDEOGRAPHS - 1).is_none()
}

#[derive(Clone)]
struct Speaker {
    /// As published.
    name: String,
    /// Among the cast.
    member: Option<usize>,
    /// Where the text names the speaker, if only by a pronoun.
    named: Range<usize>,
    cue: Option<Range<usize>>,
    confidence: f32,
}

struct Reading<'a> {
    text: &'a str,
    finder: Finder<'a>,
    last: Option<Speaker>,
}

impl Reading<'_> {
    /// The quotes of a paragraph.
    fn read(
        &mut self,
        paragraph: &Range<usize>,
        quoted: &[Range<usize>],
        is_open: bool,
        before: &Range<usize>,
        quotes: &mut Vec<Quote>,
        deadline: &Deadline,
    ) {
        let text = self.text;
        let mut here: Option<Speaker> = None;
        let mut done = paragraph.start;
        let first = quotes.len();
        for (index, span) in quoted.iter().enumerate() {
            deadline.check();
            if quotes.len() >= MOST_QUOTES {
                break;
            }
            let next = quoted.get(index + 1).map_or(paragraph.end, |next| next.start);
            let starts_paragraph = index == 0 && span.start <= paragraph.start + 4;
            // "He said:" may stand in the paragraph before.
            let lead_in = starts_paragraph && text[before.clone()].ends_with(':');
            let place = Surroundings {
                before: if lead_in { before.clone() } else { done..span.start },
                quote: span.clone(),
                behind: span.end..next,
            };
            let found = self
                .labelled(span)
                .or_else(|| self.finder.find(&place))
                .map(|found| self.speaker(found));
            let speaker = found.or_else(|| {
                let goes_on = |speaker: &Speaker, confidence: f32| Speaker {
                    confidence: confidence.min(speaker.confidence),
                    cue: None,
                    ..speaker.clone()
                };
                match &self.last {
                    Some(last) if is_open && starts_paragraph => Some(goes_on(last, 0.85)),
                    // "…," he said. "…": the second half of one speech.
                    _ if here.is_some() => here.as_ref().map(|here| goes_on(here, 0.85)),
                    // A paragraph that is all quote goes on with what was said before.
                    Some(last)
                        if starts_paragraph && last.named.end > before.start.saturating_sub(1) =>
                    {
                        Some(goes_on(last, 0.6))
                    }
                    _ => None,
                }
            });
            if let Some(speaker) = &speaker {
                // "…" and "…," he said: the first half has the same speaker.
                if here.is_none() && speaker.cue.is_some() {
                    for quote in &mut quotes[first..] {
                        quote.speaker.get_or_insert_with(|| {
                            quote.confidence = 0.7;
                            quote.named = Some(speaker.named.clone());
                            speaker.name.clone()
                        });
                    }
                }
                self.last = Some(speaker.clone());
                here = Some(speaker.clone());
            }
            done = span.end;
            if !is_short(&text[span.clone()]) {
                quotes.push(quote(span.clone(), speaker));
            }
        }
    }

    /// A transcript's "QUILL: The bridge …".
    fn labelled(&self, span: &Range<usize>) -> Option<Attribution> {
        let label = LABEL.captures(&self.text[span.clone()])?.get(1)?;
        let named = span.start + label.start()..span.start + label.end();
        Some(Attribution { named, who: Who::Words, cue: None, confidence: 0.95 })
    }

    fn speaker(&self, found: Attribution) -> Speaker {
        let cast = self.finder.cast;
        let words = &self.text[found.named.clone()];
        let last = self.last.as_ref();
        let last_member = last.and_then(|last| Some((last.member?, last.named.start)));
        let member = match found.who {
            Who::Member(member) => Some(member),
            Who::Pronoun => cast.behind_pronoun(words, found.named.start, last_member),
            Who::Words => None,
        };
        let name = match (member, &found.who) {
            (Some(member), _) => cast.members[member].name.clone(),
            // A pronoun that goes on with somebody who is only called "the mayor".
            (None, Who::Pronoun) => last.map_or_else(|| words.to_owned(), |last| last.name.clone()),
            (None, _) => words.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let confidence = match found.who {
            Who::Pronoun => found.confidence - 0.1,
            _ => found.confidence,
        };
        Speaker { name, member, named: found.named, cue: found.cue, confidence }
    }
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\p{Lu}{3,}(?: \p{Lu}{2,}){0,2}): ").expect("the pattern is well-formed")
});

fn quote(span: Range<usize>, speaker: Option<Speaker>) -> Quote {
    match speaker {
        Some(speaker) => Quote {
            span,
            confidence: speaker.confidence,
            named: Some(speaker.named),
            speaker: Some(speaker.name),
            cue: speaker.cue,
        },
        None => Quote { span, confidence: 0.9, named: None, speaker: None, cue: None },
    }
}
