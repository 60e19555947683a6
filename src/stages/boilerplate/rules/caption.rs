//! Captions and credits of pictures ("Photo: …"). Silent about sentences of flat text,
//! where a caption cannot be told from a paragraph.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.media.caption"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Credit)
        .or_else(|| scene.stands_in(index, Marks::CAPTION.union(Marks::NAMED_CAPTION)))
}
