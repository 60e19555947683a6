//! Which mentions are of one entity: the same form; a person's parts of the name,
//! with the nearest person named in full; an acronym, with the organisation whose
//! initials it has.

use super::document::hash;
use super::tokens::{Form, Token, joined, lower_hash};
use super::{Class, Mention};
use crate::text::hashing::FastMap;

/// Mentions of one entity.
pub(super) struct Group {
    pub class: Class,
    /// Places among the mentions, in order.
    pub mentions: Vec<usize>,
    /// The mention that names it in full.
    pub fullest: usize,
}

pub(super) fn groups(text: &str, tokens: &[Token], mentions: &[Mention]) -> Vec<Group> {
    let mut grouping = Grouping { text, tokens, mentions, ..Grouping::default() };
    // Full names first: "Quill" may stand before "Ada Quill", in a heading say.
    for (index, mention) in mentions.iter().enumerate() {
        if mention.tokens.len() > 1 {
            grouping.add_full_name(index);
        }
    }
    grouping.know_all_people();
    for (index, mention) in mentions.iter().enumerate() {
        if mention.tokens.len() > 1 {
            grouping.pass(index);
        } else {
            grouping.add_single_name(index);
        }
    }
    for group in &mut grouping.groups {
        group.mentions.sort_unstable();
    }
    grouping.groups
}

#[derive(Default)]
struct Grouping<'a> {
    text: &'a str,
    tokens: &'a [Token],
    mentions: &'a [Mention],
    groups: Vec<Group>,
    by_form: FastMap<(u64, u8), usize>,
    /// People by the first and last part of the name: "Ada M. Quill" is "Ada Quill".
    by_ends: FastMap<u64, usize>,
    /// The person that a part of a name stands for at the place reached.
    by_part: FastMap<u64, usize>,
    by_initials: FastMap<u64, usize>,
}

impl<'a> Grouping<'a> {
    fn name(&self, index: usize) -> &'a [Token] {
        &self.tokens[self.mentions[index].tokens.clone()]
    }

    fn key(&self, index: usize) -> (u64, u8) {
        (hash(self.name(index)), self.mentions[index].class as u8)
    }

    fn join(&mut self, index: usize, known: Option<usize>) -> usize {
        let class = self.mentions[index].class;
        let group = known.unwrap_or(self.groups.len());
        if known.is_none() {
            self.groups.push(Group { class, mentions: Vec::new(), fullest: index });
        }
        self.groups[group].mentions.push(index);
        self.by_form.insert(self.key(index), group);
        group
    }

    fn add_full_name(&mut self, index: usize) {
        let name = self.name(index);
        let is_person = self.mentions[index].class == Class::Person;
        let ends = joined(name[0].hash, surname(self.text, name).hash);
        let same_ends = || self.by_ends.get(&ends).filter(|_| is_person);
        let known = self.by_form.get(&self.key(index)).or_else(same_ends).copied();
        let group = self.join(index, known);
        if name.len() > self.name(self.groups[group].fullest).len() {
            self.groups[group].fullest = index;
        }
        match self.mentions[index].class {
            Class::Person => _ = self.by_ends.entry(ends).or_insert(group),
            Class::Organisation => {
                if let Some(initials) = initials(self.text, name) {
                    self.by_initials.entry(lower_hash(&initials)).or_insert(group);
                }
            }
            Class::Place => {}
        }
    }

    /// A part of a name stands for the first person with it until another comes.
    fn know_all_people(&mut self) {
        for group in (0..self.groups.len()).rev() {
            self.pass(self.groups[group].fullest);
        }
    }

    /// From a full name on, its parts stand for the person.
    fn pass(&mut self, index: usize) {
        if self.mentions[index].class != Class::Person {
            return;
        }
        if let Some(group) = self.by_form.get(&self.key(index)).copied() {
            let name = self.name(index);
            self.by_part.insert(name[0].hash, group);
            self.by_part.insert(surname(self.text, name).hash, group);
        }
    }

    fn add_single_name(&mut self, index: usize) {
        let token = &self.name(index)[0];
        let known = match self.mentions[index].class {
            Class::Person => self.by_part.get(&token.hash),
            Class::Organisation => self.by_initials.get(&token.lower),
            Class::Place => None,
        };
        let known = known.or_else(|| self.by_form.get(&self.key(index))).copied();
        self.join(index, known);
    }
}

/// The last token that is no "Jr." or numeral.
fn surname<'a>(text: &str, name: &'a [Token]) -> &'a Token {
    let is_suffix = |token: &&Token| {
        matches!(&text[token.span.clone()], "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV")
            || token.form == Form::Mark
    };
    name.iter().rev().find(|token| !is_suffix(token)).unwrap_or(&name[0])
}

/// "International Maritime Board" → "IMB"; small words give no letter.
fn initials(text: &str, name: &[Token]) -> Option<String> {
    let letters: String = name
        .iter()
        .filter(|token| token.form.is_capital())
        .flat_map(|token| text[token.span.clone()].split('-'))
        .filter_map(|part| part.chars().next())
        .filter(|letter| letter.is_uppercase())
        .collect();
    (letters.chars().count() >= 2).then_some(letters)
}
