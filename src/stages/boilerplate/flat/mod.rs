//! Flat text: lines in, decisions out.

pub mod broken_line;

use std::ops::Range;

use broken_line::Joined;

use crate::article::{Article, BlockKind, ClueSource, Flag};
use crate::stage::Deadline;
use crate::stages::boilerplate::removal::{self, Cut};
use crate::stages::boilerplate::rules::{self, Scene};
use crate::stages::boilerplate::segment::{Place, Segment};
use crate::stages::boilerplate::{decide, phrases};
use crate::text::lines::{lines, measure};

/// The lines of the text after rejoining those that were broken.
pub fn segments(text: &str, deadline: &Deadline) -> (Vec<Segment>, Joined) {
    let lines: Vec<Range<usize>> = lines(text).collect();
    let joined = broken_line::rejoin(text, &lines, deadline);
    let segments = joined
        .spans
        .iter()
        .map(|span| {
            deadline.check();
            let line = &text[span.clone()];
            Segment {
                span: span.clone(),
                kind: BlockKind::Paragraph,
                measure: measure(line),
                phrase: phrases::find(line),
                place: Place::default(),
            }
        })
        .collect();
    (segments, joined)
}

pub fn strip(article: &mut Article, deadline: &Deadline) {
    let text = article.text();
    let (segments, joined) = segments(text, deadline);
    let body = decide::body(&segments);
    let scene = Scene::new(text, &segments, body.clone(), false);
    let mut clues = Vec::new();
    let mut cuts: Vec<Option<Cut>> = Vec::with_capacity(segments.len());
    for index in 0..segments.len() {
        deadline.check();
        let named = rules::ALL
            .iter()
            .find_map(|rule| (rule.judge)(&scene, index).map(|confidence| (rule, confidence)));
        if let Some((rule, _)) = named
            && let Some(fact) = rule.clue
        {
            clues.push((fact, scene.written(index).to_owned()));
        }
        cuts.push(named.map(|(rule, confidence)| Cut { rule: rule.id, confidence }));
    }
    let interleaved = is_interleaved(&cuts);
    let is_article = !body.is_empty();
    let mut proposals = removal::proposals(text, &segments, &cuts);
    proposals.extend(joined.joins(|index| cuts[index].is_none()));
    article.apply(proposals);
    for (fact, value) in clues {
        article.evidence.add(fact, ClueSource::VisibleText, value);
    }
    if interleaved {
        article.flag(Flag::FurnitureInterleaved);
    }
    if !is_article {
        article.flag(Flag::NotAnArticle);
    }
}

/// Whether something removed stands between two kept segments.
fn is_interleaved(cuts: &[Option<Cut>]) -> bool {
    let first = cuts.iter().position(Option::is_none);
    let last = cuts.iter().rposition(Option::is_none);
    match (first, last) {
        (Some(first), Some(last)) => cuts[first..last].iter().any(Option::is_some),
        _ => false,
    }
}
