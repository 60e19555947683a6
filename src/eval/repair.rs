//! How well the repair stage restores texts of which the right form is known.
//!
//! A case passes if the stage gives `fixed`, or `fixed-encoding` where a case
//! has it (in ftfy's collections: the text with its encoding mended and nothing
//! restyled). Quotation marks may be curly or straight, for that is style; all
//! else must be the same to the byte.

use std::fmt;
use std::io::Read;

use serde::Deserialize;

use super::labelled::EvalError;
use crate::article::Article;
use crate::stage::{Deadline, Stage};

#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    label: String,
    original: String,
    fixed: String,
    #[serde(rename = "fixed-encoding")]
    fixed_encoding: Option<String>,
}

/// A case that did not come out right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub label: String,
    pub wanted: String,
    pub got: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub cases: usize,
    pub failures: Vec<Failure>,
}

/// Reads cases, as one JSON array or one JSON object a line, and runs `stage` on each.
pub fn evaluate(mut gold: impl Read, stage: &dyn Stage) -> Result<Report, EvalError> {
    let mut source = String::new();
    gold.read_to_string(&mut source).map_err(|why| EvalError::Read { line: 1, why })?;
    let cases = read(&source)?;
    let mut report = Report { cases: cases.len(), failures: Vec::new() };
    for case in cases {
        let mut article = Article::from_text(case.original.as_str());
        stage.apply(&mut article, &Deadline::never());
        if !case.accepts(article.text()) {
            let (label, wanted) = (case.label, case.fixed);
            report.failures.push(Failure { label, wanted, got: article.text().to_owned() });
        }
    }
    if report.cases == 0 { Err(EvalError::Empty) } else { Ok(report) }
}

fn read(source: &str) -> Result<Vec<Case>, EvalError> {
    if source.trim_start().starts_with('[') {
        return serde_json::from_str(source)
            .map_err(|why| EvalError::NotLabelled { line: why.line(), why });
    }
    let lines = source.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|why| EvalError::NotLabelled { line: index + 1, why })
        })
        .collect()
}

impl Case {
    fn accepts(&self, got: &str) -> bool {
        let wanted = [Some(&self.fixed), self.fixed_encoding.as_ref()];
        let got = straight(got);
        wanted.into_iter().flatten().any(|wanted| straight(wanted) == got)
    }
}

fn straight(text: &str) -> String {
    text.replace(['“', '”', '„'], "\"").replace(['‘', '’', '‚', 'ʼ'], "'")
}

impl Report {
    pub fn passed(&self) -> usize {
        self.cases - self.failures.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(formatter, "failed: {}", failure.label)?;
            writeln!(formatter, "  wanted {}", failure.wanted.escape_debug())?;
            writeln!(formatter, "  got    {}", failure.got.escape_debug())?;
        }
        write!(formatter, "{} cases  {} passed", self.cases, self.passed())
    }
}
