//! Facts about text, no policy: characters, scripts, folding keys, boundaries.

pub mod fold;
pub mod hashing;
pub mod lines;
