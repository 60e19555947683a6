//! Every setting: its doc, type, default and check in one place.

use std::collections::BTreeMap;

/// A value that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.0.is_empty() { "\"\"" } else { "\"***\"" })
    }
}

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub kafka: KafkaSettings,
    pub input: InputSettings,
    pub output: OutputSettings,
    pub stages: StagesSettings,
    pub worker: WorkerSettings,
    pub http: HttpSettings,
    pub log: LogSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetReset {
    /// Halt: never skip or repeat silently.
    Error,
    Earliest,
    Latest,
}

#[derive(Debug, Clone)]
pub struct KafkaSettings {
    pub brokers: Vec<String>,
    pub group_id: String,
    pub client_id: String,
    /// Empty: dynamic membership.
    pub group_instance_id: String,
    /// Topic names; one that starts with `^` is a regular expression.
    pub input_topics: Vec<String>,
    pub output_topic: String,
    pub dead_letter_topic: String,
    /// plaintext | ssl | sasl_plaintext | sasl_ssl
    pub security_protocol: String,
    /// PLAIN | SCRAM-SHA-256 | SCRAM-SHA-512 | OAUTHBEARER
    pub sasl_mechanism: String,
    pub sasl_username: String,
    pub sasl_password: Secret,
    pub ssl_ca_file: String,
    pub ssl_certificate_file: String,
    pub ssl_key_file: String,
    pub ssl_key_password: Secret,
    pub assignment_strategy: String,
    pub offset_reset: OffsetReset,
    pub session_timeout_millis: u64,
    pub max_poll_interval_millis: u64,
    pub commit_interval_millis: u64,
    /// How long a revoked partition's articles may take to finish.
    pub revoke_drain_millis: u64,
    pub close_timeout_millis: u64,
    pub linger_millis: u64,
    /// none | gzip | snappy | lz4 | zstd
    pub compression: String,
    pub delivery_timeout_millis: u64,
    pub max_message_bytes: usize,
    /// Any librdkafka property, for consumer and producer.
    pub properties: BTreeMap<String, String>,
    pub consumer_properties: BTreeMap<String, String>,
    pub producer_properties: BTreeMap<String, String>,
}

impl Default for KafkaSettings {
    fn default() -> Self {
        Self {
            brokers: vec!["127.0.0.1:9092".into()],
            group_id: "copydesk".into(),
            client_id: "copydesk".into(),
            group_instance_id: String::new(),
            input_topics: vec!["articles.raw".into()],
            output_topic: "articles.enriched".into(),
            dead_letter_topic: "articles.dead-letter".into(),
            security_protocol: "plaintext".into(),
            sasl_mechanism: String::new(),
            sasl_username: String::new(),
            sasl_password: Secret::default(),
            ssl_ca_file: String::new(),
            ssl_certificate_file: String::new(),
            ssl_key_file: String::new(),
            ssl_key_password: Secret::default(),
            assignment_strategy: "cooperative-sticky".into(),
            offset_reset: OffsetReset::Earliest,
            session_timeout_millis: 45_000,
            max_poll_interval_millis: 300_000,
            commit_interval_millis: 200,
            revoke_drain_millis: 10_000,
            close_timeout_millis: 5_000,
            linger_millis: 5,
            compression: "lz4".into(),
            delivery_timeout_millis: 120_000,
            max_message_bytes: 1_000_000,
            properties: BTreeMap::new(),
            consumer_properties: BTreeMap::new(),
            producer_properties: BTreeMap::new(),
        }
    }
}

/// Where in a JSON message the article's fields stand: for each, names of
/// top-level fields or JSON pointers (`/data/html`), the first that is there wins.
#[derive(Debug, Clone)]
pub struct InputSettings {
    /// Payloads larger than this, packed or unpacked, are dead-lettered.
    pub max_bytes: usize,
    pub max_depth: usize,
    pub id: Vec<String>,
    pub url: Vec<String>,
    pub html: Vec<String>,
    pub text: Vec<String>,
    pub title: Vec<String>,
    pub author: Vec<String>,
    pub published_at: Vec<String>,
    pub fetched_at: Vec<String>,
    pub source: Vec<String>,
    pub language: Vec<String>,
}

impl Default for InputSettings {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        Self {
            max_bytes: 16 * 1024 * 1024,
            max_depth: 64,
            id: names(&["id"]),
            url: names(&["url"]),
            html: names(&["html"]),
            text: names(&["text", "body", "content"]),
            title: names(&["title"]),
            author: names(&["author"]),
            published_at: names(&["published_at"]),
            fetched_at: names(&["fetched_at"]),
            source: names(&["source"]),
            language: names(&["language"]),
        }
    }
}

#[derive(Debug, Clone)]
pub struct OutputSettings {
    /// Enriched messages larger than this are dead-lettered.
    pub max_bytes: usize,
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self { max_bytes: 16 * 1024 * 1024 }
    }
}

#[derive(Debug, Clone)]
pub struct StagesSettings {
    pub boilerplate: bool,
    pub repair: bool,
    pub tag: bool,
}

impl Default for StagesSettings {
    fn default() -> Self {
        Self { boilerplate: true, repair: true, tag: true }
    }
}

#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// 0: one a core.
    pub threads: usize,
    /// Of raw payloads taken and not yet acknowledged.
    pub in_flight_bytes: usize,
    pub in_flight_articles: usize,
    pub article_deadline_millis: u64,
    pub drain_timeout_millis: u64,
    /// forward | drop
    pub rejected: crate::desk::Rejected,
    /// Halt when more than this share of the last `dead_letter_window` messages fail.
    pub dead_letter_ratio: f64,
    pub dead_letter_window: usize,
    pub dead_letters_in_a_row: usize,
    pub stall_timeout_millis: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            threads: 0,
            in_flight_bytes: 64 * 1024 * 1024,
            in_flight_articles: 10_000,
            article_deadline_millis: 5_000,
            drain_timeout_millis: 25_000,
            rejected: crate::desk::Rejected::Forward,
            dead_letter_ratio: 0.5,
            dead_letter_window: 1_000,
            dead_letters_in_a_row: 500,
            stall_timeout_millis: 60_000,
        }
    }
}

#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Empty: no HTTP.
    pub address: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { address: "127.0.0.1:8080".into() }
    }
}

#[derive(Debug, Clone)]
pub struct LogSettings {
    /// json | pretty
    pub format: String,
    pub level: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: "json".into(), level: "info".into() }
    }
}
