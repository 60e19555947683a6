//! Makes the models that the crate ships. Behind the feature `train`.

pub mod boilerplate;
pub mod boosting;
pub mod labels;
pub mod measure;
pub mod spun;
