//! The one test binary.

mod admin;
mod articles;
mod by_definition;
#[cfg(feature = "chaos")]
mod chaos;
mod commands;
mod dashboards;
mod docs;
mod duplicates;
mod edit;
mod explain;
mod golden;
mod held;
mod kafka;
mod laws;
mod manual;
mod metrics;
mod network;
mod proof;
mod provocations;
mod registry;
mod rules;
mod running;
mod settings;
mod site;
mod stages;
mod tidy;
mod traces;
#[cfg(feature = "train")]
mod train;
mod wire;
mod worker;
