//! Comment forms, counts and threads ("Leave a Reply").
//! Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.reader.comments"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.reads(index, Phrase::Comments).or_else(|| scene.stands_in(index, Marks::NAMED_COMMENTS))
}
