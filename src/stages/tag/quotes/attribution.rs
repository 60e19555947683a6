//! Who a quote is attributed to by the words around it.
//!
//! - a label in front, as transcripts have it: "QUILL: The bridge …"
//! - a signature behind: "…" — Ada Quill
//! - a verb of saying behind it: "…," Ada Quill said; "…," said Quill
//! - a verb of saying before it: Ada Quill said: "…"; according to Quill, "…"
//! - the subject of the sentence that a part of a sentence is quoted in

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::cast::{Cast, NAME, is_possessive, without_ending};
use super::cues::{CUE, is_inverted, is_participle};
use super::sentences;

/// The words that name a speaker, and the verb of saying.
#[derive(Debug, Clone)]
pub struct Attribution {
    pub named: Range<usize>,
    pub who: Who,
    pub cue: Option<Range<usize>>,
    /// How often such an attribution is right.
    pub confidence: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    Member(usize),
    Pronoun,
    /// "the announcer", or a name that is no entity.
    Words,
}

pub struct Finder<'a> {
    pub text: &'a str,
    pub cast: &'a Cast<'a>,
}

/// What stands around a quote, in its paragraph; `before` may be the paragraph before.
pub struct Surroundings {
    pub before: Range<usize>,
    pub quote: Range<usize>,
    pub behind: Range<usize>,
}

