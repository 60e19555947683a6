//! Facts about text, no policy: characters, scripts, folding keys, boundaries.

pub mod characters;
pub mod code_pages;
