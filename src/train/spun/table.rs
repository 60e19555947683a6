//! Makes the table of spun phrases: composes the lists' pairs, adds what was seen
//! on pages, counts both sides in clean news, and leaves out what cannot help.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::lexicon::{self, Pair, Source};
use crate::stages::repair::spun::ngrams::ngram_hash;
use crate::stages::repair::spun::tokens::{WordHash, tokens};
use crate::text::hashing::{FastMap, FastSet};

/// What the table is made of.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The folder of lists.
    pub lists: PathBuf,
    /// Clean news, articles separated by U+001E.
    pub news: PathBuf,
    /// Pairs seen on spun pages: tab-separated with a header that names `spun`,
    /// `original`, `times_seen` and `source_site`; or `spun|original/original`
    /// lines without one.
    pub seen: Vec<PathBuf>,
    /// Sites whose pairs are left out.
    pub without: Vec<String>,
}

const HEADER: &str = "\
# What spinners write for what: spun, original, weight (times seen on spun pages; a fraction
# where only supposed), how often clean news holds the spun form, and the original. Word pairs
# written for copydesk and pairs seen on pages; the counts are of 40 million tokens of English
# news of many publishers, whose text is not part of this. Licence: Apache-2.0, as copydesk.
# By `copydesk-train table TABLE LISTS NEWS SEEN…`.
";

pub fn make(sources: &Sources) -> std::io::Result<String> {
    let mut pairs: FastMap<(u64, u64), Row> = FastMap::default();
    for pair in lexicon::compose(&sources.lists)? {
        Row::new(pair, false).into_iter().for_each(|row| row.merge_into(&mut pairs));
    }
    for path in &sources.seen {
        for Seen { pair, site } in Seen::read(&std::fs::read_to_string(path)?) {
            if site.is_none_or(|site| !sources.without.contains(&site)) {
                Row::new(pair, true).into_iter().for_each(|row| row.merge_into(&mut pairs));
            }
        }
    }
    let news = std::fs::read_to_string(&sources.news)?;
    let mut rows: Vec<Row> = pairs.into_values().collect();
    let counts = Counts::of(&news, &rows);
    rows.retain(|row| row.is_worth_having(&counts));
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.pair.spun.to_lowercase(), row.pair.spun.clone());
        key(a)
            .cmp(&key(b))
            .then(b.pair.weight.total_cmp(&a.pair.weight))
            .then_with(|| a.pair.original.cmp(&b.pair.original))
    });
    let mut table = HEADER.to_owned();
    for row in &rows {
        let (spun, original) = (counts.of_phrase(&row.spun), counts.of_phrase(&row.original));
        let Pair { spun: before, original: after, weight, .. } = &row.pair;
        writeln!(table, "{before}\t{after}\t{weight:.2}\t{spun}\t{original}")
            .expect("writing to a string");
    }
    Ok(table)
}

/// Every site that pairs were seen on and that is not left out, in order.
pub fn sites(sources: &Sources) -> std::io::Result<Vec<String>> {
    let mut sites = Vec::new();
    for path in &sources.seen {
        sites.extend(Seen::read(&std::fs::read_to_string(path)?).filter_map(|seen| seen.site));
    }
    sites.sort();
    sites.dedup();
    sites.retain(|site| !sources.without.contains(site));
    Ok(sites)
}

/// The pairs that were seen on some sites.
pub fn seen_on(sources: &Sources, sites: &[String]) -> std::io::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for path in &sources.seen {
        let seen = Seen::read(&std::fs::read_to_string(path)?);
        let here = seen.filter(|seen| seen.site.as_ref().is_some_and(|site| sites.contains(site)));
        pairs.extend(here.map(|seen| seen.pair));
    }
    Ok(pairs)
}

/// A pair that was seen, and where, if the file says so.
struct Seen {
    pair: Pair,
    site: Option<String>,
}

impl Seen {
    fn read(file: &str) -> std::vec::IntoIter<Seen> {
        let pair = |spun: &str, original: &str, weight, site: Option<&str>| Seen {
            pair: Pair {
                spun: spun.to_owned(),
                original: original.to_owned(),
                weight,
                source: Source::Known,
            },
            site: site.map(str::to_owned),
        };
        let Some(header) = file.lines().next().filter(|line| line.contains('\t')) else {
            let pairs = lexicon::lines(file).filter_map(|line| line.split_once('|'));
            let pairs = pairs.flat_map(|(spun, originals)| {
                originals.split('/').map(move |original| pair(spun, original, 1.0, None))
            });
            return pairs.collect::<Vec<_>>().into_iter();
        };
        let columns: HashMap<&str, usize> =
            header.split('\t').enumerate().map(|(index, name)| (name, index)).collect();
        let pairs = file.lines().skip(1).filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let field = |name| columns.get(name).and_then(|index| fields.get(*index)).copied();
            let weight = field("times_seen").and_then(|n| n.parse().ok()).unwrap_or(1.0);
            Some(pair(field("spun")?, field("original")?, weight, field("source_site")))
        });
        pairs.collect::<Vec<_>>().into_iter()
    }
}

struct Row {
    pair: Pair,
    spun: Vec<WordHash>,
    original: Vec<WordHash>,
    was_seen: bool,
}

