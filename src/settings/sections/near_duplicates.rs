//! `[near_duplicates]`

use crate::settings::check::between;
use crate::settings::section::section;

section! {
    /// Whether an article is nearly the text of one that came shortly before: a wire story
    /// on another site, a page that was scraped again under another id.
    NearDuplicatesSettings = "near_duplicates" {
        /// Articles that each worker remembers, about 1.5 kB each; 0: off. The same message
        /// then no longer always gives the same bytes, as what came before decides.
        window: usize = 0, between(0, 1_000_000);
        /// The least share of five-word sequences that two texts must have in common,
        /// estimated from their MinHash values.
        similarity: f64 = 0.7, between(0.1, 1.0);
    }
}
