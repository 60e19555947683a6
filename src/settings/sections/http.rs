//! `[http]`

use crate::settings::Secret;
use crate::settings::check::address_or_empty;
use crate::settings::section::section;

section! {
    /// Health, metrics and the proof page.
    HttpSettings = "http" {
        /// Where to listen. Empty: not at all.
        address: String = "127.0.0.1:8080", address_or_empty();
        /// Asked of whoever reads /metrics and /version or sends articles to /proof, as
        /// `Authorization: Bearer …`; /live and /ready stay open for probes. Empty: nobody
        /// is asked.
        token: Secret = "";
        /// A file that holds the token, instead of the token itself.
        token_file: String = "";
    }
}
