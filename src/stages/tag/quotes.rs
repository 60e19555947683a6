//! Direct quotes and who says them: "…", Ada Quill said.
//!
//! A speaker is looked for behind the quote, then before it, in the same
//! paragraph, beside a verb of saying (a spinner's "knowledgeable" for "informed"
//! aside, the spun verbs too). A surname or a pronoun is resolved to the person
//! named last before it. Where no verb of saying stands there is no speaker.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Match, Regex};

use crate::article::Article;
use crate::stage::Deadline;
use crate::tags::{InferenceSource, Quote, Tags};

pub fn tag(article: &Article, tags: &mut Tags, deadline: &Deadline) {
    let text = article.text();
    let mut people = People::default();
    let mut last: Option<Speaker> = None;
    // Whether the last paragraph left its quote open: the next goes on with it.
    let mut is_open = false;
    let mut lead_in = 0..0;
    for block in article.blocks() {
        deadline.check();
        let (start, end) = (block.span.start, block.span.end);
        let (quoted, left_open) = quoted(&text[block.span.clone()]);
        let quoted: Vec<Range<usize>> =
            quoted.iter().map(|span| start + span.start..start + span.end).collect();
        let goes_on = is_open && quoted.first().is_some_and(|span| span.start <= start + 4);
        let mut here: Option<Speaker> = None;
        let mut done = start;
        for (index, span) in quoted.iter().enumerate() {
            people.read(&text[done..span.start]);
            let next = quoted.get(index + 1).map_or(end, |next| next.start);
            // "He said:" may stand in the paragraph before.
            let is_led_in = index == 0 && span.start <= start + 4 && !lead_in.is_empty();
            let before = if is_led_in { lead_in.clone() } else { done..span.start };
            let finder = Finder { text, people: &people, last: last.as_ref() };
            let found = finder.speaker(before, span.end..next);
            let (speaker, confidence) = match found {
                Some((speaker, confidence)) => (Some(speaker), confidence),
                None if goes_on && index == 0 => (last.clone(), 0.8),
                // "…," he said. "…": the second half of one speech.
                None => (here.clone(), 0.65),
            };
            if speaker.is_some() {
                last.clone_from(&speaker);
                here.clone_from(&speaker);
            }
            done = span.end;
            let is_short = text[span.clone()].split_whitespace().count() < LEAST_WORDS;
            if !is_short && tags.quotes.len() < MOST_QUOTES {
                tags.quotes.push(Quote {
                    span: span.clone(),
                    confidence: if speaker.is_some() { confidence } else { 0.9 },
                    named: speaker.as_ref().map(|speaker| speaker.named.clone()),
                    speaker: speaker.map(|speaker| speaker.name),
                });
            }
        }
        people.read(&text[done..end]);
        is_open = left_open;
        lead_in = if text[..end].ends_with(':') { done..end } else { 0..0 };
    }
    if !tags.quotes.is_empty() {
        tags.infer("quotes", InferenceSource::Body, "verb_of_saying", 0.85);
    }
}

#[derive(Clone)]
struct Speaker {
    name: String,
    /// Where the text names the speaker, if only by a pronoun.
    named: Range<usize>,
}

/// Shorter ones are terms and titles.
const LEAST_WORDS: usize = 3;
const MOST_QUOTES: usize = 200;

/// The spans between quotation marks, without the marks, and whether the last
/// one is not closed.
fn quoted(paragraph: &str) -> (Vec<Range<usize>>, bool) {
    let mut spans = Vec::new();
    let mut open: Option<usize> = None;
    let mut before = ' ';
    for (at, character) in paragraph.char_indices() {
        let end = at + character.len_utf8();
        let opens = match character {
            '“' | '„' | '«' => Some(true),
            '”' | '»' => Some(false),
            // A straight mark opens behind a blank and closes elsewhere.
            '"' if open.is_none() => {
                (before.is_whitespace() || "([—–-".contains(before)).then_some(true)
            }
            '"' => Some(false),
            _ => None,
        };
        match (opens, open) {
            (Some(true), None) => open = Some(end),
            (Some(false), Some(start)) => {
                spans.push(start..at);
                open = None;
            }
            _ => {}
        }
        before = character;
    }
    let left_open = open.is_some();
    if let Some(start) = open {
        spans.push(start..paragraph.len());
    }
    spans.retain(|span| !span.is_empty());
    (spans, left_open)
}

struct Finder<'a> {
    text: &'a str,
    people: &'a People,
    last: Option<&'a Speaker>,
}

static CUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:said|says|say|saying|told|tells|added|adds|adding|wrote|writes|stated|states|asked|asks|",
        r"argued|argues|explained|explains|insisted|insists|warned|warns|noted|notes|claimed|claims|",
        r"replied|responded|continued|concluded|declared|announced|acknowledged|admitted|recalled|",
        r"observed|remarked|tweeted|complained|joked|called|according to|quipped|countered|vowed|",
        r"described|suggested|testified|predicted|informed|instructed|reported|read|reads|agreed|",
        r"emphasized|stressed|pointed out|went on|began|posted|lamented|charged|accused|asserted|",
        r"conceded|cautioned|denied|urged|promised|pledged|thought|wondered|shouted|knowledgeable)\b",
    ))
    .expect("the pattern is well-formed")
});

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\p{Lu}[\p{L}'’\-]*\.?(?: (?:(?:de|la|van|von|der|al|bin|del|di) )*\p{Lu}[\p{L}'’\-]*\.?){0,4}|\b[Hh]e\b|\b[Ss]he\b|\b[Tt]hey\b")
        .expect("the pattern is well-formed")
});

