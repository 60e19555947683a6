//! How many texts the tag stage knows the language of, by itself, and how fast.
//!
//! Each line is a language tag, a kind of text and a text, apart by tabs. A text is
//! right if its language is the tag; one without a language is wrong. White space
//! apart the text is all there is to see: no declaration helps.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;
use std::time::{Duration, Instant};

use super::labelled::EvalError;
use crate::stages::tag::language::detect;

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By kind and language: texts, right ones, and what the others were taken for.
    pub rows: BTreeMap<(String, String), Row>,
    pub bytes: usize,
    pub time: Duration,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub texts: usize,
    pub right: usize,
    pub taken_for: BTreeMap<String, usize>,
}

pub fn evaluate(gold: impl BufRead) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for (index, line) in gold.lines().enumerate() {
        let line = line.map_err(|why| EvalError::Read { line: index + 1, why })?;
        let mut columns = line.splitn(3, '\t');
        let (Some(language), Some(kind), Some(text)) =
            (columns.next(), columns.next(), columns.next())
        else {
            return Err(EvalError::NoLabel { line: index + 1, label: "language, kind and text" });
        };
        let started = Instant::now();
        let found = detect(text);
        report.time += started.elapsed();
        report.bytes += text.len();
        let row = report.rows.entry((kind.to_owned(), language.to_owned())).or_default();
        row.texts += 1;
        match found {
            Some((found, _)) if found == language => row.right += 1,
            Some((found, _)) => *row.taken_for.entry(found.to_owned()).or_default() += 1,
            None => *row.taken_for.entry("-".to_owned()).or_default() += 1,
        }
    }
    if report.rows.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

impl Report {
    /// Texts and right ones of a kind.
    pub fn of_kind(&self, kind: &str) -> (usize, usize) {
        let rows = self.rows.iter().filter(|((of, _), _)| of == kind);
        rows.fold((0, 0), |(texts, right), (_, row)| (texts + row.texts, right + row.right))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for ((kind, language), row) in &self.rows {
            if kind != last {
                let (texts, right) = self.of_kind(kind);
                let share = 100.0 * right as f64 / texts as f64;
                writeln!(formatter, "{kind}  {texts} texts  {share:.2} % right")?;
                last = kind;
            }
            if row.right < row.texts {
                let share = 100.0 * row.right as f64 / row.texts as f64;
                write!(formatter, "  {language}  {} texts  {share:.1} % right, else", row.texts)?;
                for (taken_for, count) in &row.taken_for {
                    write!(formatter, " {taken_for} {count}")?;
                }
                writeln!(formatter)?;
            }
        }
        let seconds = self.time.as_secs_f64().max(1e-9);
        write!(formatter, "{:.1} MB/s", self.bytes as f64 / seconds / 1e6)
    }
}
