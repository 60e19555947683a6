//! Words that say nothing by themselves, by language.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::hashing::{FastSet, fingerprint};

/// Fingerprints of the words in lower case, with straight apostrophes.
pub type StopWords = FastSet<u64>;

/// None for a language without a list.
pub fn of(language: &str) -> Option<&'static StopWords> {
    LISTS.get(language)
}

static LISTS: LazyLock<HashMap<&'static str, StopWords>> = LazyLock::new(|| {
    let lines = include_str!("lists/stop_words.txt").lines().filter(|line| !line.starts_with('#'));
    let list = |line: &'static str| {
        let (language, words) = line.split_once(' ')?;
        let words = words.split(' ').map(|word| fingerprint(word.as_bytes()));
        Some((language, words.collect()))
    };
    lines.filter_map(list).collect()
});
