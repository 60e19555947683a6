//! What a value must hold to beyond its kind.

use std::fmt::Display;

use super::kind::Kind;

/// A condition on one value, and how to say it.
pub(super) struct Check<T> {
    pub expected: String,
    pub holds: Box<dyn Fn(&T) -> bool>,
}

/// What a person is to write: the kind, then each check.
pub(super) fn expected<T: Kind>(checks: &[Check<T>]) -> String {
    let checks = checks.iter().map(|check| check.expected.clone());
    std::iter::once(T::expected()).chain(checks).collect::<Vec<_>>().join(", ")
}

pub(super) fn at_least<T: PartialOrd + Display + 'static>(least: T) -> Check<T> {
    check(format!("at least {least}"), move |value| *value >= least)
}

pub(super) fn between<T: PartialOrd + Display + 'static>(least: T, most: T) -> Check<T> {
    check(format!("{least} to {most}"), move |value| (&least..=&most).contains(&value))
}

pub(super) fn not_blank() -> Check<String> {
    check("not blank", |text: &String| !text.trim().is_empty())
}

pub(super) fn topic_name() -> Check<String> {
    check("a topic name", |text: &String| is_topic_name(text))
}

pub(super) fn topic_name_or_empty() -> Check<String> {
    check("a topic name or empty", |text: &String| text.is_empty() || is_topic_name(text))
}

pub(super) fn topics_or_patterns() -> Check<Vec<String>> {
    check("at least one topic name or regular expression (^…)", |topics: &Vec<String>| {
        !topics.is_empty()
            && topics.iter().all(|topic| match topic.starts_with('^') {
                true => regex::Regex::new(topic).is_ok(),
                false => is_topic_name(topic),
            })
    })
}

pub(super) fn addresses() -> Check<Vec<String>> {
    check("at least one host:port", |addresses: &Vec<String>| {
        !addresses.is_empty() && addresses.iter().all(|address| is_address(address))
    })
}

pub(super) fn address_or_empty() -> Check<String> {
    check("host:port or empty", |text: &String| text.is_empty() || is_address(text))
}

/// Plain HTTP: a collector stands beside its workers.
pub(super) fn http_address_or_empty() -> Check<String> {
    check("http://host:port or empty", |text: &String| {
        let address = text.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        text.is_empty() || address.is_some_and(is_address)
    })
}

/// Names of fields, or JSON pointers (RFC 6901).
pub(super) fn field_paths() -> Check<Vec<String>> {
    check("each a field name or a JSON pointer (/a/b)", |paths: &Vec<String>| {
        paths.iter().all(|path| {
            let escapes_hold = || path.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
            !path.is_empty() && (!path.starts_with('/') || escapes_hold())
        })
    })
}

pub(super) fn log_filter() -> Check<String> {
    check("a level or filter (info,librdkafka=debug)", |text: &String| {
        !text.trim().is_empty() && tracing_subscriber::EnvFilter::try_new(text).is_ok()
    })
}

fn check<T>(expected: impl Into<String>, holds: impl Fn(&T) -> bool + 'static) -> Check<T> {
    Check { expected: expected.into(), holds: Box::new(holds) }
}

/// Kafka's own rule for legal names.
fn is_topic_name(text: &str) -> bool {
    (1..=249).contains(&text.len())
        && !matches!(text, "." | "..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let bracketed = host.starts_with('[') && host.ends_with(']');
        !host.is_empty()
            && !host.contains(char::is_whitespace)
            && (bracketed || !host.contains(':'))
            && port.parse::<u16>().is_ok()
    })
}
