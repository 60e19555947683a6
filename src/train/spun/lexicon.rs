//! The lists of what spinners do to English, and the pairs that follow from them:
//! words with their renderings, inflected; names and set phrases, spun word by
//! word as a spinner would; and pairs that no rule makes.

use std::collections::HashMap;
use std::path::Path;

use super::inflection::{adverb, plural, verb_forms};

/// A spun form, what it may stand for, and how much is to be expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub spun: String,
    pub original: String,
    /// Like a number of times seen; below one where it is only supposed.
    pub weight: f32,
    pub source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Written down, or seen on a page.
    Known,
    /// Follows from base forms.
    Inflected,
    /// A name or set phrase, spun word by word.
    Composed,
}

/// What is expected of a word's first rendering, its second, and the others.
const BY_RANK: [f32; 3] = [0.5, 0.35, 0.2];

/// Spun forms of one phrase, commonest first.
const MOST_FORMS: usize = 24;

/// Reads the folder of lists and composes all pairs.
pub fn compose(lists: &Path) -> std::io::Result<Vec<Pair>> {
    let read = |name: &str| std::fs::read_to_string(lists.join(name));
    let mut pairs = Vec::new();
    let mut words = Renderings::default();
    let mut inflect = |list: &str, forms: &dyn Fn(&str) -> Vec<String>| {
        for (original, renderings) in renderings(list) {
            let originals = forms(original);
            for (rank, rendering) in renderings.iter().enumerate() {
                let weight = BY_RANK[rank.min(2)];
                for (form, (original, spun)) in originals.iter().zip(forms(rendering)).enumerate() {
                    let source = if form == 0 { Source::Known } else { Source::Inflected };
                    words.add(original, &spun);
                    pairs.push(Pair { spun, original: original.clone(), weight, source });
                }
            }
        }
    };
    inflect(&read("words.plain.txt")?, &|word| vec![word.to_owned()]);
    inflect(&read("words.verbs.txt")?, &|verb| {
        [vec![verb.to_owned()], verb_forms(verb).into()].concat()
    });
    inflect(&read("words.nouns.txt")?, &|noun| {
        vec![noun.to_owned(), plural(noun), format!("{noun}'s")]
    });
    inflect(&read("words.adjectives.txt")?, &|word| vec![word.to_owned(), adverb(word)]);
    for line in lines(&read("pairs.txt")?) {
        if let Some((spun, original)) = line.split_once('|') {
            let (spun, original) = (spun.to_owned(), original.to_owned());
            pairs.push(Pair { spun, original, weight: BY_RANK[0], source: Source::Known });
        }
    }
    for phrase in lines(&read("phrases.txt")?) {
        pairs.extend(words.spin(phrase));
    }
    let mut in_names = Renderings::default();
    for (original, renderings) in renderings(&read("words.names.txt")?) {
        renderings.iter().for_each(|spun| in_names.add(original, spun));
    }
    in_names.otherwise = words.by_original;
    for name in lines(&read("names.txt")?) {
        pairs.extend(in_names.spin(name));
    }
    Ok(pairs)
}

/// Lines that are no headings.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `original: rendering, rendering`
fn renderings(list: &str) -> Vec<(&str, Vec<&str>)> {
    lines(list)
        .filter_map(|line| line.split_once(':'))
        .map(|(original, rest)| (original.trim(), rest.split(',').map(str::trim).collect()))
        .collect()
}

#[derive(Default)]
struct Renderings {
    by_original: HashMap<String, Vec<String>>,
    /// Asked where the first has nothing.
    otherwise: HashMap<String, Vec<String>>,
}

impl Renderings {
    fn add(&mut self, original: &str, spun: &str) {
        let spun_forms = self.by_original.entry(original.to_owned()).or_default();
        if original != spun && !spun_forms.iter().any(|form| form == spun) {
            spun_forms.push(spun.to_owned());
        }
    }

    /// The renderings of a word, the first three at most, with its capital.
    fn of(&self, word: &str) -> Vec<String> {
        let key = word.to_lowercase();
        let found = self.by_original.get(&key).or_else(|| self.otherwise.get(&key));
        let capital = word.starts_with(char::is_uppercase);
        found
            .into_iter()
            .flatten()
            .take(3)
            .map(|spun| if capital { capitalised(spun) } else { spun.clone() })
            .collect()
    }

    /// The phrase with one or more of its words replaced.
    fn spin(&self, phrase: &str) -> Vec<Pair> {
        let mut forms: Vec<(String, f32, usize)> = vec![(String::new(), BY_RANK[0], 0)];
        for piece in phrase.split_inclusive([' ', '-']) {
            let word = piece.trim_end_matches([' ', '-']);
            let mark = &piece[word.len()..];
            let renderings = if SMALL.contains(&word) { Vec::new() } else { self.of(word) };
            let mut longer = Vec::new();
            for (form, weight, changes) in &forms {
                longer.push((format!("{form}{word}{mark}"), *weight, *changes));
                for (rank, spun) in renderings.iter().enumerate() {
                    let weight = weight * BY_RANK[rank.min(2)] / BY_RANK[0];
                    longer.push((format!("{form}{spun}{mark}"), weight, changes + 1));
                }
            }
            longer.sort_by(|a, b| b.1.total_cmp(&a.1));
            longer.truncate(2 * MOST_FORMS);
            forms = longer;
        }
        forms.retain(|(_, _, changes)| *changes > 0);
        forms.truncate(MOST_FORMS);
        let pair = |(spun, weight, _)| Pair {
            spun,
            original: phrase.to_owned(),
            weight,
            source: Source::Composed,
        };
        forms.into_iter().map(pair).collect()
    }
}

/// Words that make no phrase another by their rendering.
const SMALL: [&str; 13] =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"];

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}
