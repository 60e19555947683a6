//! How well the tag stage finds direct quotes and who says them.
//!
//! Each line is a JSON object with a `text` and its `attributions`: the `content`, what
//! is said, and the `source`, who says it, each as spans in Unicode scalar values. The
//! text goes through the tag stage alone. A quote of four words and more belongs to the
//! attribution whose content it shares most with, if that is half of it or more.
//!
//! - recall: the share of direct quotes, those that begin at a quotation mark, to which
//!   a found quote belongs
//! - span: the share of found quotes that belong to an attribution
//! - speaker accuracy: of those whose attribution has a source, the share where the
//!   speaker has a word of the source, small words apart: "he" for "Trump" is wrong. Where
//!   the source itself is no more than a pronoun, it cannot tell who that is, and the words
//!   that name the speaker in the text must be it; such sources are also counted apart.
//! - precision: the same of those for which a speaker is named

use std::collections::HashSet;
use std::fmt;
use std::io::BufRead;
use std::ops::Range;

use serde::Deserialize;

use super::labelled::{self, EvalError};
use crate::article::Article;
use crate::stage::{Deadline, Stage};

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    attributions: Vec<Attribution>,
}

#[derive(Debug, Deserialize)]
struct Attribution {
    source: Vec<[usize; 2]>,
    content: Vec<[usize; 2]>,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub articles: usize,
    /// Direct quotes, and those found.
    pub direct: usize,
    pub recalled: usize,
    /// Quotes found, and those that belong to an attribution.
    pub found: usize,
    pub matched: usize,
    /// Matched quotes whose attribution has a source, those with a speaker, and those
    /// whose speaker is right.
    pub sourced: usize,
    pub answered: usize,
    pub right: usize,
    /// Of those, the ones whose source is a pronoun.
    pub pronouns: usize,
    pub right_pronouns: usize,
    /// What was not right: the quote, its speaker, and the source.
    pub wrong: Vec<Wrong>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    pub quote: String,
    pub speaker: Option<String>,
    pub source: String,
}

pub fn evaluate(gold: impl BufRead, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for row in labelled::read::<Row>(gold) {
        let (_, row) = row?;
        let mut article = Article::from_text(row.text.as_str());
        stage.apply(&mut article, &Deadline::never());
        report.score(&row, &article);
    }
    if report.articles == 0 { Err(EvalError::Empty) } else { Ok(report) }
}

impl Report {
    fn score(&mut self, row: &Row, article: &Article) {
        self.articles += 1;
        let text = &row.text;
        let at: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
        let spans = |spans: &[[usize; 2]]| -> Vec<Range<usize>> {
            let last = at.len() - 1;
            spans.iter().map(|[from, to]| at[(*from).min(last)]..at[(*to).min(last)]).collect()
        };
        let contents: Vec<Vec<Range<usize>>> =
            row.attributions.iter().map(|attribution| spans(&attribution.content)).collect();
        let mut belong = HashSet::new();
        for quote in &article.tags.quotes {
            if count_words(&text[quote.span.clone()]) < LEAST_WORDS {
                continue;
            }
            self.found += 1;
            let shared = |content: &Vec<Range<usize>>| -> usize {
                let overlap = |span: &Range<usize>| {
                    let (start, end) =
                        (span.start.max(quote.span.start), span.end.min(quote.span.end));
                    text.get(start..end).map_or(0, |shared| shared.chars().count())
                };
                content.iter().map(overlap).sum()
            };
            let best = contents
                .iter()
                .enumerate()
                .map(|(index, content)| (shared(content), std::cmp::Reverse(index)))
                .max();
            let length = text[quote.span.clone()].chars().count();
            let Some((_, std::cmp::Reverse(best))) =
                best.filter(|(shared, _)| *shared > 0 && *shared * 2 >= length)
            else {
                continue;
            };
            self.matched += 1;
            belong.insert(best);
            let sources = spans(&row.attributions[best].source);
            let source: Vec<&str> = sources.into_iter().map(|span| &text[span]).collect();
            let source = source.join(" ");
            if source.is_empty() {
                continue;
            }
            self.sourced += 1;
            let speaker = quote.speaker.as_deref().unwrap_or_default();
            self.answered += usize::from(!speaker.is_empty());
            let source_words = key_words(&source);
            let is_pronoun = source_words.iter().all(|word| PRONOUNS.contains(&word.as_str()));
            let is_right = if is_pronoun {
                let named = quote.named.clone().map_or("", |named| &text[named]);
                named.trim().eq_ignore_ascii_case(source.trim())
            } else {
                !key_words(speaker).is_disjoint(&source_words)
            };
            self.pronouns += usize::from(is_pronoun);
            self.right_pronouns += usize::from(is_pronoun && is_right);
            if !is_right {
                self.wrong.push(Wrong {
                    quote: text[quote.span.clone()].to_owned(),
                    speaker: quote.speaker.clone(),
                    source,
                });
            } else {
                self.right += 1;
            }
        }
        for (index, content) in contents.iter().enumerate() {
            if is_direct(text, content) {
                self.direct += 1;
                self.recalled += usize::from(belong.contains(&index));
            }
        }
    }
}

const LEAST_WORDS: usize = 4;

/// Runs of letters, figures and low lines.
fn count_words(text: &str) -> usize {
    let is_apart = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(is_apart).filter(|word| !word.is_empty()).count()
}

/// Whether a quotation mark stands at, or right before, the start of a span.
fn is_direct(text: &str, content: &[Range<usize>]) -> bool {
    let is_mark = |character: Option<char>| matches!(character, Some('"' | '“'));
    let is_marked = content.iter().any(|span| {
        is_mark(text[..span.start].chars().next_back())
            || is_mark(text[span.start..].chars().next())
    });
    let count: usize = content.iter().map(|span| count_words(&text[span.clone()])).sum();
    is_marked && count >= LEAST_WORDS
}

const PRONOUNS: [&str; 14] = [
    "he", "she", "it", "they", "we", "i", "you", "him", "them", "which", "that", "this", "one",
    "us",
];

fn key_words(text: &str) -> HashSet<String> {
    const SMALL: [&str; 19] = [
        "the", "a", "an", "mr", "mrs", "ms", "dr", "of", "and", "in", "for", "to", "who", "his",
        "her", "their", "on", "at", "s",
    ];
    text.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !SMALL.contains(word))
        .map(str::to_owned)
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        write!(
            formatter,
            "{} articles  recall {:.3} of {}  span {:.3} of {}  speaker accuracy {:.3} of {}  \
             precision {:.3}  answered {:.3}  without pronouns {:.3} of {}",
            self.articles,
            share(self.recalled, self.direct),
            self.direct,
            share(self.matched, self.found),
            self.found,
            share(self.right, self.sourced),
            self.sourced,
            share(self.right, self.answered),
            share(self.answered, self.sourced),
            share(self.right - self.right_pronouns, self.sourced - self.pronouns),
            self.sourced - self.pronouns,
        )?;
        for wrong in self.wrong.iter().take(WORST) {
            let speaker = wrong.speaker.as_deref().unwrap_or("-");
            write!(formatter, "\n  {speaker} for {}: {}", wrong.source, start(&wrong.quote))?;
        }
        Ok(())
    }
}

/// How many wrong speakers are shown.
const WORST: usize = 10;

fn start(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(at, _)| &text[..at])
}
