//! What a document as a whole shows. A spinner replaces a word throughout a page
//! or leaves it throughout, and by the same rendering: a page that has none of a
//! frequent word and much of what may stand for it was spun so.

use super::channel::Entry;
use super::decode::Choice;
use super::ngrams::{Chain, ngram_hash};
use super::surroundings::Fit;
use super::tokens::{Token, WordHash};
use crate::text::hashing::FastMap;

/// The words that a text holds as it comes, and runs of them, and how often.
pub struct Present {
    words: FastMap<WordHash, u32>,
    runs: FastMap<u64, u32>,
    pub tokens: usize,
}

/// Longer phrases are counted by their first words.
const LONGEST: usize = 3;

impl Present {
    pub fn in_text<'t>(lines: impl Iterator<Item = &'t [Token]> + Clone) -> Self {
        let tokens = lines.clone().map(<[Token]>::len).sum();
        let mut present = Self { words: FastMap::default(), runs: FastMap::default(), tokens };
        present.words.reserve(tokens / 2);
        present.runs.reserve(tokens * 2);
        for tokens in lines {
            for (at, token) in tokens.iter().enumerate() {
                *present.words.entry(token.hash).or_default() += 1;
                let mut run = Chain::default().then(token.hash);
                for next in tokens[at + 1..].iter().take(LONGEST - 1) {
                    run = run.then(next.hash);
                    *present.runs.entry(run.hash()).or_default() += 1;
                }
            }
        }
        present
    }

    pub fn count(&self, word: WordHash) -> u32 {
        self.words.get(&word).copied().unwrap_or(0)
    }

    pub fn count_phrase(&self, words: &[WordHash]) -> u32 {
        match words {
            [word] => self.count(*word),
            _ => {
                let run = ngram_hash(&words[..words.len().min(LONGEST)]);
                self.runs.get(&run).copied().unwrap_or(0)
            }
        }
    }
}

/// All places where one phrase may stand for one original.
#[derive(Debug, Default, Clone, Copy)]
pub struct Group {
    pub places: u32,
    /// Places where the best reading has it.
    pub best: u32,
    /// The sums of the margins and leads, each within bounds.
    pub margins: f32,
    pub leads: f32,
    /// The sums of how much better the original fits nearby, and in the document.
    pub fits: f32,
    pub fits_in_document: f32,
    /// The most places that the best readings have of another rendering of the
    /// original, and of another original of the phrase; and their margins.
    pub other_rendering: (u32, f32),
    pub other_original: (u32, f32),
}

pub struct Groups {
    by_pair: FastMap<(u64, u64), Group>,
    /// Different changes that the best readings make by more than [`CLEAR`].
    pub clear: usize,
}

/// The places and margins of a group, and the other phrase of its pair.
type Rival = (u32, f32, u64);

/// A margin that leaves little doubt.
const CLEAR: f32 = 3.0;

pub fn bounded(margin: f32) -> f32 {
    margin.clamp(-6.0, 10.0)
}

/// What is replaced, and by what: of a phrase only the words that change, so that it
/// speaks for the single word, and the word for it.
pub fn key(entry: &Entry) -> (u64, u64) {
    let same = |(a, b): &(&WordHash, &WordHash)| a == b;
    let (spun, original) = (&entry.spun[..], &entry.original[..]);
    let most = spun.len().min(original.len()) - 1;
    let opening = spun.iter().zip(original).take(most).take_while(same).count();
    let (spun, original) = (&spun[opening..], &original[opening..]);
    let ends = spun.iter().rev().zip(original.iter().rev()).take(most - opening);
    let ending = ends.take_while(same).count();
    let changed = |words: &[WordHash]| ngram_hash(&words[..words.len() - ending]);
    (changed(spun), changed(original))
}

impl Groups {
    /// `fits` are those of the changes found.
    pub fn of(found: &[(usize, Choice)], fits: &[Fit]) -> Self {
        let mut by_pair: FastMap<(u64, u64), Group> = FastMap::default();
        for ((_, choice), fit) in found.iter().zip(fits) {
            let group = by_pair.entry(key(choice.entry)).or_default();
            group.places += 1;
            group.best += u32::from(choice.is_best);
            group.margins += bounded(choice.margin);
            group.leads += bounded(choice.lead);
            group.fits += fit.nearby();
            group.fits_in_document += fit.in_document;
        }
        let clear = by_pair
            .values()
            .filter(|group| group.best > 0 && group.margins > CLEAR * group.places as f32)
            .count();
        let mut two_best: [FastMap<u64, [Rival; 2]>; 2] = Default::default();
        for ((spun, original), group) in &by_pair {
            for (side, (this, other)) in
                [(original, spun), (spun, original)].into_iter().enumerate()
            {
                let best = two_best[side].entry(*this).or_default();
                let new = (group.best, group.margins, *other);
                if (new.0, new.1) > (best[0].0, best[0].1) {
                    *best = [new, best[0]];
                } else if (new.0, new.1) > (best[1].0, best[1].1) {
                    best[1] = new;
                }
            }
        }
        for ((spun, original), group) in &mut by_pair {
            let other = |side: usize, this: &u64, own: &u64| {
                let best = two_best[side].get(this).copied().unwrap_or_default();
                let rival = if best[0].2 == *own { best[1] } else { best[0] };
                (rival.0, rival.1)
            };
            group.other_rendering = other(0, original, spun);
            group.other_original = other(1, spun, original);
        }
        Self { by_pair, clear }
    }

    pub fn get(&self, entry: &Entry) -> Group {
        self.by_pair.get(&key(entry)).copied().unwrap_or_default()
    }
}
