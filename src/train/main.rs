//! `copydesk-train page|flat MODEL SET…` trains the boilerplate stage's model on
//! labelled articles and writes `MODEL.first` and `MODEL.second`;
//! `copydesk-train check page|flat SET…` trains on two thirds of the sites and
//! prints the figures on the other third, three times.
//!
//! `copydesk-train spun MODEL CHANNEL NEWS` counts the words of the repair
//! stage's table of spun phrases in clean news, articles separated by U+001E.
//!
//! `copydesk-train language MODEL FOLDER` trains the tag stage's model of languages on
//! what `src/train/language/collect.py` collected.
//!
//! `copydesk-train lexicon LEXICON FOLDER NEWS` makes the lexicon of the entity tagger
//! out of what `src/train/entities/collect.py` collected and of clean news;
//! `copydesk-train ner MODEL LEXICON SENTENCES` trains the tagger on sentences, one
//! JSON object a line: `source`, `tokens` and IOB2 `tags` over PER, ORG and LOC.
//!
//! A set is a file of JSON objects, one a line: `id`, `url`, `html` or
//! `flat_text`, and `gold_text`.

use std::path::PathBuf;
use std::process::ExitCode;

use copydesk::train::boilerplate::{self, Form};
use copydesk::train::{entities, language, spun};

const SOURCES: &str = "trained on article-extraction-dataset (Apache-2.0), scrapinghub's \
    article-extraction-benchmark (MIT), fundus with its evaluation (MIT), WCXB articles (CC BY 4.0)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["check", "page", ref sets @ ..] => print!("{}", check(sets, Form::Page)),
        ["check", "flat", ref sets @ ..] => print!("{}", check(sets, Form::Flat)),
        ["page", model, ref sets @ ..] => return write(model, sets, Form::Page, "page"),
        ["flat", model, ref sets @ ..] => return write(model, sets, Form::Flat, "flat"),
        ["spun", model, channel, news] => {
            return store(model, spun::count(channel.as_ref(), news.as_ref()));
        }
        ["language", model, folder] => return store(model, language::train(folder.as_ref())),
        ["lexicon", lexicon, folder, news] => {
            return store(lexicon, entities::lexicon::make(folder.as_ref(), news.as_ref()));
        }
        ["ner", model, lexicon, sentences] => {
            return store(model, entities::train(lexicon.as_ref(), sentences.as_ref()));
        }
        _ => {
            eprintln!(
                "usage: copydesk-train page|flat MODEL SET… | check page|flat SET… | \
                 spun MODEL CHANNEL NEWS | language MODEL FOLDER | lexicon LEXICON FOLDER NEWS | \
                 ner MODEL LEXICON SENTENCES"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn paths(sets: &[&str]) -> Vec<PathBuf> {
    sets.iter().map(PathBuf::from).collect()
}

fn check(sets: &[&str], form: Form) -> String {
    boilerplate::cross_validate(&paths(sets), form)
}

fn write(model: &str, sets: &[&str], form: Form, name: &str) -> ExitCode {
    let header = format!("copydesk {name} model, {SOURCES}, by `copydesk-train {name} MODEL SET…`");
    let (first, second) = boilerplate::train_all(&paths(sets), form, &header);
    let written = std::fs::write(format!("{model}.first"), first)
        .and_then(|()| std::fs::write(format!("{model}.second"), second));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("writing {model}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a file that was made, if it was.
fn store(path: &str, made: std::io::Result<Vec<u8>>) -> ExitCode {
    match made.and_then(|bytes| std::fs::write(path, bytes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("making {path}: {error}");
            ExitCode::FAILURE
        }
    }
}
