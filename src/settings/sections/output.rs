//! `[output]`

use crate::settings::check::at_least;
use crate::settings::section::section;

section! {
    /// What is published.
    OutputSettings = "output" {
        /// An article whose enriched message is larger than this is dead-lettered.
        max_bytes: usize = 16 * 1024 * 1024, at_least(1);
    }
}
