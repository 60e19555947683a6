//! Who speaks in languages other than English: who stands beside a verb of saying of the
//! language, or behind its "according to". Without such words nobody does.

use std::ops::Range;

use super::languages::{self, Cues};
use super::sentences;
use super::subject::{self, Subject};
use super::{MOST_QUOTES, Paragraph, Speaker, gender, is_short, quote};
use crate::stage::Deadline;
use crate::tags::Quote;

/// The quotes of an article, in its paragraphs.
pub fn read(
    text: &str,
    paragraphs: &[Paragraph],
    language: &str,
    deadline: &Deadline,
) -> Vec<Quote> {
    let mut reading = Reading { text, cues: languages::of(language), full_names: Vec::new() };
    let mut quotes = Vec::new();
    let mut last: Option<Speaker> = None;
    let mut before = 0..0;
    for paragraph in paragraphs {
        deadline.check();
        let here = quotes.len();
        last = reading.paragraph(paragraph, &before, last, &mut quotes);
        before = paragraph.span.clone();
        // Whoever spoke is not remembered beyond the next paragraph.
        if quotes.len() == here && paragraph.quoted.is_empty() {
            last = None;
        }
        if quotes.len() >= MOST_QUOTES {
            break;
        }
    }
    quotes
}

struct Reading<'a> {
    text: &'a str,
    cues: Option<&'static Cues>,
    /// Of those who spoke so far.
    full_names: Vec<&'a str>,
}

/// What the words around a quote tell.
struct Told {
    cue: Range<usize>,
    subject: Subject,
    confidence: f32,
}

impl<'a> Reading<'a> {
    fn paragraph(
        &mut self,
        paragraph: &Paragraph,
        before: &Range<usize>,
        mut last: Option<Speaker>,
        quotes: &mut Vec<Quote>,
    ) -> Option<Speaker> {
        let text = self.text;
        let mut done = paragraph.span.start;
        for (index, span) in paragraph.quoted.iter().enumerate() {
            if quotes.len() >= MOST_QUOTES {
                break;
            }
            let next =
                paragraph.quoted.get(index + 1).map_or(paragraph.span.end, |next| next.start);
            let is_first = index == 0 && !text[done..span.start].contains(char::is_alphanumeric);
            let lead_in = is_first && text[before.clone()].ends_with(':');
            let left = if lead_in { before.clone() } else { done..span.start };
            let speaker = match self.told(&left, span, span.end..next) {
                Some(Told { cue, subject: Subject::Named(named), confidence }) => {
                    Some(self.speaker(named, cue, confidence))
                }
                Some(Told { cue, subject: Subject::Pronoun, .. }) => {
                    last.map(|last| Speaker { cue: Some(cue), confidence: 0.8, ..last })
                }
                Some(_) => None,
                None => last.filter(|last| index > 0 && self.goes_on(last, done..span.start)).map(
                    |last| Speaker { cue: None, confidence: last.confidence.min(0.85), ..last },
                ),
            };
            if !is_short(&text[span.clone()]) {
                quotes.push(quote(span.clone(), speaker.clone()));
            }
            last = speaker;
            done = span.end;
        }
        last
    }

    /// "…", sagte Ute Groß. "…": between the halves of a speech is no more than who speaks.
    fn goes_on(&self, last: &Speaker, between: Range<usize>) -> bool {
        let words = &self.text[between.clone()];
        if !words.contains(char::is_alphanumeric) {
            return last.cue.is_none();
        }
        let has_cue = last.cue.as_ref().is_some_and(|cue| cue.start >= between.start);
        let end = sentences::end(self.text, between.start, between.end);
        has_cue && !self.text[end..between.end].contains(char::is_alphanumeric)
    }

    fn told(&self, left: &Range<usize>, span: &Range<usize>, behind: Range<usize>) -> Option<Told> {
        let cues = self.cues?;
        self.behind(span, &behind, cues).or_else(|| self.before(left, cues))
    }

