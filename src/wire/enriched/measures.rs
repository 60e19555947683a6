//! Writes down the quality of an article's text.

use super::changes::rounded;
use super::{Passes, Quality, QualityValues, Readability};
use crate::article::Article;
use crate::stages::tag::quality;
use crate::tags;

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
