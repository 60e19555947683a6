//! What a change stands among: whether its words fit the words about it, and the document,
//! as news has it. Counts of three words do not see that far: `alliance` is what is spoken
//! of beside `NATO`, `union` is not.

use std::ops::Range;

use super::channel::Entry;
use super::cloze::{Cloze, Found, Number, OUTSIDE, PLACES, REACH};
use super::decode::{Choice, Step};
use super::tokens::{Token, WordHash};
use super::vectors::{DIMENSIONS, LEAST_WEIGHT, Vector, Vectors, WINDOW};

/// The words of a document, with those changes made that read best.
pub struct Surroundings<'m> {
    vectors: &'m Vectors,
    cloze: &'m Cloze,
    lines: Vec<Restored>,
    sum: Vector,
    weight: f32,
}

/// The words of a line and their numbers, and where each token's begin.
struct Restored {
    hashes: Vec<WordHash>,
    words: Vec<Option<u32>>,
    starts: Vec<u32>,
}

/// How well a phrase fits and its original does, as logarithms; 0 where nothing is known.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fit {
    /// Among the words nearby.
    pub spun: f32,
    pub original: f32,
    /// How much better the original fits the document.
    pub in_document: f32,
    /// Whether the original is known, and the phrase.
    pub is_known: [bool; 2],
}

impl Fit {
    /// How much better the original fits nearby.
    pub fn nearby(&self) -> f32 {
        self.original - self.spun
    }
}

/// How well a phrase stands in its place and its original does, by the words that only the
/// one has and only the other, as logarithms; 0 where nothing is known.
#[derive(Debug, Default, Clone, Copy)]
pub struct Stand {
    pub spun: f32,
    pub original: f32,
    /// Whether the original is known, and the phrase.
    pub is_known: [bool; 2],
}

impl Stand {
    /// How much better the original stands there, if both are known.
    pub fn better(&self) -> f32 {
        if self.is_known == [true; 2] { self.original - self.spun } else { 0.0 }
    }
}

/// The last window that was looked at, and what was found there: one word for one stands in
/// the same, whatever its originals.
type Looked = Option<([Number; PLACES], Found)>;

impl<'m> Surroundings<'m> {
    pub fn new(vectors: &'m Vectors, cloze: &'m Cloze) -> Self {
        Self { vectors, cloze, lines: Vec::new(), sum: [0.0; DIMENSIONS], weight: 0.0 }
    }

    /// The next line of the document.
    pub fn add(&mut self, tokens: &[Token], reading: &[Step]) {
        let mut line = Restored {
            hashes: Vec::with_capacity(tokens.len()),
            words: Vec::with_capacity(tokens.len()),
            starts: Vec::with_capacity(tokens.len() + 1),
        };
        for step in reading {
            let start = line.words.len() as u32;
            match step.entry {
                Some(entry) => {
                    line.hashes.extend(&entry.original);
                    line.words.extend(entry.original.iter().map(|w| self.vectors.number(*w)));
                    let end = line.words.len() as u32;
                    line.starts.push(start);
                    line.starts.extend(std::iter::repeat_n(end, entry.spun.len() - 1));
                }
                None => {
                    line.starts.push(start);
                    line.hashes.push(tokens[step.start].hash);
                    line.words.push(self.vectors.number(tokens[step.start].hash));
                }
            }
        }
        line.starts.push(line.words.len() as u32);
        for word in line.words.iter().flatten() {
            self.weight += self.vectors.add(&mut self.sum, *word);
        }
        self.lines.push(line);
    }

    /// Of changes, and the lines they are in: those of one place come together.
    pub fn fits(&self, found: &[(usize, Choice)], check: impl Fn()) -> Vec<Fit> {
        let mut fits = Vec::with_capacity(found.len());
        for here in found.chunk_by(|(a, b), (c, d)| a == c && b.tokens == d.tokens) {
            check();
            let (line, Choice { tokens, .. }) = &here[0];
            let Restored { words, starts, .. } = &self.lines[*line];
            let [start, end] = [tokens.start, tokens.end].map(|token| starts[token] as usize);
            let near = self.nearby(words, &(start..end));
            let far = self.elsewhere(&words[start..end]);
            fits.extend(here.iter().map(|(_, choice)| self.fit(choice.entry, &near, &far)));
        }
        fits
    }

