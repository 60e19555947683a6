//! The one test binary.

mod admin;
mod articles;
mod commands;
mod docs;
mod edit;
mod explain;
mod golden;
mod held;
mod kafka;
mod laws;
mod proof;
mod provocations;
mod rules;
mod settings;
mod site;
mod stages;
mod tidy;
#[cfg(feature = "train")]
mod train;
mod wire;
mod worker;
