//! Makes the entities of an article out of the mentions in it.
//!
//! 1. A form that is read differently in different places is what it is oftenest and
//!    most surely; where the model passed it over, it is found again.
//! 2. A single name is the person whose full name has it, the nearest one named
//!    before; an acronym is the organisation whose initials it has.
//! 3. Doubtful mentions go; the longest form gives an entity its name.

use std::ops::Range;

use super::groups::groups;
use super::lexicon::{Kind, LEXICON};
use super::tokens::{Token, joined, phrase_hash};
use super::{Class, Mention, Reading, role};
use crate::stage::Deadline;
use crate::tags::Entity;
use crate::text::hashing::FastMap;

/// A mention less likely than this is none. On single sentences five of six
/// mentions above it are right.
pub const LEAST: f32 = 0.5;
/// So likely must be the form elsewhere that the model passed over here.
const SURE: f32 = 0.8;
/// An entity of which no mention is as likely as this is none.
const LEAST_SURE: f32 = 0.6;

const MOST_ENTITIES: usize = 200;
const MOST_MENTIONS: usize = 500;

/// People, organisations and places, the most salient first.
pub(super) fn entities(
    text: &str,
    reading: &Reading,
    headline: &str,
    deadline: &Deadline,
) -> [Vec<Entity>; 3] {
    let mut mentions = reading.mentions.clone();
    let forms = Forms::of(&reading.tokens, &mentions);
    deadline.check();
    forms.settle(&reading.tokens, &mut mentions);
    deadline.check();
    forms.find_again(&reading.tokens, &mut mentions);
    deadline.check();
    reach_to_continent(text, &reading.tokens, &mut mentions);
    // Edited text writes names with capitals.
    let has_capital = |mention: &Mention| {
        reading.tokens[mention.tokens.clone()].iter().any(|t| t.form.is_capital())
    };
    mentions.retain(|mention| mention.probability >= LEAST && has_capital(mention));
    let groups = groups(text, &reading.tokens, &mentions);
    let mut entities: [Vec<Entity>; 3] = Default::default();
    for group in groups {
        deadline.check();
        let members: Vec<&Mention> = group.mentions.iter().map(|index| &mentions[*index]).collect();
        let confidence = confidence(&members);
        let class = &mut entities[group.class as usize];
        if confidence < LEAST_SURE || class.len() == MOST_ENTITIES {
            continue;
        }
        let name = &text[reading.span(&mentions[group.fullest])];
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let role = match group.class {
            Class::Person => {
                members.iter().find_map(|mention| role::of(text, &reading.tokens, &mention.tokens))
            }
            Class::Organisation | Class::Place => None,
        };
        let spans: Vec<Range<usize>> =
            members.iter().take(MOST_MENTIONS).map(|mention| reading.span(mention)).collect();
        class.push(Entity { name, role, mentions: spans, salience: 0.0, confidence });
    }
    weigh(text, headline, &mut entities);
    entities
}

/// "Council for Fair Trade in Africa" is one organisation: the model ends it before "in".
fn reach_to_continent(text: &str, tokens: &[Token], mentions: &mut Vec<Mention>) {
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| &text[token.span.clone()]);
    let mut ends = Vec::new();
    for mention in mentions.iter_mut() {
        let end = mention.tokens.end;
        let is_body = mention.class == Class::Organisation
            && BODIES.contains(&word(mention.tokens.start))
            && mention.tokens.clone().any(|at| word(at) == "for");
        if is_body && word(end) == "in" && CONTINENTS.contains(&word(end + 1)) {
            mention.tokens.end = end + 2;
            ends.push(end + 1);
        }
    }
    mentions.retain(|mention| mention.tokens.len() > 1 || !ends.contains(&mention.tokens.start));
}

/// What organisations with a purpose in their name begin with.
const BODIES: [&str; 8] = [
    "Organization",
    "Organisation",
    "Association",
    "Commission",
    "Committee",
    "Conference",
    "Council",
    "Centre",
];
const CONTINENTS: [&str; 5] = ["Africa", "America", "Asia", "Australia", "Europe"];

fn confidence(mentions: &[&Mention]) -> f32 {
    mentions.iter().map(|mention| mention.probability).fold(0.0, f32::max)
}

/// Salience: half for how often it is named beside what is named oftenest, three
/// tenths for how early, two tenths for standing in the headline.
fn weigh(text: &str, headline: &str, entities: &mut [Vec<Entity>; 3]) {
    let most = entities.iter().flatten().map(|entity| entity.mentions.len()).max().unwrap_or(1);
    for entity in entities.iter_mut().flatten() {
        let often = entity.mentions.len() as f32 / most as f32;
        let early = 1.0 - entity.mentions[0].start as f32 / text.len().max(1) as f32;
        let mut forms = entity.mentions.iter().map(|span| &text[span.clone()]);
        let stands = forms.any(|form| has_word(headline, form)) || has_word(headline, &entity.name);
        entity.salience = 0.5 * often + 0.3 * early + if stands { 0.2 } else { 0.0 };
    }
    for class in entities {
        class.sort_by(|a, b| b.salience.total_cmp(&a.salience));
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let behind = text[at + word.len()..].chars().next();
        let before = text[..at].chars().next_back();
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
    })
}

