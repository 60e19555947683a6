//! Prompts of audio and video players, reading times ("Press play to listen to this
//! article"), in the wording of spinners too. Silent about sentences inside the article, and
//! about numbers alone there: the times of a live blog, a telephone number.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.media.listen_prompt"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    let is_number = scene.segment(index).measure.letters == 0;
    let named = scene.reads(index, Phrase::Listen).filter(|_| !(is_number && scene.kept[index]));
    named.or_else(|| scene.stands_in(index, Marks::NAMED_PLAYER))
}
