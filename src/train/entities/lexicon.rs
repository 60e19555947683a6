//! Makes the lexicon: what lists say of names and words, what WordNet says of
//! words, and what counting them in news says: how often a word has a capital, how
//! common it is, what it stands beside. Of the news it holds hashes and rounded
//! ratios, and no text.

use std::io;
use std::path::Path;

use crate::stages::tag::entities::features::name_hash;
use crate::stages::tag::entities::lexicon::{Entry, Kind, Lexicon};
use crate::stages::tag::entities::tokens::{Form, Token, lower_hash, tokenise};
use crate::text::hashing::{FastMap, FastSet};

const SOURCES: &str = "made of GeoNames (CC BY 4.0), the United States census of 1990 (public \
    domain), WordNet 3.0 (WordNet licence), the project's own lists, and counts of words in news, by \
    `copydesk-train lexicon LEXICON FOLDER NEWS`, FOLDER made by collect.py";

pub const ORGANISATIONS: &str = include_str!("lists/organisations.txt");
pub const PLACES: &str = include_str!("lists/places.txt");

const LISTS: [(Kind, &str, bool); 7] = [
    (Kind::Organisation, ORGANISATIONS, true),
    (Kind::OrganisationWord, include_str!("lists/organisation_words.txt"), true),
    (Kind::Place, PLACES, true),
    (Kind::PlaceWord, include_str!("lists/place_words.txt"), true),
    (Kind::OtherName, include_str!("lists/other_names.txt"), true),
    (Kind::Demonym, include_str!("lists/demonyms.txt"), false),
    (Kind::Title, include_str!("lists/titles.txt"), false),
];

/// Words that are rarer in the news are left out: names, others.
const LEAST: [u32; 2] = [12, 40];

/// The bytes of the lexicon file. `folder` is what `collect.py` made; `news` are
/// articles separated by U+001E.
pub fn make(folder: &Path, news: &Path) -> io::Result<Vec<u8>> {
    let names = names(&std::fs::read_to_string(folder.join("names.tsv"))?);
    let senses = std::fs::read_to_string(folder.join("senses.tsv"))?;
    let senses: FastMap<u64, u8> = senses
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(word, file)| Some((lower_hash(word), file.parse::<u8>().ok()? + 1)))
        .collect();
    let counts = Counts::of(&std::fs::read_to_string(news)?);
    let mut words = counts.entries(&senses);
    // What news has not, may have a meaning all the same.
    let counted: FastSet<u64> = words.iter().map(|(hash, _)| *hash).collect();
    words.extend(
        senses
            .iter()
            .filter(|(hash, _)| counts.lower.contains_key(*hash) && !counted.contains(*hash))
            .map(|(hash, sense)| (*hash, Entry::new(0, 0, 0, *sense, 0))),
    );
    words.sort_unstable_by_key(|(hash, _)| *hash);
    let mut names: Vec<(u64, u16)> = names.into_iter().collect();
    names.sort_unstable();
    let file = Lexicon::write(&format!("copydesk entity lexicon, {SOURCES}"), &words, &names);
    Ok(file)
}

fn names(collected: &str) -> FastMap<u64, u16> {
    let mut names: FastMap<u64, u16> = FastMap::default();
    let mut add =
        |name: &str, kind: Kind| *names.entry(name_hash(name)).or_default() |= kind as u16;
    for (kind, name) in collected.lines().filter_map(|line| line.split_once('\t')) {
        let kind = match kind {
            "given" => Kind::Given,
            "surname" => Kind::Surname,
            "person" => Kind::Person,
            "city" => Kind::City,
            "country" => Kind::Country,
            "state" => Kind::State,
            "organisation" => Kind::Organisation,
            _ => Kind::Place,
        };
        add(name, kind);
    }
    for (kind, list, is_by_line) in LISTS {
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            if is_by_line {
                add(line, kind);
            } else {
                line.split_whitespace().for_each(|word| add(word, kind));
            }
        }
    }
    names
}

#[derive(Default, Clone, Copy)]
struct Word {
    count: u32,
    beside: [u32; NEIGHBOURS],
}

#[derive(Default)]
struct Counts {
    /// By lower hash: inside sentences, with a capital and without.
    lower: FastMap<u64, (u32, u32)>,
    /// By exact hash, words with a capital inside sentences.
    names: FastMap<u64, Word>,
    /// All of `names` together.
    all: Word,
}

const NEIGHBOURS: usize = 16;

