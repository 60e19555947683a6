//! Copyright lines, legal links, credits of syndication.
//! Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.notice.copyright"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.reads(index, Phrase::Copyright).or_else(|| scene.stands_in(index, Marks::NAMED_COPYRIGHT))
}
