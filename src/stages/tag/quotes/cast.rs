//! Who may speak in an article: the people and organisations that it names, where it
//! names them, and what pronouns stand for.
//!
//! Names come from the entities of the article; where its language is not known, from
//! runs of capitalised words.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::gender::{self, Gender};
use super::sentences;
use crate::tags::Tags;

/// Somebody, by the fullest name in the article.
pub struct Member {
    pub name: String,
    role: Option<String>,
    gender: Option<Gender>,
    is_person: bool,
}

#[derive(Clone, Debug)]
pub struct Mention {
    pub span: Range<usize>,
    pub member: usize,
}

pub struct Cast<'a> {
    text: &'a str,
    pub members: Vec<Member>,
    /// In the order of the text.
    mentions: Vec<Mention>,
}

impl<'a> Cast<'a> {
    pub fn of(text: &'a str, tags: &Tags) -> Self {
        let mut cast = Cast { text, members: Vec::new(), mentions: Vec::new() };
        let people = tags.people.iter().map(|entity| (entity, true));
        let organisations = tags.organisations.iter().map(|entity| (entity, false));
        for (entity, is_person) in people.chain(organisations) {
            let member = cast.members.len();
            let mentions =
                entity.mentions.iter().map(|span| Mention { span: span.clone(), member });
            cast.mentions.extend(mentions);
            cast.members.push(Member {
                name: entity.name.clone(),
                role: entity.role.clone(),
                gender: None,
                is_person,
            });
        }
        if tags.language.is_none() {
            cast.read_names();
        }
        cast.mentions.sort_by_key(|mention| mention.span.start);
        cast.tell_genders();
        cast
    }

    /// Takes runs of two to four capitalised words for people, and then their last word.
    fn read_names(&mut self) {
        for found in NAME.find_iter(self.text) {
            let name = without_ending(found.as_str());
            let span = found.start()..found.start() + name.len();
            let words = name.split(' ').count();
            let known = self.members.iter().rposition(|member| match words {
                1 => member.name.rsplit(' ').next() == Some(name),
                _ => member.name == name,
            });
            let member = match known {
                Some(member) => member,
                None if (2..=4).contains(&words) && self.members.len() < MOST_NAMES => {
                    self.members.push(Member {
                        name: name.to_owned(),
                        role: None,
                        gender: None,
                        is_person: true,
                    });
                    self.members.len() - 1
                }
                None => continue,
            };
            self.mentions.push(Mention { span, member });
        }
    }

    fn tell_genders(&mut self) {
        for member in self.members.iter_mut().filter(|member| member.is_person) {
            member.gender = gender::of_name(&member.name)
                .or_else(|| member.role.as_deref().and_then(gender::of_words));
        }
        for mention in &self.mentions {
            let member = &mut self.members[mention.member];
            if member.is_person && member.gender.is_none() {
                member.gender = gender::of_title(&self.text[..mention.span.start]);
            }
        }
    }

    /// Those named in a stretch of the text.
    pub fn named(&self, span: &Range<usize>) -> &[Mention] {
        let from = self.mentions.partition_point(|mention| mention.span.start < span.start);
        let to = self.mentions.partition_point(|mention| mention.span.start < span.end);
        &self.mentions[from..to.max(from)]
    }

    /// Whom a pronoun at `at` stands for: the last speaker where the speech goes on, else
    /// the first who fits of the nearest sentence before it that names one.
    pub fn behind_pronoun(
        &self,
        pronoun: &str,
        at: usize,
        last: Option<(usize, usize)>,
    ) -> Option<usize> {
        let wanted = gender::of_pronoun(pronoun);
        let is_thing = matches!(pronoun, "it" | "It");
        let fits = |member: usize| {
            let member = &self.members[member];
            match member.gender {
                _ if is_thing => !member.is_person,
                Some(gender) => wanted.is_none_or(|wanted| wanted == gender),
                None => member.is_person,
            }
        };
        let is_sure = |member: usize| wanted.is_some() && self.members[member].gender == wanted;
        let mut end = at;
        for _ in 0..MOST_SENTENCES {
            let start = sentences::start(self.text, end);
            let named = self.named(&(start..end));
            let mut those = named.iter().filter(|mention| {
                fits(mention.member) && !is_possessive(self.text, mention.span.end)
            });
            let found = those
                .clone()
                .find(|mention| is_sure(mention.member))
                .or_else(|| those.next())
                .or_else(|| named.iter().find(|mention| fits(mention.member)));
            // The last speaker stands where the words that named them did.
            let spoke =
                last.filter(|(member, place)| fits(*member) && *place >= start && *place < at);
            match (found, spoke) {
                (_, Some((member, _))) => return Some(member),
                (Some(mention), None) => return Some(mention.member),
                (None, None) => {}
            }
            if start == 0 {
                break;
            }
            end = start;
        }
        last.map(|(member, _)| member).filter(|member| fits(*member))
    }

    /// "the secretary-general" is the one whose role it is.
    pub fn with_role(&self, words: &str) -> Option<usize> {
        let wanted = words.trim_start_matches("the ").to_lowercase();
        let is_so = |member: &Member| {
            member.role.as_ref().is_some_and(|role| {
                let role = role.to_lowercase();
                role == wanted
                    || role.starts_with(&format!("{wanted} of"))
                    || role.ends_with(&format!(" {wanted}"))
            })
        };
        let mut those = self.members.iter().enumerate().filter(|(_, member)| is_so(member));
        let found = those.next()?.0;
        those.next().is_none().then_some(found)
    }
}

const MOST_NAMES: usize = 500;
/// How far back a pronoun reaches.
const MOST_SENTENCES: usize = 8;

pub fn is_possessive(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    rest.starts_with("'s")
        || rest.starts_with("’s")
        || rest.starts_with("’ ")
        || rest.starts_with("' ")
}

pub static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\p{Lu}[\p{L}'’\-]*\.?(?: (?:(?:de|la|van|von|der|al|bin|del|di) )*\p{Lu}[\p{L}'’\-]*\.?){0,4}")
        .expect("the pattern is well-formed")
});

pub fn without_ending(name: &str) -> &str {
    let name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    let last = name.rsplit(' ').next().unwrap_or(name);
    if last.chars().count() > 3 { name.trim_end_matches('.') } else { name }
}
