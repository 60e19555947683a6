//! What is computed in a fast way is what its documentation says, computed in the plain
//! one: over random words, of which many come again.

use std::collections::HashMap;

use copydesk::stage::Deadline;
use copydesk::stages::forest::{DEPTH, Forest, LEAVES, SPLITS};
use copydesk::stages::tag::fingerprints::{
    MINHASH_VALUES, SEED, SHINGLE_WORDS, SIMHASH_WORDS, fingerprints,
};
use copydesk::stages::tag::quality::{self, Words};
use copydesk::text::fold::fold;
use copydesk::text::hashing::{fingerprint, lowercase_fingerprint};
use copydesk::text::words::words;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

pub fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Up to so many that the fast ways have to begin again now and then.
fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(&["the", "ferry", "Harbour", "is", "Späti", "back", "1999"]);
    prop::collection::vec(word, 0..700).prop_map(|words| words.join(" "))
}

/// Rows and the trees that judge them: columns, thresholds and leaves of each tree, node by
/// node. Few different numbers, so that many are just on a threshold.
type Forested = (Vec<Vec<f32>>, Vec<Tree>);
type Tree = (Vec<u16>, Vec<f32>, Vec<f32>);

/// Numbers of a row, and what every sum begins with.
const WIDTH: usize = 5;
const BIAS: f32 = 0.1;

fn forested() -> impl Strategy<Value = Forested> {
    let number = prop::sample::select(&[-1.5, 0.0, 0.25, 3.0, f32::INFINITY, f32::NAN]);
    let row = prop::collection::vec(number.clone(), WIDTH);
    let columns = prop::collection::vec(0..WIDTH as u16, SPLITS);
    let leaves = prop::collection::vec(-1.0f32..1.0, LEAVES);
    let tree = (columns, prop::collection::vec(number, SPLITS), leaves);
    (prop::collection::vec(row, 0..30), prop::collection::vec(tree, 0..20))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_fingerprint_in_lower_case_is_that_of_the_bytes_in_lower_case(
        bytes in prop::collection::vec(any::<u8>(), 0..40)
    ) {
        let lower = bytes.to_ascii_lowercase();
        prop_assert_eq!(lowercase_fingerprint(&bytes), fingerprint(&lower));
    }

    #[test]
    fn bytes_that_differ_anywhere_have_other_fingerprints(
        mut bytes in prop::collection::vec(any::<u8>(), 1..40),
        at in any::<prop::sample::Index>(),
        change in 1..=u8::MAX,
    ) {
        let before = fingerprint(&bytes);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert_ne!(fingerprint(&bytes), before);
    }

    #[test]
    fn a_key_is_folded_character_by_character(
        characters in prop::collection::vec(
            prop::sample::select(&['a', 'Q', '7', '0', ' ', '.', '\'', '’', 'É', 'ß', '½', '。', 'я']),
            0..200,
        ),
    ) {
        let text: String = characters.iter().collect();
        prop_assert_eq!(fold(&text), folded(&characters));
    }

    #[test]
    fn simhash_and_minhash_are_as_documented(text in text()) {
        let hashes: Vec<u64> = words(&text).map(|span| fnv(&text[span].to_lowercase())).collect();
        let fingerprints = fingerprints(&text, &Deadline::never());
        prop_assert_eq!(fingerprints.simhash64, simhash(&hashes));
        prop_assert_eq!(fingerprints.minhash, minhash(&hashes));
    }

    #[test]
    fn shares_of_ngrams_are_counted_as_their_papers_say(text in text()) {
        let mut read = Words::of(&text, None);
        words(&text).for_each(|span| read.add(&text[span]));
        let all: Vec<&str> = words(&text).map(|span| &text[span]).collect();
        let Some(values) = quality::values(&text, &read, &Deadline::never()) else {
            prop_assert!(all.is_empty());
            return Ok(());
        };
        let characters = text.chars().count() as f32;
        for (share, length) in values.top_ngrams.iter().zip(2..) {
            prop_assert_eq!(*share, top(&all, length) as f32 / characters, "of {}", length);
        }
        for (share, length) in values.duplicate_ngrams.iter().zip(5..) {
            prop_assert_eq!(*share, duplicated(&all, length) as f32 / characters, "of {}", length);
        }
    }

    #[test]
    fn a_forest_says_what_its_trees_do_one_after_the_other((rows, trees) in forested()) {
        let forest = Forest::read(&file(&trees)).expect("it is such a file");
        let slices: Vec<&[f32]> = rows.iter().map(|row| &row[..]).collect();
        let looks = [(0.25, 0.4), (0.5, 0.5)];
        let (all, hopeful) =
            (
                forest.probabilities(&slices, &|| ()),
                forest.probabilities_of_hopeful(&slices, &looks, &|| ()),
            );
        for ((row, all), hopeful) in rows.iter().zip(all).zip(hopeful) {
            let after = |count: usize| probability(row, &trees[..count]);
            prop_assert_eq!(all, after(trees.len()));
            let counts = looks.map(|(share, least)| ((trees.len() as f32 * share) as usize, least));
            let given_up = counts.into_iter().find(|(count, least)| after(*count) < *least);
            prop_assert_eq!(hopeful, after(given_up.map_or(trees.len(), |(count, _)| count)));
        }
    }
}

