//! What speaks for and against each change of a spun text, over the whole
//! document. The spinner renders a word alike throughout a page, so the places
//! where a phrase stands speak for each other. Two forests weigh the evidence; they
//! were trained on news spun with pairs that the table at hand did not have. The first
//! tells what has no chance; of the rest it is asked how each word stands in its place,
//! which takes longer, and the second judges.

use std::ops::Range;

use super::decode::{Choice, Decoder};
use super::document::{Groups, Present, bounded, key};
use super::model::Model;
use super::ngrams::Reader;
use super::score::SpinScore;
use super::surroundings::{Fit, Stand, Surroundings};
use super::tokens::{Token, WordHash, stop, tokens, word_hash};
use crate::text::hashing::FastMap;

/// What the first forest thinks less probable is given up.
pub const HOPELESS: f32 = 0.1;

/// And what such a share of the second's trees do. Without it the same 55,171 changes were
/// right and 1,356 wrong, on news spun with the pairs of eight sites it had not seen.
const GIVEN_UP: [(f32, f32); 3] = [(0.125, 0.1), (0.25, 0.2), (0.5, 0.4)];

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
    /// How much better the original fits the document (see [`Fit`]).
    pub in_document: f32,
    #[cfg_attr(
        not(feature = "train"),
        expect(dead_code, reason = "only training looks at it again")
    )]
    pub evidence: Evidence,
    /// How likely the change is right.
    pub probability: f32,
}

/// What is known of a candidate: all, or what the first forest sees.
#[derive(Clone, Copy)]
pub struct Evidence([f32; EVIDENCE]);

pub const EVIDENCE: usize = FIRST + LATER;

/// How many numbers the first forest sees, and the second beside them.
pub const FIRST: usize = 57;
const LATER: usize = 6;

impl Evidence {
    pub fn first(&self) -> &[f32] {
        &self.0[..FIRST]
    }

    pub fn all(&self) -> &[f32] {
        &self.0
    }
}

/// What may be changed in a document, line by line. `check` is called within every loop
/// that grows with the document.
pub fn candidates<'m>(
    model: &'m Model,
    lines: &[Line],
    score: SpinScore,
    check: impl Fn(),
) -> Vec<Candidate<'m>> {
    let news = Reader::new(&model.news);
    let present = Present::in_text(lines.iter().map(|line| &line.tokens[..]));
    let decoder = Decoder::new(&model.channel, &news, &present, &check);
    let mut surroundings = Surroundings::new(&model.vectors, &model.cloze);
    let mut found: Vec<(usize, Choice<'m>)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let reading = decoder.decode(&line.tokens);
        surroundings.add(&line.tokens, &reading);
        let choices = decoder.choices(&line.tokens, &reading);
        found.extend(choices.into_iter().map(|choice| (index, choice)));
    }
    let quoted: Vec<Vec<bool>> =
        lines.iter().map(|line| quoted_tokens(line.text, &line.tokens)).collect();
    let fits = surroundings.fits(&found, &check);
    let groups = Groups::of(&found, &fits);
    let weigher = Weigher { news: &news, present: &present, groups: &groups, score };
    let evidence = |((index, choice), fit): (&(usize, Choice), &Fit)| {
        check();
        weigher.evidence(&lines[*index], choice, fit, quoted[*index][choice.tokens.start])
    };
    let mut rows: Vec<Evidence> = found.iter().zip(&fits).map(evidence).collect();
    let probabilities = judge(model, &found, &surroundings, &mut rows, &check);
    let weighed = found.into_iter().zip(fits).zip(rows).zip(probabilities);
    weighed
        .map(|((((line, choice), fit), evidence), probability)| Candidate {
            line,
            is_quoted: quoted[line][choice.tokens.start],
            is_name: is_name(&lines[line], &choice),
            in_document: fit.in_document,
            choice,
            evidence,
            probability,
        })
        .collect()
}

/// How likely each change is right; fills in what is known of those that have a chance.
fn judge<'m>(
    model: &Model,
    found: &[(usize, Choice<'m>)],
    surroundings: &Surroundings<'m>,
    rows: &mut [Evidence],
    check: &dyn Fn(),
) -> Vec<f32> {
    let mut probabilities = {
        let rows: Vec<&[f32]> = rows.iter().map(Evidence::first).collect();
        model.first.probabilities(&rows, check)
    };
    let hopeful: Vec<usize> =
        (0..found.len()).filter(|at| probabilities[*at] >= HOPELESS).collect();
    let changes = hopeful.iter().map(|at| (found[*at].0, &found[*at].1));
    let stands = surroundings.stands(changes.clone(), check);
    for (at, later) in hopeful.iter().zip(standing(changes, &stands)) {
        rows[*at].0[FIRST..].copy_from_slice(&later);
    }
    let rows: Vec<&[f32]> = hopeful.iter().map(|at| rows[*at].all()).collect();
    let judged = model.second.probabilities_of_hopeful(&rows, &GIVEN_UP, check);
    for (at, probability) in hopeful.iter().zip(judged) {
        probabilities[*at] = probability;
    }
    probabilities
}

/// What the stands of changes tell, of each: also by the other places of the document where
/// the same may stand for the same.
fn standing<'c, 'm: 'c>(
    found: impl Iterator<Item = (usize, &'c Choice<'m>)> + Clone,
    stands: &[Stand],
) -> Vec<[f32; LATER]> {
    let mut groups: FastMap<(u64, u64), (f32, f32)> = FastMap::default();
    for ((_, choice), stand) in found.clone().zip(stands) {
        let (places, sum) = groups.entry(key(choice.entry)).or_default();
        *places += 1.0;
        *sum += stand.better();
    }
    let tell = |((_, choice), stand): ((usize, &Choice), &Stand)| {
        let (places, sum) = groups[&key(choice.entry)];
        let is_known = stand.is_known.map(|is_known| f32::from(u8::from(is_known)));
        [
            stand.original,
            stand.spun,
            stand.better(),
            sum / places,
            sum,
            is_known[0] + 2.0 * is_known[1],
        ]
    };
    found.zip(stands).map(tell).collect()
}

