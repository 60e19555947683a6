//! Facts about text, no policy: characters, scripts, folding keys, boundaries.

pub mod calendar;
pub mod characters;
pub mod charset;
pub mod code_pages;
pub mod fold;
pub mod hashing;
pub mod lines;
pub mod scripts;
pub mod words;
