#![doc = include_str!("ARCHITECTURE.md")]

pub mod allocation;
pub mod article;
mod binary;
pub mod edit;
pub mod passage;
pub mod tags;

pub mod pipeline;
pub mod stage;
pub mod stages;
pub mod text;

pub mod account;
pub mod desk;
pub mod duplicates;
pub mod error;
pub mod eval;
pub mod explain;
pub mod schema_registry;
pub mod settings;
pub mod site;
pub mod telemetry;
pub mod transport;
pub mod wire;
pub mod worker;

#[cfg(feature = "chaos")]
pub mod chaos;
#[cfg(feature = "train")]
pub mod train;
