//! Values that are never shown, and the files they may come from.

use std::fmt;

use super::Settings;
use super::section::Reader;

/// What stands for a secret wherever settings are shown.
pub const MASK: &str = "***";

/// A value that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", if self.0.is_empty() { "" } else { MASK })
    }
}

/// Whether a librdkafka property holds a secret, by its name.
pub(super) fn is_secret_property(name: &str) -> bool {
    ["password", "secret", "pem", "jaas.config", "oauthbearer.config"]
        .iter()
        .any(|part| name.contains(part))
}

/// Fills each secret from the file that its `_file` key names.
pub(super) fn read_files(settings: &mut Settings, reader: &mut Reader) {
    let (kafka, http) = (&mut settings.kafka, &mut settings.http);
    let registry = &mut settings.schema_registry;
    let secrets = [
        ("http.token", &mut http.token, &http.token_file),
        ("kafka.sasl_password", &mut kafka.sasl_password, &kafka.sasl_password_file),
        ("kafka.ssl_key_password", &mut kafka.ssl_key_password, &kafka.ssl_key_password_file),
        ("schema_registry.password", &mut registry.password, &registry.password_file),
    ];
    for (key, secret, path) in secrets {
        if path.is_empty() {
            continue;
        }
        let file_key = format!("{key}_file");
        if !secret.0.is_empty() {
            reader.refuse(&file_key, format!("expected either this or {key}, not both"));
            continue;
        }
        match std::fs::read_to_string(path) {
            // Editors and `kubectl` alike end files with a line break.
            Ok(text) if !text.trim().is_empty() => {
                *secret = Secret(text.trim_end_matches(['\r', '\n']).to_string());
            }
            Ok(_) => {
                reader.refuse(&file_key, format!("expected a secret in {path}, which is empty"))
            }
            Err(error) => reader.refuse(&file_key, format!("could not read {path}: {error}")),
        }
    }
}