/// What is counted on the left (true) or right, and the words.
const BESIDE: [(bool, &str); 12] = [
    (true, "in near outside inside across throughout around"),
    (true, "at"),
    (true, "from to into toward towards via"),
    (true, "the"),
    (true, "of"),
    (
        true,
        "mr mr. mrs mrs. ms ms. dr dr. sir president minister secretary senator sen. rep. gov. judge \
         coach director chairman spokesman spokeswoman mayor actor actress singer professor king \
         queen prince princess detective officer sgt. gen. capt. lt. col. named",
    ),
    (true, "by with"),
    (
        false,
        "said says told added adds wrote writes thinks believes argued explained tweeted testified \
         joked recalled",
    ),
    (false, "'s ’s"),
    (false, "who whose"),
    (
        false,
        "inc inc. corp corp. corporation ltd ltd. co co. llc plc group university bank council \
         committee department institute association foundation police spokesman executives officials \
         reported announced",
    ),
    (
        false,
        "river street county city island airport avenue road valley beach region province residents area",
    ),
];

impl Counts {
    fn of(news: &str) -> Self {
        let mut beside: FastMap<u64, (u16, u16)> = FastMap::default();
        for (index, (is_left, words)) in BESIDE.iter().enumerate() {
            for word in words.split_whitespace() {
                let bits = beside.entry(lower_hash(word)).or_default();
                if *is_left { bits.0 |= 1 << index } else { bits.1 |= 1 << index }
            }
        }
        let mut counts = Self::default();
        let mut tokens = Vec::new();
        for line in news.split(['\u{1e}', '\n']) {
            tokens.clear();
            tokenise(line, 0..line.len(), &mut tokens);
            let capitals = tokens.iter().filter(|token| token.form.is_capital()).count();
            // Headlines and lists say nothing of how words are written.
            if tokens.len() >= 8 && capitals * 2 < tokens.len() {
                counts.line(&tokens, &beside);
            }
        }
        counts
    }

    fn line(&mut self, tokens: &[Token], beside: &FastMap<u64, (u16, u16)>) {
        for (index, token) in tokens.iter().enumerate() {
            if token.is_first || !(token.form.is_capital() || token.form == Form::Lower) {
                continue;
            }
            let lower = self.lower.entry(token.lower).or_default();
            if !token.form.is_capital() {
                lower.1 += 1;
                continue;
            }
            lower.0 += 1;
            let (before, behind) = (&tokens[index - 1], tokens.get(index + 1));
            let left = beside.get(&before.lower).map_or(0, |bits| bits.0);
            let right = behind.and_then(|next| beside.get(&next.lower)).map_or(0, |bits| bits.1);
            let is_name = |token: &Token| token.form.is_capital() && !token.is_first;
            let mut bits = left | right;
            bits |= u16::from(is_name(before)) << 12;
            bits |= u16::from(behind.is_some_and(is_name)) << 13;
            bits |= u16::from(behind.is_some_and(|next| next.form == Form::Mark)) << 14;
            bits |= u16::from(behind.is_some_and(|next| next.form == Form::Lower)) << 15;
            for word in [self.names.entry(token.hash).or_default(), &mut self.all] {
                word.count += 1;
                for (neighbour, count) in word.beside.iter_mut().enumerate() {
                    *count += u32::from(bits >> neighbour & 1);
                }
            }
        }
    }

    fn entries(&self, senses: &FastMap<u64, u8>) -> Vec<(u64, Entry)> {
        let mut entries: FastMap<u64, Entry> = FastMap::default();
        for (hash, (capital, small)) in &self.lower {
            let sense = senses.get(hash).copied().unwrap_or(0);
            let all = capital + small;
            if all >= if *small == 0 { LEAST[0] } else { LEAST[1] } {
                let entry = Entry::new(case(*capital, *small), commonness(all), 0, sense, 0);
                entries.insert(*hash, entry);
            }
        }
        for (hash, word) in self.names.iter().filter(|(_, word)| word.count >= LEAST[0]) {
            let mut surroundings = 0;
            for neighbour in 0..NEIGHBOURS {
                let usual = self.all.beside[neighbour] as f32 / self.all.count as f32;
                let seen =
                    (word.beside[neighbour] as f32 + 3.0 * usual) / (word.count as f32 + 3.0);
                let level = match seen / usual.max(1e-6) {
                    ratio if ratio < 0.5 => 1,
                    ratio if ratio < 1.8 => 2,
                    _ => 3,
                };
                surroundings |= level << (2 * neighbour);
            }
            let entry = entries.entry(*hash).or_default();
            entry.0 |= Entry::new(0, 0, surroundings, 0, 0).0;
        }
        entries.into_iter().collect()
    }
}

fn case(capital: u32, small: u32) -> u8 {
    let share = capital as f32 / (capital + small) as f32;
    let bounds = [0.01, 0.05, 0.2, 0.5, 0.8, 0.97];
    bounds.iter().filter(|bound| share >= **bound).count() as u8 + 1
}

fn commonness(count: u32) -> u8 {
    ((count as f32).log10() * 1.4) as u8 & 7
}
