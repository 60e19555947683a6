//! Notices that the article was updated or corrected ("This article has been updated to
//! …"). They leave the body and are kept as a clue. Silent about such a sentence in
//! the middle of an article.

use super::{Rule, Scene};
use crate::article::Fact;
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;

pub const RULE: Rule =
    Rule { id: RuleId("boilerplate.notice.update"), clue: Some(Fact::Notice), judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.reads(index, Phrase::UpdateNotice)
}
