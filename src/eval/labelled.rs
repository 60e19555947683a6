//! Labelled articles: one JSON object a line, with a page or flat text and what
//! is right of it.

use std::io::BufRead;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::article::Article;

/// A labelled article. A label that is not there is not asked for, except that
/// a page without authors should get none.
#[derive(Debug, Deserialize)]
pub struct Labelled {
    pub id: String,
    pub url: Option<String>,
    pub html: Option<String>,
    #[serde(alias = "flat_text")]
    pub text: Option<String>,
    pub gold_text: Option<String>,
    pub gold_title: Option<String>,
    pub gold_author: Option<Vec<String>>,
    pub gold_date: Option<String>,
}

#[derive(Debug, Error)]
pub enum EvalError {
    #[error("gold line {line} could not be read: {why}")]
    Read { line: usize, why: std::io::Error },
    #[error("gold line {line} is not a labelled article: {why}")]
    NotLabelled { line: usize, why: serde_json::Error },
    #[error("gold line {line} has neither html nor text")]
    NoInput { line: usize },
    #[error("gold line {line} has no {label}")]
    NoLabel { line: usize, label: &'static str },
    #[error("the gold set is empty")]
    Empty,
}

/// The rows with their line numbers; blank lines are passed over.
pub fn read<Row: DeserializeOwned>(
    gold: impl BufRead,
) -> impl Iterator<Item = Result<(usize, Row), EvalError>> {
    gold.lines().enumerate().filter_map(|(index, line)| {
        let number = index + 1;
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(why) => return Some(Err(EvalError::Read { line: number, why })),
        };
        let row = serde_json::from_str(&line);
        let row = row.map_err(|why| EvalError::NotLabelled { line: number, why });
        Some(row.map(|row| (number, row)))
    })
}

impl Labelled {
    /// The article as it would come in a message; none without page and text.
    pub fn article(&self) -> Option<Article> {
        let mut article = match (&self.html, &self.text) {
            (Some(html), _) => Article::from_html(html.as_str()),
            (None, Some(text)) => Article::from_text(text.as_str()),
            (None, None) => return None,
        };
        article.url.clone_from(&self.url);
        Some(article)
    }

    /// Of the page, or of the text.
    pub fn input_bytes(&self) -> usize {
        self.html.as_ref().or(self.text.as_ref()).map_or(0, String::len)
    }
}