impl Finder<'_> {
    pub fn find(&self, place: &Surroundings) -> Option<Attribution> {
        if let Some(signed) = self.signed(place) {
            return Some(signed);
        }
        let quote = self.text[place.quote.clone()].trim_end();
        let is_sentence = quote.ends_with(['.', '!', '?', '…']);
        let goes_on = quote.ends_with([',', '—', '-'])
            || self.text[place.behind.clone()].trim_start_matches(['”', '"', '’']).starts_with(',');
        let behind = || self.behind(&place.behind, is_sentence && !quote.ends_with(['!', '?']));
        let before = || self.before(&place.before);
        if goes_on || quote.ends_with(['!', '?']) {
            behind().or_else(before)
        } else if is_sentence {
            before().or_else(behind)
        } else {
            before().or_else(behind).or_else(|| self.subject(&place.before))
        }
    }

    /// "…" — Ada Quill
    fn signed(&self, place: &Surroundings) -> Option<Attribution> {
        let behind = &self.text[place.behind.clone()];
        let line = behind.find('\n').map_or(behind, |end| &behind[..end]);
        let found = SIGNATURE.captures(line)?.get(1)?;
        let start = place.behind.start + found.start();
        let named = start..start + without_ending(found.as_str()).len();
        let who = self.who(&named);
        Some(Attribution { named, who, cue: None, confidence: 0.9 })
    }

    /// In the clause behind a quote, which starts right behind the mark.
    fn behind(&self, span: &Range<usize>, is_new_sentence: bool) -> Option<Attribution> {
        let start = span.start
            + self.text[span.clone()]
                .find(|c: char| c.is_alphanumeric())
                .unwrap_or(span.end - span.start);
        let clause = start..sentences::end(self.text, start, span.end.min(start + REACH));
        let words = &self.text[clause.clone()];
        let cue = CUE.find(words)?;
        // "He said the bridge was old" tells of something else.
        if is_new_sentence
            && self.text[span.start..start].contains(char::is_whitespace)
            && words.starts_with(char::is_uppercase)
            && cue.end() + 4 < words.len()
        {
            return None;
        }
        let cue_span = clause.start + cue.start()..clause.start + cue.end();
        let left = clause.start..cue_span.start;
        let inverted = || {
            (is_inverted(cue.as_str()) && self.text[left.clone()].trim().is_empty())
                .then(|| self.behind_cue(cue_span.end..clause.end))
                .flatten()
        };
        let (named, who) =
            inverted().or_else(|| self.subject_of(&left, is_participle(cue.as_str())))?;
        Some(Attribution { named, who, cue: Some(cue_span), confidence: 0.95 })
    }

    /// In the sentence before a quote.
    fn before(&self, span: &Range<usize>) -> Option<Attribution> {
        let clause = self.sentence_before(span);
        let words = &self.text[clause.clone()];
        let cue = CUE.find_iter(words).last()?;
        let cue_span = clause.start + cue.start()..clause.start + cue.end();
        let (named, who) = match cue.as_str() {
            "according to" => self.behind_cue(cue_span.end..clause.end)?,
            verb => self.subject_of(&(clause.start..cue_span.start), is_participle(verb))?,
        };
        Some(Attribution { named, who, cue: Some(cue_span), confidence: 0.9 })
    }

    /// The first that the sentence names which a quoted part stands in.
    fn subject(&self, span: &Range<usize>) -> Option<Attribution> {
        let clause = self.sentence_before(span);
        let (named, who) = self.candidates(&clause).into_iter().next()?;
        Some(Attribution { named, who, cue: None, confidence: 0.6 })
    }

    fn sentence_before(&self, span: &Range<usize>) -> Range<usize> {
        let words = self.text[span.clone()].trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | ',' | '—' | '-' | '(' | '[' | '“' | '"')
        });
        let end = span.start + words.len();
        // A quote that follows a full stop has no sentence before it.
        if words.ends_with(['.', '!', '?']) && words.len() + 1 >= span.len() {
            return end..end;
        }
        let start = sentences::start(self.text, end).max(span.start);
        start.min(end)..end
    }

    /// Whose doing a verb at the end of `left` is.
    fn subject_of(&self, left: &Range<usize>, is_participle: bool) -> Option<(Range<usize>, Who)> {
        let words = &self.text[left.clone()];
        let candidates = self.candidates(left);
        let is_aside = words.trim_end().ends_with([',', ')']);
        if is_participle || is_aside {
            // Ada Quill, the mayor of Port Harbour, said: the name before the aside.
            return candidates.into_iter().next().or_else(|| self.noun(left, is_aside));
        }
        let nearest = candidates.iter().rfind(|(named, _)| {
            let between = &self.text[named.end..left.end];
            between.split_whitespace().all(is_between)
        });
        nearest
            .cloned()
            .or_else(|| self.noun(left, false))
            .or_else(|| candidates.into_iter().next())
    }

    /// Who stands right behind "said" or "according to".
    fn behind_cue(&self, span: Range<usize>) -> Option<(Range<usize>, Who)> {
        let words = &self.text[span.clone()];
        let close = words.find([',', '.', ';', '(', '—', '“', '"']).map_or(words.len(), |at| {
            // "said Sen. Quill": a short word's full stop ends nothing.
            if words[at..].starts_with('.') && at < 8 {
                words[at + 1..].find([',', '.', ';', '(']).map_or(words.len(), |next| at + 1 + next)
            } else {
                at
            }
        });
        let near = span.start..span.start + close;
        let candidates = self.candidates(&near);
        let found = candidates.into_iter().next();
        if let Some((named, who)) = found {
            let between = &self.text[near.start..named.start];
            let is_near = between.split_whitespace().count() <= 5;
            let has_verb = CUE.is_match(between);
            return (is_near && !has_verb).then_some((named, who));
        }
        let noun = NOUN_BEHIND.find(&self.text[near.clone()])?;
        if let Some(named) = self.apposition(near.end..span.end) {
            return Some(named);
        }
        let start = near.start + noun.start() + (noun.len() - noun.as_str().trim_start().len());
        let named = start..near.start + noun.end();
        Some((named.clone(), self.who(&named)))
    }

    /// The name between commas behind a noun: "said the mayor, Ada Quill".
    fn apposition(&self, rest: Range<usize>) -> Option<(Range<usize>, Who)> {
        let start = rest.start + ", ".len();
        if !self.text[rest.clone()].starts_with(", ") {
            return None;
        }
        let (named, who) = self.candidates(&(start..rest.end)).into_iter().next()?;
        let is_name = who != Who::Pronoun && self.text[named.clone()].contains(' ');
        let behind = &self.text[named.end..];
        let is_set_off =
            behind.is_empty() || behind.starts_with([',', '.', ';', '(', '\n', '“', '"']);
        (is_name && named.start == start && is_set_off).then_some((named, who))
    }

    /// "the band leader", "police", "Quill's office" right before a verb.
    fn noun(&self, left: &Range<usize>, is_aside: bool) -> Option<(Range<usize>, Who)> {
        let mut words = self.text[left.clone()].trim_end();
        if is_aside {
            words = words.split(',').next()?.trim_end();
        }
        loop {
            let last = words.rsplit(' ').next()?;
            if !is_between(last) || words.len() == last.len() {
                break;
            }
            words = words[..words.len() - last.len()].trim_end();
        }
        let found = NOUN.find(words).filter(|found| {
            found.as_str().split_whitespace().all(|word| !NO_PART_OF_NOUN.contains(&word))
        })?;
        let start = found.start() + (found.len() - found.as_str().trim_start().len());
        // "on the pier" is where somebody spoke.
        let behind = words[..start].trim_end().rsplit(' ').next().unwrap_or_default();
        if IN_PLACE.contains(&behind.to_lowercase().as_str()) {
            return None;
        }
        let start = start + last_noun(&words[start..found.end()]);
        let named = left.start + start..left.start + found.end();
        Some((named.clone(), self.who(&named)))
    }

    fn who(&self, named: &Range<usize>) -> Who {
        let words = &self.text[named.clone()];
        if let [mention] = self.cast.named(named)
            && mention.span == *named
        {
            return Who::Member(mention.member);
        }
        self.cast.with_role(words).map_or(Who::Words, Who::Member)
    }

    /// Who may be the subject in a stretch of text: people and organisations it names,
    /// pronouns, other names.
    fn candidates(&self, span: &Range<usize>) -> Vec<(Range<usize>, Who)> {
        let words = &self.text[span.clone()];
        let mut found: Vec<(Range<usize>, Who)> = self
            .cast
            .named(span)
            .iter()
            .filter(|mention| mention.span.end <= span.end)
            .filter(|mention| !is_possessive(self.text, mention.span.end))
            .filter(|mention| !self.is_attribute(mention.span.end, span.end))
            .map(|mention| (mention.span.clone(), Who::Member(mention.member)))
            .collect();
        found.extend(PRONOUN.find_iter(words).map(|pronoun| {
            (span.start + pronoun.start()..span.start + pronoun.end(), Who::Pronoun)
        }));
        for name in NAME.find_iter(words) {
            let name_span = span.start + name.start()
                ..span.start + name.start() + without_ending(name.as_str()).len();
            let overlaps =
                |other: &Range<usize>| other.start < name_span.end && name_span.start < other.end;
            let is_known = found.iter().any(|(other, _)| overlaps(other))
                || self.cast.named(&name_span).iter().any(|mention| overlaps(&mention.span));
            let first = name.as_str().split(' ').next().unwrap_or_default();
            let is_full = name.as_str().contains(' ') || name.start() > 0;
            if !is_known
                && is_full
                && !is_no_name(first)
                && !is_possessive(self.text, name_span.end)
                && !self.is_attribute(name_span.end, span.end)
            {
                found.push((name_span, Who::Words));
            }
        }
        found.sort_by_key(|(named, _)| named.start);
        found
    }

    /// Whether a name goes before a noun: "Clinton aides", "a Quill spokesman".
    fn is_attribute(&self, end: usize, limit: usize) -> bool {
        let rest = &self.text[end..limit.max(end)];
        let next = rest.strip_prefix(' ').and_then(|rest| rest.split([' ', ',']).next());
        next.is_some_and(|word| ATTENDANTS.contains(&word))
    }
}

