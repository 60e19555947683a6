//! A bounded window over the articles that came last, to find those that are nearly the
//! same text.
//!
//! An article's 112 MinHash values are cut into 28 bands of 4. Two articles that share a
//! band are compared by the share of equal values, which estimates the share of five-word
//! sequences that they have in common. The window keeps a number of articles; the one that
//! was neither added nor found for the longest time goes first. A redelivery is no
//! duplicate of itself.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::tags::DuplicateOf;
use crate::text::hashing::FastMap;

/// Shared by the threads of a worker.
pub struct DuplicateWindow {
    articles: Mutex<Articles>,
    /// The least similarity, 0 to 1.
    least: f32,
}

impl DuplicateWindow {
    /// Remembers at most `most` articles.
    pub fn new(most: usize, least: f32) -> Self {
        Self { articles: Mutex::new(Articles::new(most)), least }
    }

    /// The most similar of the remembered articles, if it is similar enough; and remembers
    /// the article, unless it has too few words to be told from others.
    pub fn check(&self, id: &str, words: usize, minhash: &[u32]) -> Option<DuplicateOf> {
        if words < LEAST_WORDS || minhash.is_empty() {
            return None;
        }
        // What a thread left half done is a window with an article less.
        let mut articles = self.articles.lock().unwrap_or_else(PoisonError::into_inner);
        let found = articles.nearest(id, minhash, self.least);
        match &found {
            // The first of a family stands for all.
            Some((place, _)) => articles.touch(*place),
            None => articles.add(id, minhash),
        }
        found.map(|(_, duplicate)| duplicate)
    }

    /// How many articles are remembered.
    pub fn len(&self) -> usize {
        self.articles.lock().unwrap_or_else(PoisonError::into_inner).by_place.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Shorter texts are alike by chance.
const LEAST_WORDS: usize = 30;
const BAND: usize = 4;

/// Given out in order, and never again.
type Place = u64;

struct Articles {
    most: usize,
    next: Place,
    by_place: FastMap<u64, Remembered>,
    by_band: FastMap<u64, Place>,
    by_id: FastMap<u64, Place>,
    /// Places in the order of their last use, with the use's number; outdated entries are
    /// passed over.
    order: VecDeque<(Place, u64)>,
    uses: u64,
}

struct Remembered {
    id: String,
    minhash: Box<[u32]>,
    last_use: u64,
}

impl Articles {
    fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            next: 0,
            by_place: FastMap::default(),
            by_band: FastMap::default(),
            by_id: FastMap::default(),
            order: VecDeque::new(),
            uses: 0,
        }
    }

    fn nearest(&self, id: &str, minhash: &[u32], least: f32) -> Option<(Place, DuplicateOf)> {
        let mut best: Option<(f32, Place)> = None;
        for band in bands(minhash) {
            let Some(place) = self.by_band.get(&band).copied() else { continue };
            let Some(other) = self.by_place.get(&place).filter(|other| other.id != id) else {
                continue;
            };
            let similarity = similarity(minhash, &other.minhash);
            // The earlier of two that are as similar.
            let is_better = best.is_none_or(|(most, first)| {
                similarity > most || (similarity == most && place < first)
            });
            if similarity >= least && is_better {
                best = Some((similarity, place));
            }
        }
        let (similarity, place) = best?;
        let id = self.by_place.get(&place)?.id.clone();
        Some((place, DuplicateOf { id, similarity }))
    }

    fn touch(&mut self, place: Place) {
        self.uses += 1;
        if let Some(article) = self.by_place.get_mut(&place) {
            article.last_use = self.uses;
            self.order.push_back((place, self.uses));
        }
        // Outdated entries are never more than what is remembered.
        if self.order.len() > 2 * self.most + 16 {
            let by_place = &self.by_place;
            self.order.retain(|(place, used)| {
                by_place.get(place).is_some_and(|article| article.last_use == *used)
            });
        }
    }

    fn add(&mut self, id: &str, minhash: &[u32]) {
        let key = crate::text::hashing::fingerprint(id.as_bytes());
        if let Some(before) = self.by_id.get(&key).copied() {
            self.forget(before);
        }
        while self.by_place.len() >= self.most {
            let Some((place, used)) = self.order.pop_front() else { break };
            if self.by_place.get(&place).is_some_and(|article| article.last_use == used) {
                self.forget(place);
            }
        }
        let place = self.next;
        self.next += 1;
        for band in bands(minhash) {
            self.by_band.insert(band, place);
        }
        self.by_id.insert(key, place);
        let article = Remembered { id: id.to_owned(), minhash: minhash.into(), last_use: 0 };
        self.by_place.insert(place, article);
        self.touch(place);
    }

    fn forget(&mut self, place: Place) {
        let Some(article) = self.by_place.remove(&place) else { return };
        for band in bands(&article.minhash) {
            if self.by_band.get(&band) == Some(&place) {
                self.by_band.remove(&band);
            }
        }
        let key = crate::text::hashing::fingerprint(article.id.as_bytes());
        if self.by_id.get(&key) == Some(&place) {
            self.by_id.remove(&key);
        }
    }
}

/// A key for each band: its values, and which one it is.
fn bands(minhash: &[u32]) -> impl Iterator<Item = u64> {
    (0u64..).zip(minhash.chunks_exact(BAND)).map(|(number, values)| {
        values.iter().fold(number, |key, value| {
            (key.rotate_left(21) ^ u64::from(*value)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    })
}

fn similarity(one: &[u32], other: &[u32]) -> f32 {
    let equal = one.iter().zip(other).filter(|(a, b)| a == b).count();
    equal as f32 / one.len().max(1) as f32
}
