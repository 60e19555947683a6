//! The stages, in running order. A rule or a field is one file.

pub mod boilerplate;
pub mod forest;
pub mod repair;
pub mod tag;

use crate::edit::RuleId;
use crate::stage::{Stage, StageName};

/// The stage of that name, ready to run.
pub fn named(name: StageName) -> Box<dyn Stage> {
    match name {
        StageName::Boilerplate => Box::<boilerplate::Boilerplate>::default(),
        StageName::Repair => Box::<repair::Repair>::default(),
        StageName::Tag => Box::<tag::Tag>::default(),
    }
}

/// Every rule that can change a text, in running order.
pub fn rules() -> impl Iterator<Item = RuleId> {
    [boilerplate::RULES, repair::RULES].into_iter().flatten().copied()
}
