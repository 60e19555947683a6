//! Whatever stands before or behind the article and is not named by another
//! rule: menus, teasers, footers. Silent about text that is all paragraphs.

use super::{Rule, Scene};
use crate::edit::RuleId;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.layout.outside_body"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    (!scene.kept[index]).then_some(0.7)
}
