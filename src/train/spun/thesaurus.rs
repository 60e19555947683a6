//! Spins as tools do that take a thesaurus: sense-blind, a word at a time, each word of a
//! document alike throughout; a/an is left as it stood.

use std::path::Path;

use super::inflection::{plural, verb_forms};
use super::spin::{Spun, replace};
use crate::stages::repair::spun::ngrams::{Ngrams, Reader};
use crate::stages::repair::spun::tokens::{Token, WordHash, stop, tokens, word_hash};
use crate::text::hashing::{FastMap, FastSet, fingerprint};
use crate::train::random::Random;

/// How a word is inflected.
#[derive(Clone, Copy)]
enum Slot {
    Base,
    /// One of the forms of a verb.
    Verb(usize),
    Plural,
}

impl Slot {
    /// Of what is found in a thesaurus.
    fn of(self, word: &str) -> String {
        match self {
            Self::Base => word.to_owned(),
            Self::Verb(form) => verb_forms(word)[form].clone(),
            Self::Plural => plural(word),
        }
    }
}

pub struct Thesaurus {
    /// Each word and each form of one, with the number of its synonyms.
    forms: FastMap<WordHash, (Slot, usize)>,
    synonyms: Vec<Vec<String>>,
}

/// The share of its words that a page replaces.
const REPLACED: std::ops::Range<f32> = 0.1..0.6;

/// Synonyms that a page takes into account, from the first.
const AMONG: [usize; 3] = [3, 8, usize::MAX];

/// How much the commoner synonyms are preferred: a power of how often news has them.
const PREFERENCE: [f32; 4] = [0.0, 0.0, 0.5, 1.0];

/// Shorter words are left, and those that make up a larger share of news.
const SHORTEST: usize = 4;
const COMMONEST: f64 = 0.0008;

impl Thesaurus {
    /// Reads a word and its synonyms a line, separated by commas (as Moby), or a file of
    /// WordNet's whose lines are sets of synonyms (`data.noun`).
    pub fn read(paths: &[impl AsRef<Path>]) -> std::io::Result<Self> {
        let mut by_word: FastMap<String, Vec<String>> = FastMap::default();
        for path in paths {
            let file = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
            for line in file.lines() {
                add(line, &mut by_word);
            }
        }
        let mut words: Vec<(String, Vec<String>)> = by_word.into_iter().collect();
        words.sort();
        let mut read = Self { forms: FastMap::default(), synonyms: Vec::new() };
        for (number, (word, _)) in words.iter().enumerate() {
            read.forms.insert(word_hash(word), (Slot::Base, number));
        }
        for (number, (word, synonyms)) in words.into_iter().enumerate() {
            let verb = verb_forms(&word).into_iter().enumerate();
            let forms = verb.map(|(form, text)| (Slot::Verb(form), text));
            for (slot, form) in forms.chain([(Slot::Plural, plural(&word))]) {
                read.forms.entry(word_hash(&form)).or_insert((slot, number));
            }
            read.synonyms.push(synonyms);
        }
        Ok(read)
    }

    /// The same for the same text.
    pub fn spin(&self, text: &str, news: &Ngrams) -> Spun {
        let news = Reader::new(news);
        let mut random = Random::new(fingerprint(text.as_bytes()));
        let share = REPLACED.start + (REPLACED.end - REPLACED.start) * random.unit();
        let among = AMONG[random.below(AMONG.len())];
        let preference = PREFERENCE[random.below(PREFERENCE.len())];
        let tokens = tokens(text);
        let mut chosen: FastMap<WordHash, String> = FastMap::default();
        let mut seen: FastSet<WordHash> = FastSet::default();
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_word()) {
            if is_name(text, &tokens, at)
                || !seen.insert(token.hash)
                || token.span.len() < SHORTEST
                || news.is_commoner(token.hash, COMMONEST)
            {
                continue;
            }
            let Some((slot, number)) = self.forms.get(&token.hash) else { continue };
            if random.unit() >= share {
                continue;
            }
            let synonyms = &self.synonyms[*number];
            let synonyms = &synonyms[..among.min(synonyms.len())];
            if let Some(synonym) = draw(synonyms, preference, &news, &mut random) {
                chosen.insert(token.hash, slot.of(synonym));
            }
        }
        replace(text, &tokens, |at, words| match words {
            [word] if !is_name(text, &tokens, at) => chosen.get(&word.hash).map(String::as_str),
            _ => None,
        })
    }
}

/// A capital inside a sentence.
fn is_name(text: &str, tokens: &[Token], at: usize) -> bool {
    let is_capital = text[tokens[at].span.clone()].starts_with(char::is_uppercase);
    is_capital && at > 0 && tokens[at - 1].hash != stop()
}

fn draw<'s>(
    synonyms: &'s [String],
    preference: f32,
    news: &Reader,
    random: &mut Random,
) -> Option<&'s String> {
    let rarest_word = |synonym: &String| {
        synonym.split(' ').map(|word| news.count([word_hash(word)])).fold(f32::MAX, f32::min)
    };
    let weight = |synonym: &String| (rarest_word(synonym) + 1.0).powf(preference);
    let mut at = random.unit() * synonyms.iter().map(weight).sum::<f32>();
    let drawn = synonyms.iter().find(|synonym| {
        at -= weight(synonym);
        at <= 0.0
    });
    drawn.or(synonyms.last())
}

/// Takes in what a line says, if it says anything.
fn add(line: &str, by_word: &mut FastMap<String, Vec<String>>) {
    if let Some((set, _)) = line.split_once(" | ") {
        let fields: Vec<&str> = set.split(' ').collect();
        let count = fields.get(3).and_then(|count| usize::from_str_radix(count, 16).ok());
        let words = fields.iter().skip(4).step_by(2).take(count.unwrap_or(0));
        let words: Vec<String> = words
            .map(|word| word.split('(').next().unwrap_or(word).replace('_', " "))
            .filter(|word| is_plain(word))
            .collect();
        for word in words.iter().filter(|word| !word.contains(' ')) {
            add_to(by_word, word, words.iter().filter(|other| *other != word));
        }
    } else if let Some((word, synonyms)) = line.split_once(',') {
        let synonyms: Vec<String> =
            synonyms.split(',').filter(|synonym| is_plain(synonym)).map(str::to_owned).collect();
        if is_plain(word) && !word.contains(' ') {
            add_to(by_word, word, synonyms.iter());
        }
    }
}

fn add_to<'s>(
    by_word: &mut FastMap<String, Vec<String>>,
    word: &str,
    synonyms: impl Iterator<Item = &'s String>,
) {
    for synonym in synonyms {
        let known = by_word.entry(word.to_owned()).or_default();
        if !known.contains(synonym) {
            known.push(synonym.clone());
        }
    }
}

/// Small letters, in one word or two.
fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ')
        && !word.is_empty()
        && word.split(' ').count() <= 2
}
