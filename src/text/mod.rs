//! Facts about text, no policy: characters, scripts, folding keys, boundaries.

pub mod calendar;
pub mod charset;
pub mod fold;
pub mod hashing;
pub mod lines;
pub mod words;
