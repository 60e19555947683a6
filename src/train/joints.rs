//! Trains what tells whether a line goes on with the one before it, on pages that are
//! flattened as scrapers do it: their tags say which lines are one block.

use std::io::BufReader;
use std::ops::Range;
use std::path::PathBuf;

use super::boosting::{self, Examples, Plan};
use crate::eval::labelled::{self, Labelled};
use crate::stage::Deadline;
use crate::stages::boilerplate::flat::joint::{COLUMNS, Rows, may_join};
use crate::stages::boilerplate::page::{self, Lines};
use crate::stages::forest::Forest;
use crate::text::lines::{Measure, lines, measure};

/// A page's line breaks that are judged.
struct Page {
    /// Pages of one site have the same.
    site: u64,
    cells: Vec<f32>,
    joins: Vec<bool>,
}

/// Of the pages of each site, one site in so many is held out to measure.
const HELD_OUT: u64 = 4;

/// A shorter block is rather a label.
const FEWEST_WORDS: u32 = 8;

/// The forest as a file, trained on all pages.
pub fn train(paths: &[PathBuf]) -> Vec<u8> {
    let pages = load(paths);
    let header = "copydesk flat joints, trained on pages of article-extraction-dataset (Apache-2.0), \
        scrapinghub's article-extraction-benchmark (MIT), fundus with its evaluation (MIT) and WCXB \
        (CC BY 4.0), by `copydesk-train joints MODEL SET…`";
    forest(pages.iter()).write(header)
}

/// For each of so many folds, a forest trained on the sites of the others.
pub fn without_folds(paths: &[PathBuf], folds: u64) -> Vec<Forest> {
    let pages = load(paths);
    let without = |held| forest(pages.iter().filter(|page| page.site % folds != held));
    (0..folds).map(without).collect()
}

/// How often a forest trained on other sites is right, at several thresholds.
pub fn check(paths: &[PathBuf]) -> String {
    let pages = load(paths);
    let (held_out, others): (Vec<&Page>, Vec<&Page>) =
        pages.iter().partition(|page| page.site.is_multiple_of(HELD_OUT));
    let forest = forest(others.into_iter());
    let mut judged: Vec<(f32, bool)> = Vec::new();
    for page in held_out {
        let rows: Vec<&[f32]> = page.cells.chunks_exact(COLUMNS).collect();
        judged.extend(
            forest.probabilities(&rows, &|| ()).into_iter().zip(page.joins.iter().copied()),
        );
    }
    let all = judged.iter().filter(|(_, joins)| *joins).count().max(1);
    let mut shown = String::new();
    for threshold in [0.5, 0.6, 0.7, 0.8, 0.9] {
        let found: Vec<bool> =
            judged.iter().filter(|(p, _)| *p > threshold).map(|(_, joins)| *joins).collect();
        let right = found.iter().filter(|&&joins| joins).count();
        shown += &format!(
            "above {threshold}: precision {:.4}  recall {:.4}  of {all}\n",
            right as f32 / found.len().max(1) as f32,
            right as f32 / all as f32,
        );
    }
    shown
}

fn forest<'a>(pages: impl Iterator<Item = &'a Page>) -> Forest {
    let mut examples = Examples { columns: COLUMNS, ..Examples::default() };
    for page in pages {
        examples.cells.extend(&page.cells);
        examples.labels.extend(&page.joins);
        // A long page counts for more than a short one, but not by its length.
        let weight = 1.0 / (page.joins.len().max(1) as f32).sqrt();
        examples.weights.extend(std::iter::repeat_n(weight, page.joins.len()));
    }
    let plan = Plan { trees: 100, learning_rate: 0.15, columns: 0.5, ..Plan::default() };
    boosting::train(&examples, &plan)
}

fn load(paths: &[PathBuf]) -> Vec<Page> {
    let deadline = Deadline::never();
    let mut pages = Vec::new();
    for path in paths {
        let file = std::fs::File::open(path).expect("the set can be opened");
        for row in labelled::read::<Labelled>(BufReader::new(file)) {
            let (_, row) = row.expect("a labelled page a line");
            let Some(html) = row.html else { continue };
            let site = super::boilerplate::fold(row.url.as_deref().unwrap_or(&row.id));
            for blanks in [Lines::Kept, Lines::Dropped] {
                let (text, joins) = page::text_nodes(&html, blanks, &deadline);
                pages.push(judged(&text, &joins, site));
                if blanks == Lines::Dropped {
                    // Some leave a blank line at every break.
                    pages.push(judged(&text.replace('\n', "\n\n"), &joins, site));
                }
            }
            // A line a block: nothing is to be joined.
            let text = page::prepare(&html, None, &deadline).0;
            let none = vec![false; lines(&text).count()];
            pages.push(judged(&text, &none, site));
        }
    }
    pages
}

fn judged(text: &str, joins: &[bool], site: u64) -> Page {
    let lines: Vec<Range<usize>> = lines(text).collect();
    assert_eq!(lines.len(), joins.len(), "a line that is not blank each");
    let measures: Vec<Measure> = lines.iter().map(|line| measure(&text[line.clone()])).collect();
    let rows = Rows::new(text, &lines, &measures);
    let matters = matters(&measures, joins);
    let mut page = Page { site, cells: Vec::new(), joins: Vec::new() };
    for at in (1..lines.len()).filter(|&at| matters[at] && may_join(&measures, at)) {
        rows.put(at, &mut page.cells);
        page.joins.push(joins[at]);
    }
    page
}

/// Whether it matters what becomes of the break before each line. The links of a menu are
/// often one block, and it is all the same whether they are joined.
fn matters(measures: &[Measure], joins: &[bool]) -> Vec<bool> {
    let mut matters = vec![true; joins.len()];
    let mut start = 0;
    for end in 1..=joins.len() {
        if end < joins.len() && joins[end] {
            continue;
        }
        let sum = |of: fn(&Measure) -> u32| measures[start..end].iter().map(of).sum::<u32>();
        let (words, lowercase) = (sum(|it| it.words), sum(|it| it.lowercase));
        let caseless = sum(|it| it.caseless) * 2 > sum(|it| it.letters);
        if words < FEWEST_WORDS || lowercase * 2 <= words && !caseless {
            matters[(start + 1).min(end)..end].fill(false);
        }
        start = end;
    }
    matters
}
