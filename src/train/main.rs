//! `copydesk-train page|flat MODEL SET…` trains the boilerplate stage's model on
//! labelled articles and writes `MODEL.first`, `MODEL.second` and, for pages, `MODEL.networks`,
//! for flat text, `MODEL.wording`;
//! `copydesk-train check page|flat SET…` trains on two thirds of the sites and
//! prints the figures on the other third, three times.
//!
//! `copydesk-train joints MODEL SET…` trains, on sets with pages, what tells whether a line
//! of flat text goes on with the one before; `copydesk-train check joints SET…` measures it on
//! sites held out. With `--joints=SET,…` the flat model is trained and measured on lines that
//! are joined by what was trained so on other sites than theirs; else by what ships.
//!
//! For the repair of spun news, with articles of clean news separated by U+001E:
//!
//! - `table TABLE LISTS NEWS SEEN…` makes the table of spun phrases from the lists in a folder
//!   and from pairs seen on pages;
//! - `leaning LEANING TABLE NEWS SEEN…` learns which words lean to spun news;
//! - `rewording REWORDING TABLE NGRAMS NEWS THESAURUS… --others=SET,…` learns which words and
//!   what else show that any spinner was at work, from news and labelled articles spun by
//!   thesauri (each one file or several, separated by commas); `reword MARKED NGRAMS NEWS
//!   THESAURUS` spins news so;
//! - `spun NGRAMS TABLE NEWS` counts the table's words in news, `vectors VECTORS TABLE NEWS`
//!   learns there what company words keep, `cloze CLOZE TABLE NEWS` how they stand in their
//!   places;
//! - `judge JUDGE LISTS NGRAMS VECTORS CLOZE NEWS SEEN…` trains what weighs the evidence and
//!   writes `JUDGE.first` and `JUDGE.second`;
//! - `mark MARKED NEWS SEEN… --only=SITE,…` spins news with what was seen on some sites, which
//!   `--without=SITE,…` leaves out of the others;
//! - `check spun TABLE LEANING REWORDING NGRAMS VECTORS CLOZE JUDGE MARKED` measures such a
//!   model on marked text, as `copydesk eval --task spun` does the one that ships.
//!
//! `copydesk-train language MODEL FOLDER` trains the tag stage's model of languages on
//! what `src/train/language/collect.py` collected.
//!
//! `copydesk-train lexicon LEXICON FOLDER NEWS` makes the lexicon of the entity tagger
//! out of what `src/train/entities/collect.py` collected and of clean news;
//! `copydesk-train ner MODEL LEXICON SENTENCES` trains the tagger on sentences, one
//! JSON object a line: `source`, `tokens` and IOB2 `tags` over PER, ORG and LOC.
//!
//! `copydesk-train subjects MODEL SEEDS SET…` trains what tells an English text's subject,
//! from lists of words and from pages whose outlet names theirs, and prints what was seen on
//! sites held out.
//!
//! A set is a file of JSON objects, one a line: `id`, `url`, `html` or
//! `flat_text`, and `gold_text`.

use std::path::PathBuf;
use std::process::ExitCode;

use copydesk::train::boilerplate::{self, Form};
use copydesk::train::spun::{self, table::Sources};
use copydesk::train::{entities, joints, language, measure, subjects};

const SOURCES: &str = "trained on article-extraction-dataset (Apache-2.0), scrapinghub's \
    article-extraction-benchmark (MIT), fundus with its evaluation (MIT), WCXB articles (CC BY 4.0)";

