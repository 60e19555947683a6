//! How long and how hard the body is to read: `timeRequired` and `readability`.
//!
//! Reading time is at 238 words a minute, the mean of silent reading of English prose
//! (Brysbaert, "How many words do we read per minute?", 2019), and 500 characters where
//! no blanks stand between words. LIX (Björnsson, 1968) is words a sentence and the
//! percentage of words of more than six letters, in any language with an alphabet; Flesch
//! reading ease (1948) is for English alone.

use crate::article::Article;
use crate::stage::Deadline;
use crate::tags::{InferenceSource, Readability, Tags};
use crate::text::words::{is_ideographic, words};

const WORDS_A_MINUTE: usize = 238;
const CHARACTERS_A_MINUTE: usize = 500;
/// Fewer words say nothing of how hard they are.
const LEAST_WORDS: usize = 100;

/// After the language is known.
pub fn tag(article: &Article, tags: &mut Tags, deadline: &Deadline) {
    let text = article.text();
    let counts = Counts::of(text, deadline);
    if counts.words == 0 {
        return;
    }
    let minutes = counts
        .words
        .div_ceil(WORDS_A_MINUTE)
        .max((counts.words / WORDS_A_MINUTE) + counts.ideographs.div_ceil(CHARACTERS_A_MINUTE));
    tags.minutes_to_read = Some(minutes.max(1));
    tags.infer("timeRequired", InferenceSource::Body, "words_a_minute", 0.8);
    if counts.words < LEAST_WORDS || counts.ideographs > 0 {
        return;
    }
    let (all, sentences) = (counts.words as f32, counts.sentences.max(1) as f32);
    let flesch = (tags.language.as_deref() == Some("en"))
        .then(|| 206.835 - 1.015 * all / sentences - 84.6 * counts.syllables as f32 / all);
    let lix = all / sentences + 100.0 * counts.long as f32 / all;
    tags.readability = Some(Readability { lix, flesch });
    tags.infer("readability", InferenceSource::Body, "lix_and_flesch", 0.8);
}

#[derive(Default)]
struct Counts {
    /// But for ideographs.
    words: usize,
    ideographs: usize,
    sentences: usize,
    /// Of more than six letters.
    long: usize,
    syllables: usize,
}

impl Counts {
    fn of(text: &str, deadline: &Deadline) -> Self {
        let mut counts = Self::default();
        let mut behind = 0;
        for (index, span) in words(text).enumerate() {
            if index % CHECK_EVERY == 0 {
                deadline.check();
            }
            let word = &text[span.clone()];
            if word.chars().next().is_some_and(is_ideographic) {
                counts.ideographs += 1;
                continue;
            }
            // A sentence ends where its mark stands before the next word.
            let between = &text[behind..span.start];
            if behind > 0 && between.contains(['.', '!', '?', '…', '\n', '।', '؟']) {
                counts.sentences += 1;
            }
            behind = span.end;
            counts.words += 1;
            let letters = if word.is_ascii() { word.len() } else { word.chars().count() };
            counts.long += usize::from(letters > 6);
            counts.syllables += syllables(word);
        }
        counts.sentences += usize::from(behind > 0);
        if counts.ideographs > 0 {
            counts.words += usize::from(counts.words == 0);
        }
        counts
    }
}

const CHECK_EVERY: usize = 1024;

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
