//! Whatever stands before or behind the article and is not named by another
//! rule: menus, teasers, footers. Silent about text that is all paragraphs, and
//! about a few stray lines around them.

use super::{Rule, Scene};
use crate::edit::RuleId;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.layout.outside_body"), clue: None, judge };

/// Fewer lines than this outside of the article are no proof of furniture.
const FEWEST: usize = 4;

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    if scene.is_in_body(index) || scene.body.is_empty() {
        return None;
    }
    let outside = scene.segments.len() - scene.body.len();
    (scene.is_page || outside >= FEWEST).then_some(0.7)
}
