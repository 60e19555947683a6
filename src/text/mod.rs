//! Facts about text, no policy: characters, scripts, folding keys, boundaries.

pub mod charset;
pub mod calendar;
pub mod words;
