//! Lists of other stories and the lines above and inside of them ("Related Articles",
//! "Read more: …", "Show More"). Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.promo.related_stories"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Related)
        .or_else(|| scene.stands_in(index, Marks::NAMED_RELATED))
        .or_else(|| points_elsewhere(scene, index).then_some(0.9))
}

/// What begins a line that is otherwise a link, in lower case.
const POINTERS: [&str; 6] = ["more:", "watch:", ">>", "»", "►", "▶"];

/// Whether a block is a link to another page, with a label or an arrow before it.
fn points_elsewhere(scene: &Scene, index: usize) -> bool {
    let segment = scene.segment(index);
    let begins = |start: &str| {
        let written = scene.written(index).as_bytes();
        written.get(..start.len()).is_some_and(|part| part.eq_ignore_ascii_case(start.as_bytes()))
    };
    scene.is_page
        && segment.linked_share() > 0.7
        && segment.measure.words <= 30
        && !segment.place.marks.has(Marks::LIST)
        && POINTERS.iter().any(|start| begins(start))
}
