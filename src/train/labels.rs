//! Which segments of a page are in its gold text, found by aligning words.

use std::collections::HashMap;
use std::ops::Range;

/// How many words make a window that is looked up in the gold text.
const WINDOW: usize = 4;
/// The share of a segment's windows that must be in the gold text.
const ENOUGH: f32 = 0.5;
/// How far from its neighbours in the gold text a short segment may stand, in words.
const SLACK: i64 = 6;

pub struct Label {
    pub is_body: bool,
    /// Words of the segment over words of the gold text.
    pub share: f32,
}

pub fn labels(text: &str, segments: &[Range<usize>], gold: &str) -> Vec<Label> {
    let gold = words(gold);
    let mut places: HashMap<&[&str], Vec<usize>> = HashMap::new();
    for (place, window) in gold.windows(WINDOW).enumerate() {
        places.entry(window).or_default().push(place);
    }
    let mut first_words: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, word) in gold.iter().enumerate() {
        first_words.entry(word).or_default().push(place);
    }
    let own: Vec<Vec<&str>> = segments.iter().map(|span| words(&text[span.clone()])).collect();
    // Where in the gold text each longer segment stands.
    let mut found: Vec<Option<i64>> = own
        .iter()
        .map(|words| {
            let mut at: Vec<usize> = words
                .windows(WINDOW)
                .filter_map(|window| places.get(window).map(|places| places[0]))
                .collect();
            let windows = words.len().saturating_sub(WINDOW - 1);
            if windows == 0 || (at.len() as f32) < ENOUGH * windows as f32 {
                return None;
            }
            at.sort_unstable();
            Some(at[at.len() / 2] as i64)
        })
        .collect();
    drop_repeats(&own, &mut found);
    let mut is_body: Vec<bool> = found.iter().map(Option::is_some).collect();
    for index in 0..own.len() {
        let words = &own[index];
        if words.is_empty() || words.len() >= WINDOW {
            continue;
        }
        let before = found[..index].iter().rev().take(15).flatten().next();
        let after = found[index + 1..].iter().take(15).flatten().next();
        let (Some(&before), Some(&after)) = (before, after) else { continue };
        is_body[index] = first_words.get(words[0]).into_iter().flatten().any(|&place| {
            gold[place..].starts_with(words)
                && (place as i64) > before - SLACK
                && (place as i64) < after + SLACK
        });
    }
    let total = gold.len().max(1) as f32;
    own.iter()
        .zip(is_body)
        .map(|(words, is_body)| Label { is_body, share: words.len() as f32 / total })
        .collect()
}

/// Of segments that stand at the same place of the gold text, only those in the
/// heaviest ascending order are the article's; the others repeat it.
fn drop_repeats(own: &[Vec<&str>], found: &mut [Option<i64>]) {
    let placed: Vec<usize> = (0..found.len()).filter(|&index| found[index].is_some()).collect();
    let place = |index: usize| found[index].unwrap_or_default();
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(placed.len());
    for (rank, &index) in placed.iter().enumerate() {
        let mut heaviest = (0, None);
        for earlier in 0..rank {
            if place(placed[earlier]) < place(index) && best[earlier].0 > heaviest.0 {
                heaviest = (best[earlier].0, Some(earlier));
            }
        }
        best.push((heaviest.0 + own[index].len(), heaviest.1));
    }
    let Some(mut at) = (0..best.len()).max_by_key(|&rank| best[rank].0) else { return };
    let mut kept = vec![false; found.len()];
    loop {
        kept[placed[at]] = true;
        match best[at].1 {
            Some(earlier) => at = earlier,
            None => break,
        }
    }
    let weight = |keep: bool| -> usize {
        placed.iter().filter(|&&index| kept[index] == keep).map(|&index| own[index].len()).sum()
    };
    // A gold text in another order than the page says nothing of repeats.
    if weight(false) * 5 < weight(true) {
        for index in placed {
            if !kept[index] {
                found[index] = None;
            }
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect()
}