/// A capital inside a sentence, and a word that is no name in the table.
fn is_name(line: &Line, choice: &Choice) -> bool {
    !choice.entry.is_name() && !choice.entry.is_phrase() && is_capital_inside(line, choice)
}

fn is_capital_inside(line: &Line, choice: &Choice) -> bool {
    line.text[line.span(&choice.tokens)].starts_with(char::is_uppercase)
        && choice.tokens.start > 0
        && line.tokens[choice.tokens.start - 1].is_word()
}

/// All that the evidence is taken from.
struct Weigher<'m, 'd> {
    news: &'d Reader<'m>,
    present: &'d Present,
    groups: &'d Groups,
    score: SpinScore,
}

impl Weigher<'_, '_> {
    fn evidence(&self, line: &Line, choice: &Choice, fit: &Fit, is_quoted: bool) -> Evidence {
        let entry = choice.entry;
        let group = self.groups.get(entry);
        let others = group.places.saturating_sub(1) as f32;
        let mean = if others > 0.0 {
            (group.margins - bounded(choice.margin)) / others
        } else {
            bounded(choice.margin).min(2.0)
        };
        let ([earlier, before], [behind, later]) = (choice.before, choice.behind);
        let news = self.news;
        let (spun, original) = (&entry.spun, &entry.original);
        let (spun_last, original_last) = (spun[spun.len() - 1], original[original.len() - 1]);
        let three = |words: &[WordHash]| match *words {
            [word] => news.log_count([before, word, behind]),
            _ => news.log_count([before, words[0], words[1]]),
        };
        let is_article = [word_hash("a"), word_hash("an")].iter().position(|word| *word == before);
        let agrees = |is_vowel: bool| {
            is_article.map_or(0.0, |an| if (an == 1) == is_vowel { 1.0 } else { -1.0 })
        };
        let flag = |is_so: bool| f32::from(u8::from(is_so));
        let spun_vowel = line.tokens[choice.tokens.start].is_vowel;
        let still_there = self.present.count(original[0]);
        let tokens = self.present.tokens;
        let expected = entry.clean.map(|count| news.expected(count, tokens));
        let there = [spun, original].map(|words| self.present.count_phrase(words) as f32);
        let [of_spun, of_original] = replaced(there, expected);
        let excess = |side: usize| ((there[side] + 0.5) / (expected[side] + 0.5)).ln();
        let first: [f32; FIRST] = [
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
            still_there.min(20) as f32 * flag(original.len() == 1),
            agrees(entry.is_vowel),
            agrees(spun_vowel),
            news.log_count([before, spun[0]]),
            news.log_count([before, original[0]]),
            news.log_count([spun_last, behind]),
            news.log_count([original_last, behind]),
            three(spun),
            three(original),
            flag(choice.is_best),
            entry.weight,
            flag(entry.is_name()),
            flag(before == stop()),
            flag(behind == stop()),
            self.score.density,
            flag(is_quoted),
            flag(is_name(line, choice)),
            excess(0),
            excess(1),
            expected[1].ln(),
            there[0],
            group.other_rendering.0 as f32,
            group.other_rendering.1,
            group.leads / group.places as f32,
            entry.prior,
            group.other_original.0 as f32,
            group.other_original.1,
            self.groups.clear as f32 * 1000.0 / tokens as f32,
            news.log_count([earlier, before, spun[0]]),
            news.log_count([earlier, before, original[0]]),
            news.log_count([spun_last, behind, later]),
            news.log_count([original_last, behind, later]),
            flag(is_capital_inside(line, choice)),
            tokens as f32,
            choice.rivals as f32,
            bounded_sum(of_spun + of_original),
            bounded_sum(of_spun),
            bounded_sum(of_original),
            fit.original,
            fit.spun,
            fit.nearby(),
            fit.in_document,
            flag(fit.is_known[0]) + 2.0 * flag(fit.is_known[1]),
            group.fits / group.places as f32,
            group.fits_in_document / group.places as f32,
            group.fits,
        ];
        let mut evidence = Evidence([0.0; EVIDENCE]);
        evidence.0[..FIRST].copy_from_slice(&first);
        evidence
    }
}

/// How much likelier the counts of a phrase and of its original are if the page has the
/// one throughout for the other than if it is as written, as logarithms, one for each:
/// `in` is nowhere, and `within` is as frequent as `in` should be.
fn replaced([spun, original]: [f32; 2], expected: [f32; 2]) -> [f32; 2] {
    /// A phrase that news hardly holds may come all the same.
    const LEAST: f32 = 0.001;
    /// The share of an original that such a page leaves.
    const LEFT: f32 = 0.02;
    let by_itself = expected[0].max(LEAST);
    let of_spun = spun * ((by_itself + expected[1]) / by_itself).ln() - expected[1];
    let of_original = original * LEFT.ln() + (1.0 - LEFT) * expected[1];
    [of_spun, of_original]
}

fn bounded_sum(logarithm: f32) -> f32 {
    logarithm.clamp(-30.0, 60.0)
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
