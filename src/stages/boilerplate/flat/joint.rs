//! Whether a line goes on with the text of the line before it: a forest's opinion of
//! each line break at which that is possible. Scrapers that know nothing of layout
//! break a paragraph wherever a link or an emphasis begins or ends.

use std::ops::Range;
use std::sync::LazyLock;

use crate::stage::Deadline;
use crate::stages::forest::Forest;
use crate::text::lines::{First, Measure};

pub static SHIPPED: LazyLock<Forest> = LazyLock::new(|| {
    Forest::read(include_bytes!("../models/flat.joints")).expect("the file is part of the build")
});

/// How probable it is for each line that it goes on with the one before it, 0 to 1;
/// 0 for the first, and where the line before ends a sentence and this one begins one.
pub fn opinions(
    forest: &Forest,
    text: &str,
    lines: &[Range<usize>],
    measures: &[Measure],
    deadline: &Deadline,
) -> Vec<f32> {
    let rows = Rows::new(text, lines, measures);
    let judged: Vec<usize> = (1..lines.len()).filter(|&at| may_join(measures, at)).collect();
    let mut cells = Vec::with_capacity(judged.len() * COLUMNS);
    for (row, &at) in judged.iter().enumerate() {
        deadline.check_at(row);
        rows.put(at, &mut cells);
    }
    let rows: Vec<&[f32]> = cells.chunks_exact(COLUMNS).collect();
    let mut opinions = vec![0.0; lines.len()];
    let found = forest.probabilities_of_hopeful(&rows, &[HOPELESS], &|| deadline.check());
    for (at, opinion) in judged.into_iter().zip(found) {
        opinions[at] = opinion;
    }
    opinions
}

/// A break that a quarter of the trees think less probable to be joined never is.
const HOPELESS: (f32, f32) = (0.25, 0.05);

/// Whether the break before the line is judged at all.
pub fn may_join(measures: &[Measure], at: usize) -> bool {
    let continues = matches!(measures[at].first, Some(First::Lowercase | First::Continuing));
    continues || !measures[at - 1].ends_sentence
}

/// Of a break: the text as a whole, the lines between blank ones around it, the break
/// itself, and two lines on either side.
pub const COLUMNS: usize = 12 + 4 * LINE;
const LINE: usize = 10;

pub struct Rows<'a> {
    text: &'a str,
    lines: &'a [Range<usize>],
    measures: &'a [Measure],
    /// Line breaks before each line, at most 3, which a missing line has too.
    breaks: Vec<f32>,
    /// Of all lines: those with a blank line before them, labels, and those that begin
    /// like the middle of a sentence.
    shares: [f32; 3],
    /// The lines without a blank one between them that a line is one of.
    groups: Vec<Range<usize>>,
    /// Running total of words.
    words: Vec<u32>,
}

impl<'a> Rows<'a> {
    pub fn new(text: &'a str, lines: &'a [Range<usize>], measures: &'a [Measure]) -> Self {
        let breaks: Vec<f32> = (0..lines.len())
            .map(|at| match at {
                0 => 3.0,
                _ => {
                    let between = &text[lines[at - 1].end..lines[at].start];
                    between.bytes().filter(|&byte| byte == b'\n').count().min(3) as f32
                }
            })
            .collect();
        let count = lines.len().max(1) as f32;
        let share = |is_one: &dyn Fn(usize) -> bool| {
            (0..lines.len()).filter(|&at| is_one(at)).count() as f32 / count
        };
        let shares = [
            share(&|at| breaks[at] > 1.0),
            share(&|at| measures[at].words <= 3),
            share(&|at| matches!(measures[at].first, Some(First::Lowercase | First::Continuing))),
        ];
        let mut groups: Vec<Range<usize>> = Vec::with_capacity(lines.len());
        let mut start = 0;
        for end in 1..=lines.len() {
            if breaks.get(end).is_none_or(|&breaks| breaks > 1.0) {
                groups.extend(std::iter::repeat_n(start..end, end - start));
                start = end;
            }
        }
        let mut words = vec![0];
        words.extend(measures.iter().scan(0, |sum, measure| {
            *sum += measure.words;
            Some(*sum)
        }));
        Self { text, lines, measures, breaks, shares, groups, words }
    }

    /// The row of the break before the line.
    pub fn put(&self, at: usize, cells: &mut Vec<f32>) {
        let group = &self.groups[at - 1];
        let start = group.start;
        let end = self.groups[at].end;
        let words = |range: Range<usize>| (self.words[range.end] - self.words[range.start]) as f32;
        let last = &self.measures[end - 1];
        cells.extend(self.shares);
        cells.extend([
            self.breaks[at],
            self.breaks.get(at + 1).copied().unwrap_or(3.0),
            self.breaks[at - 1],
            (at - start) as f32,
            (end - at) as f32,
            words(start..at),
            words(at..end),
            f32::from(u8::from(last.ends_sentence)),
            f32::from(u8::from(self.measures[start].words >= 4)),
        ]);
        for line in [at.checked_sub(2), Some(at - 1), Some(at), Some(at + 1)] {
            self.line(line, cells);
        }
    }

    fn line(&self, line: Option<usize>, cells: &mut Vec<f32>) {
        let Some((measure, span)) =
            line.and_then(|line| Some((self.measures.get(line)?, self.lines.get(line)?)))
        else {
            cells.extend([-1.0; LINE]);
            return;
        };
        let written = &self.text[span.clone()];
        let share = |part: u32| part as f32 / measure.words.max(1) as f32;
        let last = written.chars().next_back();
        let last_word = written.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        cells.extend([
            measure.words as f32,
            measure.chars as f32,
            share(measure.lowercase),
            share(measure.capitalised),
            share(measure.short),
            f32::from(u8::from(measure.ends_sentence)),
            measure.sentence_ends as f32,
            measure.first.map_or(-1.0, |first| f32::from(first as u8)),
            last.map_or(-1.0, ending),
            match last_word.chars().next() {
                Some(first) if first.is_lowercase() => last_word.len() as f32,
                Some(_) => 30.0,
                None => 40.0,
            },
        ]);
    }
}

/// What kind of character a line ends with.
fn ending(character: char) -> f32 {
    match character {
        ',' | '，' | '、' | ';' => 1.0,
        ':' | '：' => 2.0,
        '(' | '[' | '“' | '„' | '«' | '‘' | '/' | '$' | '€' | '£' | '#' | '@' => 3.0,
        '-' | '–' | '—' | '|' | '•' | '·' => 4.0,
        ')' | ']' | '”' | '»' | '"' | '\'' | '’' => 5.0,
        _ if character.is_lowercase() => 6.0,
        _ if character.is_uppercase() => 7.0,
        _ if character.is_numeric() => 8.0,
        _ if character.is_alphabetic() => 9.0,
        _ => 10.0,
    }
}
