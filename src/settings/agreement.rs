//! What settings must hold to between each other.

use super::section::Reader;
use super::sections::kafka::SaslMechanism;
use super::{Choice, Settings};
use crate::stages::boilerplate::phrases;

/// A condition over several keys. It is not looked at while one of them is at
/// fault by itself, and it is reported under the first.
struct Agreement {
    keys: &'static [&'static str],
    /// What was expected, where it does not hold.
    broken: fn(&Settings) -> Option<String>,
}

pub(super) fn check(settings: &Settings, reader: &mut Reader) {
    for agreement in AGREEMENTS {
        if agreement.keys.iter().any(|key| reader.is_refused(key)) {
            continue;
        }
        if let Some(why) = (agreement.broken)(settings) {
            reader.refuse(agreement.keys[0], why);
        }
    }
}

const AGREEMENTS: &[Agreement] = &[
    Agreement {
        keys: &["traces.endpoint"],
        broken: |settings| {
            (!cfg!(feature = "otlp") && !settings.traces.endpoint.is_empty())
                .then(|| "needs a build with the cargo feature otlp".into())
        },
    },
    Agreement {
        keys: &["stages.phrases_file"],
        broken: |settings| {
            let file = &settings.stages.phrases_file;
            if file.is_empty() {
                return None;
            }
            match std::fs::read_to_string(file) {
                Err(error) => Some(format!("could not read {file}: {error}")),
                Ok(source) => {
                    let faults = phrases::faults(&source);
                    (!faults.is_empty()).then(|| format!("{file}: {}", faults.join("; ")))
                }
            }
        },
    },
    Agreement {
        keys: &["kafka.output_topic", "kafka.input_topics"],
        broken: |settings| taken_in(settings, &settings.kafka.output_topic),
    },
    Agreement {
        keys: &["kafka.dead_letter_topic", "kafka.input_topics"],
        broken: |settings| taken_in(settings, &settings.kafka.dead_letter_topic),
    },
    Agreement {
        keys: &["kafka.dead_letter_topic", "kafka.output_topic"],
        broken: |settings| {
            (settings.kafka.dead_letter_topic == settings.kafka.output_topic)
                .then(|| "expected another topic than kafka.output_topic".into())
        },
    },
    Agreement {
        keys: &["site_memory.topic", "kafka.input_topics"],
        broken: |settings| taken_in(settings, &settings.site_memory.topic),
    },
    Agreement {
        keys: &["site_memory.topic", "kafka.output_topic", "kafka.dead_letter_topic"],
        broken: |settings| {
            [&settings.kafka.output_topic, &settings.kafka.dead_letter_topic]
                .contains(&&settings.site_memory.topic)
                .then(|| "expected a topic that nothing else is written to".into())
        },
    },
    Agreement {
        keys: &["kafka.sasl_mechanism", "kafka.security_protocol"],
        broken: |settings| {
            let kafka = &settings.kafka;
            match (kafka.security_protocol.uses_sasl(), kafka.sasl_mechanism) {
                (true, SaslMechanism::None) => Some(format!(
                    "expected a mechanism, for kafka.security_protocol is {}",
                    kafka.security_protocol.as_str()
                )),
                (false, mechanism) if mechanism != SaslMechanism::None => Some(format!(
                    "expected kafka.security_protocol to be sasl_plaintext or sasl_ssl, found {}",
                    kafka.security_protocol.as_str()
                )),
                _ => None,
            }
        },
    },
    Agreement {
        keys: &["kafka.sasl_username", "kafka.sasl_mechanism"],
        broken: |settings| {
            let kafka = &settings.kafka;
            (kafka.sasl_mechanism.needs_password() && kafka.sasl_username.is_empty())
                .then(|| format!("expected a user for {}", kafka.sasl_mechanism.as_str()))
        },
    },
    Agreement {
        keys: &["kafka.sasl_password", "kafka.sasl_password_file", "kafka.sasl_mechanism"],
        broken: |settings| {
            let kafka = &settings.kafka;
            (kafka.sasl_mechanism.needs_password() && kafka.sasl_password.0.is_empty())
                .then(|| format!("expected a password for {}", kafka.sasl_mechanism.as_str()))
        },
    },
    Agreement {
        keys: &["kafka.oauth_token_file", "kafka.sasl_mechanism"],
        broken: |settings| {
            let kafka = &settings.kafka;
            let needed = kafka.sasl_mechanism == SaslMechanism::OauthBearer;
            (needed == kafka.oauth_token_file.is_empty()).then(|| match needed {
                true => "expected a file for OAUTHBEARER".into(),
                false => "expected kafka.sasl_mechanism to be OAUTHBEARER".into(),
            })
        },
    },
    Agreement {
        keys: &["kafka.ssl_key_file", "kafka.ssl_certificate_file"],
        broken: |settings| {
            let kafka = &settings.kafka;
            (kafka.ssl_key_file.is_empty() != kafka.ssl_certificate_file.is_empty())
                .then(|| "expected together with kafka.ssl_certificate_file".into())
        },
    },
    Agreement {
        keys: &["kafka.max_poll_interval_millis", "kafka.session_timeout_millis"],
        broken: |settings| {
            let session = settings.kafka.session_timeout_millis;
            (settings.kafka.max_poll_interval_millis < session).then(|| {
                format!("expected no less than kafka.session_timeout_millis, which is {session}")
            })
        },
    },
    Agreement {
        keys: &["kafka.revoke_drain_millis", "kafka.max_poll_interval_millis"],
        broken: |settings| {
            let poll = settings.kafka.max_poll_interval_millis;
            (settings.kafka.revoke_drain_millis >= poll).then(|| {
                format!("expected less than kafka.max_poll_interval_millis, which is {poll}")
            })
        },
    },
    Agreement {
        keys: &["kafka.delivery_timeout_millis", "kafka.linger_millis"],
        broken: |settings| {
            let linger = settings.kafka.linger_millis;
            (settings.kafka.delivery_timeout_millis <= linger)
                .then(|| format!("expected more than kafka.linger_millis, which is {linger}"))
        },
    },
    Agreement {
        keys: &["kafka.transaction_timeout_millis", "kafka.transaction_interval_millis"],
        broken: |settings| {
            let interval = settings.kafka.transaction_interval_millis;
            (settings.kafka.transaction_timeout_millis < 2 * interval).then(|| {
                format!("expected twice kafka.transaction_interval_millis, which is {interval}")
            })
        },
    },
    Agreement {
        keys: &["schema_registry.username", "schema_registry.password"],
        broken: |settings| {
            let registry = &settings.schema_registry;
            (registry.username.is_empty() && !registry.password.0.is_empty())
                .then(|| "expected a user for schema_registry.password".into())
        },
    },
    Agreement {
        keys: &["input.text", "input.html"],
        broken: |settings| {
            (settings.input.text.is_empty() && settings.input.html.is_empty())
                .then(|| "expected a field here or in input.html".into())
        },
    },
];

/// A worker that reads what it wrote never ends.
fn taken_in(settings: &Settings, topic: &str) -> Option<String> {
    let input = settings.kafka.input_taking_in(topic)?;
    Some(format!("expected a topic that kafka.input_topics does not take in, but {input:?} does"))
}
