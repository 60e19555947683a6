//! Spun news: text that a content farm passed through a table of synonyms,
//! phrase by phrase, sense-blind. `informed a information convention` → `told a
//! news conference`, `Japanese Europe` → `Eastern Europe`.
//!
//! Nothing is touched unless the text as a whole shows that it was spun
//! ([`score`]). Then the likeliest original is decoded ([`decode`]) from what the
//! table is known to do ([`channel`]) and from how news reads ([`ngrams`]), and
//! what improves the text by a clear margin is proposed. Inside quotation marks
//! and in names the margin is wider: a wrong repair there is worse than none.

mod channel;
mod decode;
pub mod ngrams;
mod score;
pub mod tokens;

use std::ops::Range;

use crate::article::{Article, BlockKind, Fact};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;
use decode::{Choice, Present};
use score::SpinScore;
use tokens::Token;

const PHRASE: RuleId = RuleId("repair.spun.phrase");
const WORD: RuleId = RuleId("repair.spun.word");

pub(super) const IDS: [RuleId; 2] = [PHRASE, WORD];

/// Clues that are sentences, and so are spun with the article.
const SPUN_FACTS: [Fact; 4] =
    [Fact::Title, Fact::AlternativeTitle, Fact::Description, Fact::Notice];

/// Margins from which a change is proposed: at these .96 of the changes were right
/// on news respun with pairs of sites that a trial table had not seen, at 1.8, 2.5
/// and 3.0 it was .91.
const MARGIN: f32 = 4.4;
const MARGIN_QUOTED: f32 = 5.2;
const MARGIN_NAME: f32 = 5.6;

/// What was measured; the model by itself is surer than it is right.
const MOST_SURE: f32 = 0.96;

/// By how much an original must beat the next best.
const LEAD: f32 = 0.7;

/// Changes make new neighbours and may so show others; more turns were never needed.
const MAX_TURNS: usize = 6;

/// Mends the body and, since a spun article has a spun headline, the clues.
pub(super) fn mend(article: &mut Article, deadline: &Deadline) {
    let mut present = None;
    for _ in 0..MAX_TURNS {
        let lines = lines(article);
        let tokens: Vec<Vec<Token>> =
            lines.iter().map(|line| tokens::tokens(&article.text()[line.clone()])).collect();
        let all = tokens.concat();
        if !SpinScore::of(&all).is_spun() {
            return;
        }
        let is_first = present.is_none();
        let present = present.get_or_insert_with(|| Present::in_text(&all));
        if is_first {
            mend_clues(article, deadline);
        }
        let mut proposals = Vec::new();
        for (line, tokens) in lines.iter().zip(&tokens) {
            deadline.check();
            propose(&article.text()[line.clone()], line.start, tokens, present, &mut proposals);
        }
        if proposals.is_empty() {
            return;
        }
        article.apply(proposals);
    }
}

fn mend_clues(article: &mut Article, deadline: &Deadline) {
    for clue in &mut article.evidence.clues {
        if !SPUN_FACTS.contains(&clue.fact) {
            continue;
        }
        deadline.check();
        let text = clue.value.text();
        let mut proposals = Vec::new();
        let tokens = tokens::tokens(text);
        propose(text, 0, &tokens, &Present::in_text(&tokens), &mut proposals);
        clue.value.apply(proposals);
    }
}

/// Lines of running text.
fn lines(article: &Article) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for block in article.blocks() {
        if matches!(block.kind, BlockKind::TableRow | BlockKind::Preformatted) {
            continue;
        }
        let mut start = block.span.start;
        for line in article.block_text(block).split('\n') {
            lines.push(start..start + line.len());
            start += line.len() + 1;
        }
    }
    lines
}

fn propose(
    text: &str,
    offset: usize,
    tokens: &[Token],
    present: &Present,
    proposals: &mut Vec<Proposal>,
) {
    let quoted = quoted_tokens(text, tokens);
    for choice in decode::decode(tokens, present) {
        let first = &tokens[choice.tokens.start];
        let span = first.span.start..tokens[choice.tokens.end - 1].span.end;
        let spun = &text[span.clone()];
        let is_name = !choice.entry.is_name()
            && spun.starts_with(char::is_uppercase)
            && choice.tokens.start > 0
            && tokens[choice.tokens.start - 1].is_word();
        let wanted = match (is_name, quoted[choice.tokens.start]) {
            (true, _) => MARGIN_NAME,
            (false, true) => MARGIN_QUOTED,
            (false, false) => MARGIN,
        };
        if choice.margin >= wanted && choice.lead >= LEAD {
            let after = in_case_of(spun, choice.entry.original_text);
            let rule = if is_phrase(&choice) { PHRASE } else { WORD };
            let confidence = (1.0 / (1.0 + (-choice.margin).exp())).min(MOST_SURE);
            let place = offset + span.start..offset + span.end;
            proposals.push(Proposal::edit(rule, place, after, confidence));
        }
    }
}

fn is_phrase(choice: &Choice) -> bool {
    choice.entry.spun.len() > 1 || choice.entry.original.len() > 1
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

/// Small words that names leave small.
const SMALL: [&str; 7] = ["and", "for", "in", "of", "on", "the", "to"];

/// `original` with the capitals of `spun`: all, each word's, the first, or none.
fn in_case_of(spun: &str, original: &str) -> String {
    let letters = || spun.chars().filter(|c| c.is_alphabetic());
    let is_capital = |part: &str| part.starts_with(char::is_uppercase);
    let parts: Vec<&str> = spun.split([' ', '-']).filter(|p| !SMALL.contains(p)).collect();
    if letters().count() > 1 && letters().all(char::is_uppercase) {
        original.to_uppercase()
    } else if parts.len() > 1 && parts.iter().all(|part| is_capital(part)) {
        let mut after = String::with_capacity(original.len());
        for piece in original.split_inclusive([' ', '-']) {
            let is_small = SMALL.contains(&piece.trim_end()) && !after.is_empty();
            after.push_str(&if is_small { piece.to_owned() } else { capitalised(piece) });
        }
        after
    } else if is_capital(spun) {
        capitalised(original)
    } else {
        original.to_owned()
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
