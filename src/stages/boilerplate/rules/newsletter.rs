//! Boxes that ask to subscribe to a newsletter, a channel or an app, or to donate.
//! Silent about sentences inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.promo.newsletter"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Newsletter)
        .or_else(|| scene.stands_in(index, Marks::NAMED_NEWSLETTER.union(Marks::FORM)))
}
