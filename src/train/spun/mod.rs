//! Makes what the repair of spun news knows: the table of spun phrases ([`table`]),
//! counts of the words about them, what company words keep ([`vectors`]), how they stand
//! in their places ([`cloze`]), and the forests that weigh the evidence ([`judge`]).
//!
//! What is measured must not have been learnt. To measure on the pairs of some
//! sites, with a table, counts and forests that know nothing of them:
//!
//! ```text
//! copydesk-train table TABLE LISTS NEWS SEEN --without=SITES
//! copydesk-train leaning LEANING TABLE NEWS SEEN --without=SITES
//! copydesk-train spun NGRAMS TABLE NEWS
//! copydesk-train rewording REWORDING TABLE NGRAMS NEWS THESAURUS --others=SETS
//! copydesk-train vectors VECTORS TABLE NEWS
//! copydesk-train cloze CLOZE TABLE NEWS
//! copydesk-train judge JUDGE LISTS NGRAMS VECTORS CLOZE NEWS SEEN --without=SITES
//! copydesk-train mark MARKED OTHER-NEWS SEEN --only=SITES
//! copydesk-train reword MARKED NGRAMS OTHER-NEWS OTHER-THESAURUS
//! copydesk-train check spun TABLE LEANING REWORDING NGRAMS VECTORS CLOZE JUDGE MARKED
//! ```

pub mod cloze;
pub mod inflection;
pub mod judge;
pub mod leaning;
mod lexicon;
mod regression;
pub mod rewording;
mod spin;
pub mod table;
mod thesaurus;
pub mod vectors;

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::stages::repair::spun::ngrams::{Ngrams, ngram_hash};
use crate::stages::repair::spun::tokens::{WordHash, tokens};
use crate::text::hashing::FastMap;

/// Counts below these are left out: words, pairs, threes.
const MIN_COUNTS: [u32; 3] = [20, 4, 6];

/// Words so common that counting all about them would fill the model.
const COMMONEST: usize = 60;

/// Spins `news`, articles separated by U+001E, with the pairs seen on some sites:
/// a JSON object with `marked` a line.
pub fn mark(sources: &table::Sources, sites: &[String]) -> std::io::Result<Vec<u8>> {
    let spinner = spin::Spinner::new(table::seen_on(sources, sites)?, judge::USED);
    marked(&sources.news, |text| spinner.spin(text))
}

/// The same with a thesaurus.
pub fn reword(ngrams: &Path, news: &Path, thesaurus: &[PathBuf]) -> std::io::Result<Vec<u8>> {
    let invalid = || std::io::Error::new(std::io::ErrorKind::InvalidData, "no counts");
    let ngrams = Ngrams::read(std::fs::read(ngrams)?).ok_or_else(invalid)?;
    let thesaurus = thesaurus::Thesaurus::read(thesaurus)?;
    marked(news, |text| thesaurus.spin(text, &ngrams))
}

fn marked(news: &Path, spin: impl Fn(&str) -> spin::Spun) -> std::io::Result<Vec<u8>> {
    let news = std::fs::read_to_string(news)?;
    let mut lines = String::new();
    for article in news.split('\u{1e}').map(str::trim).filter(|a| a.len() > SHORTEST) {
        let plain = article.replace('{', "(").replace('}', ")").replace('|', "/");
        let marked = spin(&plain).marked();
        lines.push_str(&serde_json::json!({ "marked": marked }).to_string());
        lines.push('\n');
    }
    Ok(lines.into_bytes())
}

/// Shorter articles, in bytes, say little.
const SHORTEST: usize = 400;

/// Counts `news`, articles separated by U+001E, for the words of `channel`, the
/// table of spun phrases, and packs the counts.
pub fn count(channel: &Path, news: &Path) -> std::io::Result<Vec<u8>> {
    let channel = std::fs::read_to_string(channel)?;
    let mut text = String::new();
    std::fs::File::open(news)?.read_to_string(&mut text)?;
    let articles: Vec<Vec<WordHash>> = text
        .split('\u{1e}')
        .map(|article| tokens(article).into_iter().map(|token| token.hash).collect())
        .collect();
    drop(text);

    let mut words: FastMap<WordHash, u32> = FastMap::default();
    for word in articles.iter().flatten() {
        *words.entry(*word).or_default() += 1;
    }
    let total: u64 = words.values().map(|count| u64::from(*count)).sum();
    let core = core_words(&channel, &words);

    let mut threes = grams::<3>(&articles, &core);
    threes.retain(|_, (_, count)| *count >= MIN_COUNTS[2]);
    let prefixes: HashSet<u64> =
        threes.values().map(|(words, _)| ngram_hash(&words[..2])).collect();
    let mut pairs: FastMap<u64, u32> = FastMap::default();
    for article in &articles {
        for pair in article.windows(2) {
            let hash = ngram_hash(pair);
            if pair.iter().any(|word| core.contains(word)) || prefixes.contains(&hash) {
                *pairs.entry(hash).or_default() += 1;
            }
        }
    }
    pairs.retain(|_, count| *count >= MIN_COUNTS[1]);
    words.retain(|_, count| *count >= MIN_COUNTS[0]);
    let counts = words
        .into_iter()
        .map(|(word, count)| (ngram_hash(&[word]), count))
        .chain(pairs)
        .chain(threes.into_iter().map(|(hash, (_, count))| (hash, count)));
    Ok(Ngrams::pack(total, counts))
}

fn core_words(channel: &str, words: &FastMap<WordHash, u32>) -> HashSet<WordHash> {
    let mut by_count: Vec<(u32, WordHash)> = words.iter().map(|(w, c)| (*c, *w)).collect();
    by_count.sort_unstable_by(|a, b| b.cmp(a));
    let commonest: HashSet<WordHash> =
        by_count.iter().take(COMMONEST).map(|(_, word)| *word).collect();
    table::words_of(channel).into_iter().filter(|word| !commonest.contains(word)).collect()
}

fn grams<const LENGTH: usize>(
    articles: &[Vec<WordHash>],
    core: &HashSet<WordHash>,
) -> FastMap<u64, ([WordHash; LENGTH], u32)> {
    let mut counts: FastMap<u64, ([WordHash; LENGTH], u32)> = FastMap::default();
    for article in articles {
        for gram in article.windows(LENGTH) {
            let gram: &[WordHash; LENGTH] = gram.try_into().expect("windows are as long as asked");
            if gram.iter().any(|word| core.contains(word)) {
                counts.entry(ngram_hash(gram)).or_insert((*gram, 0)).1 += 1;
            }
        }
    }
    counts
}
