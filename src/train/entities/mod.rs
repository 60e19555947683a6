//! Trains the entity tagger: a conditional random field, by gradient ascent with
//! AdaGrad (Duchi et al. 2011) on sentences with IOB2 tags over PER, ORG and LOC.

pub mod lexicon;

use std::io::{self, BufRead};
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use crate::stages::tag::entities::features::{self, Known, ROWS};
use crate::stages::tag::entities::lexicon::{Kind, Lexicon};
use crate::stages::tag::entities::model::{
    self, Lattice, Model, OUTSIDE, START, STOP, TAGS, Transitions,
};
use crate::stages::tag::entities::tokens::{Token, lower_hash, tokenise};
use crate::train::random::Random;

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    source: String,
    tokens: Vec<String>,
    tags: Vec<String>,
}

/// A stretch of candidate tokens: for each the rows of its features, and its tag.
struct Stretch {
    tokens: Vec<(Vec<u32>, usize)>,
    /// How much is learnt from it.
    weight: f32,
}

/// What the sources are worth: tweets are written unlike news; the web treebank has
/// each name annotated, and by rules.
const SOURCE_WEIGHTS: [(&str, f32); 3] = [("BTC", 0.5), ("WNUT17", 0.5), ("UNER", 2.0)];

const EPOCHS: usize = 18;
const RATE: f32 = 0.03;
/// The share of features that are left out of an example, so that others learn too.
const DROPPED: f32 = 0.5;
const DECAY: f32 = 1e-4;

const SOURCES: &str = "trained on UNER English EWT dev (CC BY-SA 4.0), GUM academic, bio, court, \
    interview, news, voyage (CC BY 4.0, text CC BY 2.5 and CC BY-SA 3.0), Broad Twitter Corpus, \
    WNUT17 train and WikiGold (CC BY 4.0), by `copydesk-train ner MODEL LEXICON SENTENCES`";

/// Trains on the sentences of a file of JSON lines; the bytes of the model file.
pub fn train(lexicon: &Path, sentences: &Path) -> io::Result<Vec<u8>> {
    let lexicon = Lexicon::read(&std::fs::read(lexicon)?)
        .ok_or_else(|| io::Error::other("that is no lexicon"))?;
    let mut rows: Vec<Row> = Vec::new();
    for line in io::BufReader::new(std::fs::File::open(sentences)?).lines() {
        let mut row: Row = serde_json::from_str(&line?).map_err(io::Error::other)?;
        row.mend(&lexicon);
        rows.push(row);
    }
    let mut random = Random::new(0xada);
    let names = NamePool::of(&rows);
    let mut stretches: Vec<Stretch> = Vec::new();
    for row in &rows {
        stretches.extend(read(row, &lexicon, 1.0));
        for _ in 0..RENAMINGS {
            if let Some(renamed) = names.rename(row, &mut random) {
                stretches.extend(read(&renamed, &lexicon, RENAMED_WEIGHT));
            }
        }
    }
    let mut learner = Learner::new();
    for epoch in 0..EPOCHS {
        for index in (1..stretches.len()).rev() {
            stretches.swap(index, random.below(index + 1));
        }
        let rate = RATE * (1.0 - 0.9 * epoch as f32 / EPOCHS as f32);
        for stretch in &stretches {
            learner.learn(stretch, rate, &mut random);
        }
    }
    Ok(learner.model())
}

/// Names for putting others in a sentence's place, so that surroundings are learnt
/// and not only names.
struct NamePool([Vec<Vec<String>>; 3]);

/// Copies of each sentence with other names.
const RENAMINGS: usize = 1;
const RENAMED_WEIGHT: f32 = 0.5;
/// The share of names that are exchanged in a copy.
const RENAMED_SHARE: f32 = 0.4;

impl NamePool {
    fn of(rows: &[Row]) -> Self {
        let mut names: [Vec<Vec<String>>; 3] = Default::default();
        for row in rows {
            for (span, class) in row.names() {
                names[class].push(row.tokens[span].to_vec());
            }
        }
        let lists = [(1, lexicon::ORGANISATIONS), (2, lexicon::PLACES)];
        for (class, list) in lists {
            for name in list.lines().filter(|line| !line.starts_with('#')) {
                names[class].push(name.split(' ').map(str::to_owned).collect());
            }
        }
        Self(names)
    }

