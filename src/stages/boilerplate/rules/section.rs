//! The name of the section above a headline ("Politics"). It leaves the body and is kept
//! as a clue. Silent without a headline below, and inside the article.

use super::{Rule, Scene};
use crate::article::Fact;
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule =
    Rule { id: RuleId("boilerplate.front.section"), clue: Some(Fact::Section), judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    if scene.is_page {
        return scene.stands_in(index, Marks::NAMED_SECTION);
    }
    let headline = scene.headline?;
    (index < headline && scene.segment(index).phrase == Some(Phrase::Section)).then_some(0.9)
}
