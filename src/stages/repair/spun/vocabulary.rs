//! The words that a text is scored by, in one table, for each word of it is looked up: which
//! way they lean, what they tell of rewording, and whether phrases of the table open with them.

use super::channel::Channel;
use super::leaning::OnceMore;
use super::ngrams::{Ngrams, ngram_hash};
use super::tokens::{Token, WordHash, word_hash};
use crate::text::hashing::FastMap;

/// An open table by the words' hashes.
pub struct Vocabulary {
    places: Vec<Word>,
    words: u32,
    pub once_more: OnceMore,
}

/// What is known of a word, or that a place of the table is free.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    hash: WordHash,
    /// Told from all other words by it, the first being 1; 0 where the place is free.
    number: u32,
    /// See [`super::leaning`] and [`super::rewording`].
    pub leaning: f32,
    pub rewording: f32,
    /// How often news has it; 0 if rarely.
    pub count: f32,
    /// What it weighs as a phrase of the table; not a number if it is none.
    alone: f32,
    /// Whether longer phrases of the table may open with it.
    pub is_followed: bool,
    /// Whether [`super::rewording`] knows it, and whether the counts hold the pairs it is in.
    pub is_known: bool,
    pub has_pairs: bool,
}

const FREE: Word = Word {
    hash: 0,
    number: 0,
    leaning: 0.0,
    rewording: 0.0,
    count: 0.0,
    alone: f32::NAN,
    is_followed: false,
    is_known: false,
    has_pairs: false,
};

impl Word {
    /// From 0 on, in the order of the files.
    pub fn number(&self) -> usize {
        self.number as usize - 1
    }

    pub fn alone(&self) -> Option<f32> {
        Some(self.alone).filter(|weight| !weight.is_nan())
    }
}

/// A line of a file of weights.
pub struct Weight<'f> {
    /// Begins with a space or is empty if it is no word.
    pub name: &'f str,
    pub weight: f32,
    /// Whether a third column says so.
    pub has_pairs: bool,
}

/// Lines that are no name and weight are skipped.
pub fn weights(file: &str) -> impl Iterator<Item = Weight<'_>> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, weight) = (columns.next()?, columns.next()?.parse().ok()?);
        Some(Weight { name, weight, has_pairs: columns.next() == Some("+") })
    })
}

fn weights_of_words(file: &str) -> impl Iterator<Item = Weight<'_>> {
    weights(file).filter(|line| !line.name.is_empty() && !line.name.starts_with(' '))
}

/// What is known so far, by the words' hashes.
#[derive(Default)]
struct Words(FastMap<WordHash, Word>);

impl Words {
    /// The word, which is new if it was not there.
    fn entry(&mut self, hash: WordHash) -> &mut Word {
        let number = self.0.len() as u32 + 1;
        self.0.entry(hash).or_insert(Word { hash, number, ..FREE })
    }
}

impl Vocabulary {
    pub fn read(leaning: &str, rewording: &str, channel: &Channel, news: &Ngrams) -> Self {
        let mut words = Words::default();
        for Weight { name, weight, has_pairs } in weights_of_words(rewording) {
            let word = words.entry(word_hash(name));
            (word.rewording, word.is_known, word.has_pairs) = (weight, true, has_pairs);
            word.count = news.count_of(ngram_hash(&[word.hash]));
        }
        for Weight { name, weight, .. } in weights_of_words(leaning) {
            words.entry(word_hash(name)).leaning = weight;
        }
        for entry in channel.entries() {
            let word = words.entry(entry.spun[0]);
            if entry.spun.len() == 1 {
                word.alone = entry.weight;
            } else {
                word.is_followed = true;
            }
        }
        let places = vec![FREE; (2 * words.0.len()).next_power_of_two()];
        let mut read = Self { places, words: words.0.len() as u32, once_more: OnceMore::default() };
        for word in words.0.into_values() {
            let place = read.place(word.hash);
            read.places[place] = word;
        }
        read
    }

    /// Has the processor bring near what [`Self::get`] will read of these, all at once.
    pub fn fetch(&self, tokens: &[Token]) {
        let read = |token: &Token| self.places[self.first_place(token.hash)].number;
        std::hint::black_box(tokens.iter().fold(0, |all, token| all ^ read(token)));
    }

    #[inline]
    fn first_place(&self, hash: WordHash) -> usize {
        (hash >> 20) as usize & (self.places.len() - 1)
    }

    /// Where a hash is, or where it belongs.
    #[inline]
    fn place(&self, hash: WordHash) -> usize {
        let mask = self.places.len() - 1;
        let mut place = self.first_place(hash);
        while self.places[place].number > 0 && self.places[place].hash != hash {
            place = (place + 1) & mask;
        }
        place
    }

    #[inline]
    pub fn get(&self, hash: WordHash) -> Option<&Word> {
        Some(&self.places[self.place(hash)]).filter(|word| word.number > 0)
    }

    /// How many words it has.
    pub fn len(&self) -> usize {
        self.words as usize
    }
}
