//! Measures models that do not ship, as `copydesk eval` does those that do.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;

use crate::eval::spun::{Report, evaluate};
use crate::stages::repair::Repair;
use crate::stages::repair::spun::model::{Files, Model};

/// Of a table of spun phrases, the leaning of its words, its counts, vectors, cloze and forests,
/// on a file of marked text.
pub fn spun(
    [table, leaning, rewording, ngrams, vectors, cloze, judge, marked]: [&str; 8],
) -> Result<Report, Box<dyn Error>> {
    let table = fs::read_to_string(table)?;
    let (vectors, cloze) = (fs::read(vectors)?, fs::read(cloze)?);
    let (first, second) =
        (fs::read(format!("{judge}.first"))?, fs::read(format!("{judge}.second"))?);
    let (leaning, rewording) = (fs::read_to_string(leaning)?, fs::read_to_string(rewording)?);
    let files = Files {
        leaning: &leaning,
        rewording: &rewording,
        vectors: &vectors,
        cloze: &cloze,
        first: &first,
        second: &second,
    };
    let model = Model::read(&table, fs::read(ngrams)?, &files)
        .ok_or("the counts, the vectors, the cloze or the forests cannot be read")?;
    // For the rest of the run, which is this one measurement.
    let model: &'static Model = Box::leak(Box::new(model));
    Ok(evaluate(BufReader::new(File::open(marked)?), &Repair::with_model(model))?)
}
