//! How long and how hard the body is to read: `timeRequired` and `readability`.
//!
//! Reading time is at 238 words a minute, the mean of silent reading of English prose
//! (Brysbaert, "How many words do we read per minute?", 2019), and 500 characters where
//! no blanks stand between words. LIX (Björnsson, 1968) is words a sentence and the
//! percentage of words of more than six letters, in any language with an alphabet; Flesch
//! reading ease (1948) is for English alone.

use std::ops::Range;

use crate::tags::{InferenceSource, Readability, Tags};
use crate::text::words::is_ideographic;

const WORDS_A_MINUTE: usize = 238;
const CHARACTERS_A_MINUTE: usize = 500;
/// Fewer words say nothing of how hard they are.
const LEAST_WORDS: usize = 100;

/// After the language is known; `counts` are of the body.
pub fn tag(counts: &Counts, tags: &mut Tags) {
    let words = counts.words.max(usize::from(counts.ideographs > 0));
    if words == 0 {
        return;
    }
    let minutes = words
        .div_ceil(WORDS_A_MINUTE)
        .max((words / WORDS_A_MINUTE) + counts.ideographs.div_ceil(CHARACTERS_A_MINUTE));
    tags.minutes_to_read = Some(minutes.max(1));
    tags.infer("timeRequired", InferenceSource::Body, "words_a_minute", 0.8);
    if words < LEAST_WORDS || counts.ideographs > 0 {
        return;
    }
    // The last sentence ends with the text.
    let (all, sentences) = (words as f32, (counts.sentences + 1) as f32);
    let flesch = (tags.language.as_deref() == Some("en"))
        .then(|| 206.835 - 1.015 * all / sentences - 84.6 * counts.syllables as f32 / all);
    let lix = all / sentences + 100.0 * counts.long as f32 / all;
    tags.readability = Some(Readability { lix, flesch });
    tags.infer("readability", InferenceSource::Body, "lix_and_flesch", 0.8);
}

/// What is counted in a text, word by word.
#[derive(Default)]
pub struct Counts {
    /// But for ideographs.
    words: usize,
    ideographs: usize,
    /// That have ended before the last word.
    sentences: usize,
    /// Of more than six letters.
    long: usize,
    syllables: usize,
    /// Where the last word ended.
    behind: usize,
}

impl Counts {
    /// The next word of `text`.
    pub fn add(&mut self, text: &str, span: Range<usize>) {
        let word = &text[span.clone()];
        if word.chars().next().is_some_and(is_ideographic) {
            self.ideographs += 1;
            return;
        }
        // A sentence ends where its mark stands before the next word.
        let between = &text[self.behind..span.start];
        if self.behind > 0
            && between != " "
            && between.contains(['.', '!', '?', '…', '\n', '।', '؟'])
        {
            self.sentences += 1;
        }
        self.behind = span.end;
        self.words += 1;
        let letters = if word.is_ascii() { word.len() } else { word.chars().count() };
        self.long += usize::from(letters > 6);
        self.syllables += syllables(word);
    }
}

/// Runs of vowels, but for a last silent e.
fn syllables(word: &str) -> usize {
    let (mut count, mut in_vowels) = (0, false);
    for byte in word.bytes() {
        let is_vowel = matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        count += usize::from(is_vowel && !in_vowels);
        in_vowels = is_vowel;
    }
    let is_silent = word.ends_with('e') && !word.ends_with("le") && count > 1;
    (count - usize::from(is_silent)).max(1)
}
