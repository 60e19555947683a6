//! Mends the text: characters first, then prose.

use crate::article::Article;
use crate::edit::RuleId;
use crate::stage::{Deadline, Stage, StageName, Verdict};

/// Every rule of the stage, in running order.
pub const RULES: &[RuleId] = &[];

#[derive(Default)]
pub struct Repair;

impl Stage for Repair {
    fn name(&self) -> StageName {
        StageName::Repair
    }

    fn apply(&self, _article: &mut Article, _deadline: &Deadline) -> Verdict {
        Verdict::Keep
    }
}
