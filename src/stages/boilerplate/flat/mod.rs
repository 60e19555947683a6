//! Flat text: lines in, decisions out.

pub mod broken_line;
pub mod headline;
pub mod joint;
mod wrapping;

use std::ops::Range;

use broken_line::Joined;

use crate::article::{Article, BlockKind, ClueSource, Flag};
use crate::stage::Deadline;
use crate::stages::boilerplate::features::Statements;
use crate::stages::boilerplate::model;
use crate::stages::boilerplate::removal::{self, Cut};
use crate::stages::boilerplate::rules::Scene;
use crate::stages::boilerplate::segment::{Place, Segment};
use crate::stages::boilerplate::whole::Whole;
use crate::stages::boilerplate::{decide, phrases, recurrence, subhead};
use crate::stages::forest::Forest;
use crate::text::lines::{Measure, lines};

/// The lines of the text after rejoining those that were broken.
pub fn segments(text: &str, joints: &Forest, deadline: &Deadline) -> (Vec<Segment>, Joined) {
    let lines: Vec<Range<usize>> = lines(text).collect();
    let joined = broken_line::rejoin(text, &lines, joints, deadline);
    let mut segments: Vec<Segment> = joined
        .lines
        .iter()
        .enumerate()
        .map(|(index, (span, measure))| {
            deadline.check_at(index);
            Segment {
                span: span.clone(),
                kind: BlockKind::Paragraph,
                measure: *measure,
                phrase: phrases::find(&text[span.clone()]),
                place: Place {
                    signature: signature(&text[span.clone()], measure),
                    ..Place::default()
                },
            }
        })
        .collect();
    // Buttons come in rows.
    subhead::let_be(text, &mut segments, |before, _| before.is_some_and(Segment::is_prose));
    (segments, joined)
}

/// Letters are told apart by case only, other characters one by one.
fn signature(line: &str, measure: &Measure) -> u64 {
    let class = |character: Option<char>| match character.unwrap_or_default() {
        character if character.is_lowercase() => u64::from('a'),
        character if character.is_alphabetic() => u64::from('A'),
        character if character.is_numeric() => u64::from('0'),
        character => u64::from(character),
    };
    let magnitude = (u32::BITS - measure.words.leading_zeros()).min(LONG);
    class(line.chars().next()) << 32 | class(line.chars().next_back()) << 8 | u64::from(magnitude)
}

/// Lines from 32 words on count as equally long.
const LONG: u32 = 6;

pub fn strip(article: &mut Article, deadline: &Deadline) {
    let text = article.text();
    let (segments, joined) = segments(text, &joint::SHIPPED, deadline);
    let likely = decide::body(&segments);
    let mut foreseen = Vec::new();
    let kept = if is_mostly_prose(&segments) {
        (0..segments.len()).map(|index| is_own(&segments, &likely, index)).collect()
    } else {
        let mut statements = Statements::default();
        if let Some(address) = &article.url {
            statements.add_address(address);
        }
        if let Some(site) = &article.site {
            foreseen = recurrence::foresee(site, text, &segments, &likely);
        }
        model::FLAT.choose(text, &segments, &likely, &statements, &foreseen, deadline)
    };
    let is_article = kept.contains(&true) && !likely.is_empty();
    let mut scene = Scene::new(text, &segments, kept, false);
    let shown = article.site.as_ref().map(|site| scene.recall(site));
    scene.foresee(&foreseen);
    let (cuts, clues) = scene.cuts(deadline);
    let interleaved = is_interleaved(&cuts);
    let mut proposals = removal::proposals(text, &segments, &cuts);
    proposals.extend(joined.joins(|index| cuts[index].is_none()));
    let flags = Whole::new(article, &segments, &cuts).flags();
    article.apply(proposals);
    article.shown = shown;
    for (fact, value) in clues {
        article.evidence.add(fact, ClueSource::VisibleText, value);
    }
    if interleaved {
        article.flag(Flag::FurnitureInterleaved);
    }
    if !is_article {
        article.flag(Flag::NotAnArticle);
    }
    for flag in flags {
        article.flag(flag);
    }
}

/// Whether the text is an article already, but for lines of known wording: then
/// there is nothing that a model could add, and every paragraph stays.
fn is_mostly_prose(segments: &[Segment]) -> bool {
    let unknown = segments.iter().filter(|segment| segment.phrase.is_none());
    let (mut words, mut prose, mut labels) = (0, 0, 0);
    for segment in unknown {
        words += segment.measure.words;
        if segment.is_prose() || segment.measure.ends_sentence {
            prose += segment.measure.words;
        } else {
            labels += 1;
        }
    }
    // A few subheads and a headline are part of any article.
    prose * 10 >= words * 9 && labels * 4 <= segments.len() + 8
}

/// In text that is mostly prose, whatever is not of a known wording is kept,
/// but for labels above or below the paragraphs.
fn is_own(segments: &[Segment], likely: &Range<usize>, index: usize) -> bool {
    likely.is_empty() && segments[index].phrase.is_none()
        || likely.contains(&index)
        || segments[index].measure.ends_sentence && segments[index].phrase.is_none()
        || segments.len() - likely.len() < FEWEST_OUTSIDE && segments[index].phrase.is_none()
}

/// Fewer lines than this outside of the paragraphs are no proof of furniture.
const FEWEST_OUTSIDE: usize = 4;

/// Whether something removed stands between two kept segments.
fn is_interleaved(cuts: &[Option<Cut>]) -> bool {
    let first = cuts.iter().position(Option::is_none);
    let last = cuts.iter().rposition(Option::is_none);
    match (first, last) {
        (Some(first), Some(last)) => cuts[first..last].iter().any(Option::is_some),
        _ => false,
    }
}
