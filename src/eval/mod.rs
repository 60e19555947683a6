//! Measures the stages on labelled articles, so that users can judge them on
//! their own. Nothing here runs in the worker.

pub mod entities;
pub mod extract;
pub mod keywords;
pub mod labelled;
pub mod language;
pub mod marked;
pub mod quotes;
pub mod repair;
pub mod spun;
mod stem;
pub mod subjects;
pub mod tags;
