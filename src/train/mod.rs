//! Makes the models that the crate ships. Behind the feature `train`.

pub mod boilerplate;
pub mod boosting;
pub mod entities;
pub mod joints;
pub mod labels;
pub mod language;
pub mod measure;
pub mod network;
pub mod random;
pub mod spun;
pub mod subjects;
pub mod wording;
