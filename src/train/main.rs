//! `copydesk-train page|flat MODEL SET…` trains the boilerplate stage's model on
//! labelled articles and writes `MODEL.first` and `MODEL.second`;
//! `copydesk-train check page|flat SET…` trains on two thirds of the sites and
//! prints the figures on the other third, three times.
//!
//! `copydesk-train spun MODEL CHANNEL NEWS` counts the words of the repair
//! stage's table of spun phrases in clean news, articles separated by U+001E.
//!
//! A set is a file of JSON objects, one a line: `id`, `url`, `html` or
//! `flat_text`, and `gold_text`.

use std::path::PathBuf;
use std::process::ExitCode;

use copydesk::train::boilerplate::{self, Form};
use copydesk::train::spun;

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
        ["spun", model, channel, news] => return count(model, channel, news),
        _ => {
            eprintln!(
                "usage: copydesk-train spun MODEL CHANNEL NEWS | page|flat MODEL SET… | check page|flat SET…"
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

fn count(model: &str, channel: &str, news: &str) -> ExitCode {
    let written = spun::count(channel.as_ref(), news.as_ref())
        .and_then(|counts| std::fs::write(model, counts));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("counting {news} for {model}: {error}");
            ExitCode::FAILURE
        }
    }
}
