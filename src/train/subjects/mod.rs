//! Trains what tells an English text's subject by its words.
//!
//! It starts from lists of words that give a subject away (`seeds.txt`, written for the
//! project), and learns from pages whose outlet names their subject, by section or
//! address: weights move away from the lists only where the pages ask for it. How far a
//! guess must be ahead is calibrated on sites that were held out.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::random::Random;
use crate::eval::labelled::Labelled;
use crate::pipeline::Pipeline;
use crate::stage::StageName;
use crate::stages;
use crate::stages::tag::domain;
use crate::stages::tag::subjects::classifier::{self, Calibration, Guess};
use crate::stages::tag::subjects::{TOPICS, by_outlet};

const HEADER: &str = "# copydesk subjects model for English, trained on WCXB articles (CC BY 4.0), \
    article-extraction-dataset (Apache-2.0), fundus (MIT) and the project's own lists of words, \
    by `copydesk-train subjects MODEL SEEDS SET…`";

/// Words that fewer pages have are not learned.
const LEAST_PAGES: usize = 4;
const ROUNDS: usize = 6;
const STEP: f32 = 0.15;
/// How strongly a weight is drawn back to its list.
const PULL: f32 = 0.003;
/// How much a lead over other subjects counts while learning.
const SHARPNESS: f32 = 2.0;
/// Smaller weights are left out of the model.
const LEAST_WEIGHT: f32 = 0.05;
const FOLDS: u64 = 5;

type Weights = BTreeMap<String, Vec<f32>>;

struct Page {
    host: u64,
    topic: usize,
    counts: Vec<(String, u32)>,
}

/// Returns the model file, and what was seen on sites held out.
pub fn train(seeds: &Path, sets: &[impl AsRef<Path>]) -> io::Result<(Vec<u8>, String)> {
    let seeds = read_seeds(&std::fs::read_to_string(seeds)?);
    let mut pages = Vec::new();
    for set in sets {
        read_pages(BufReader::new(File::open(set)?), &mut pages)?;
    }
    let mut guesses: Vec<(f32, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let (held, others): (Vec<&Page>, Vec<&Page>) =
            pages.iter().partition(|page| page.host % FOLDS == fold);
        let weights = learn(&seeds, &others);
        guesses.extend(held.iter().filter_map(|page| {
            let guess = guess(&weights, page)?;
            Some((guess.margin, guess.topic == page.topic))
        }));
    }
    let calibration = calibrate(&guesses);
    let weights = learn(&seeds, &pages.iter().collect::<Vec<_>>());
    let report = report(&guesses, calibration, pages.len());
    Ok((write(&weights, calibration).into_bytes(), report))
}

fn read_seeds(seeds: &str) -> Weights {
    let mut topics: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for line in seeds.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(number) = words.next().and_then(|number| number.parse::<usize>().ok()) else {
            continue;
        };
        for word in words {
            topics.entry(word.to_owned()).or_default().push(number - 1);
        }
    }
    // A word of several subjects speaks less for each.
    topics
        .into_iter()
        .map(|(word, of)| {
            let mut weights = vec![0.0; TOPICS.len()];
            of.iter().for_each(|&topic| weights[topic] = 1.0 / of.len() as f32);
            (word, weights)
        })
        .collect()
}

/// English pages whose outlet names their subject.
fn read_pages(set: impl BufRead, pages: &mut Vec<Page>) -> io::Result<()> {
    let pipeline = Pipeline::new(StageName::ALL.map(stages::named).into(), None);
    for line in set.lines() {
        let labelled: Labelled = serde_json::from_str(&line?)?;
        let Some(mut article) = labelled.article() else { continue };
        if pipeline.run(&mut article).is_err() {
            continue;
        }
        let is_english = article.tags.language.as_deref().is_some_and(|tag| tag.starts_with("en"));
        let Some(found) = by_outlet(&article, &article.tags).filter(|_| is_english) else {
            continue;
        };
        let topic = TOPICS.iter().position(|topic| *topic == found.topic).unwrap_or_default();
        let headline = article.tags.headline.as_ref().map_or("", |headline| headline.text());
        let host = article.url.as_deref().and_then(domain::host).unwrap_or_default();
        let host = domain::registrable(&host)
            .bytes()
            .fold(0u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let counts = counts(headline, article.text());
        // The same page comes twice in some sets.
        if pages.iter().all(|known| known.host != host || known.counts != counts) {
            pages.push(Page { host, topic, counts });
        }
    }
    Ok(())
}

/// How often each term of three letters and more stands there, in the terms' order.
fn counts(headline: &str, text: &str) -> Vec<(String, u32)> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    classifier::each_term(headline, text, |term| {
        if term.len() > 2 {
            *counts.entry(term.to_owned()).or_default() += 1;
        }
    });
    counts.into_iter().collect()
}

