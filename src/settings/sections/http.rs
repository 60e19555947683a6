//! `[http]`

use crate::settings::Secret;
use crate::settings::check::address_or_empty;
use crate::settings::section::section;

section! {
    /// The admin port: health, metrics, the settings in effect, the log's level, the proof page.
    HttpSettings = "http" {
        /// Where to listen. Empty: not at all.
        address: String = "127.0.0.1:8080", address_or_empty();
        /// Asked of whoever asks for more than /live, /ready and the proof page's own files,
        /// which stay open for probes, as `Authorization: Bearer …`. Empty: nobody is asked.
        token: Secret = "";
        /// A file that holds the token, instead of the token itself.
        token_file: String = "";
    }
}