    fn behind(&self, span: &Range<usize>, behind: &Range<usize>, cues: &Cues) -> Option<Told> {
        let text = self.text;
        let words = &text[behind.clone()];
        let start = behind.start + words.find(char::is_alphanumeric)?;
        let gap = &text[behind.start..start];
        if gap.contains(['.', '\n', '(', '[', ';']) {
            return None;
        }
        // A quote that is a part of its sentence has no comma behind it; French has none
        // behind a whole one.
        let is_set_off = gap.contains([',', '–', '—', '-', '!', '?', '，'])
            || text[span.clone()].ends_with(['.', ',', '!', '?', '…'])
            || words.trim_start().starts_with('»');
        let clause = &text[start..behind.end];
        let found = cues.behind.find(clause).or_else(|| cues.source.find(clause));
        let cue = start..start + found.filter(|_| is_set_off)?.len();
        let end = sentences::end(text, cue.end, behind.end);
        let is_inverted = text[cue.clone()].split('-').skip(1).any(|word| {
            cues.pronouns.contains(&word.split_whitespace().next().unwrap_or_default())
        });
        let subject = if is_inverted {
            Subject::Pronoun
        } else if !text[cue.end..end].contains(char::is_alphanumeric) {
            // "…", añadió.
            Subject::Pronoun
        } else {
            subject::behind(text, cue.end, end, cues)
        };
        Some(Told { cue, subject, confidence: 0.9 })
    }

    /// In a sentence that leads in to the quote: "Ute Groß sagte: …".
    fn before(&self, left: &Range<usize>, cues: &Cues) -> Option<Told> {
        let text = self.text;
        let words = text[left.clone()].trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '„' | '“' | '"' | '«' | '»' | '”')
        });
        let is_lead_in = words.ends_with([':', '：']);
        let words = words.trim_end_matches([':', ',', ' ', '\u{a0}', '\u{202f}']);
        let end = left.start + words.len();
        let start = sentences::start(text, end).max(left.start).min(end);
        // What a quote before this one was followed by.
        let start = start + text[start..end].find(char::is_alphanumeric)?;
        let sentence = &text[start..end];
        if let Some(source) = cues.source.find(sentence) {
            let cue = start..start + source.len();
            let subject = subject::behind(text, cue.end, end, cues);
            let is_whole = matches!(&subject, Subject::Named(named) if named.end == end);
            return is_whole.then_some(Told { cue, subject, confidence: 0.85 });
        }
        let found = cues.before.find_iter(sentence).last()?;
        let cue = start + found.start()..start + found.end();
        let rest = text[cue.end..end].trim();
        if !is_lead_in && !LINKS.contains(&rest) {
            return None;
        }
        let subject = match subject::before(text, start, cue.start, cues) {
            Subject::Unnamed => subject::behind(text, cue.end, end, cues),
            subject => subject,
        };
        Some(Told { cue, subject, confidence: 0.85 })
    }

    fn speaker(&mut self, named: Range<usize>, cue: Range<usize>, confidence: f32) -> Speaker {
        let words = &self.text[named.clone()];
        let name = if words.contains(' ') {
            self.full_names.push(words);
            words
        } else {
            self.full_name(words, named.start).unwrap_or(words)
        };
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        Speaker { name, member: None, named, cue: Some(cue), confidence }
    }

    /// Of a surname: that of an earlier speaker, or with a first name before it.
    fn full_name(&self, surname: &str, at: usize) -> Option<&'a str> {
        let is_so = |name: &&&str| name.rsplit(' ').next() == Some(surname);
        if let Some(name) = self.full_names.iter().rev().find(is_so) {
            return Some(name);
        }
        let text: &'a str = &self.text[..at];
        text.rmatch_indices(surname).find_map(|(found, _)| {
            let rest = &text[found + surname.len()..];
            let first = text[..found].strip_suffix(' ')?.rsplit(char::is_whitespace).next()?;
            let is_name =
                !rest.starts_with(char::is_alphanumeric) && gender::of_name(first).is_some();
            is_name.then(|| &text[found - 1 - first.len()..found + surname.len()])
        })
    }
}

/// What may stand between a verb of saying and what is said: "that".
const LINKS: &[&str] =
    &["", "que", "qu’", "qu'", "che", "dat", "że", "что", "dass", ", dass", ", że", ", что"];