    fn rename(&self, row: &Row, random: &mut Random) -> Option<Row> {
        let (mut tokens, mut tags, mut at) = (Vec::new(), Vec::new(), 0);
        let names = row.names();
        if names.is_empty() {
            return None;
        }
        for (span, class) in names {
            tokens.extend_from_slice(&row.tokens[at..span.start]);
            tags.resize(tokens.len(), "O".to_owned());
            let name = if random.unit() < RENAMED_SHARE {
                &self.0[class][random.below(self.0[class].len())][..]
            } else {
                &row.tokens[span.clone()]
            };
            tokens.extend_from_slice(name);
            tags.push(format!("B-{}", CLASSES[class]));
            tags.resize(tokens.len(), format!("I-{}", CLASSES[class]));
            at = span.end;
        }
        tokens.extend_from_slice(&row.tokens[at..]);
        tags.resize(tokens.len(), "O".to_owned());
        Some(Row { source: row.source.clone(), tokens, tags })
    }
}

const CLASSES: [&str; 3] = ["PER", "ORG", "LOC"];

impl Row {
    /// GUM's names are the proper nouns of its trees, and so lack what is none there:
    /// "United" before "States", "University" behind "Kyoto".
    fn mend(&mut self, lexicon: &Lexicon) {
        if !self.source.starts_with("GUM") {
            return;
        }
        for (span, class) in self.names() {
            let is_free = |at: usize| self.tags.get(at).is_some_and(|tag| tag == "O");
            let (mut start, mut end, mut class) = (span.start, span.end, class);
            if start > 0 && self.tokens[start - 1] == "United" && is_free(start - 1) {
                start -= 1;
            }
            if is_free(end) && self.tokens[end].starts_with(char::is_uppercase) {
                let entry = lexicon.entry(lower_hash(&self.tokens[end]));
                if entry.is(Kind::OrganisationWord) {
                    (end, class) = (end + 1, 1);
                } else if entry.is(Kind::PlaceWord) {
                    (end, class) = (end + 1, 2);
                }
            }
            self.tags[start..end].fill(format!("I-{}", CLASSES[class]));
            self.tags[start] = format!("B-{}", CLASSES[class]);
        }
    }

    /// Names as spans of tokens, with their class.
    fn names(&self) -> Vec<(Range<usize>, usize)> {
        let mut names: Vec<(Range<usize>, usize)> = Vec::new();
        for (index, tag) in self.tags.iter().enumerate() {
            let class = CLASSES.iter().position(|class| tag.ends_with(class));
            match (class, names.last_mut()) {
                (Some(class), Some((span, before)))
                    if tag.starts_with("I-") && span.end == index && *before == class =>
                {
                    span.end = index + 1;
                }
                (Some(class), _) => names.push((index..index + 1, class)),
                (None, _) => {}
            }
        }
        names
    }
}

fn read(row: &Row, lexicon: &Lexicon, weight: f32) -> Vec<Stretch> {
    let text = row.tokens.join(" ");
    let source = SOURCE_WEIGHTS.iter().find(|(source, _)| row.source.starts_with(source));
    let weight = weight * source.map_or(1.0, |(_, weight)| *weight);
    let mut tokens = Vec::new();
    tokenise(&text, 0..text.len(), &mut tokens);
    let tags = tags(row, &tokens, |token| lexicon.entry(token.lower).is(Kind::Title));
    let mut known: Vec<Known> = Vec::new();
    features::know(&text, &tokens, lexicon, &mut known);
    let tagged = |index: usize| {
        let mut rows = Vec::new();
        features::rows(&known, index, |row| rows.push(row));
        (rows, tags[index])
    };
    model::stretches(&known)
        .map(|stretch| Stretch { tokens: stretch.map(tagged).collect(), weight })
        .collect()
}

/// The tags of our tokens, where the sentence's own names begin and end with them.
fn tags(row: &Row, tokens: &[Token], is_title: impl Fn(&Token) -> bool) -> Vec<usize> {
    let mut tags = vec![OUTSIDE; tokens.len()];
    let mut starts = Vec::with_capacity(row.tokens.len());
    let mut at = 0;
    for token in &row.tokens {
        starts.push(at);
        at += token.len() + 1;
    }
    for (span, class) in row.names() {
        let start = starts[span.start];
        let end = starts[span.end - 1] + row.tokens[span.end - 1].len();
        let first = tokens.iter().position(|token| token.span.start == start);
        let last = tokens.iter().position(|token| token.span.end == end);
        if let (Some(mut first), Some(last)) = (first, last) {
            // "President Ada Quill" is Ada Quill, whatever a corpus thinks.
            while class == 0 && first < last && is_title(&tokens[first]) {
                first += 1;
            }
            tags[first..=last].fill(2 * class + 2);
            tags[first] = 2 * class + 1;
        }
    }
    tags
}

struct Learner {
    table: Vec<[f32; TAGS]>,
    squares: Vec<[f32; TAGS]>,
    transitions: Transitions,
    transition_squares: Transitions,
    lattice: Lattice,
}

/// What cannot be: an inside without a beginning.
const NEVER: f32 = -30.0;

