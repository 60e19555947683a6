//! `[log]`

use crate::settings::check::log_filter;
use crate::settings::kind::choice;
use crate::settings::section::section;

choice! {
    LogFormat {
        /// One object a line, for collectors.
        Json = "json",
        /// For a person's eyes.
        Pretty = "pretty",
    }
}

section! {
    /// What is told, on standard error. Never an article's text above debug.
    LogSettings = "log" {
        /// One JSON object a line, or lines for a person's eyes.
        format: LogFormat = LogFormat::Json;
        /// error, warn, info, debug, trace or off, also by module: `info,librdkafka=debug`.
        level: String = "info", log_filter();
    }
}