/// The file of a forest of these trees.
fn file(trees: &[Tree]) -> Vec<u8> {
    let mut file = b"trees for a test\n".to_vec();
    let numbers = [DEPTH as u32, WIDTH as u32, trees.len() as u32];
    file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    file.extend(BIAS.to_le_bytes());
    for (columns, thresholds, leaves) in trees {
        file.extend(columns.iter().flat_map(|column| column.to_le_bytes()));
        file.extend(thresholds.iter().chain(leaves).flat_map(|number| number.to_le_bytes()));
    }
    file
}

/// That a row is what is asked for: it goes right where its number is larger.
fn probability(row: &[f32], trees: &[Tree]) -> f32 {
    let mut sum = BIAS;
    for (columns, thresholds, leaves) in trees {
        let mut node = 0;
        while node < SPLITS {
            let is_larger = row[usize::from(columns[node])] > thresholds[node];
            node = 2 * node + if is_larger { 2 } else { 1 };
        }
        sum += leaves[node - SPLITS];
    }
    1.0 / (1.0 + (-sum).exp())
}

/// What becomes of each character, and that neither spaces nor figures come twice.
fn folded(characters: &[char]) -> String {
    let pieces = characters.iter().map(|character| match character {
        '\'' | '’' => "",
        'É' => "e",
        'ß' => "ss",
        'я' => "я",
        'a' => "a",
        'Q' => "q",
        '7' | '0' => "0",
        // Compatible with a one, a stroke and a two.
        '½' => "0 0",
        _ => " ",
    });
    let mut key = String::new();
    for piece in pieces.flat_map(str::chars) {
        let is_again = matches!(piece, ' ' | '0') && key.ends_with(piece);
        if !(is_again || piece == ' ' && key.is_empty()) {
            key.push(piece);
        }
    }
    key.trim_end().to_owned()
}

fn fnv(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finaliser of splitmix64.
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn runs(words: &[u64], length: usize) -> Vec<u64> {
    let chained = |run: &[u64]| {
        run.iter().fold(0u64, |chain, word| mix(chain.wrapping_mul(31).wrapping_add(*word)))
    };
    if words.is_empty() {
        return Vec::new();
    }
    words.windows(length.min(words.len())).map(chained).collect()
}

fn simhash(words: &[u64]) -> u64 {
    let runs = runs(words, SIMHASH_WORDS);
    let ones = |bit: &u32| runs.iter().filter(|run| *run >> bit & 1 == 1).count();
    (0..64).filter(|bit| ones(bit) * 2 > runs.len()).map(|bit| 1 << bit).sum()
}

fn minhash(words: &[u64]) -> Vec<u32> {
    let runs = runs(words, SHINGLE_WORDS);
    let least = |drawn: u64| {
        let (factor, flip) = ((drawn >> 32) as u32 | 1, drawn as u32);
        let folded = runs.iter().map(|run| (run ^ run >> 32) as u32);
        folded.map(|run| (run ^ flip).wrapping_mul(factor)).min()
    };
    let drawn = (1..=MINHASH_VALUES as u64)
        .map(|step| mix(SEED.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15))));
    drawn.filter_map(least).collect()
}

fn length(words: &[&str]) -> usize {
    words.iter().map(|word| word.chars().count()).sum()
}

/// Characters of the n-gram said oftenest, the first of those, all times together.
fn top(words: &[&str], of: usize) -> usize {
    let mut counts: HashMap<&[&str], usize> = HashMap::new();
    let mut best: (usize, &[&str]) = (1, &[]);
    for run in words.windows(of) {
        let count = counts.entry(run).or_default();
        *count += 1;
        if *count > best.0 {
            best = (*count, run);
        }
    }
    if best.0 > 1 { best.0 * length(best.1) } else { 0 }
}

/// Characters of n-grams that were said before, none counted twice.
fn duplicated(words: &[&str], of: usize) -> usize {
    let mut seen: Vec<&[&str]> = Vec::new();
    let (mut characters, mut at) = (0, 0);
    while at + of <= words.len() {
        let run = &words[at..at + of];
        if seen.contains(&run) {
            characters += length(run);
            at += of;
        } else {
            seen.push(run);
            at += 1;
        }
    }
    characters
}
