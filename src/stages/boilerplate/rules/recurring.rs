//! What the site repeats on its pages inside the article: "Advertisement", the name of a
//! series, an invitation to follow the outlet; told by the other pages of the host, in
//! any language. Silent without a memory of them, about paragraphs, and about what only
//! versions of the same story share.

use super::{Rule, Scene};
use crate::edit::RuleId;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.site.recurring"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.recurring[index]
}
