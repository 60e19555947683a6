//! `[schema_registry]`

use crate::settings::Secret;
use crate::settings::check::{at_least, http_address_or_empty};
use crate::settings::section::section;

section! {
    /// A schema registry (Confluent's, or one that speaks like it), for consumers that
    /// expect its wire format: enriched messages then begin with a zero byte and the
    /// schema's id, four bytes, before their JSON. Dead letters stay as they came. Raw
    /// messages with that prefix are read in any case.
    SchemaRegistrySettings = "schema_registry" {
        /// The registry's address, `http://registry:8081`. Empty: none, and messages are
        /// JSON alone.
        endpoint: String = "", http_address_or_empty();
        /// Under which name the schema is kept. Empty: the output topic's and `-value`.
        subject: String = "";
        /// Whether to register the schema at the start. If not, it must be there, as
        /// `copydesk schema enriched` prints it.
        register: bool = true;
        /// The user, where the registry asks for one.
        username: String = "";
        /// The user's password.
        password: Secret = "";
        /// A file that holds the password, instead of the password itself.
        password_file: String = "";
        /// How long the start may wait for a registry that is down or busy, in milliseconds.
        start_timeout_millis: u64 = 30_000, at_least(1);
    }
}