fn main() -> ExitCode {
    let (options, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let listed = |name: &str| -> Vec<String> {
        let lists = options.iter().filter_map(|option| option.strip_prefix(name));
        lists.flat_map(|list| list.split(',')).map(str::to_owned).collect()
    };
    let sources = |lists: &str, news: &str, seen: &[&str]| {
        let (lists, news) = (lists.into(), news.into());
        Sources { lists, news, seen: paths(seen), without: listed("--without=") }
    };
    let joints: Vec<PathBuf> = listed("--joints=").into_iter().map(PathBuf::from).collect();
    match words[..] {
        ["check", "page", ref sets @ ..] => print!("{}", check(sets, Form::Page, &[])),
        ["check", "flat", ref sets @ ..] => print!("{}", check(sets, Form::Flat, &joints)),
        ["page", model, ref sets @ ..] => return write(model, sets, Form::Page, &[]),
        ["flat", model, ref sets @ ..] => return write(model, sets, Form::Flat, &joints),
        ["spun", model, table, news] => {
            return store(model, spun::count(table.as_ref(), news.as_ref()));
        }
        ["vectors", vectors, table, news] => {
            return store(vectors, spun::vectors::train(table.as_ref(), news.as_ref()));
        }
        ["cloze", cloze, table, news] => {
            return store(cloze, spun::cloze::train(table.as_ref(), news.as_ref()));
        }
        ["table", table, lists, news, ref seen @ ..] => {
            let made = spun::table::make(&sources(lists, news, seen));
            return store(table, made.map(String::into_bytes));
        }
        ["judge", judge, lists, ngrams, vectors, cloze, news, ref seen @ ..] => {
            let read = || -> std::io::Result<[Vec<u8>; 3]> {
                Ok([std::fs::read(ngrams)?, std::fs::read(vectors)?, std::fs::read(cloze)?])
            };
            let trained = read().and_then(|[ngrams, vectors, cloze]| {
                spun::judge::train(&sources(lists, news, seen), &ngrams, &vectors, &cloze)
            });
            let stored = trained.and_then(|[first, second]| {
                std::fs::write(format!("{judge}.first"), first)?;
                std::fs::write(format!("{judge}.second"), second)
            });
            return ended(judge, stored);
        }
        ["leaning", leaning, table, news, ref seen @ ..] => {
            let made = spun::leaning::train(table.as_ref(), &sources("", news, seen));
            return store(leaning, made);
        }
        ["rewording", rewording, table, ngrams, news, ref thesauri @ ..] => {
            let sources = spun::rewording::Sources {
                table: table.as_ref(),
                ngrams: ngrams.as_ref(),
                news: news.as_ref(),
                thesauri: thesauri.iter().map(|files| files_of(files)).collect(),
                others: listed("--others=").into_iter().map(PathBuf::from).collect(),
            };
            return store(rewording, spun::rewording::train(&sources));
        }
        ["reword", marked, ngrams, news, thesaurus] => {
            let made = spun::reword(ngrams.as_ref(), news.as_ref(), &files_of(thesaurus));
            return store(marked, made);
        }
        ["mark", marked, news, ref seen @ ..] => {
            let made = spun::mark(&sources("", news, seen), &listed("--only="));
            return store(marked, made);
        }
        ["check", "spun", ref files @ ..] if let Ok(files) = <[&str; 8]>::try_from(files) => {
            let [table, .., marked] = files;
            return match measure::spun(files) {
                Ok(report) => {
                    println!("{report}");
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    eprintln!("measuring {table} on {marked}: {error}");
                    ExitCode::FAILURE
                }
            };
        }
        ["joints", model, ref sets @ ..] => return store(model, Ok(joints::train(&paths(sets)))),
        ["check", "joints", ref sets @ ..] => print!("{}", joints::check(&paths(sets))),
        ["language", model, folder] => return store(model, language::train(folder.as_ref())),
        ["subjects", model, seeds, ref sets @ ..] => {
            let trained = subjects::train(seeds.as_ref(), &paths(sets)).map(|(model, report)| {
                println!("{report}");
                model
            });
            return store(model, trained);
        }
        ["lexicon", lexicon, folder, news] => {
            return store(lexicon, entities::lexicon::make(folder.as_ref(), news.as_ref()));
        }
        ["ner", model, lexicon, sentences] => {
            return store(model, entities::train(lexicon.as_ref(), sentences.as_ref()));
        }
        _ => {
            eprintln!(
                "usage: copydesk-train page|flat|joints MODEL SET… [--joints=SET,…] \
                 | check page|flat|joints SET… | table TABLE LISTS NEWS SEEN… \
                 | leaning LEANING TABLE NEWS SEEN… \
                 | rewording REWORDING TABLE NGRAMS NEWS THESAURUS… [--others=SET,…] \
                 | reword MARKED NGRAMS NEWS THESAURUS | spun NGRAMS TABLE NEWS \
                 | vectors VECTORS TABLE NEWS | cloze CLOZE TABLE NEWS \
                 | judge JUDGE LISTS NGRAMS VECTORS CLOZE NEWS SEEN… \
                 | mark MARKED NEWS SEEN… \
                 | check spun TABLE LEANING REWORDING NGRAMS VECTORS CLOZE JUDGE MARKED \
                 | language MODEL FOLDER | lexicon LEXICON FOLDER NEWS \
                 | ner MODEL LEXICON SENTENCES | subjects MODEL SEEDS SET…"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// A thesaurus may be more than one file, separated by commas.
fn files_of(thesaurus: &str) -> Vec<PathBuf> {
    thesaurus.split(',').map(PathBuf::from).collect()
}

fn paths(sets: &[&str]) -> Vec<PathBuf> {
    sets.iter().map(PathBuf::from).collect()
}

fn check(sets: &[&str], form: Form, joints: &[PathBuf]) -> String {
    boilerplate::cross_validate(&paths(sets), form, joints)
}

fn write(model: &str, sets: &[&str], form: Form, joints: &[PathBuf]) -> ExitCode {
    let (name, options) = match form {
        Form::Page => ("page", ""),
        Form::Flat => ("flat", " --joints=SET,…"),
    };
    let header =
        format!("copydesk {name} model, {SOURCES}, by `copydesk-train {name} MODEL SET…{options}`");
    let files = boilerplate::train_all(&paths(sets), form, joints, &header);
    let written = files
        .into_iter()
        .try_for_each(|(ending, file)| std::fs::write(format!("{model}.{ending}"), file));
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
    ended(path, made.and_then(|bytes| std::fs::write(path, bytes)))
}

fn ended(path: &str, stored: std::io::Result<()>) -> ExitCode {
    match stored {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("making {path}: {error}");
            ExitCode::FAILURE
        }
    }
}
