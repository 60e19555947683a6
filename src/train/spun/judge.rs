//! Trains the forests that weigh the evidence for a change. What they must learn is
//! to doubt: a page is spun with pairs that no table has. So the sites are parted,
//! news is spun with the pairs of one part, and decoded with a table made without
//! them.

use std::ops::Range;

use super::lexicon::Pair;
use super::spin::{Spinner, Spun};
use super::table::{self, Sources};
use crate::stages::forest::Forest;
use crate::stages::repair::spun::evidence::{
    EVIDENCE, Evidence, FIRST, HOPELESS, Line, candidates,
};
use crate::stages::repair::spun::model::{Files, Model};
use crate::stages::repair::spun::score::SpinScore;
use crate::text::words::words;
use crate::train::boosting::{self, Examples, Plan};

/// The table for a part knows the pairs of all others, much as the one that ships knows
/// those of all sites that were seen.
const PARTS: usize = 4;

/// Articles spun with the pairs of each part.
const ARTICLES: usize = 1050;

/// The share of originals that a page replaces, of pairs that were seen and of those that
/// are only supposed.
pub const USED: f32 = 0.8;
const USED_OF_SUPPOSED: f32 = 0.25;

/// Of the news, one article in so many is taken.
const EVERY: usize = 7;

/// Trees of the first forest, which only tells what has no chance, and of the second.
const TREES: [usize; 2] = [60, 400];

/// The forests as files. `ngrams` is the file of counts, `vectors` that of word vectors,
/// `cloze` that of how words stand in their places.
pub fn train(
    sources: &Sources,
    ngrams: &[u8],
    vectors: &[u8],
    cloze: &[u8],
) -> std::io::Result<[Vec<u8>; 2]> {
    let [first, second] =
        [FIRST, EVIDENCE].map(|columns| Forest::new(columns, 0.0, &[], &[]).write(""));
    let grown = |which: usize, examples: &Examples| {
        let plan = Plan { trees: TREES[which], least: 20.0, ..Plan::default() };
        let header = "copydesk spun forest, trained on English news of many publishers spun with \
            word pairs seen on pages, by `copydesk-train judge JUDGE LISTS NGRAMS VECTORS CLOZE \
            NEWS SEEN…`";
        boosting::train(examples, &plan).write(header)
    };
    // Forests of no trees find everything even.
    let all = Files { leaning: "", rewording: "", vectors, cloze, first: &first, second: &second };
    let examples = examples(sources, ngrams, &all, FIRST, Evidence::first)?;
    let first = grown(0, &examples);
    let hopeful = Files { first: &first, ..all };
    let examples = self::examples(sources, ngrams, &hopeful, EVIDENCE, Evidence::all)?;
    Ok([first, grown(1, &examples)])
}

/// What the model's files find of the spun news, but for what its first forest gives up.
fn examples(
    sources: &Sources,
    ngrams: &[u8],
    files: &Files,
    columns: usize,
    seen: fn(&Evidence) -> &[f32],
) -> std::io::Result<Examples> {
    let news = std::fs::read_to_string(&sources.news)?;
    let articles: Vec<&str> = news
        .split('\u{1e}')
        .map(str::trim)
        .filter(|article| (800..12_000).contains(&article.len()))
        .step_by(EVERY)
        .collect();
    let sites = table::sites(sources)?;
    let mut examples = Examples { columns, ..Examples::default() };
    for part in 0..PARTS {
        let held_out: Vec<String> = sites.iter().skip(part).step_by(PARTS).cloned().collect();
        let without = [sources.without.clone(), held_out.clone()].concat();
        let table = table::make(&Sources { without, ..sources.clone() })?;
        let model = Model::read(&table, ngrams.to_vec(), files).ok_or_else(|| {
            let why = "the counts, the vectors or the cloze cannot be read";
            std::io::Error::new(std::io::ErrorKind::InvalidData, why)
        })?;
        let (known, supposed): (Vec<Pair>, Vec<Pair>) =
            table::pairs_of(&table).into_iter().partition(|pair| pair.weight >= 1.0);
        let thin =
            || Ok::<_, std::io::Error>(Spinner::new(table::seen_on(sources, &held_out)?, USED));
        // A page is spun with one table of which some pairs are known, some supposed and
        // some unheard of: how much of a text is spun tells how far each may be trusted.
        let spinners = [
            thin()?,
            thin()?.and(table::pairs_of(&table), USED_OF_SUPPOSED),
            thin()?.and(known, USED).and(supposed, USED_OF_SUPPOSED),
        ];
        for (index, article) in articles.iter().skip(part).step_by(PARTS).take(ARTICLES).enumerate()
        {
            let spinner = &spinners[index % spinners.len()];
            learn(&spinner.spin(article), &model, &mut examples, seen);
        }
    }
    Ok(examples)
}

fn learn(spun: &Spun, model: &Model, examples: &mut Examples, seen: fn(&Evidence) -> &[f32]) {
    let mut starts = Vec::new();
    let mut lines = Vec::new();
    let mut start = 0;
    for line in spun.text.split('\n') {
        starts.push(start);
        lines.push(Line::new(line));
        start += line.len() + 1;
    }
    let score = SpinScore::of(&lines, model);
    for candidate in candidates(model, &lines, score, || {}) {
        if candidate.probability < HOPELESS {
            continue;
        }
        let span = lines[candidate.line].span(&candidate.choice.tokens);
        let start = starts[candidate.line];
        let place = start + span.start..start + span.end;
        examples.labels.push(is_right(spun, &place, &candidate.choice.entry.original_text));
        examples.weights.push(1.0);
        examples.cells.extend(seen(&candidate.evidence));
    }
}

/// Whether writing `after` at `place` restores the words that were there.
fn is_right(spun: &Spun, place: &Range<usize>, after: &str) -> bool {
    let touched: Vec<&(Range<usize>, String)> = spun
        .marks
        .iter()
        .filter(|(span, _)| span.start < place.end && place.start < span.end)
        .collect();
    let (Some((first, _)), Some((last, _))) = (touched.first(), touched.last()) else {
        return false;
    };
    let (start, end) = (first.start.min(place.start), last.end.max(place.end));
    let ours = format!("{}{after}{}", &spun.text[start..place.start], &spun.text[place.end..end]);
    let mut truth = String::new();
    let mut done = start;
    for (span, original) in touched {
        truth.push_str(&spun.text[done..span.start]);
        truth.push_str(original);
        done = span.end;
    }
    truth.push_str(&spun.text[done..end]);
    folded(&ours) == folded(&truth)
}

fn folded(text: &str) -> Vec<String> {
    words(text).map(|span| text[span].to_lowercase().replace('’', "'")).collect()
}