/// What each form of a name was read as, over the article.
struct Forms {
    by_hash: FastMap<u64, FormRead>,
}

struct FormRead {
    /// Probabilities of each class added, and the greatest.
    sums: [f32; 3],
    surest: f32,
    tokens: usize,
}

/// Of a form, as it is written.
pub(super) fn hash(tokens: &[Token]) -> u64 {
    phrase_hash(tokens.iter().map(|token| token.hash))
}

impl Forms {
    fn of(tokens: &[Token], mentions: &[Mention]) -> Self {
        let mut by_hash: FastMap<u64, FormRead> = FastMap::default();
        for mention in mentions {
            let name = &tokens[mention.tokens.clone()];
            let form = by_hash.entry(hash(name)).or_insert(FormRead {
                sums: [0.0; 3],
                surest: 0.0,
                tokens: name.len(),
            });
            form.sums[mention.class as usize] += mention.probability;
            form.surest = form.surest.max(mention.probability);
        }
        // "Quill" is a person where "Ada Quill" is one.
        let mut people: FastMap<u64, &Token> = FastMap::default();
        for mention in mentions {
            let is_full = mention.class == Class::Person && mention.tokens.len() > 1;
            if is_full && mention.probability >= SURE {
                let surname = &tokens[mention.tokens.end - 1];
                people.insert(surname.hash, surname);
            }
        }
        for (form, surname) in people {
            if let Some(form) = by_hash.get_mut(&form) {
                form.sums[Class::Person as usize] += 1.0;
                if is_no_word(surname) {
                    form.surest = form.surest.max(SURE);
                }
            } else if is_no_word(surname) {
                let sums = Class::ALL.map(|class| f32::from(u8::from(class == Class::Person)));
                by_hash.insert(form, FormRead { sums, surest: SURE, tokens: 1 });
            }
        }
        Self { by_hash }
    }

    fn settle(&self, tokens: &[Token], mentions: &mut [Mention]) {
        for mention in mentions {
            let Some(form) = self.by_hash.get(&hash(&tokens[mention.tokens.clone()])) else {
                continue;
            };
            let all: f32 = form.sums.iter().sum();
            let class = form.class();
            let share = form.sums[class as usize] / all;
            if class != mention.class {
                mention.class = class;
                mention.probability = form.surest * share;
            } else if form.surest >= SURE {
                mention.probability = mention.probability.max(form.surest * share * SEEN_ELSEWHERE);
            }
        }
    }

    /// Adds mentions where a sure form stands and nothing was read.
    fn find_again(&self, tokens: &[Token], mentions: &mut Vec<Mention>) {
        let mut is_read = vec![false; tokens.len()];
        for mention in mentions.iter() {
            is_read[mention.tokens.clone()].fill(true);
        }
        let longest = self.by_hash.values().map(|form| form.tokens).max().unwrap_or(0).min(8);
        let mut at = 0;
        let mut added = false;
        while at < tokens.len() {
            let mut phrase = 0;
            let mut best: Option<(usize, &FormRead)> = None;
            if tokens[at].form.is_capital() && !is_read[at] {
                for length in 1..=longest.min(tokens.len() - at) {
                    if is_read[at + length - 1] {
                        break;
                    }
                    phrase = joined(phrase, tokens[at + length - 1].hash);
                    let form = self.by_hash.get(&phrase).filter(|form| form.tokens == length);
                    if let Some(form) = form.filter(|form| form.surest >= SURE) {
                        best = Some((length, form));
                    }
                }
            }
            // A part of a longer name in capitals is not found again.
            let Some((length, form)) = best.filter(|(length, _)| stands_alone(tokens, at, *length))
            else {
                at += 1;
                continue;
            };
            let class = form.class();
            let share = form.sums[class as usize] / form.sums.iter().sum::<f32>();
            let probability = form.surest * share * SEEN_ELSEWHERE;
            mentions.push(Mention { tokens: at..at + length, class, probability });
            added = true;
            at += length;
        }
        if added {
            mentions.sort_by_key(|mention| mention.tokens.start);
        }
    }
}

/// Whether a surname is nothing else: "Brown" and "Young" begin sentences, too.
fn is_no_word(surname: &Token) -> bool {
    let case = LEXICON.entry(surname.lower).case();
    surname.form.is_capital() && (case == 0 || case >= NAMES_ONLY)
}

/// How often a word is written with a capital that is one in names only, of seven.
const NAMES_ONLY: u8 = 6;

/// What a mention is worth that rests on others.
const SEEN_ELSEWHERE: f32 = 0.85;

fn stands_alone(tokens: &[Token], at: usize, length: usize) -> bool {
    let is_name = |index: Option<usize>| {
        index.and_then(|index| tokens.get(index)).is_some_and(|token| token.form.is_capital())
    };
    let before = at.checked_sub(1).filter(|_| !tokens[at].is_first);
    let is_title = before.is_some_and(|b| LEXICON.entry(tokens[b].lower).is(Kind::Title));
    (is_title || !is_name(before)) && !is_name(Some(at + length))
}

impl FormRead {
    fn class(&self) -> Class {
        let best = Class::ALL
            .into_iter()
            .max_by(|a, b| self.sums[*a as usize].total_cmp(&self.sums[*b as usize]));
        best.unwrap_or(Class::Person)
    }
}
