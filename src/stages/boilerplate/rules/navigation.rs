//! Menus, breadcrumbs, headers and footers of the site. Silent about sentences, and about
//! a line of flat text inside the article.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.layout.navigation"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    let named = scene.reads(index, Phrase::Navigation).filter(|_| !scene.kept[index]);
    let marks = Marks::NAVIGATION
        .union(Marks::NAMED_NAVIGATION)
        .union(Marks::FOOTER)
        .union(Marks::NAMED_FOOTER);
    named.or_else(|| scene.stands_in(index, marks))
}