/// Where the last phrase with an article of its own begins: "the border town of Krummau the
/// baker" → "the baker". Behind a preposition it goes with what stands before it: "the mayor
/// of the town".
fn last_noun(phrase: &str) -> usize {
    let mut last = 0;
    let mut before = "of";
    let mut at = 0;
    for word in phrase.split_inclusive(' ') {
        let bare = word.trim_end();
        if matches!(bare, "the" | "a" | "an") && !PREPOSITIONS.contains(&before) {
            last = at;
        }
        before = bare;
        at += word.len();
    }
    last
}

/// Behind these a noun is a place.
const IN_PLACE: [&str; 12] = [
    "in", "on", "at", "near", "under", "along", "beside", "inside", "outside", "across", "onto",
    "around",
];

/// What goes on with the noun before it.
const PREPOSITIONS: [&str; 14] = [
    "of", "in", "on", "at", "for", "from", "to", "with", "by", "near", "under", "against",
    "behind", "and",
];

/// How far behind a quote its speaker is looked for, in bytes.
const REACH: usize = 240;

/// What may stand between a subject and its verb.
fn is_between(word: &str) -> bool {
    word.ends_with("ly")
        || word.starts_with('(') && word.ends_with(')')
        || matches!(
            word,
            "has"
                | "had"
                | "have"
                | "also"
                | "then"
                | "later"
                | "once"
                | "again"
                | "often"
                | "even"
                | "who"
                | "was"
                | "is"
                | "would"
                | "will"
                | "could"
                | "did"
                | "and"
                | "still"
                | "now"
                | "just"
                | "even-handedly"
                | "has,"
                | "then,"
                | "been"
                | "which"
                | "that"
                | "himself"
                | "herself"
                | "went"
                | "on"
                | "to"
                | "not"
                | "never"
                | "first"
        )
}

