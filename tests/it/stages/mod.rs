//! What rule fixtures cannot say about a stage.

mod boilerplate;
mod repair;
mod tag;