/// Multinomial logistic regression by gradient descent, drawn to the lists.
fn learn(seeds: &Weights, pages: &[&Page]) -> Weights {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let words = pages.iter().flat_map(|page| page.counts.iter().map(|(word, _)| word.as_str()));
    words.filter(|word| !word.contains('-')).for_each(|word| *seen.entry(word).or_default() += 1);
    // What every other page has says nothing.
    let common = pages.len() / 3;
    let mut weights = seeds.clone();
    for (word, count) in seen {
        if (LEAST_PAGES..=common).contains(&count) {
            weights.entry(word.to_owned()).or_insert_with(|| vec![0.0; TOPICS.len()]);
        }
    }
    let mut sizes = vec![0usize; TOPICS.len()];
    pages.iter().for_each(|page| sizes[page.topic] += 1);
    let mut random = Random::new(7);
    let mut order: Vec<usize> = (0..pages.len()).collect();
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for &index in &order {
            let page = pages[index];
            let known = known(&weights, page);
            let values = classifier::values(&known);
            let scores = scores(&weights, &values);
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let powers: Vec<f32> =
                scores.iter().map(|score| (SHARPNESS * (score - most)).exp()).collect();
            let total: f32 = powers.iter().sum();
            // Rare subjects count for more.
            let share = pages.len() as f32 / (TOPICS.len() * sizes[page.topic]) as f32;
            let importance = share.sqrt().min(2.0);
            for (word, value) in &values {
                let start = seeds.get(*word);
                let Some(own) = weights.get_mut(*word) else { continue };
                for (topic, weight) in own.iter_mut().enumerate() {
                    let wanted = f32::from(u8::from(topic == page.topic));
                    let gradient = (powers[topic] / total - wanted) * importance * value;
                    let from = start.map_or(0.0, |start| start[topic]);
                    *weight -= STEP * (gradient + PULL * (*weight - from));
                }
            }
        }
    }
    weights
}

fn known<'a>(weights: &Weights, page: &'a Page) -> Vec<(&'a str, u32)> {
    let known = page.counts.iter().filter(|(word, _)| weights.contains_key(word));
    known.map(|(word, count)| (word.as_str(), *count)).collect()
}

fn scores(weights: &Weights, values: &[(&str, f32)]) -> Vec<f32> {
    let mut scores = vec![0.0; TOPICS.len()];
    for (word, value) in values {
        for (score, weight) in scores.iter_mut().zip(&weights[*word]) {
            *score += value * weight;
        }
    }
    scores
}

fn guess(weights: &Weights, page: &Page) -> Option<Guess> {
    let known = known(weights, page);
    classifier::best(&scores(weights, &classifier::values(&known)))
}

/// The logistic curve through what was right and wrong, by gradient descent.
fn calibrate(guesses: &[(f32, bool)]) -> Calibration {
    let mut calibration = Calibration { slope: 1.0, offset: 0.0 };
    for _ in 0..20_000 {
        let (mut slope, mut offset) = (0.0, 0.0);
        for &(margin, is_right) in guesses {
            let error = calibration.confidence(margin) - f32::from(u8::from(is_right));
            slope += error * margin;
            offset += error;
        }
        let count = guesses.len().max(1) as f32;
        calibration.slope -= slope / count;
        calibration.offset -= offset / count;
    }
    calibration
}

fn report(guesses: &[(f32, bool)], calibration: Calibration, pages: usize) -> String {
    let mut report = format!("{pages} pages; on sites held out, at a confidence of");
    for least in [0.0, 0.5, 0.6, 0.7, 0.8] {
        let answered: Vec<bool> = guesses
            .iter()
            .filter(|(margin, _)| calibration.confidence(*margin) >= least)
            .map(|(_, is_right)| *is_right)
            .collect();
        let right = answered.iter().filter(|is_right| **is_right).count();
        let _ = write!(
            report,
            "\n  {least:.1}: answered {:.3}, right {:.3}",
            answered.len() as f32 / pages.max(1) as f32,
            right as f32 / answered.len().max(1) as f32
        );
    }
    report
}

fn write(weights: &Weights, calibration: Calibration) -> String {
    let mut model = format!("{HEADER}\n{:.3} {:.3}\n", calibration.slope, calibration.offset);
    for (word, weights) in weights {
        let kept: Vec<(usize, &f32)> =
            weights.iter().enumerate().filter(|(_, weight)| weight.abs() >= LEAST_WEIGHT).collect();
        if kept.is_empty() {
            continue;
        }
        model.push_str(word);
        for (topic, weight) in kept {
            let _ = write!(model, " {topic}:{weight:.2}");
        }
        model.push('\n');
    }
    model
}
