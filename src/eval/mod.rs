//! Measures the stages on labelled articles, so that users can judge them on
//! their own. Nothing here runs in the worker.

pub mod extract;
pub mod labelled;
pub mod marked;
pub mod repair;
pub mod spun;
pub mod tags;
