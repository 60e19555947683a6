//! Measures models that do not ship, as `copydesk eval` does those that do.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;

use crate::eval::spun::{Report, evaluate};
use crate::stages::repair::Repair;
use crate::stages::repair::spun::model::Model;

/// Of a table of spun phrases, its counts, vectors and forest, on a file of marked text.
pub fn spun(
    table: &str,
    ngrams: &str,
    vectors: &str,
    forest: &str,
    marked: &str,
) -> Result<Report, Box<dyn Error>> {
    let table = fs::read_to_string(table)?;
    let model = Model::read(&table, fs::read(ngrams)?, &fs::read(vectors)?, &fs::read(forest)?)
        .ok_or("the counts, the vectors or the forest cannot be read")?;
    // For the rest of the run, which is this one measurement.
    let model: &'static Model = Box::leak(Box::new(model));
    Ok(evaluate(BufReader::new(File::open(marked)?), &Repair::with_model(model))?)
}
