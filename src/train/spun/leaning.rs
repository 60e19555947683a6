//! Learns which words lean to spun news: a logistic regression over the words of the table,
//! on news as it is and spun with the pairs that were seen and, now and then, with those
//! that are only supposed.

use std::fmt::Write as _;
use std::path::Path;

use super::judge::USED;
use super::regression::{Row, learn, words};
use super::spin::Spinner;
use super::table::{self, Sources};
use crate::stages::repair::spun::leaning::share;
use crate::stages::repair::spun::tokens::{WordHash, tokens, word_hash};
use crate::text::hashing::FastMap;

const HEADER: &str = "\
# Which words lean to spun news, learnt from English news of many publishers, whose text is not
# part of this, as it is and spun with word pairs seen on pages; Apache-2.0, as copydesk. By
# `copydesk-train leaning LEANING TABLE NEWS SEEN…`.
";

/// The share of originals that a page replaces, of pairs that are only supposed.
const USED_OF_SUPPOSED: f32 = 0.25;

/// How much the weights shrink with each text.
const SHRINKING: f32 = 3e-4;

/// Words in fewer texts are left out, and weights that say less.
const MIN_TEXTS: u32 = 20;
const LEAST: f32 = 0.01;

/// Shorter and longer articles, in bytes, are left out.
const LENGTHS: std::ops::Range<usize> = 800..20_000;

/// The weights as a file.
pub fn train(table: &Path, sources: &Sources) -> std::io::Result<Vec<u8>> {
    let table = std::fs::read_to_string(table)?;
    let vocabulary = Vocabulary::of(&table);
    let news = std::fs::read_to_string(&sources.news)?;
    let articles: Vec<&str> = news
        .split('\u{1e}')
        .map(str::trim)
        .filter(|article| LENGTHS.contains(&article.len()))
        .collect();
    let seen = table::seen_on(sources, &table::sites(sources)?)?;
    let spinners = [
        Spinner::new(seen.clone(), USED),
        Spinner::new(seen, USED).and(table::pairs_of(&table), USED_OF_SUPPOSED),
    ];
    let mut rows: Vec<(Row, f32)> = Vec::with_capacity(articles.len() * 2);
    for (index, article) in articles.iter().enumerate() {
        let spun = spinners[index % spinners.len()].spin(article).text;
        rows.push((vocabulary.row(article), 0.0));
        rows.push((vocabulary.row(&spun), 1.0));
    }
    let mut texts = vec![0u32; vocabulary.words.len()];
    rows.iter().flat_map(|(row, _)| row).for_each(|(word, _)| texts[*word as usize] += 1);
    for (row, _) in &mut rows {
        row.retain(|(word, _)| texts[*word as usize] >= MIN_TEXTS);
    }
    let shares = texts.into_iter().map(|texts| texts as f32 / rows.len() as f32);
    let shares: Vec<f32> = shares.collect();
    Ok(as_file(&learn(&rows, &shares, SHRINKING), &vocabulary).into_bytes())
}

/// The words of the table's phrases.
struct Vocabulary {
    words: Vec<String>,
    numbers: FastMap<WordHash, u32>,
}

impl Vocabulary {
    fn of(table: &str) -> Self {
        let mut all = Self { words: Vec::new(), numbers: FastMap::default() };
        for pair in table::pairs_of(table) {
            for side in [&pair.spun, &pair.original] {
                for token in tokens(side).into_iter().filter(|token| token.is_word()) {
                    all.add(side[token.span].to_lowercase());
                }
            }
        }
        all
    }

    fn add(&mut self, word: String) {
        let next = self.words.len() as u32;
        if *self.numbers.entry(word_hash(&word)).or_insert(next) == next {
            self.words.push(word);
        }
    }

    fn row(&self, text: &str) -> Row {
        let tokens = tokens(text);
        let share = share(tokens.iter().filter(|token| token.is_word()).count());
        let mut counts: FastMap<u32, usize> = FastMap::default();
        for number in tokens.iter().filter_map(|token| self.numbers.get(&token.hash)) {
            *counts.entry(*number).or_default() += 1;
        }
        words(counts, share)
    }
}

fn as_file(weights: &[f32], vocabulary: &Vocabulary) -> String {
    let mut lines: Vec<(&str, f32)> =
        vocabulary.words.iter().map(String::as_str).zip(weights.iter().copied()).collect();
    lines.retain(|(_, weight)| weight.abs() >= LEAST);
    lines.push(("", weights[vocabulary.words.len()]));
    lines.sort_by(|a, b| a.0.cmp(b.0));
    let mut file = HEADER.to_owned();
    for (word, weight) in lines {
        writeln!(file, "{word}\t{weight:.3}").expect("text can be written to");
    }
    file
}
