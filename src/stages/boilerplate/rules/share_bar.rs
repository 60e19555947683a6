//! Buttons to share, save, print and follow ("Share on …", "Copy link").
//! Silent about sentences, and about subheads ("Facebook", above what it did), which
//! [`subhead`](crate::stages::boilerplate::subhead) has told before.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.reader.share_bar"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Share)
        .or_else(|| scene.stands_in(index, Marks::NAMED_SHARE.union(Marks::BUTTON)))
}
