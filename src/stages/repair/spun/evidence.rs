//! What speaks for and against each change of a spun text, over the whole
//! document. The spinner renders a word alike throughout a page, so the places
//! where a phrase stands speak for each other. A forest weighs the evidence; it
//! was trained on news spun with pairs that the table at hand did not have.

use std::ops::Range;

use super::channel::Entry;
use super::decode::{Choice, Decoder, Present};
use super::model::Model;
use super::ngrams::{Reader, ngram_hash};
use super::score::SpinScore;
use super::tokens::{Token, WordHash, stop, tokens, word_hash};
use crate::text::hashing::{FastMap, FastSet};

/// A line of running text.
pub struct Line<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
}

impl<'t> Line<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, tokens: tokens(text) }
    }

    pub fn span(&self, words: &Range<usize>) -> Range<usize> {
        self.tokens[words.start].span.start..self.tokens[words.end - 1].span.end
    }
}

/// A change that may be made, and how likely it is right.
pub struct Candidate<'m> {
    pub line: usize,
    pub choice: Choice<'m>,
    pub is_quoted: bool,
    /// A capital inside a sentence, and a table entry that is no name.
    pub is_name: bool,
    #[cfg_attr(
        not(feature = "train"),
        expect(dead_code, reason = "only training looks at it again")
    )]
    pub evidence: [f32; EVIDENCE],
    /// How likely the change is right.
    pub probability: f32,
}

/// How many numbers are known of a candidate.
pub const EVIDENCE: usize = 28;

/// What may be changed in a document, line by line. `check` is called within every loop
/// that grows with the document.
pub fn candidates<'m>(
    model: &'m Model,
    lines: &[Line],
    score: SpinScore,
    check: impl Fn(),
) -> Vec<Candidate<'m>> {
    let news = Reader::new(&model.news);
    let present = Present::in_text(lines.iter().flat_map(|line| &line.tokens));
    let decoder = Decoder::new(&model.channel, &news, &present, &check);
    let mut found: Vec<(usize, Choice<'m>)> = Vec::new();
    let mut readings = Vec::with_capacity(lines.len());
    for line in lines {
        readings.push(decoder.decode(&line.tokens));
    }
    let made: FastSet<*const Entry> =
        readings.iter().flatten().filter_map(|step| step.entry.map(std::ptr::from_ref)).collect();
    for (index, (line, reading)) in lines.iter().zip(&readings).enumerate() {
        let choices =
            decoder.choices(&line.tokens, reading, |e| made.contains(&std::ptr::from_ref(e)));
        found.extend(choices.into_iter().map(|choice| (index, choice)));
    }
    let quoted: Vec<Vec<bool>> =
        lines.iter().map(|line| quoted_tokens(line.text, &line.tokens)).collect();
    let groups = groups(&found);
    found
        .into_iter()
        .map(|(index, choice)| {
            check();
            let line = &lines[index];
            let is_quoted = quoted[index][choice.tokens.start];
            let starts = &line.text[line.span(&choice.tokens)];
            let is_name = !choice.entry.is_name()
                && !choice.entry.is_phrase()
                && starts.starts_with(char::is_uppercase)
                && choice.tokens.start > 0
                && line.tokens[choice.tokens.start - 1].is_word();
            let group = &groups[&key(&choice)];
            let mut evidence =
                evidence(&news, line, &choice, group, present.count(choice.entry.original[0]));
            evidence[25] = score.density;
            evidence[26] = f32::from(u8::from(is_quoted));
            evidence[27] = f32::from(u8::from(is_name));
            let probability = model.judge.probability(&evidence);
            Candidate { line: index, choice, is_quoted, is_name, evidence, probability }
        })
        .collect()
}

/// All places where one phrase may stand for one original.
#[derive(Default)]
struct Group {
    places: u32,
    /// Places where the best reading has it.
    best: u32,
    /// The sum of the margins, each within bounds.
    margins: f32,
}

fn key(choice: &Choice) -> (u64, u64) {
    (ngram_hash(&choice.entry.spun), ngram_hash(&choice.entry.original))
}

fn bounded(margin: f32) -> f32 {
    margin.clamp(-6.0, 10.0)
}

fn groups(found: &[(usize, Choice)]) -> FastMap<(u64, u64), Group> {
    let mut groups: FastMap<(u64, u64), Group> = FastMap::default();
    for (_, choice) in found {
        let group = groups.entry(key(choice)).or_default();
        group.places += 1;
        group.best += u32::from(choice.is_best);
        group.margins += bounded(choice.margin);
    }
    groups
}

fn evidence(
    news: &Reader,
    line: &Line,
    choice: &Choice,
    group: &Group,
    still_there: u32,
) -> [f32; EVIDENCE] {
    let entry = choice.entry;
    let others = group.places.saturating_sub(1) as f32;
    let mean = if others > 0.0 {
        (group.margins - bounded(choice.margin)) / others
    } else {
        bounded(choice.margin).min(2.0)
    };
    let [before, behind] = choice.between;
    let logged = |words: &[WordHash]| (1.0 + news.count(words)).ln();
    let (spun, original) = (&entry.spun, &entry.original);
    let (spun_last, original_last) = (spun[spun.len() - 1], original[original.len() - 1]);
    let three = |words: &[WordHash]| match *words {
        [word] => logged(&[before, word, behind]),
        _ => logged(&[before, words[0], words[1]]),
    };
    let is_article = [word_hash("a"), word_hash("an")].iter().position(|word| *word == before);
    let agrees = |is_vowel: bool| {
        is_article.map_or(0.0, |an| if (an == 1) == is_vowel { 1.0 } else { -1.0 })
    };
    let spun_vowel = line.tokens[choice.tokens.start].is_vowel;
    [
        choice.margin,
        choice.lead.min(20.0),
        entry.cost,
        entry.seen.ln(),
        (1.0 + entry.clean[0]).ln(),
        (1.0 + entry.clean[1]).ln(),
        spun.len() as f32,
        original.len() as f32,
        group.places as f32,
        mean,
        group.best as f32 / group.places as f32,
        still_there.min(20) as f32 * f32::from(u8::from(original.len() == 1)),
        agrees(entry.is_vowel),
        agrees(spun_vowel),
        logged(&[before, spun[0]]),
        logged(&[before, original[0]]),
        logged(&[spun_last, behind]),
        logged(&[original_last, behind]),
        three(spun),
        three(original),
        f32::from(u8::from(choice.is_best)),
        entry.weight,
        f32::from(u8::from(entry.is_name())),
        f32::from(u8::from(before == stop())),
        f32::from(u8::from(behind == stop())),
        0.0,
        0.0,
        0.0,
    ]
}

/// For each token whether quotation marks are open before it.
fn quoted_tokens(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut open = false;
    let mut done = 0;
    tokens
        .iter()
        .map(|token| {
            for character in text[done..token.span.start.max(done)].chars() {
                match character {
                    '“' | '„' | '«' => open = true,
                    '”' | '»' => open = false,
                    '"' => open = !open,
                    _ => {}
                }
            }
            done = done.max(token.span.start);
            open
        })
        .collect()
}
