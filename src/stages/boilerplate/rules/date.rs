//! When it was published or updated. Silent about sentences.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.front.date"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Date)
        .or_else(|| scene.stands_in(index, Marks::TIME.union(Marks::NAMED_DATE)))
}