impl Finder<'_> {
    fn speaker(&self, before: Range<usize>, behind: Range<usize>) -> Option<(Speaker, f32)> {
        if let Some(signed) = self.signed(behind.clone()) {
            return Some((signed, 0.9));
        }
        let behind = first_clause(self.text, behind);
        let before = last_clause(self.text, before);
        self.beside_cue(behind, true)
            .map(|speaker| (speaker, 0.93))
            .or_else(|| self.beside_cue(before, false).map(|speaker| (speaker, 0.85)))
    }

    /// "…" — Ada Quill
    fn signed(&self, behind: Range<usize>) -> Option<Speaker> {
        let found = SIGNATURE.captures(&self.text[behind.clone()])?.get(1)?;
        let named = behind.start + found.start()..behind.start + found.end();
        Some(Speaker { name: without_ending(found.as_str()).to_owned(), named })
    }

    fn beside_cue(&self, clause: Range<usize>, behind: bool) -> Option<Speaker> {
        let words = &self.text[clause.clone()];
        let cue = if behind { CUE.find(words) } else { CUE.find_iter(words).last() }?;
        let (left, right) = (&words[..cue.start()], &words[cue.end()..]);
        let is_name = |found: &Match<'_>| !is_no_name(found.as_str());
        // Ada Quill, the mayor of Port Harbour, said: the name before the aside.
        let has_aside = left.trim_end().ends_with(',');
        let mut before_cue = NAME.find_iter(left).filter(is_name);
        let subject = if cue.as_str() == "according to" {
            None
        } else if has_aside {
            before_cue.next()
        } else {
            before_cue.last()
        };
        let subject = subject.map(|found| found.range()).or_else(|| {
            NAME.find(right)
                .filter(is_name)
                .map(|found| cue.end() + found.start()..cue.end() + found.end())
        })?;
        let named = clause.start + subject.start..clause.start + subject.end;
        let name = match &words[subject] {
            "He" | "he" | "She" | "she" | "They" | "they" => {
                self.last.map(|last| last.name.as_str()).or(self.people.last())?.to_owned()
            }
            name => self.people.resolve(without_ending(name)),
        };
        Some(Speaker { name, named })
    }
}

/// The start of the span up to the end of its sentence, bounded.
fn first_clause(text: &str, span: Range<usize>) -> Range<usize> {
    let words = &text[span.start..text.floor_char_boundary(span.end.min(span.start + REACH))];
    let sentence = words.match_indices(". ").map(|(at, _)| at).find(|at| *at > 12);
    let end = sentence.or_else(|| words.find([';', '\n'])).unwrap_or(words.len());
    span.start..span.start + end
}

/// The last sentence of the span, bounded.
fn last_clause(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.ceil_char_boundary(span.start.max(span.end.saturating_sub(REACH)));
    let words = text[start..span.end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let skipped = words.rfind(". ").map_or(0, |at| at + 2);
    start + skipped..start + words.len()
}

/// How far from a quote its speaker is looked for, in bytes.
const REACH: usize = 240;

fn without_ending(name: &str) -> &str {
    let name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    let last = name.rsplit(' ').next().unwrap_or(name);
    if last.chars().count() > 3 { name.trim_end_matches('.') } else { name }
}

static SIGNATURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*[―—–-]\s?(\p{Lu}[\p{L}'’.\-]*(?: \p{Lu}[\p{L}'’.\-]*){1,3})\s*$")
        .expect("the pattern is well-formed")
});

fn is_no_name(word: &str) -> bool {
    matches!(
        word,
        "The"
            | "In"
            | "A"
            | "An"
            | "And"
            | "But"
            | "On"
            | "At"
            | "It"
            | "This"
            | "That"
            | "When"
            | "As"
            | "I"
            | "We"
            | "You"
            | "For"
            | "Of"
            | "To"
            | "If"
            | "There"
            | "His"
            | "Her"
            | "Mr."
            | "Monday"
            | "Tuesday"
            | "Wednesday"
            | "Thursday"
            | "Friday"
            | "Saturday"
            | "Sunday"
            | "After"
            | "While"
            | "Then"
            | "So"
            | "One"
            | "Asked"
            | "Still"
            | "Yet"
    )
}

/// The people named so far, in order, each with its full form first.
#[derive(Default)]
struct People {
    names: Vec<String>,
}

impl People {
    fn read(&mut self, text: &str) {
        for found in NAME.find_iter(text) {
            let name = without_ending(found.as_str());
            let words = name.split(' ').count();
            if (2..=4).contains(&words)
                && self.names.len() < 500
                && !self.names.iter().any(|known| known == name)
            {
                self.names.push(name.to_owned());
            }
        }
    }

    fn last(&self) -> Option<&str> {
        self.names.last().map(String::as_str)
    }

    /// "Quill" → "Ada Quill", if she was named before.
    fn resolve(&self, name: &str) -> String {
        let surname = name.rsplit(' ').next().unwrap_or(name);
        let is_short = name.split(' ').count() == 1;
        let full = self
            .names
            .iter()
            .rev()
            .find(|known| is_short && known.rsplit(' ').next() == Some(surname));
        full.map_or_else(|| name.to_owned(), Clone::clone)
    }
}