/// A phrase with one of these is a sentence, or half of one.
const NO_PART_OF_NOUN: [&str; 27] = [
    "and", "but", "or", "should", "would", "could", "is", "was", "be", "are", "were", "what",
    "that", "it", "those", "these", "them", "the,", "not", "because", "when", "if", "while", "as",
    "than", "him", "us",
];

const ATTENDANTS: [&str; 34] = [
    "aide",
    "aides",
    "campaign",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "spokespeople",
    "surrogate",
    "surrogates",
    "supporter",
    "supporters",
    "adviser",
    "advisers",
    "advisor",
    "advisors",
    "officials",
    "official",
    "ally",
    "allies",
    "administration",
    "lawyer",
    "lawyers",
    "attorney",
    "attorneys",
    "staff",
    "staffer",
    "staffers",
    "chairman",
    "manager",
    "executives",
    "executive",
    "moderator",
    "anchor",
    "reporter",
];

static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|It)\b").expect("the pattern is well-formed")
});

static NOUN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:(?:^|[\s(“])(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Aa]nother|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Tt]wo|[Ss]ome|[Ss]everal|[Tt]hat|[Tt]his)",
        r"\s+|\p{Lu}[\p{L}\-]*[’'](?:s|\s)\s*)(?:[\p{L}\p{N}\-’'.]+\s+){0,5}[\p{L}\p{N}\-’']{2,}$)",
        r"|(?:(?:^|\s)(?:[\p{L}\-]+ )?(?:police|officials|prosecutors|authorities|critics|investigators|lawyers|",
        r"researchers|experts|organizers|organisers|supporters|aides|advisers|analysts|protesters|Republicans|Democrats)$)",
    ))
    .expect("the pattern is well-formed")
});

static NOUN_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:the|an?|one|another|his|her|their|its|two|some|several)\s+(?:[\p{L}\p{N}\-’'.]+\s*){1,5}",
    )
    .expect("the pattern is well-formed")
});

static SIGNATURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[”\x22]?\s*[―—–-]\s?(\p{Lu}[\p{L}'’.\-]*(?: \p{Lu}[\p{L}'’.\-]*){1,4})\s*$")
        .expect("the pattern is well-formed")
});

fn is_no_name(word: &str) -> bool {
    matches!(
        word,
        "The"
            | "In"
            | "A"
            | "An"
            | "And"
            | "But"
            | "On"
            | "At"
            | "It"
            | "This"
            | "That"
            | "When"
            | "As"
            | "I"
            | "We"
            | "You"
            | "For"
            | "Of"
            | "To"
            | "If"
            | "There"
            | "His"
            | "Her"
            | "Mr."
            | "Monday"
            | "Tuesday"
            | "Wednesday"
            | "Thursday"
            | "Friday"
            | "Saturday"
            | "Sunday"
            | "After"
            | "While"
            | "Then"
            | "So"
            | "One"
            | "Asked"
            | "Still"
            | "Yet"
            | "What"
            | "Who"
            | "Where"
            | "How"
            | "Why"
            | "Some"
            | "Many"
            | "Another"
            | "These"
            | "Those"
            | "Their"
            | "Its"
            | "Last"
            | "Earlier"
            | "During"
            | "With"
            | "From"
            | "By"
            | "No"
            | "Not"
            | "Now"
            | "Only"
            | "Also"
            | "Since"
            | "Before"
            | "Because"
            | "Both"
            | "January"
            | "February"
            | "March"
            | "April"
            | "May"
            | "June"
            | "July"
            | "August"
            | "September"
            | "October"
            | "November"
            | "December"
            | "Although"
            | "Though"
    )
}
