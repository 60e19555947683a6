//! Mojibake: UTF-8 that was read in a single-byte encoding, once or more often.
//! `CafÃ©` → `Café`, `itâ€™s` → `it’s`, `РґР°` → `да`.
//!
//! Sequence by sequence ([`hits`]), so that a text may be damaged in parts; but
//! whether to decode is decided by page over the whole text, for one odd pair
//! of letters proves little and twenty prove much ([`plausibility`]). A byte
//! that was lost on the way comes back as U+FFFD, never as a guess; a no-break
//! space that became a space comes back where the rest of the text shows how it
//! was read.
//!
//! Silent on what a writer may have meant: `MARQUÉ…`, `NESTLÉ®`, `5×£35`, `√π`,
//! line art, capitals with accents, a single hit among foreign letters that are
//! in order.

mod hits;
mod plausibility;

use std::ops::Range;

use super::{Rule, extend, next_beyond_ascii, signals::Signals};
use crate::edit::{Proposal, RuleId};
use crate::text::characters::is_c1_control;
use crate::text::code_pages::{CodePage, CodePageSet, roles};
use hits::{Findings, Hit, Loss};
use plausibility::{FAIR, STRONG};

pub(super) const RULE: Rule =
    Rule { id: RuleId("repair.characters.mojibake"), signals: Signals::MISREAD, propose };

fn propose(text: &str) -> Vec<Proposal> {
    let candidates = candidate_pages(text);
    let mut readings: Vec<Reading> = CodePage::all()
        .filter(|page| candidates & page.bit() != 0)
        .map(|page| hits::find(text, page))
        .filter(|findings| !findings.hits.is_empty())
        .filter_map(|findings| Reading::judge(text, findings))
        .collect();
    // Stable: of equals the commoner page stays first.
    readings.sort_by_key(|reading| std::cmp::Reverse((reading.total, reading.household)));
    let mut taken: Vec<Hit> = Vec::new();
    for reading in readings {
        let found_before = !taken.is_empty();
        let mut fresh: Vec<Hit> = reading
            .hits
            .into_iter()
            .filter(|hit| !found_before || hit.score >= STRONG)
            .filter(|hit| !overlaps_any(&taken, &hit.span))
            .collect();
        taken.append(&mut fresh);
        taken.sort_by_key(|hit| hit.span.start);
    }
    proposals(text, &taken)
}

/// Pages in which some two neighbours could be the start of a sequence.
fn candidate_pages(text: &str) -> CodePageSet {
    let mut pages = 0;
    let mut at = 0;
    while let Some(character) = next_beyond_ascii(text, &mut at) {
        at += character.len_utf8();
        let lead = roles(character).lead;
        if lead != 0 {
            pages |= match text[at..].chars().next() {
                Some(' ' | '?' | char::REPLACEMENT_CHARACTER) => lead,
                Some(next) if !next.is_ascii() => lead & roles(next).continuation,
                _ => 0,
            };
        }
    }
    pages
}

fn overlaps_any(taken: &[Hit], span: &Range<usize>) -> bool {
    let next = taken.partition_point(|hit| hit.span.end <= span.start);
    taken.get(next).is_some_and(|hit| hit.span.start < span.end)
}

/// A page in which the text, or part of it, was read by mistake, and what of it
/// is to be decoded.
struct Reading {
    total: i32,
    /// Hits that give letters met everywhere, to choose between equals.
    household: usize,
    hits: Vec<Hit>,
}

impl Reading {
    /// `None` where the findings do not show that the text was read so.
    fn judge(text: &str, mut findings: Findings) -> Option<Self> {
        drop_hopeless_runs(text, &mut findings);
        let whole: Vec<&Hit> = findings.hits.iter().filter(|hit| hit.loss != Loss::Space).collect();
        let pure = findings.strangers == 0 && findings.broken.is_empty();
        let best = whole.iter().map(|hit| hit.score).max().unwrap_or(0);
        let strong = whole.iter().filter(|hit| hit.score >= STRONG).count();
        let total: i32 = whole.iter().map(|hit| hit.score).sum();
        let total = total - findings.borrowed as i32;
        let established = if pure {
            best >= FAIR && total >= FAIR
        } else {
            strong >= 2
                || (best >= FAIR && whole.len() > 1 && total > findings.strangers as i32 * 2)
                || whole.iter().any(|hit| hit.score >= STRONG && speaks_alone(hit))
        };
        let keeps: fn(&Hit) -> bool = match (established, pure) {
            (true, true) => |hit| hit.loss == Loss::None || hit.score >= 0,
            (true, false) => |hit| hit.score >= if hit.loss == Loss::None { 1 } else { 0 },
            (false, _) => |hit| is_sure_by_itself(hit),
        };
        // A dagger "found" with the help of a space is a quotation mark cut short.
        findings.hits.retain(|hit| keeps(hit) && !(hit.loss == Loss::Space && hit.decoded == '†'));
        let household =
            findings.hits.iter().filter(|h| plausibility::is_household(h.decoded)).count();
        (!findings.hits.is_empty()).then_some(Self { total, household, hits: findings.hits })
    }
}

