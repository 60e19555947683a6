//! A word that was mended in the middle is shown as two words, before and
//! after, not as pieces: `CafÃ©` → `Café`.

use std::borrow::Cow;

use super::marks::Mark;

/// A longer run of letters is not one word but a script without blanks.
const LONGEST_WORD: usize = 30;

/// Joins what was mended with the letters it touches, and with what else was
/// mended in the same word.
pub(super) fn whole<'a>(marks: Vec<Mark<'a>>) -> Vec<Mark<'a>> {
    let mut whole: Vec<Mark<'a>> = Vec::with_capacity(marks.len());
    for mark in marks {
        match (whole.last_mut(), mark) {
            (Some(Mark::Mended { before, after, .. }), Mark::Kept(text))
                if after.ends_with(is_of_word) =>
            {
                let (head, rest) = text.split_at(text.len() - trim_start(text).len());
                if !head.is_empty() {
                    before.to_mut().push_str(head);
                    after.to_mut().push_str(head);
                }
                if !rest.is_empty() {
                    whole.push(Mark::Kept(rest));
                }
            }
            (
                Some(Mark::Mended { before, after, changes }),
                Mark::Mended { before: more_before, after: more_after, changes: more },
            ) if after.ends_with(is_of_word) && continues_word(&more_before, &more_after) => {
                before.to_mut().push_str(&more_before);
                after.to_mut().push_str(&more_after);
                changes.extend(more);
            }
            (Some(Mark::Kept(kept)), Mark::Mended { before, after, changes })
                if continues_word(&before, &after) =>
            {
                let (rest, tail) = kept.split_at(trim_end(kept).len());
                *kept = rest;
                if rest.is_empty() {
                    whole.pop();
                }
                let joined = |text: Cow<'a, str>| match tail {
                    "" => text,
                    tail => Cow::Owned(format!("{tail}{text}")),
                };
                whole.push(Mark::Mended { before: joined(before), after: joined(after), changes });
            }
            (_, mark) => whole.push(mark),
        }
    }
    whole
}

/// Whether the change goes on with a word that stands before it: by letters, or
/// by taking out what is neither letter nor blank.
fn continues_word(before: &str, after: &str) -> bool {
    match after.chars().next() {
        Some(first) => is_of_word(first),
        None => before.chars().all(|c| !c.is_alphanumeric() && !c.is_whitespace()),
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '’' | '\u{300}'..='\u{36f}')
}

/// Without the letters it starts with, if they may be part of a word.
fn trim_start(text: &str) -> &str {
    let rest = text.trim_start_matches(is_of_word);
    if is_word(&text[..text.len() - rest.len()]) { rest } else { text }
}

fn trim_end(text: &str) -> &str {
    let rest = text.trim_end_matches(is_of_word);
    if is_word(&text[rest.len()..]) { rest } else { text }
}

fn is_word(letters: &str) -> bool {
    letters.chars().nth(LONGEST_WORD).is_none()
}
