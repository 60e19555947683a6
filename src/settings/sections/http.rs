//! `[http]`

use crate::settings::check::address_or_empty;
use crate::settings::section::section;

section! {
    /// Health and metrics.
    HttpSettings = "http" {
        /// Where to listen. Empty: not at all.
        address: String = "127.0.0.1:8080", address_or_empty();
    }
}
