//! People, organisations and places in English text: `people`, `organisations`,
//! `places`.
//!
//! A sequence model ([`model`]) reads each paragraph by itself. Then the article is
//! read as a whole ([`document`]): what is surely a name in one place is one in
//! others, a surname is the person named in full before, "(IMB)" is the board it
//! stands behind. Mentions that stay doubtful are left out.

mod document;
pub use self::document::LEAST;
pub mod features;
mod groups;
pub mod lexicon;
pub mod model;
pub mod names;
mod role;
pub mod tokens;

use std::ops::Range;

use self::features::Known;
use self::lexicon::{Kind, LEXICON};
use self::model::{ENGLISH, Found};
use self::tokens::{Form, Token, tokenise};
use crate::article::{Article, BlockKind};
use crate::stage::Deadline;
use crate::tags::{Entity, InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags, deadline: &Deadline) {
    if tags.language.as_deref() != Some("en") {
        return;
    }
    let text = article.text();
    let mut reading = Reading::default();
    for block in article.blocks() {
        deadline.check();
        let is_read = !matches!(block.kind, BlockKind::TableRow | BlockKind::Preformatted);
        if is_read && reading.tokens.len() < MOST_TOKENS {
            reading.read(text, block.span.clone(), deadline);
        }
    }
    deadline.check();
    let headline = tags.headline.as_ref().map_or("", |headline| headline.text());
    let [people, organisations, places] = document::entities(text, &reading, headline, deadline);
    for (field, entities) in
        [("people", &people), ("organisations", &organisations), ("places", &places)]
    {
        if let Some(sure) = surest(entities) {
            tags.infer(field, InferenceSource::Body, "sequence_model", sure);
        }
    }
    (tags.people, tags.organisations, tags.places) = (people, organisations, places);
}

fn surest(entities: &[Entity]) -> Option<f32> {
    entities.iter().map(|entity| entity.confidence).max_by(f32::total_cmp)
}

/// An article's length many times over; what is behind goes unread.
const MOST_TOKENS: usize = 100_000;

/// The names that the model finds in a text by itself, for measuring it.
pub fn names(text: &str) -> Vec<(Range<usize>, Class, f32)> {
    let mut reading = Reading::default();
    reading.read(text, 0..text.len(), &Deadline::never());
    let mentions = reading.mentions.iter();
    mentions.map(|mention| (reading.span(mention), mention.class, mention.probability)).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Person,
    Organisation,
    Place,
}

impl Class {
    pub const ALL: [Class; 3] = [Class::Person, Class::Organisation, Class::Place];
}

/// A name in the text, by its tokens.
#[derive(Debug, Clone)]
struct Mention {
    tokens: Range<usize>,
    class: Class,
    probability: f32,
}

/// The tokens of an article and the names among them.
#[derive(Default)]
struct Reading {
    tokens: Vec<Token>,
    mentions: Vec<Mention>,
    known: Vec<Known>,
    found: Vec<Found>,
}

impl Reading {
    fn read(&mut self, text: &str, span: Range<usize>, deadline: &Deadline) {
        let first = self.tokens.len();
        tokenise(text, span, &mut self.tokens);
        deadline.check();
        let tokens = &self.tokens[first..];
        if is_in_capitals(tokens) {
            return;
        }
        features::know(text, tokens, &LEXICON, &mut self.known);
        self.found.clear();
        deadline.check();
        ENGLISH.find(&self.known, &mut self.found, deadline);
        for found in &self.found {
            let class = Class::ALL[found.class];
            let tokens = trimmed(&self.tokens, first + found.start..first + found.end, class);
            if !tokens.is_empty() && !is_people(&self.tokens[tokens.clone()], class) {
                let probability = found.probability;
                self.mentions.push(Mention { tokens, class, probability });
            }
        }
    }

    fn span(&self, mention: &Mention) -> Range<usize> {
        let tokens = &self.tokens[mention.tokens.clone()];
        tokens[0].span.start..tokens[tokens.len() - 1].span.end
    }
}

/// "Democrats" are many, and none by name.
fn is_people(name: &[Token], class: Class) -> bool {
    class == Class::Person && name.len() == 1 && LEXICON.entry(name[0].lower).is(Kind::Demonym)
}

/// Whether capitals tell nothing, as in a headline that is set in them.
fn is_in_capitals(tokens: &[Token]) -> bool {
    let count = |is: fn(Form) -> bool| tokens.iter().filter(|token| is(token.form)).count();
    let capitals = count(|form| form == Form::Capitals);
    let rest = count(|form| matches!(form, Form::Lower | Form::Capitalised | Form::Mixed));
    capitals >= 4 && rest * 2 < capitals
}

/// Without a person's titles, and without marks and joints at the ends.
fn trimmed(tokens: &[Token], mut name: Range<usize>, class: Class) -> Range<usize> {
    let is_title = |token: &Token| LEXICON.entry(token.lower).is(Kind::Title);
    while class == Class::Person && name.len() > 1 && is_title(&tokens[name.start]) {
        name.start += 1;
    }
    let is_mark = |token: &Token| matches!(token.form, Form::Mark | Form::End);
    while !name.is_empty() && is_mark(&tokens[name.end - 1]) {
        name.end -= 1;
    }
    while !name.is_empty() && is_mark(&tokens[name.start]) {
        name.start += 1;
    }
    name
}
