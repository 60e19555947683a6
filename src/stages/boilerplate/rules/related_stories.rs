//! Lists of other stories and the lines above and inside of them ("Related Articles",
//! "Read more: …", "Show More"). Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.promo.related_stories"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.reads(index, Phrase::Related).or_else(|| scene.stands_in(index, Marks::NAMED_RELATED))
}
