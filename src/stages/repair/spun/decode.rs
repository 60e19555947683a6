//! The likeliest original of a spun text: each phrase of the channel may stand
//! for itself or for one of its originals, and what reads most like news wins.
//! A beam search over the words, then each change is tried for how much worse
//! the text would read without it.

use std::ops::Range;

use super::channel::{Channel, Entry};
use super::document::Present;
use super::ngrams::{Chain, History, Reader};
use super::tokens::{Token, WordHash, stop, word_hash};

/// A phrase that may be spun.
#[derive(Debug, Clone)]
pub struct Choice<'m> {
    pub entry: &'m Entry,
    /// Of the tokens.
    pub tokens: Range<usize>,
    /// How much better the text reads with the original, as a logarithm.
    pub margin: f32,
    /// The same over the next best original.
    pub lead: f32,
    /// The two words before and the two behind, as restored.
    pub before: [WordHash; 2],
    pub behind: [WordHash; 2],
    /// How many originals the phrase may have here.
    pub rivals: usize,
    /// Whether the best reading of the line holds it.
    pub is_best: bool,
}

/// What it costs to restore a word that the text holds anyway, as a logarithm.
const STILL_THERE: f32 = -3.0;

/// Words so common that they come from elsewhere as well: more than one in 200.
const COMMON: f64 = 0.005;

/// What "a" before a vowel costs, or "an" before none. The spinner leaves the
/// article as it was, so it agrees with the original.
const DISAGREES: f32 = -4.0;

/// Words between two looks at the deadline.
const CHECK_EVERY: usize = 64;

/// Changes of one place that are weighed, and the margin from which they are: of those that
/// a forest was sure of in the end (see [`super::evidence`]) the worst had −2.3.
const FEW: usize = 2;
const WORST: f32 = -3.0;

/// Paths kept at each word.
const BEAM: usize = 3;

/// A way to read a line: each step one word as it stands, or an entry.
pub type Reading<'m> = Vec<Step<'m>>;

pub struct Step<'m> {
    pub start: usize,
    pub entry: Option<&'m Entry>,
    /// The last two words of the reading so far.
    before: [WordHash; 2],
}

#[derive(Clone, Copy)]
struct Node<'m> {
    score: f32,
    last: [WordHash; 2],
    /// The node before, and the entry that led here, if any.
    from: usize,
    entry: Option<&'m Entry>,
    start: usize,
    /// The node made before it that ends at the same place.
    beside: usize,
}

/// The ways to read a line so far.
struct Paths<'m> {
    nodes: Vec<Node<'m>>,
    /// The last node made that ends before each token.
    last: Vec<usize>,
}

/// No node.
const NONE: usize = usize::MAX;

impl<'m> Paths<'m> {
    /// From the start of a line of so many tokens.
    fn new(tokens: usize) -> Self {
        let mut paths =
            Self { nodes: Vec::with_capacity(tokens * BEAM * 2), last: vec![NONE; tokens + 1] };
        paths.add(
            0,
            Node { score: 0.0, last: [stop(); 2], from: 0, entry: None, start: 0, beside: NONE },
        );
        paths
    }

    /// A way that ends before the token `end`.
    fn add(&mut self, end: usize, node: Node<'m>) {
        let beside = std::mem::replace(&mut self.last[end], self.nodes.len());
        self.nodes.push(Node { beside, ..node });
    }

    /// Fills in the nodes that end before the token, as they were made.
    fn ending(&self, token: usize, found: &mut Vec<usize>) {
        found.clear();
        let mut node = self.last[token];
        while node != NONE {
            found.push(node);
            node = self.nodes[node].beside;
        }
        found.reverse();
    }
}

pub struct Decoder<'m, 't> {
    pub channel: &'m Channel,
    pub news: &'t Reader<'m>,
    pub present: &'t Present,
    articles: [WordHash; 2],
    check: &'t dyn Fn(),
}

impl<'m, 't> Decoder<'m, 't> {
    /// `check` is called now and then; it unwinds when it is time to end.
    pub fn new(
        channel: &'m Channel,
        news: &'t Reader<'m>,
        present: &'t Present,
        check: &'t dyn Fn(),
    ) -> Self {
        Self { channel, news, present, articles: [word_hash("a"), word_hash("an")], check }
    }

