//! `[traces]`

use crate::settings::check::{between, http_address_or_empty};
use crate::settings::section::section;

section! {
    /// Spans of articles for a collector, by OTLP over HTTP (protobuf). Needs a build with
    /// the feature `otlp`, which the container is.
    TracesSettings = "traces" {
        /// The collector's address, `http://collector:4318`; spans go to `/v1/traces` below
        /// it. Empty: no spans.
        endpoint: String = "", http_address_or_empty();
        /// The share of articles that are traced, where their messages do not say themselves
        /// by a header `traceparent`.
        sampled_share: f64 = 0.01, between(0.0, 1.0);
    }
}