    fn fit(&self, entry: &Entry, near: &Vector, far: &Vector) -> Fit {
        let sides = [(&entry.original, &entry.spun), (&entry.spun, &entry.original)];
        let [original, spun] = sides.map(|(these, those)| self.telling(these, those));
        let fit = |word: Option<u32>, among: &Vector| {
            word.map_or(0.0, |word| self.vectors.fit(word, among))
        };
        Fit {
            spun: fit(spun, near),
            original: fit(original, near),
            in_document: fit(original, far) - fit(spun, far),
            is_known: [original.is_some(), spun.is_some()],
        }
    }

    /// The rarest of the words that only one side has.
    fn telling(&self, these: &[WordHash], those: &[WordHash]) -> Option<u32> {
        let others = these.iter().filter(|word| !those.contains(word));
        let known = others.filter_map(|word| self.vectors.number_in_table(*word));
        known.max_by(|a, b| self.vectors.weight(*a).total_cmp(&self.vectors.weight(*b)))
    }

    fn nearby(&self, words: &[Option<u32>], change: &Range<usize>) -> Vector {
        let before = &words[change.start.saturating_sub(WINDOW)..change.start];
        let behind = &words[change.end..words.len().min(change.end + WINDOW)];
        let mut sum = [0.0; DIMENSIONS];
        let known = before.iter().chain(behind).flatten();
        let weight: f32 = known.map(|word| self.vectors.add(&mut sum, *word)).sum();
        sum.map(|number| number / weight.max(LEAST_WEIGHT))
    }

    /// The document without these words.
    fn elsewhere(&self, own: &[Option<u32>]) -> Vector {
        let mut sum = [0.0; DIMENSIONS];
        let own = own.iter().flatten();
        let weight: f32 = own.map(|word| self.vectors.add(&mut sum, *word)).sum();
        let share = 1.0 / (self.weight - weight).max(1.0);
        std::array::from_fn(|index| (self.sum[index] - sum[index]) * share)
    }

    /// How the words of changes, and of the lines they are in, stand in their places.
    pub fn stands<'c>(
        &self,
        found: impl Iterator<Item = (usize, &'c Choice<'m>)>,
        check: impl Fn(),
    ) -> Vec<Stand>
    where
        'm: 'c,
    {
        let mut looked = None;
        let stand = |(line, choice): (usize, &Choice)| {
            check();
            self.stand(&self.lines[line], choice, &mut looked)
        };
        found.map(stand).collect()
    }

    fn stand(&self, line: &Restored, choice: &Choice, looked: &mut Looked) -> Stand {
        let [start, end] =
            [choice.tokens.start, choice.tokens.end].map(|token| line.starts[token] as usize);
        let (before, behind) = (&line.hashes[..start], &line.hashes[end..]);
        let entry = choice.entry;
        let mut fit = |these: &[WordHash], those: &[WordHash]| {
            let (place, number) = self.rarest(these, those)?;
            let window = self.window(before, these, place, behind);
            let found = match looked {
                Some((last, found)) if *last == window => found,
                _ => &looked.insert((window, self.cloze.find(&window))).1,
            };
            Some(self.cloze.fit(number, found))
        };
        let spun = fit(&entry.spun, &entry.original);
        let original = fit(&entry.original, &entry.spun);
        Stand {
            spun: spun.unwrap_or(0.0),
            original: original.unwrap_or(0.0),
            is_known: [original.is_some(), spun.is_some()],
        }
    }

    /// The rarest of the words that only one side has, and where it is.
    fn rarest(&self, these: &[WordHash], those: &[WordHash]) -> Option<(usize, Number)> {
        let others = these.iter().enumerate().filter(|(_, word)| !those.contains(word));
        let known = others.filter_map(|(at, word)| Some((at, self.cloze.number_in_table(*word)?)));
        known.max_by_key(|(_, number)| *number)
    }

    /// What is about a word of a phrase.
    fn window(
        &self,
        before: &[WordHash],
        phrase: &[WordHash],
        place: usize,
        behind: &[WordHash],
    ) -> [Number; PLACES] {
        let mut window = [OUTSIDE; PLACES];
        let (left, right) = window.split_at_mut(REACH);
        let earlier = phrase[..place].iter().rev().chain(before.iter().rev());
        let later = phrase[place + 1..].iter().chain(behind);
        for (slot, word) in left.iter_mut().rev().zip(earlier) {
            *slot = self.cloze.number(*word);
        }
        for (slot, word) in right.iter_mut().zip(later) {
            *slot = self.cloze.number(*word);
        }
        window
    }
}