    /// The best reading of one run of tokens (a paragraph, say).
    pub fn decode(&self, tokens: &[Token]) -> Reading<'m> {
        let mut all = Paths::new(tokens.len());
        let mut paths = Vec::new();
        let mut entries = Vec::new();
        let (mut costs, mut asked) = (Vec::new(), Vec::new());
        for at in 0..tokens.len() {
            if at % CHECK_EVERY == 0 {
                (self.check)();
            }
            all.ending(at, &mut paths);
            prune(&mut paths, &all.nodes);
            let token = &tokens[at];
            self.channel.matches(&tokens[at..], &mut entries);
            if entries.is_empty() && paths.len() == 1 {
                // Nothing to choose from: what the word adds, it adds to every path.
                let node = all.nodes[paths[0]];
                let last = [node.last[1], token.hash];
                all.add(at + 1, Node { last, from: paths[0], entry: None, start: at, ..node });
                continue;
            }
            let kept = self.channel.kept(token.hash);
            costs.clear();
            costs.extend(entries.iter().map(|entry| self.cost(entry)));
            asked.clear();
            for &path in &paths {
                let [first, second] = all.nodes[path].last;
                let [one, two] = [Chain::of(&[second]), Chain::of(&[first, second])];
                let words = entries.iter().map(|entry| entry.original[0]);
                for word in words.chain([token.hash]) {
                    asked.extend([one, two].map(|before| before.then(word).hash()));
                }
            }
            self.news.prepare(&mut asked);
            for &path in &paths {
                let node = all.nodes[path];
                let history = self.news.history(node.last);
                let reads = self.news.log_likelihood(&history, token.hash)
                    + self.agreement(node.last[1], token.is_vowel);
                let last = [node.last[1], token.hash];
                let score = node.score + kept + reads;
                let from = path;
                all.add(at + 1, Node { score, last, from, entry: None, start: at, ..node });
                for (entry, cost) in entries.iter().copied().zip(&costs) {
                    let (gain, last) = self.read(&history, &entry.original, entry.is_vowel);
                    let score = node.score + cost + gain;
                    let end = at + entry.spun.len();
                    all.add(end, Node { score, last, from, entry: Some(entry), start: at, ..node });
                }
            }
        }
        all.ending(tokens.len(), &mut paths);
        let best = paths.iter().max_by(|a, b| {
            let score = |node: usize| all.nodes[node].score;
            score(**a).total_cmp(&score(**b))
        });
        reading(&all.nodes, best.copied().unwrap_or(0))
    }

    /// The changes that the reading makes, and those that are not much worse: the
    /// likeliest few of each place.
    pub fn choices(&self, tokens: &[Token], reading: &[Step<'m>]) -> Vec<Choice<'m>> {
        let mut choices = Vec::new();
        let mut rivals = Vec::new();
        for (index, step) in reading.iter().enumerate() {
            if index % CHECK_EVERY == 0 {
                (self.check)();
            }
            self.channel.matches(&tokens[step.start..], &mut rivals);
            rivals.retain(|rival| match step.entry {
                Some(entry) => rival.spun.len() == entry.spun.len(),
                None => reading[index..].iter().take(rival.spun.len()).all(|s| s.entry.is_none()),
            });
            if rivals.is_empty() {
                continue;
            }
            let before = self.news.history(step.before);
            let mut here: Vec<Choice<'m>> = Vec::with_capacity(rivals.len());
            let (mut length, mut behind, mut without) = (0, Vec::new(), 0.0);
            for entry in rivals.iter().copied() {
                if entry.spun.len() != length {
                    length = entry.spun.len();
                    let taken = if step.entry.is_some() { 1 } else { length };
                    behind = following(tokens, &reading[index + taken..]);
                    let words: Vec<WordHash> =
                        tokens[step.start..step.start + length].iter().map(|t| t.hash).collect();
                    let kept: f32 = words.iter().map(|word| self.channel.kept(*word)).sum();
                    let is_vowel = tokens[step.start].is_vowel;
                    without = kept + self.read_all(&before, &words, is_vowel, &behind);
                }
                let margin = self.with(entry, &before, &behind) - without;
                let is_best = step.entry.is_some_and(|best| std::ptr::eq(best, entry));
                let behind = [0, 1].map(|at| behind.get(at).copied().unwrap_or_else(stop));
                here.push(Choice {
                    entry,
                    tokens: step.start..step.start + length,
                    margin,
                    lead: 0.0,
                    before: step.before,
                    behind,
                    rivals: rivals.len(),
                    is_best,
                });
            }
            here.sort_by(|a, b| b.is_best.cmp(&a.is_best).then(b.margin.total_cmp(&a.margin)));
            for at in 0..here.len().min(FEW) {
                let rival = here
                    .iter()
                    .enumerate()
                    .filter(|(other, choice)| *other != at && choice.tokens == here[at].tokens);
                let next_best = rival.map(|(_, r)| r.margin).fold(f32::NEG_INFINITY, f32::max);
                here[at].lead = here[at].margin - next_best;
            }
            here.truncate(FEW);
            choices.extend(here.into_iter().filter(|c| c.is_best || c.margin > WORST));
        }
        choices
    }

    fn cost(&self, entry: &Entry) -> f32 {
        let is_left = match entry.original[..] {
            [word] => self.present.count(word) > 0 && !self.news.is_commoner(word, COMMON),
            _ => false,
        };
        entry.cost + if is_left { STILL_THERE } else { 0.0 }
    }

    fn agreement(&self, before: WordHash, is_vowel: bool) -> f32 {
        let [a, an] = self.articles;
        if before == a && is_vowel || before == an && !is_vowel { DISAGREES } else { 0.0 }
    }

    /// How the words read after a history, and what the last two are then.
    fn read(&self, history: &History, words: &[WordHash], is_vowel: bool) -> (f32, [WordHash; 2]) {
        let mut last = history.words;
        let mut sum = self.agreement(last[1], is_vowel);
        for (index, word) in words.iter().enumerate() {
            sum += match index {
                0 => self.news.log_likelihood(history, *word),
                _ => self.news.log_likelihood(&self.news.history(last), *word),
            };
            last = [last[1], *word];
        }
        (sum, last)
    }

    fn with(&self, entry: &Entry, before: &History, behind: &[WordHash]) -> f32 {
        self.cost(entry) + self.read_all(before, &entry.original, entry.is_vowel, behind)
    }

    fn read_all(
        &self,
        before: &History,
        words: &[WordHash],
        is_vowel: bool,
        behind: &[WordHash],
    ) -> f32 {
        let (mut sum, mut last) = self.read(before, words, is_vowel);
        for word in behind {
            sum += self.news.log_likelihood(&self.news.history(last), *word);
            last = [last[1], *word];
        }
        sum
    }
}

/// Keeps the best path of each pair of last words, and of those the best few.
fn prune(paths: &mut Vec<usize>, nodes: &[Node]) {
    if paths.len() == 1 {
        return;
    }
    paths.sort_by(|a, b| nodes[*b].score.total_cmp(&nodes[*a].score));
    let (mut seen, mut count) = ([[0; 2]; BEAM], 0);
    paths.retain(|path| {
        let last = nodes[*path].last;
        let is_fresh = count < BEAM && !seen[..count].contains(&last);
        if is_fresh {
            seen[count] = last;
            count += 1;
        }
        is_fresh
    });
}

/// The steps that lead to a node.
fn reading<'m>(nodes: &[Node<'m>], end: usize) -> Reading<'m> {
    let mut steps = Vec::new();
    let mut at = end;
    while at != 0 {
        let Node { from, entry, start, .. } = nodes[at];
        steps.push(Step { start, entry, before: nodes[from].last });
        at = from;
    }
    steps.reverse();
    steps
}

/// The next two words of the reading.
fn following(tokens: &[Token], rest: &[Step]) -> Vec<WordHash> {
    let mut words = Vec::with_capacity(4);
    for step in rest.iter().take(2) {
        match step.entry {
            Some(entry) => words.extend(&entry.original),
            None => words.push(tokens[step.start].hash),
        }
    }
    words.truncate(2);
    words
}
