//! Learns which words, and how much of what else, show that a text was reworded by whichever
//! spinner: a logistic regression on news and other articles, as they are and spun by
//! thesauri. None of it knows the spinners that it is for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::regression::{Row, learn, words};
use super::thesaurus::Thesaurus;
use super::{COMMONEST, table};
use crate::stages::repair::spun::channel::Channel;
use crate::stages::repair::spun::leaning::share;
use crate::stages::repair::spun::ngrams::{Ngrams, ngram_hash};
use crate::stages::repair::spun::rewording::{Counted, Trait};
use crate::stages::repair::spun::tokens::{Token, WordHash, tokens, word_hash};
use crate::stages::repair::spun::vocabulary::Vocabulary;
use crate::text::hashing::{FastMap, FastSet};

const HEADER: &str = "\
# Which words show that an English text was reworded by a spinner, learnt from news of many
# publishers and from the articles that the page models are made of, whose text is not part of
# this, as they are and spun by WordNet (WordNet licence) and Moby (public domain); Apache-2.0,
# as copydesk. By
# `copydesk-train rewording REWORDING TABLE NGRAMS NEWS THESAURUS… --others=SET,…`.
";

/// How much the weights shrink with each text.
const SHRINKING: f32 = 2e-3;

/// What is told beside the words shrinks less than they: so much of it is one.
const SPREAD: f32 = 1.5;

/// Words in fewer texts are unknown.
const MIN_TEXTS: u32 = 100;

/// One in so many articles of news.
const NEWS: usize = 3;

/// An article that is no news counts for so many.
const OTHERS: usize = 3;

/// Shorter and longer articles, in bytes, are left out.
const LENGTHS: std::ops::Range<usize> = 800..20_000;

/// The share of words that news has of English.
const ENGLISH: f32 = 0.7;

pub struct Sources<'s> {
    pub table: &'s Path,
    pub ngrams: &'s Path,
    /// Articles separated by U+001E.
    pub news: &'s Path,
    /// Each is one spinner.
    pub thesauri: Vec<Vec<PathBuf>>,
    /// Articles that are no news: objects with `gold_text`, one a line.
    pub others: Vec<PathBuf>,
}

/// The weights as a file.
pub fn train(sources: &Sources) -> std::io::Result<Vec<u8>> {
    let invalid = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what);
    let ngrams =
        Ngrams::read(std::fs::read(sources.ngrams)?).ok_or_else(|| invalid("no counts"))?;
    let thesauri: Vec<Thesaurus> = sources
        .thesauri
        .iter()
        .map(|paths| Thesaurus::read(paths))
        .collect::<std::io::Result<_>>()?;
    let articles = articles(sources, &ngrams)?;
    let spin = |index: usize| thesauri[index % thesauri.len()].spin(&articles[index].0, &ngrams);
    let spun: Vec<String> = (0..articles.len()).map(|index| spin(index).text).collect();

    let table = std::fs::read_to_string(sources.table)?;
    let names = words_of(articles.iter().map(|(text, _)| text).chain(&spun));
    let has_pairs = words_with_pairs(&table, &names, &ngrams);
    let listed: String =
        names.iter().map(|name| line(name, 0.0, has_pairs.contains(&word_hash(name)))).collect();
    let vocabulary = Vocabulary::read("", &listed, &Channel::read(""), &ngrams);

    let mut rows: Vec<(Row, f32)> = Vec::new();
    for ((text, times), spun) in articles.iter().zip(&spun) {
        let own = pairs_in(text);
        let pair = [(text, 0.0), (spun, 1.0)];
        let pair: Option<Vec<(Row, f32)>> = pair
            .map(|(text, label)| row(text, &own, &vocabulary, &ngrams).map(|row| (row, label)))
            .into_iter()
            .collect();
        for _ in 0..*times {
            rows.extend(pair.iter().flatten().cloned());
        }
    }
    let (means, scales) = scale_traits(&mut rows, vocabulary.len());
    let mut texts = vec![0u32; vocabulary.len() + Trait::ALL.len()];
    rows.iter().flat_map(|(row, _)| row).for_each(|(number, _)| texts[*number as usize] += 1);
    let shares: Vec<f32> = texts.iter().map(|texts| *texts as f32 / rows.len() as f32).collect();
    let mut weights = learn(&rows, &shares, SHRINKING);
    let of_none = vocabulary.len() + Trait::ALL.len();
    for at in 0..Trait::ALL.len() {
        weights[vocabulary.len() + at] *= scales[at];
        weights[of_none] -= weights[vocabulary.len() + at] * means[at];
    }
    let mut file = HEADER.to_owned();
    let ends = Trait::ALL.map(Trait::name).into_iter().chain([""]);
    for (name, weight) in ends.zip(&weights[vocabulary.len()..]) {
        file.push_str(&line(name, *weight, false));
    }
    for (name, weight) in names.iter().zip(&weights) {
        file.push_str(&line(name, *weight, has_pairs.contains(&word_hash(name))));
    }
    Ok(file.into_bytes())
}

fn line(name: &str, weight: f32, has_pairs: bool) -> String {
    let mut line = String::new();
    let end = if has_pairs { "\t+" } else { "" };
    writeln!(line, "{name}\t{weight:.3}{end}").expect("text can be written to");
    line
}