/// A single pair among characters that are in order is believed only if it gives
/// a letter that is met everywhere.
fn speaks_alone(hit: &Hit) -> bool {
    hit.length > 2 || plausibility::is_household(hit.decoded)
}

/// `voilÃ la`: a small letter before a stray capital before a space.
fn is_sure_by_itself(hit: &Hit) -> bool {
    hit.loss == Loss::Space && matches!(hit.decoded, 'à' | '\u{A0}') && hit.score >= FAIR
}

/// Takes out hits in runs of characters that mostly do not decode: what went
/// through a change of case, say, cannot be had back.
fn drop_hopeless_runs(text: &str, findings: &mut Findings) {
    let mut broken = findings.broken.iter().copied().peekable();
    let mut kept = Vec::with_capacity(findings.hits.len());
    let mut hits = std::mem::take(&mut findings.hits).into_iter().peekable();
    while let Some(first) = hits.next() {
        let start = run_start(text, first.span.start);
        let mut end = run_end(text, first.span.end);
        let mut run = vec![first];
        while let Some(next) = hits.next_if(|hit| hit.span.start < end) {
            if next.span.end > end {
                end = run_end(text, next.span.end);
            }
            run.push(next);
        }
        while broken.next_if(|at| *at < start).is_some() {}
        let mut failures = 0;
        while broken.next_if(|at| *at < end).is_some() {
            failures += 1;
        }
        let is_certain = |hit: &Hit| text[hit.span.clone()].chars().any(is_c1_control);
        let covered: usize = run.iter().map(|hit| beyond_ascii(&text[hit.span.clone()])).sum();
        let (share, of) = if run.len() == 1 { (1, 2) } else { (2, 3) };
        let is_covered = covered * of > beyond_ascii(&text[start..end]) * share;
        if is_covered && (failures * 2 < run.len() || run.iter().any(is_certain)) {
            kept.append(&mut run);
        }
    }
    findings.hits = kept;
}

fn beyond_ascii(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn run_start(text: &str, at: usize) -> usize {
    text[..at].rfind(|c: char| c.is_ascii()).map_or(0, |ascii| ascii + 1)
}

fn run_end(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| c.is_ascii()).map_or(text.len(), |ascii| at + ascii)
}

fn proposals(text: &str, hits: &[Hit]) -> Vec<Proposal> {
    let is_vietnamese = hits.iter().any(|hit| matches!(hit.decoded, '\u{1EA0}'..='\u{1EF9}'));
    let mut proposals = Vec::new();
    let mut buffer = [0; 4];
    for hit in hits {
        let confidence = (0.80 + 0.03 * hit.score.max(0) as f32).min(0.99);
        extend(
            &mut proposals,
            RULE.id,
            hit.span.clone(),
            hit.decoded.encode_utf8(&mut buffer),
            confidence,
        );
        if !is_vietnamese && lost_word_space(text, hit) {
            let last = proposals.last_mut().expect("just added to");
            last.after.push(' ');
        }
    }
    proposals
}

/// French and its neighbours have the word `à`, whose second byte is a no-break
/// space; where that was merged with the space behind the word, both are due.
/// Portuguese `às`, `àquele` have it inside a word.
fn lost_word_space(text: &str, hit: &Hit) -> bool {
    if hit.loss != Loss::Space || hit.decoded != 'à' {
        return false;
    }
    let behind = &text[hit.span.end..];
    let is_portuguese = ["quel", "quil"].iter().any(|ending| behind.starts_with(ending))
        || behind.strip_prefix('s').is_some_and(|rest| rest.starts_with(char::is_whitespace));
    !behind.starts_with(char::is_whitespace) && !is_portuguese
}
