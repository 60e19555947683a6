//! Strips what is not the article: from pages, and from text that is already flat.

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, Stage, StageName, Verdict};

/// Every rule of the stage, in running order.
pub const RULES: &[RuleId] = &[];

#[derive(Default)]
pub struct Boilerplate;

impl Stage for Boilerplate {
    fn name(&self) -> StageName {
        StageName::Boilerplate
    }

    fn apply(&self, _article: &mut Article, _deadline: &Deadline) -> Verdict {
        Verdict::Keep
    }
}