/// English articles, and for how many each counts.
fn articles(sources: &Sources, ngrams: &Ngrams) -> std::io::Result<Vec<(String, usize)>> {
    let news = std::fs::read_to_string(sources.news)?;
    let mut articles: Vec<(String, usize)> = news
        .split('\u{1e}')
        .map(str::trim)
        .filter(|article| LENGTHS.contains(&article.len()))
        .step_by(NEWS)
        .map(|article| (article.to_owned(), 1))
        .collect();
    for set in &sources.others {
        for line in std::fs::read_to_string(set)?.lines() {
            let object: serde_json::Value = serde_json::from_str(line)?;
            let text = object["gold_text"].as_str().unwrap_or("");
            if LENGTHS.contains(&text.len()) && is_english(text, ngrams) {
                articles.push((text.to_owned(), OTHERS));
            }
        }
    }
    Ok(articles)
}

/// Whether news has nearly all of its words.
fn is_english(text: &str, ngrams: &Ngrams) -> bool {
    let tokens = tokens(text);
    let is_known = |token: &&Token| ngrams.count_of(ngram_hash(&[token.hash])) > 0.0;
    tokens.iter().filter(is_known).count() as f32 >= ENGLISH * tokens.len() as f32
}

/// All words in small letters that enough texts have, in order.
fn words_of<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut found: FastMap<WordHash, (String, u32)> = FastMap::default();
    for text in texts {
        let mut here: FastSet<WordHash> = FastSet::default();
        for token in tokens(text).into_iter().filter(|token| token.is_word()) {
            let word = &text[token.span];
            if word.starts_with(|c: char| c.is_ascii_lowercase()) && here.insert(token.hash) {
                let new = || (word.to_lowercase().replace('’', "'"), 0);
                found.entry(token.hash).or_insert_with(new).1 += 1;
            }
        }
    }
    let mut words: Vec<String> = found
        .into_values()
        .filter(|(_, texts)| *texts >= MIN_TEXTS)
        .map(|(word, _)| word)
        .collect();
    words.sort();
    words
}

/// The words whose pairs were all counted: those of the table, but for the commonest.
fn words_with_pairs(table: &str, names: &[String], ngrams: &Ngrams) -> FastSet<WordHash> {
    let count = |hash: WordHash| ngrams.count_of(ngram_hash(&[hash]));
    let mut counts: Vec<f32> = names.iter().map(|name| count(word_hash(name))).collect();
    counts.sort_by(|a, b| b.total_cmp(a));
    let common = counts.get(COMMONEST).copied().unwrap_or(f32::MAX);
    table::words_of(table).into_iter().filter(|hash| count(*hash) < common).collect()
}

/// The pairs of words in a text, and how often it has them.
fn pairs_in(text: &str) -> FastMap<u64, f32> {
    let mut pairs: FastMap<u64, f32> = FastMap::default();
    for pair in tokens(text).windows(2) {
        *pairs.entry(ngram_hash(&[pair[0].hash, pair[1].hash])).or_default() += 1.0;
    }
    pairs
}

/// The counts were taken from the articles themselves, too: `own` is what this one gave.
fn row(text: &str, own: &FastMap<u64, f32>, known: &Vocabulary, ngrams: &Ngrams) -> Option<Row> {
    let mut counts: FastMap<u32, usize> = FastMap::default();
    let mut counted = Counted::default();
    for line in text.split('\n') {
        counted.begin_line();
        for token in tokens(line).iter().filter(|token| token.is_word()) {
            if counted.has_enough() {
                break;
            }
            let word = known.get(token.hash);
            counted.add(line, token, word, ngrams);
            if let Some(word) = word {
                *counts.entry(word.number() as u32).or_default() += 1;
            }
        }
    }
    let of_others =
        counted.pairs.iter().zip(ngrams.counts_of(&counted.pairs)).map(|(pair, count)| {
            let others = count - own.get(pair).copied().unwrap_or(0.0);
            if others < RAREST { 0.0 } else { others }
        });
    let traits = counted.traits(of_others)?;
    let mut row = words(counts, share(counted.words));
    row.extend((known.len() as u32..).zip(traits));
    Some(row)
}

/// What is rarer is not in the counts.
const RAREST: f32 = 4.0;

/// Gives all traits one mean and one spread; returns what they had been, the spread as what
/// each is multiplied by.
fn scale_traits(
    rows: &mut [(Row, f32)],
    words: usize,
) -> ([f32; Trait::ALL.len()], [f32; Trait::ALL.len()]) {
    let mut means = [0.0; Trait::ALL.len()];
    let mut scales = [0.0; Trait::ALL.len()];
    for at in 0..Trait::ALL.len() {
        let number = (words + at) as u32;
        let values = || {
            rows.iter()
                .flat_map(|(row, _)| row)
                .filter(|(n, _)| *n == number)
                .map(|(_, much)| *much)
        };
        let count = rows.len() as f64;
        let mean = values().map(f64::from).sum::<f64>() / count;
        let square = values().map(|much| (f64::from(much) - mean).powi(2)).sum::<f64>() / count;
        (means[at], scales[at]) = (mean as f32, SPREAD / square.sqrt() as f32);
    }
    for (number, much) in rows.iter_mut().flat_map(|(row, _)| row) {
        if let Some(at) = (*number as usize).checked_sub(words) {
            *much = (*much - means[at]) * scales[at];
        }
    }
    (means, scales)
}
