//! What the admin port tells and takes as JSON, for the proof page.

use serde::{Deserialize, Serialize};

/// One of the last dead letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentDeadLetter {
    /// Where the message came from, with its partition and offset.
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    pub reason: &'static str,
    pub stage: &'static str,
    pub error: String,
    /// When it became one, in milliseconds since 1970.
    pub at_millis: u64,
}

/// Which message is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
}
