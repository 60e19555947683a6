//! Buttons to share, save, print and follow ("Share on …", "Copy link").
//! Silent about sentences, and about a page's subheads ("Facebook", above what it did).

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.reader.share_bar"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    if is_subhead(scene, index) {
        return None;
    }
    scene
        .reads(index, Phrase::Share)
        .or_else(|| scene.stands_in(index, Marks::NAMED_SHARE.union(Marks::BUTTON)))
}

/// Whether it is a heading of the article's, with a paragraph below.
fn is_subhead(scene: &Scene, index: usize) -> bool {
    let below = index + 1;
    scene.kept[index]
        && scene.segment(index).place.marks.has(Marks::HEADING)
        && scene.kept.get(below) == Some(&true)
        && scene.segment(below).is_prose()
        && scene.segment(below).phrase.is_none()
}
