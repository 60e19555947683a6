//! Tags the article: one field a file.

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, Stage, StageName, Verdict};

/// Every rule of the stage, in running order.
pub const RULES: &[RuleId] = &[];

#[derive(Default)]
pub struct Tag;

impl Stage for Tag {
    fn name(&self) -> StageName {
        StageName::Tag
    }

    fn apply(&self, _article: &mut Article, _deadline: &Deadline) -> Verdict {
        Verdict::Keep
    }
}
