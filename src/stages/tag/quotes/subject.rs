//! Whom a verb of saying names in languages other than English: "sagte Bürgermeisterin Ute
//! Groß", "a déclaré la maire, Sylvie Arnaud".
//!
//! A name is a run of capitalised words. Not one behind a preposition, which is somebody
//! else's or a place's ("le maire de Lyon"), unless a first name parts the two ("le maire
//! de Lyon Paul Durand"); nor a title alone.

use std::ops::Range;

use super::gender;
use super::languages::Cues;
use super::subject_words::{ARTICLES, GENITIVE, GERMAN_TITLES, PARTICLES, PREPOSITIONS, TITLES};

#[derive(Debug, PartialEq)]
pub enum Subject {
    Named(Range<usize>),
    /// Whoever spoke before.
    Pronoun,
    /// Somebody who is not named.
    Unnamed,
}

/// Behind a verb that ends at `start`, up to the end of the sentence at most.
pub fn behind(text: &str, start: usize, end: usize, cues: &Cues) -> Subject {
    let end = text.floor_char_boundary(end.min(start + REACH));
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut before: Option<&str> = None;
    let mut count = 0;
    for word in Words::of(text, start..end) {
        let bare = &text[word.span.clone()];
        if count == 0 && run.is_empty() && cues.pronouns.contains(&bare) {
            return Subject::Pronoun;
        }
        let is_particle = !run.is_empty() && PARTICLES.contains(&bare) && !word.ends;
        if bare.starts_with(char::is_uppercase) || is_particle {
            run.push(word.span.clone());
        }
        let goes_on = bare.starts_with(char::is_uppercase) || is_particle;
        if !run.is_empty() && (!goes_on || word.ends) {
            let genitive = !goes_on && GENITIVE.contains(&bare);
            let setting = Setting { before, is_adjacent: count == 0, genitive };
            match name(text, &run, &setting, cues) {
                Some(named) => return Subject::Named(named),
                // "dijo en Madrid la alcaldesa …"
                None if setting.is_behind_preposition() => run.clear(),
                None => {
                    return if word.comma {
                        apposition(text, word.end, end)
                    } else {
                        Subject::Unnamed
                    };
                }
            }
        }
        if word.ends {
            return if word.comma { apposition(text, word.end, end) } else { Subject::Unnamed };
        }
        if !goes_on {
            before = Some(bare);
        }
        count += 1;
        if count > MOST_WORDS {
            return Subject::Unnamed;
        }
    }
    match name(
        text,
        &run,
        &Setting { before, is_adjacent: count == run.len(), genitive: false },
        cues,
    ) {
        Some(named) => Subject::Named(named),
        None => Subject::Unnamed,
    }
}

/// Before a verb that begins at `end`.
pub fn before(text: &str, start: usize, end: usize, cues: &Cues) -> Subject {
    let left = text[start..end].trim_end();
    if left.ends_with(',') {
        // Ute Groß, die Bürgermeisterin von Unterlohe, sagte
        return match apposition(text, start, end) {
            Subject::Named(named) => Subject::Named(named),
            _ => Subject::Unnamed,
        };
    }
    let words: Vec<Word> = Words::of(text, start..start + left.len()).collect();
    let is_capital = |word: &Word| text[word.span.clone()].starts_with(char::is_uppercase);
    let Some(last) = words.last() else { return Subject::Unnamed };
    if cues.pronouns.contains(&text[last.span.clone()].to_lowercase().as_str()) {
        return Subject::Pronoun;
    }
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut rest = &words[..];
    while let [others @ .., word] = rest {
        let is_particle = PARTICLES.contains(&&text[word.span.clone()]) && !run.is_empty();
        if (word.ends && !run.is_empty()) || !(is_capital(word) || is_particle) {
            break;
        }
        run.insert(0, word.span.clone());
        rest = others;
    }
    while run.first().is_some_and(|word| PARTICLES.contains(&&text[word.clone()])) {
        run.remove(0);
    }
    // The first word of a sentence has a capital whatever it is.
    let mut first = rest.last().map(|word| &text[word.span.clone()]);
    let opening = run.first().map(|word| text[word.clone()].to_lowercase());
    if rest.is_empty()
        && opening
            .as_deref()
            .is_some_and(|word| ARTICLES.contains(&word) || PREPOSITIONS.contains(&word))
    {
        first = Some(&text[run.remove(0)]);
    }
    if run.len() < 2 {
        return Subject::Unnamed;
    }
    let setting = Setting { before: first, is_adjacent: first.is_none(), genitive: false };
    name(text, &run, &setting, cues).map_or(Subject::Unnamed, Subject::Named)
}

/// "…, Sylvie Arnaud, …": a full name between punctuation.
fn apposition(text: &str, start: usize, end: usize) -> Subject {
    let mut run: Vec<Range<usize>> = Vec::new();
    for word in Words::of(text, start..end) {
        let bare = &text[word.span.clone()];
        let is_particle = !run.is_empty() && PARTICLES.contains(&bare);
        if !bare.starts_with(char::is_uppercase) && !is_particle {
            return Subject::Unnamed;
        }
        run.push(word.span);
        if word.ends {
            break;
        }
    }
    match run.as_slice() {
        [first, .., last] if run.len() <= LONGEST => Subject::Named(first.start..last.end),
        _ => Subject::Unnamed,
    }
}

