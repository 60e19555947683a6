//! The tables. A section is one file.

pub mod http;
pub mod input;
pub mod kafka;
pub mod log;
pub mod near_duplicates;
pub mod output;
pub mod schema_registry;
pub mod site_memory;
pub mod stages;
pub mod traces;
pub mod worker;