impl Learner {
    fn new() -> Self {
        let mut transitions = [[0.0; TAGS + 1]; TAGS + 1];
        for (from, row) in transitions.iter_mut().enumerate() {
            for (to, weight) in row.iter_mut().enumerate().take(TAGS) {
                let is_inside = to != OUTSIDE && !model::begins(to);
                let follows = from < TAGS && model::goes_on(from, to);
                if is_inside && !follows {
                    *weight = NEVER;
                }
            }
        }
        Self {
            table: vec![[0.0; TAGS]; ROWS],
            squares: vec![[1e-2; TAGS]; ROWS],
            transitions,
            transition_squares: [[1e-2; TAGS + 1]; TAGS + 1],
            lattice: Lattice::default(),
        }
    }

    fn learn(&mut self, stretch: &Stretch, rate: f32, random: &mut Random) {
        let rate = rate * stretch.weight;
        let kept: Vec<Vec<u32>> = stretch
            .tokens
            .iter()
            .map(|(rows, _)| rows.iter().copied().filter(|_| random.unit() >= DROPPED).collect())
            .collect();
        self.lattice.scores.clear();
        for rows in &kept {
            let mut scores = [0.0; TAGS];
            for row in rows {
                for (score, weight) in scores.iter_mut().zip(&self.table[*row as usize]) {
                    *score += weight / (1.0 - DROPPED);
                }
            }
            self.lattice.scores.push(scores);
        }
        self.lattice.sum(&self.transitions);
        for (at, rows) in kept.iter().enumerate() {
            let gold = stretch.tokens[at].1;
            let gradient: [f32; TAGS] = std::array::from_fn(|tag| {
                f32::from(u8::from(tag == gold)) - self.lattice.marginal(at, tag)
            });
            if gradient.iter().all(|value| value.abs() < 1e-3) {
                continue;
            }
            for row in rows {
                let (weights, squares) =
                    (&mut self.table[*row as usize], &mut self.squares[*row as usize]);
                for ((weight, square), gradient) in weights.iter_mut().zip(squares).zip(gradient) {
                    let gradient = gradient - DECAY * *weight;
                    *square += gradient * gradient;
                    *weight += rate * gradient / square.sqrt();
                }
            }
        }
        self.learn_transitions(&stretch.tokens, rate);
    }

    fn learn_transitions(&mut self, stretch: &[(Vec<u32>, usize)], rate: f32) {
        let mut gradient = [[0.0f32; TAGS + 1]; TAGS + 1];
        let last = stretch.len() - 1;
        gradient[START][stretch[0].1] += 1.0;
        gradient[stretch[last].1][STOP] += 1.0;
        for (tag, value) in gradient[START].iter_mut().enumerate().take(TAGS) {
            *value -= self.lattice.marginal(0, tag);
        }
        for (tag, row) in gradient.iter_mut().enumerate().take(TAGS) {
            row[STOP] -= self.lattice.marginal(last, tag);
        }
        for at in 0..last {
            gradient[stretch[at].1][stretch[at + 1].1] += 1.0;
            for (from, row) in gradient.iter_mut().enumerate().take(TAGS) {
                for (to, value) in row.iter_mut().enumerate().take(TAGS) {
                    *value -= self.lattice.pair(&self.transitions, at, from, to);
                }
            }
        }
        let rows = gradient.iter().zip(&mut self.transitions).zip(&mut self.transition_squares);
        for ((gradient, weights), squares) in rows {
            for ((value, weight), square) in gradient.iter().zip(weights).zip(squares) {
                if value.abs() > 1e-4 && *weight > NEVER {
                    *square += value * value;
                    *weight += rate * value / square.sqrt();
                }
            }
        }
    }

    fn model(&self) -> Vec<u8> {
        let mut sizes: Vec<f32> = self.table.iter().flatten().map(|weight| weight.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        let scale = sizes[sizes.len() - sizes.len() / CUT - 1] / 127.0;
        // What a row that is seldom wanted could say is said by others.
        let strength = |row: &[f32; TAGS]| row.iter().fold(0.0f32, |most, w| most.max(w.abs()));
        let mut strengths: Vec<f32> = self.table.iter().map(strength).collect();
        strengths.sort_by(|a, b| b.total_cmp(a));
        let least = strengths[KEPT.min(ROWS - 1)];
        let table: Vec<[i8; TAGS]> = self
            .table
            .iter()
            .map(|row| {
                if strength(row) <= least {
                    return [0; TAGS];
                }
                row.map(|weight| (weight / scale).round().clamp(-127.0, 127.0) as i8)
            })
            .collect();
        let header = format!("copydesk entities model for English, {SOURCES}");
        Model::write(&header, scale, &self.transitions, &table)
    }
}

/// One weight in so many is cut short.
const CUT: usize = 5_000;
/// Rows of the table that are written down.
const KEPT: usize = 450_000;
