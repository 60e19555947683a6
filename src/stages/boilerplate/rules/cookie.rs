//! Cookie and consent notices, and those about browsers and scripts.
//! Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.notice.cookie"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.reads(index, Phrase::Cookie).or_else(|| scene.stands_in(index, Marks::NAMED_COOKIE))
}
