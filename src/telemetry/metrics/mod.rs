//! What is counted and measured. Every metric is declared once, in [`table`];
//! labels come from closed sets, see [`labels`]. Nothing of an article's text
//! is in either.

pub mod labels;
mod process;
mod table;

pub use table::{Declared, Kind, Metrics, declared};

use std::fmt;

use prometheus_client::encoding::{prometheus_text, text};

/// The two forms in which `/metrics` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposition {
    /// The text format of Prometheus, 0.0.4: for scrapers that ask for nothing else.
    Prometheus,
    /// OpenMetrics 1.0.0, which has exemplars.
    OpenMetrics,
}

impl Exposition {
    /// By the `Accept` header of the scrape: OpenMetrics for who names it and does not
    /// weigh it below plain text.
    pub fn accepted(accept: Option<&str>) -> Self {
        let weight = |media: &str| {
            accept?.split(',').find_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                parts.next().filter(|name| name.eq_ignore_ascii_case(media))?;
                let quality = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
                quality.parse::<f32>().ok()
            })
        };
        let open = weight("application/openmetrics-text").unwrap_or(0.0);
        if open > 0.0 && open >= weight("text/plain").unwrap_or(0.0) {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => prometheus_text::CONTENT_TYPE,
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

impl Metrics {
    /// All of it as text. What the process itself costs is read anew.
    pub fn encode(&self, exposition: Exposition) -> Result<String, fmt::Error> {
        process::measure(self);
        let mut answer = String::new();
        match exposition {
            Exposition::Prometheus => prometheus_text::encode(&mut answer, self.registry())?,
            Exposition::OpenMetrics => text::encode(&mut answer, self.registry())?,
        }
        Ok(answer)
    }
}

/// The table of all metrics for a reader of the manual, as Markdown.
pub fn reference() -> String {
    let mut page = String::from("| metric | type | labels | what |\n|---|---|---|---|\n");
    for metric in declared() {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        page.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            metric.served_name(),
            metric.kind.as_str(),
            labels.join(", "),
            metric.help,
        ));
    }
    page
}
