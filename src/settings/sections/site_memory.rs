//! `[site_memory]`

use crate::settings::check::{at_least, between, topic_name_or_empty};
use crate::settings::kind::choice;
use crate::settings::section::section;

choice! {
    /// What is done with what recurs on the pages of a site.
    SiteMemoryMode {
        Off = "off",
        /// Remembered, and nothing decided by it.
        Learn = "learn",
        /// Remembered, and removed where the article can do without.
        Apply = "apply",
    }
}

section! {
    /// What the stream shows of its sites: blocks that recur on the pages of a host are
    /// furniture, and are cut where the article can do without.
    SiteMemorySettings = "site_memory" {
        /// Off: nothing is remembered, and the same message always gives the same bytes.
        /// Learn: pages are remembered, and nothing is decided by them. Apply: what recurs
        /// is cut. Then the result depends on what came before; the article's provenance
        /// says by what state of the memory it was decided.
        mode: SiteMemoryMode = SiteMemoryMode::Off;
        /// A compacted topic that keeps the memory, so that all workers of a group share it
        /// and a new one does not start blind. Empty: each worker has its own, and it ends
        /// with the worker. All workers that share a topic must have the same bounds.
        topic: String = "", topic_name_or_empty();
        /// Hosts remembered; those whose pages came longest ago are forgotten first.
        hosts: usize = 10_000, between(1, 10_000_000);
        /// That all hosts together may take, about: up to 38 kB for one with many pages.
        bytes: usize = 64 * 1024 * 1024, at_least(1_000_000);
        /// Between two writings to the topic, in milliseconds.
        write_interval_millis: u64 = 1_000, between(10, 3_600_000);
        /// How long the start may wait for the topic to be read, in milliseconds. What is not
        /// read by then is read while articles are worked on.
        load_timeout_millis: u64 = 30_000;
    }
}
