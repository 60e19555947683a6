//! What filters of training corpora measure in a text, as it is written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::rounded;
use super::{Quality, Readability};
use crate::article::Article;
use crate::stages::tag::quality;
use crate::tags;

/// Which filters of training corpora would keep a text, by the thresholds they were
/// published with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Passes {
    /// DeepMind's of 2021, quality and repetition.
    #[schemars(example = true)]
    pub gopher: bool,
    /// That of T5's corpus: five sentences in lines that end like sentences.
    #[schemars(example = true)]
    pub c4: bool,
    /// FineWeb's own of 2024.
    #[schemars(example = true)]
    pub fineweb: bool,
}

/// What the filters of training corpora measure. Shares are from 0 to 1; lines are those
/// that are not blank.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QualityValues {
    /// Gopher: 50 to 100,000.
    #[schemars(example = 412)]
    pub words: usize,
    /// In characters; Gopher wants 3 to 10.
    #[schemars(example = 4.8)]
    pub mean_word_length: f64,
    /// Hash signs and ellipses; Gopher: at most 0.1.
    #[schemars(example = 0.002)]
    pub symbols_per_word: f64,
    /// Lines that begin with a bullet; Gopher: at most 0.9.
    #[schemars(example = 0.0)]
    pub bullet_lines: f64,
    /// Lines that end with an ellipsis; Gopher: at most 0.3.
    #[schemars(example = 0.0)]
    pub ellipsis_lines: f64,
    /// Words with a letter; Gopher: at least 0.8.
    #[schemars(example = 0.98)]
    pub alphabetic_words: f64,
    /// Different grammar words, counted up to 8, in languages where they are known;
    /// Gopher: at least 2.
    #[schemars(example = 8)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_words: Option<usize>,
    /// Lines that were there before; Gopher: at most 0.3.
    #[schemars(example = 0.0)]
    pub duplicate_lines: f64,
    /// Characters in the commonest run of 2, 3 and 4 words; Gopher: at most 0.20, 0.18, 0.16.
    #[schemars(extend("examples" = [[0.012, 0.009, 0.008]]))]
    pub top_ngrams: [f64; 3],
    /// Characters in runs of 5 to 10 words that were there before; Gopher: at most 0.15,
    /// 0.14, 0.13, 0.12, 0.11, 0.10.
    #[schemars(extend("examples" = [[0.01, 0.0, 0.0, 0.0, 0.0, 0.0]]))]
    pub duplicate_ngrams: [f64; 6],
    /// In lines of three words and more that end in punctuation; C4: at least 5.
    #[schemars(example = 21)]
    pub sentences: usize,
    /// Lines that end in punctuation; FineWeb: at least 0.12.
    #[schemars(example = 0.94)]
    pub punctuated_lines: f64,
    /// Lines of at most thirty characters; FineWeb: at most 0.67.
    #[schemars(example = 0.06)]
    pub short_lines: f64,
    /// Characters in lines that were there before; FineWeb: at most 0.01.
    #[schemars(example = 0.0)]
    pub duplicate_characters: f64,
    /// FineWeb: at most 0.3.
    #[schemars(example = 0.04)]
    pub line_breaks_per_word: f64,
}

pub fn quality(article: &Article) -> Quality<'_> {
    let values = article.tags.quality.as_ref();
    let passes = values.map(quality::passes);
    Quality {
        flags: article.flags.iter().map(|flag| flag.name().into()).collect(),
        spin_score: article.spin_score.map(rounded),
        summary: values.zip(passes).map(|(values, passes)| summary(article, values, passes).into()),
        passes: passes.map(|passes| Passes {
            gopher: passes.gopher,
            c4: passes.c4,
            fineweb: passes.fineweb,
        }),
        values: values.map(written),
    }
}

/// "412 words; passes gopher, c4; fails fineweb; truncated"
fn summary(article: &Article, values: &tags::QualityValues, passes: tags::Passes) -> String {
    let verdicts = [("gopher", passes.gopher), ("c4", passes.c4), ("fineweb", passes.fineweb)];
    let those = |passed: bool| -> Vec<&str> {
        verdicts.iter().filter(|(_, it)| *it == passed).map(|(name, _)| *name).collect()
    };
    let unit = if values.words == 1 { "word" } else { "words" };
    let mut parts = vec![format!("{} {unit}", values.words)];
    for (verb, names) in [("passes", those(true)), ("fails", those(false))] {
        if !names.is_empty() {
            parts.push(format!("{verb} {}", names.join(", ")));
        }
    }
    let flags: Vec<&str> = article.flags.iter().map(|flag| flag.name()).collect();
    if !flags.is_empty() {
        parts.push(flags.join(", "));
    }
    parts.join("; ")
}

fn written(values: &tags::QualityValues) -> QualityValues {
    QualityValues {
        words: values.words,
        mean_word_length: thousandths(values.mean_word_length),
        symbols_per_word: thousandths(values.symbols_per_word),
        bullet_lines: rounded(values.bullet_lines),
        ellipsis_lines: rounded(values.ellipsis_lines),
        alphabetic_words: rounded(values.alphabetic_words),
        stop_words: values.stop_words,
        duplicate_lines: rounded(values.duplicate_lines),
        top_ngrams: values.top_ngrams.map(rounded),
        duplicate_ngrams: values.duplicate_ngrams.map(rounded),
        sentences: values.sentences,
        punctuated_lines: rounded(values.punctuated_lines),
        short_lines: rounded(values.short_lines),
        duplicate_characters: rounded(values.duplicate_characters),
        line_breaks_per_word: thousandths(values.line_breaks_per_word),
    }
}

pub fn readability(readability: tags::Readability) -> Readability {
    Readability { lix: thousandths(readability.lix), flesch: readability.flesch.map(thousandths) }
}

/// Of what may be more than one.
fn thousandths(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}