impl Row {
    /// `None` for pairs that say nothing, or that are not plain words.
    fn new(mut pair: Pair, was_seen: bool) -> Option<Self> {
        for side in [&mut pair.spun, &mut pair.original] {
            *side = side.replace('’', "'").trim().to_owned();
        }
        let is_plain = |text: &str| {
            text.chars().all(|c| c.is_alphanumeric() || " '.$%/&-".contains(c)) && !text.is_empty()
        };
        if !is_plain(&pair.spun) || !is_plain(&pair.original) {
            return None;
        }
        if !is_name(&pair.original) {
            pair.original = pair.original.to_lowercase();
        }
        if !is_name(&pair.spun) {
            pair.spun = pair.spun.to_lowercase();
        }
        let (spun, original) = (hashes(&pair.spun), hashes(&pair.original));
        let says_something = !spun.is_empty()
            && !original.is_empty()
            && one_spelling(&pair.spun) != one_spelling(&pair.original);
        says_something.then_some(Self { pair, spun, original, was_seen })
    }

    fn merge_into(self, rows: &mut FastMap<(u64, u64), Row>) {
        let key = (ngram_hash(&self.spun), ngram_hash(&self.original));
        match rows.entry(key) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(self);
            }
            std::collections::hash_map::Entry::Occupied(mut known) => {
                let known = known.get_mut();
                if self.was_seen {
                    known.pair.weight += self.pair.weight;
                } else {
                    known.pair.weight = known.pair.weight.max(self.pair.weight);
                }
                known.was_seen |= self.was_seen;
                if self.pair.source == Source::Known {
                    known.pair.source = Source::Known;
                }
                if !self.pair.original.starts_with(char::is_uppercase) {
                    known.pair.original = self.pair.original;
                }
            }
        }
    }

    fn is_worth_having(&self, counts: &Counts) -> bool {
        let (spun, original) = (counts.of_phrase(&self.spun), counts.of_phrase(&self.original));
        match self.pair.source {
            _ if self.was_seen => true,
            Source::Composed => original >= FEW && spun <= 1 + original / RARER,
            Source::Known | Source::Inflected => {
                let is_real = self.pair.source == Source::Known
                    || self.spun.iter().all(|word| counts.of_phrase(&[*word]) >= FEW);
                let is_likely = self.spun.len() > 1 || spun / COMMONER <= original;
                let least = if self.original.len() > 1 { FEW } else { SOME };
                is_real && is_likely && original >= least
            }
        }
    }
}

/// Phrases of clean news are real from this count, words from the next.
const FEW: u32 = 3;
const SOME: u32 = 40;

/// A composed form must be so many times rarer than its original: it proves
/// spinning by itself.
const RARER: u32 = 100;

/// A word so many times commoner than what it is to stand for stands for itself.
const COMMONER: u32 = 30;

/// British and American spellings made alike: which of the two a text has is style.
fn one_spelling(text: &str) -> String {
    const ALIKE: [(&str, &str); 9] = [
        ("per cent", "percent"),
        ("our", "or"),
        ("isation", "ization"),
        ("ise", "ize"),
        ("ising", "izing"),
        ("mme", "m"),
        ("ence", "ense"),
        ("tre", "ter"),
        ("ll", "l"),
    ];
    ALIKE.iter().fold(text.to_lowercase(), |text, (from, to)| text.replace(from, to))
}

/// Whether every word of a phrase has a capital, small words aside.
fn is_name(text: &str) -> bool {
    const SMALL: [&str; 9] = ["of", "and", "the", "in", "for", "to", "on", "by", "&"];
    text.split(' ').all(|word| !word.starts_with(char::is_lowercase) || SMALL.contains(&word))
}

pub fn hashes(text: &str) -> Vec<WordHash> {
    tokens(text).iter().filter(|token| token.is_word()).map(|token| token.hash).collect()
}

/// How often news holds the phrases of some rows.
struct Counts(FastMap<u64, u32>);

/// Longer phrases are counted by their first words.
const LONGEST: usize = 8;

impl Counts {
    fn of(news: &str, rows: &[Row]) -> Self {
        let mut counts: FastMap<u64, u32> = FastMap::default();
        let mut lengths: FastMap<WordHash, u16> = FastMap::default();
        let mut want = |words: &[WordHash]| {
            let words = &words[..words.len().min(LONGEST)];
            counts.insert(ngram_hash(words), 0);
            *lengths.entry(words[0]).or_default() |= 1 << words.len();
        };
        for row in rows {
            want(&row.spun);
            want(&row.original);
            row.spun.iter().for_each(|word| want(&[*word]));
        }
        for article in news.split('\u{1e}') {
            let words: Vec<WordHash> = tokens(article).iter().map(|token| token.hash).collect();
            for at in 0..words.len() {
                let Some(wanted) = lengths.get(&words[at]) else { continue };
                for length in (1..=LONGEST.min(words.len() - at)).filter(|l| wanted >> l & 1 == 1) {
                    if let Some(count) = counts.get_mut(&ngram_hash(&words[at..at + length])) {
                        *count += 1;
                    }
                }
            }
        }
        Self(counts)
    }

    fn of_phrase(&self, words: &[WordHash]) -> u32 {
        let words = &words[..words.len().min(LONGEST)];
        self.0.get(&ngram_hash(words)).copied().unwrap_or(0)
    }
}

/// The pairs of a table.
pub fn pairs_of(table: &str) -> Vec<Pair> {
    let pair = |line: &str| {
        let mut fields = line.split('\t');
        let (spun, original) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let weight = fields.next()?.parse().ok()?;
        Some(Pair { spun, original, weight, source: Source::Known })
    };
    lexicon::lines(table).filter_map(pair).collect()
}

/// Every word of a table, for counting what stands about it.
pub fn words_of(table: &str) -> FastSet<WordHash> {
    lexicon::lines(table).flat_map(|line| line.split('\t').take(2)).flat_map(hashes).collect()
}
