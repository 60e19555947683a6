//! Who wrote it ("By …"), and the lines about the author. Silent about a sentence that
//! begins with the same word.

use super::{Rule, Scene};
use crate::article::Fact;
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule =
    Rule { id: RuleId("boilerplate.front.byline"), clue: Some(Fact::Author), judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Byline)
        .or_else(|| scene.stands_in(index, Marks::NAMED_BYLINE.union(Marks::NAMED_BIOGRAPHY)))
}
