//! The likeliest original of a spun text: each phrase of the channel may stand
//! for itself or for one of its originals, and what reads most like news wins.
//! A beam search over the words, then each change is tried for how much worse
//! the text would read without it.

use std::ops::Range;

use super::channel::{CHANNEL, Entry};
use super::ngrams::NEWS;
use super::tokens::{Token, WordHash};
use crate::text::hashing::FastSet;

/// A phrase that is taken for spun.
pub struct Choice {
    pub entry: &'static Entry,
    /// Of the tokens.
    pub tokens: Range<usize>,
    /// How much better the text reads with the original, as a logarithm.
    pub margin: f32,
    /// The same over the next best original.
    pub lead: f32,
}

/// The words that a text holds as it comes. A spinner replaces a word throughout
/// a page or leaves it throughout: an original that is still there was left.
pub struct Present(FastSet<WordHash>);

/// What it costs to restore a word that the text holds anyway, as a logarithm.
const STILL_THERE: f32 = -3.0;

/// Words so common that they come from elsewhere as well: more than one in 200.
const COMMON: f64 = 0.005;

impl Present {
    pub fn in_text(tokens: &[Token]) -> Self {
        Self(tokens.iter().map(|token| token.hash).collect())
    }

    fn cost(&self, entry: &Entry) -> f32 {
        let is_left = match entry.original[..] {
            [word] => {
                self.0.contains(&word) && f64::from(NEWS.count(&[word])) < COMMON * NEWS.tokens()
            }
            _ => false,
        };
        entry.cost + if is_left { STILL_THERE } else { 0.0 }
    }
}

/// Paths kept at each word.
const BEAM: usize = 8;

#[derive(Clone, Copy)]
struct Node {
    score: f32,
    last: [WordHash; 2],
    /// The node before, and the entry that led here, if any.
    from: usize,
    entry: Option<&'static Entry>,
    start: usize,
}

/// Decodes one run of tokens (a paragraph, say).
pub fn decode(tokens: &[Token], present: &Present) -> Vec<Choice> {
    let mut nodes: Vec<Node> = Vec::with_capacity(tokens.len() * BEAM);
    // Indices into `nodes` of the paths that end before each token.
    let mut open: Vec<Vec<usize>> = vec![Vec::new(); tokens.len() + 1];
    let stop = super::tokens::stop();
    nodes.push(Node { score: 0.0, last: [stop, stop], from: 0, entry: None, start: 0 });
    open[0].push(0);
    for at in 0..tokens.len() {
        let mut paths = std::mem::take(&mut open[at]);
        prune(&mut paths, &nodes);
        let entries: Vec<&'static Entry> = CHANNEL.matches(&tokens[at..]);
        let kept = CHANNEL.kept(tokens[at].hash);
        for path in paths {
            let node = nodes[path];
            let score = node.score + kept + NEWS.log_likelihood(node.last, tokens[at].hash);
            let last = [node.last[1], tokens[at].hash];
            open[at + 1].push(nodes.len());
            nodes.push(Node { score, last, from: path, entry: None, start: at });
            for entry in &entries {
                let (gain, last) = read(node.last, &entry.original);
                let score = node.score + present.cost(entry) + gain;
                open[at + entry.spun.len()].push(nodes.len());
                nodes.push(Node { score, last, from: path, entry: Some(entry), start: at });
            }
        }
    }
    let best = open[tokens.len()].iter().copied().max_by(|a, b| compare(&nodes, *a, *b));
    choices(tokens, &nodes, best.unwrap_or(0), present)
}

fn compare(nodes: &[Node], a: usize, b: usize) -> std::cmp::Ordering {
    nodes[a].score.total_cmp(&nodes[b].score)
}

/// Keeps the best path of each pair of last words, and of those the best few.
fn prune(paths: &mut Vec<usize>, nodes: &[Node]) {
    paths.sort_by(|a, b| compare(nodes, *b, *a));
    let mut seen: Vec<[WordHash; 2]> = Vec::with_capacity(BEAM);
    paths.retain(|path| {
        let fresh = seen.len() < BEAM && !seen.contains(&nodes[*path].last);
        if fresh {
            seen.push(nodes[*path].last);
        }
        fresh
    });
}

/// How the words read after the last two, and what the last two are then.
fn read(mut last: [WordHash; 2], words: &[WordHash]) -> (f32, [WordHash; 2]) {
    let mut sum = 0.0;
    for word in words {
        sum += NEWS.log_likelihood(last, *word);
        last = [last[1], *word];
    }
    (sum, last)
}

fn choices(tokens: &[Token], nodes: &[Node], end: usize, present: &Present) -> Vec<Choice> {
    let mut path = Vec::new();
    let mut at = end;
    while at != 0 {
        path.push(at);
        at = nodes[at].from;
    }
    path.reverse();
    let mut choices = Vec::new();
    for (step, node) in path.iter().map(|at| &nodes[*at]).enumerate() {
        let Some(entry) = node.entry else { continue };
        let span = node.start..node.start + entry.spun.len();
        let before = nodes[node.from].last;
        let behind = following(tokens, nodes, &path[step + 1..]);
        let with = present.cost(entry) + read_all(before, &entry.original, &behind);
        let kept: f32 = entry.spun.iter().map(|word| CHANNEL.kept(*word)).sum();
        let without = kept + read_all(before, &entry.spun, &behind);
        let rivals = CHANNEL.matches(&tokens[node.start..]).into_iter();
        let rival = rivals
            .filter(|rival| rival.spun.len() == entry.spun.len() && !std::ptr::eq(*rival, entry))
            .map(|rival| present.cost(rival) + read_all(before, &rival.original, &behind))
            .fold(f32::NEG_INFINITY, f32::max);
        let (margin, lead) = (with - without, with - rival);
        choices.push(Choice { entry, tokens: span, margin, lead });
    }
    choices
}

fn read_all(before: [WordHash; 2], words: &[WordHash], behind: &[WordHash]) -> f32 {
    let (here, last) = read(before, words);
    here + read(last, behind).0
}

/// The next two words on the path.
fn following(tokens: &[Token], nodes: &[Node], rest: &[usize]) -> Vec<WordHash> {
    let mut words = Vec::with_capacity(2);
    for at in rest.iter().take(2) {
        match nodes[*at].entry {
            Some(entry) => words.extend(&entry.original),
            None => words.push(tokens[nodes[*at].start].hash),
        }
    }
    words.truncate(2);
    words
}
