//! What the text says a person is, beside the name: "Prime Minister Ada Quill" →
//! "Prime Minister"; "Ada Quill, the mayor of Port Harbour," → "mayor of Port Harbour".
//! Silent about forms of address, and where no title or job stands.

use std::ops::Range;

use super::lexicon::{Kind, LEXICON};
use super::tokens::{Form, Token};

/// The role of the person whose name has the tokens `name`.
pub(super) fn of(text: &str, tokens: &[Token], name: &Range<usize>) -> Option<String> {
    before(text, tokens, name.start).or_else(|| behind(text, tokens, name.end))
}

/// Words that go before a title as a part of it.
const PARTS: [&str; 26] = [
    "prime",
    "vice",
    "deputy",
    "foreign",
    "finance",
    "interior",
    "defense",
    "defence",
    "attorney",
    "chief",
    "executive",
    "lieutenant",
    "major",
    "brigadier",
    "general",
    "assistant",
    "associate",
    "acting",
    "former",
    "health",
    "justice",
    "home",
    "first",
    "police",
    "press",
    "head",
];

/// Address, which says nothing.
const ADDRESS: [&str; 10] =
    ["mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "lady", "lord", "sir"];

const MOST_TOKENS: usize = 5;

fn before(text: &str, tokens: &[Token], name: usize) -> Option<String> {
    let word = |index: usize| text[tokens[index].span.clone()].to_lowercase();
    let mut start = name;
    while start > 0 && name - start < MOST_TOKENS && !tokens[start].is_first {
        let token = &tokens[start - 1];
        if !is_title(text, token) && !PARTS.contains(&word(start - 1).as_str()) {
            break;
        }
        start -= 1;
    }
    // The last word must be the title itself.
    let is_role = start < name
        && is_title(text, &tokens[name - 1])
        && !ADDRESS.contains(&word(name - 1).as_str());
    is_role.then(|| text[tokens[start].span.start..tokens[name - 1].span.end].to_owned())
}

fn is_title(text: &str, token: &Token) -> bool {
    if LEXICON.entry(token.lower).is(Kind::Title) {
        return true;
    }
    // "Secretary-General"
    let word = &text[token.span.clone()];
    word.split_once('-')
        .is_some_and(|(first, _)| LEXICON.entry(super::tokens::lower_hash(first)).is(Kind::Title))
}

/// An aside between commas, with a title or job at its head.
fn behind(text: &str, tokens: &[Token], end: usize) -> Option<String> {
    let is_comma = |token: &Token| &text[token.span.clone()] == ",";
    tokens.get(end).filter(|token| is_comma(token))?;
    let aside = &tokens[end + 1..tokens.len().min(end + 1 + MOST_ASIDE)];
    let close = aside.iter().position(|token| matches!(token.form, Form::Mark | Form::End))?;
    let mut aside = &aside[..close];
    if !is_comma(&tokens[end + 1 + close]) {
        return None;
    }
    let first = aside.first()?;
    if matches!(&text[first.span.clone()], "the" | "a" | "an" | "its" | "his" | "her" | "their") {
        aside = &aside[1..];
    }
    let head =
        aside.iter().position(|token| is_title(text, token)).filter(|at| *at < MOST_BEFORE_HEAD)?;
    // "the president said": a verb is no part of a role.
    let rest = aside.get(head + 1).map(|token| &text[token.span.clone()]);
    let goes_on = rest.is_none_or(|word| {
        matches!(word, "of" | "for" | "at" | "in" | "and" | "to" | "with" | "on")
    }) || aside.get(head + 1).is_some_and(|token| is_title(text, token));
    let role = &text[aside[0].span.start..aside[aside.len() - 1].span.end];
    // "Col. Ada Quill, Port Harbour", and the next letter to the editor begins with "Sir,".
    (goes_on && !role.contains('\n')).then(|| role.to_owned())
}

const MOST_ASIDE: usize = 12;
const MOST_BEFORE_HEAD: usize = 4;
