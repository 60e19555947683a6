//! `[output]`

use crate::settings::check::at_least;
use crate::settings::section::section;
use crate::wire::dead_letter::HeaderStyle;

impl crate::settings::Choice for HeaderStyle {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Copydesk, "copydesk"), (Self::Spring, "spring"), (Self::Streams, "streams")];
}

section! {
    /// What is published.
    OutputSettings = "output" {
        /// An enriched message that would be larger than this, or than the output topic takes,
        /// goes without its largest lists (removals, edits, minhash) and says so; one that
        /// is too large all the same is dead-lettered.
        max_bytes: usize = 16 * 1024 * 1024, at_least(1);
        /// Whose names the headers have that say why a message is a dead letter:
        /// copydesk-error-…, kafka_dlt-… (Spring), or __streams.errors.… (Kafka Streams).
        dead_letter_headers: HeaderStyle = HeaderStyle::Copydesk;
    }
}
