//! What rule fixtures cannot say about a stage.

mod boilerplate;
mod bounds;
mod facts;
mod hostile_pages;
mod measures;
mod not_shown;
mod other_pages;
mod rendering;
mod repair;
mod spun;
mod tables;
mod tag;