struct Setting<'a> {
    /// The word in front, where it is none of the name.
    before: Option<&'a str>,
    /// Nothing stands between the verb and the name.
    is_adjacent: bool,
    /// "sagte Sprecher der …"
    genitive: bool,
}

impl Setting<'_> {
    fn is_behind(&self, words: &[&str]) -> bool {
        let Some(before) = self.before else { return false };
        // "à l’AFP", "dell’Inter"
        let before = before.to_lowercase();
        words.contains(&before.as_str())
    }

    fn is_behind_preposition(&self) -> bool {
        self.is_behind(PREPOSITIONS)
    }
}

/// The name that a run of capitalised words ends with, if it is somebody's.
fn name(text: &str, run: &[Range<usize>], setting: &Setting, cues: &Cues) -> Option<Range<usize>> {
    let mut run = run;
    while let [others @ .., last] = run {
        // A particle goes with the word behind it.
        if !PARTICLES.contains(&&text[last.clone()]) {
            break;
        }
        run = others;
    }
    let mut has_title = false;
    while let [first, others @ ..] = run {
        if !TITLES.contains(&text[first.clone()].trim_end_matches('.')) {
            break;
        }
        has_title = true;
        run = others;
    }
    let (last, others) = run.split_last()?;
    let given = others.iter().position(|word| gender::of_name(&text[word.clone()]).is_some());
    if setting.is_behind_preposition() && given.is_none_or(|at| at == 0) {
        return None;
    }
    if let Some(given) = given {
        let whole = run[given].start..last.end;
        return (run.len() - given <= LONGEST).then_some(whole);
    }
    let whole = run[0].start..last.end;
    if run.len() == 1 && !cues.has_capital_nouns {
        return (has_title || setting.is_adjacent).then_some(whole);
    }
    if cues.has_capital_nouns {
        return behind_titles(text, run, setting, has_title);
    }
    let is_sure = has_title || setting.is_adjacent || !cues.has_bare_genitive;
    (is_sure && run.len() <= LONGEST).then_some(whole)
}

/// The name behind titles that have capitals as names have: "Stadtrat Karl-Heinz Brömmel".
fn behind_titles(
    text: &str,
    run: &[Range<usize>],
    setting: &Setting,
    has_title: bool,
) -> Option<Range<usize>> {
    let is_title = |word: &Range<usize>| {
        let word = text[word.clone()].to_lowercase();
        GERMAN_TITLES.iter().any(|title| word.ends_with(title))
    };
    let titles = run.iter().take_while(|word| is_title(word)).count();
    let named = &run[titles..];
    let has_title = has_title || titles > 0;
    let (first, last) = (named.first()?, named.last()?);
    let is_sure = if has_title {
        named.len() <= LONGEST
    } else {
        // "die Deutsche Bahn", "Sprecher der Bahn"
        let is_noun = setting.is_behind(ARTICLES) || setting.genitive;
        !is_noun && named.len() <= 3 && (setting.is_adjacent || named.len() == 2)
    };
    is_sure.then_some(first.start..last.end)
}

/// In bytes.
const REACH: usize = 200;
/// Between a verb and its subject.
const MOST_WORDS: usize = 8;
/// Of a name, in words.
const LONGEST: usize = 4;

struct Word {
    /// Without the punctuation around it.
    span: Range<usize>,
    /// Of its punctuation.
    end: usize,
    /// Whether what it belongs to ends behind it.
    ends: bool,
    comma: bool,
}

struct Words<'a> {
    text: &'a str,
    rest: Range<usize>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str, rest: Range<usize>) -> Self {
        Self { text, rest }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let rest = &self.text[self.rest.clone()];
        let start = self.rest.start + (rest.len() - rest.trim_start().len());
        let words = &self.text[start..self.rest.end];
        let length = words.find(char::is_whitespace).unwrap_or(words.len());
        let token = &words[..length];
        if token.is_empty() || rest[..start - self.rest.start].contains('\n') {
            return None;
        }
        // A bracket or a dash: an aside, or another sentence.
        let is_aside = !token.starts_with(char::is_alphanumeric);
        if is_aside {
            self.rest.start = self.rest.end;
            return None;
        }
        let bare = token.trim_end_matches(|c: char| !c.is_alphanumeric());
        let behind = &token[bare.len()..];
        let is_short = bare.chars().count() == 1 || TITLES.contains(&bare);
        let ends = match behind {
            "" => false,
            "." => !(is_short && bare.starts_with(char::is_uppercase)),
            _ => true,
        };
        // What comes next may be an aside: "Brömmel (CSU)".
        let next = words[length..].trim_start();
        let ends = ends || next.starts_with(|c: char| !c.is_alphanumeric());
        self.rest.start = start + length;
        Some(Word {
            span: start..start + bare.len(),
            end: start + length,
            ends,
            comma: behind == ",",
        })
    }
}
