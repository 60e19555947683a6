//! Apostrophes that a text lost altogether, with nothing or a space in their place:
//! `they dont` → `they don't`, `it s late` → `it's late`.
//!
//! Only in a text without a single apostrophe, which has lost two at least in
//! different words that are no words without: writers of messages leave one out
//! now and then. `cant`, `wont`, `well`, `its` and the like are words and stay.

use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.missing_apostrophe"), propose };

/// What stands before the `t` of a negation, in alphabetical order.
const NEGATED: [&str; 15] = [
    "aren", "couldn", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "mustn", "shouldn",
    "wasn", "weren", "won", "wouldn",
];

/// Words that are none without the apostrophe, in alphabetical order, and its place.
const CONTRACTED: [(&str, usize); 18] = [
    ("arent", 4),
    ("couldnt", 6),
    ("didnt", 4),
    ("doesnt", 5),
    ("dont", 3),
    ("hadnt", 4),
    ("hasnt", 4),
    ("havent", 5),
    ("isnt", 3),
    ("shouldnt", 7),
    ("theyre", 4),
    ("theyve", 4),
    ("wasnt", 4),
    ("werent", 5),
    ("weve", 2),
    ("wouldnt", 6),
    ("youre", 3),
    ("youve", 3),
];

const PRONOUNS: [&str; 7] = ["he", "i", "it", "she", "they", "we", "you"];

/// Different words that must have lost one.
const FEWEST: usize = 2;

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    if draft.text.contains(['\'', '’', '‘']) {
        return Vec::new();
    }
    let mut proposals = Vec::new();
    let mut lacking: Vec<&str> = Vec::new();
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let mut start = 0;
        let mut before = "";
        for token in text.split(' ') {
            let word = token.trim_end_matches(|c: char| !c.is_alphanumeric());
            if let Some(at) = within(word) {
                let place = line.start + start + at;
                proposals.push(Proposal::edit(RULE.id, place..place, "'", 0.9));
                lacking.push(word);
            } else if follows(before, word) {
                let place = line.start + start - 1;
                proposals.push(Proposal::edit(RULE.id, place..place + 1, "'", 0.9));
                // A stray s alone shows nothing.
                if word != "s" {
                    lacking.push(before);
                }
            }
            before = token;
            start += token.len() + 1;
        }
    }
    lacking.sort_unstable();
    lacking.dedup();
    if lacking.len() < FEWEST {
        proposals.clear();
    }
    proposals
}

/// Where in the word an apostrophe is missing.
fn within(word: &str) -> Option<usize> {
    let small = small(word)?;
    let found = CONTRACTED.binary_search_by_key(&small.as_str(), |(word, _)| word).ok()?;
    Some(CONTRACTED[found].1)
}

/// Whether one is missing before the word, which stands after `before`.
fn follows(before: &str, word: &str) -> bool {
    if !matches!(word, "d" | "ll" | "m" | "re" | "s" | "t" | "ve") {
        return false;
    }
    let Some(before) = small(before) else { return false };
    match word {
        "t" => NEGATED.binary_search(&before.as_str()).is_ok(),
        "m" => before == "i",
        // The town's clock: no English word is an s.
        "s" => before.len() > 1,
        _ => PRONOUNS.contains(&before.as_str()),
    }
}

/// In lower case, if it is nothing but letters that are not all capitals.
fn small(word: &str) -> Option<String> {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_shouted = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_plain && !is_shouted).then(|| word.to_ascii_lowercase())
}
