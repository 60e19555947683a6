//! The headline, which is not part of the body but the best clue to the title.
//! Silent when the line above the article is a sentence or known furniture; a line that a
//! number begins ("1. Water at night") heads the first item of a list, and the headline is
//! above it.

use std::ops::Range;

use super::{Rule, Scene};
use crate::article::{BlockKind, Fact};
use crate::edit::RuleId;
use crate::stages::boilerplate::segment::{Marks, Segment};

pub const RULE: Rule =
    Rule { id: RuleId("boilerplate.front.headline"), clue: Some(Fact::Title), judge };

/// How many segments may stand between the headline and the article.
const REACH: usize = 8;
const WORDS: Range<u32> = 3..36;
/// A heading with a greater share of its words in links is a link.
const LINKED: f32 = 0.9;

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    (scene.headline == Some(index)).then_some(0.9)
}

/// On a page the main heading, or the last line above the body that reads like a headline.
pub fn find(text: &str, segments: &[Segment], body: &Range<usize>) -> Option<usize> {
    let reach = body.start.saturating_sub(REACH)..body.start;
    let marked = reach.clone().rev().find(|&index| {
        segments[index].place.marks.has(Marks::MAIN_HEADING) && segments[index].phrase.is_none()
    });
    // A main heading that is a link names the site, where another heading stands below.
    let below = marked.filter(|&marked| segments[marked].linked_share() > LINKED).and_then(|at| {
        (at + 1..body.start).rev().find(|&index| {
            let segment = &segments[index];
            segment.kind == BlockKind::Subhead
                && segment.phrase.is_none()
                && segment.linked_share() < LINKED
                && WORDS.contains(&segment.measure.words)
        })
    });
    below.or(marked).or_else(|| {
        let mut likely = reach.rev().filter(|&index| {
            let segment = &segments[index];
            segment.phrase.is_none()
                && WORDS.contains(&segment.measure.words)
                && segment.measure.furniture_marks == 0
                && !segment.is_prose()
        });
        let nearest = likely.next()?;
        let is_item = is_numbered(&text[segments[nearest].span.clone()]);
        if is_item { likely.next() } else { Some(nearest) }
    })
}

/// Whether a line begins as the first item of a list does: "1. ", "1) ", "#1 ".
pub fn is_numbered(line: &str) -> bool {
    let number = line.trim_start_matches('#');
    let rest = number.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = number.len() - rest.len();
    let is_marked = number.len() < line.len() || rest.starts_with(['.', ')', ':']);
    let text = rest.trim_start_matches(['.', ')', ':']);
    (1..=2).contains(&digits) && is_marked && text.starts_with(' ')
}
