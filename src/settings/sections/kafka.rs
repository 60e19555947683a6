//! `[kafka]`

use std::collections::BTreeMap;

use crate::settings::Secret;
use crate::settings::check::{
    addresses, at_least, between, not_blank, topic_name, topics_or_patterns,
};
use crate::settings::kind::choice;
use crate::settings::section::section;

choice! {
    /// What is done where the group has no offset, or one that is gone.
    OffsetReset {
        /// Halt: never skip or repeat silently.
        Error = "error",
        Earliest = "earliest",
        Latest = "latest",
    }
}

choice! {
    SecurityProtocol {
        Plaintext = "plaintext",
        Ssl = "ssl",
        SaslPlaintext = "sasl_plaintext",
        SaslSsl = "sasl_ssl",
    }
}

impl SecurityProtocol {
    pub fn uses_sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

choice! {
    SaslMechanism {
        None = "none",
        Plain = "PLAIN",
        ScramSha256 = "SCRAM-SHA-256",
        ScramSha512 = "SCRAM-SHA-512",
        OauthBearer = "OAUTHBEARER",
    }
}

impl SaslMechanism {
    pub fn needs_password(self) -> bool {
        matches!(self, Self::Plain | Self::ScramSha256 | Self::ScramSha512)
    }
}

choice! {
    /// Who shares out the partitions.
    GroupProtocol {
        /// The members, by `assignment_strategy`.
        Classic = "classic",
        /// The brokers (KIP-848).
        Consumer = "consumer",
    }
}

choice! {
    AssignmentStrategy {
        CooperativeSticky = "cooperative-sticky",
        Range = "range",
        RoundRobin = "roundrobin",
    }
}

choice! {
    Compression {
        None = "none",
        Gzip = "gzip",
        Snappy = "snappy",
        Lz4 = "lz4",
        Zstd = "zstd",
    }
}

choice! {
    /// How often an article's output may be there.
    Guarantee {
        AtLeastOnce = "at-least-once",
        ExactlyOnce = "exactly-once",
    }
}

impl KafkaSettings {
    /// The entry of the input topics that takes in this topic.
    pub fn input_taking_in(&self, topic: &str) -> Option<&str> {
        let takes_in = |input: &&String| match input.starts_with('^') {
            true => regex::Regex::new(input).is_ok_and(|pattern| pattern.is_match(topic)),
            false => *input == topic,
        };
        self.input_topics.iter().find(takes_in).map(String::as_str)
    }
}

section! {
    /// The brokers, the topics, and how copydesk speaks to them.
    KafkaSettings = "kafka" {
        /// Brokers to start from; they tell of the others.
        brokers: Vec<String> = &["127.0.0.1:9092"], addresses();
        /// Workers of one group share the partitions of the input topics.
        group_id: String = "copydesk", not_blank();
        /// The name by which brokers know this client in their logs and quotas.
        client_id: String = "copydesk", not_blank();
        /// Static membership: a name that is this worker's alone and survives its
        /// restarts (a StatefulSet's pod name). Empty: dynamic membership.
        group_instance_id: String = "";
        /// Topics of raw articles. One that starts with `^` is a regular expression.
        input_topics: Vec<String> = &["articles.raw"], topics_or_patterns();
        /// Where enriched articles go.
        output_topic: String = "articles.enriched", topic_name();
        /// Where goes what cannot be processed.
        dead_letter_topic: String = "articles.dead-letter", topic_name();
        /// How connections are secured. TLS, SCRAM and OAUTHBEARER need a build with the feature `tls`.
        security_protocol: SecurityProtocol = SecurityProtocol::Plaintext;
        /// How copydesk proves who it is, where the protocol is one of sasl_….
        sasl_mechanism: SaslMechanism = SaslMechanism::None;
        /// The user.
        sasl_username: String = "";
        /// The user's password.
        sasl_password: Secret = "";
        /// A file that holds the password, instead of the password itself.
        sasl_password_file: String = "";
        /// The file with the JSON Web Token for OAUTHBEARER, which something else keeps fresh.
        oauth_token_file: String = "";
        /// Certificates of the authorities to trust, PEM. Empty: those of the system.
        ssl_ca_file: String = "";
        /// The client's certificate, PEM, where brokers ask for one.
        ssl_certificate_file: String = "";
        /// The certificate's private key, PEM.
        ssl_key_file: String = "";
        /// The private key's pass phrase.
        ssl_key_password: Secret = "";
        /// A file that holds the pass phrase, instead of the pass phrase itself.
        ssl_key_password_file: String = "";
        /// Who shares out partitions: classic, the workers among themselves; or consumer,
        /// the brokers (KIP-848, Kafka 4.0), which then decide on strategy and session
        /// timeout, too. The client's support for it is young.
        group_protocol: GroupProtocol = GroupProtocol::Classic;
        /// How the group shares out partitions. All workers of a group must agree;
        /// only cooperative-sticky lets go of no more partitions than it must.
        assignment_strategy: AssignmentStrategy = AssignmentStrategy::CooperativeSticky;
        /// Where to start when the group has no offset of a partition, or one that is
        /// gone: the oldest message, the newest, or not at all (halt with an error).
        offset_reset: OffsetReset = OffsetReset::Earliest;
        /// A worker that is not heard of for so long loses its partitions, in milliseconds.
        session_timeout_millis: u64 = 45_000, between(1_000, 3_600_000);
        /// A worker that takes no message for so long loses its partitions, in milliseconds.
        max_poll_interval_millis: u64 = 300_000, between(1_000, 86_400_000);
        /// Between two commits, in milliseconds: after a crash, so much is done again.
        commit_interval_millis: u64 = 200, between(10, 60_000);
        /// How long a revoked partition's articles may take to finish, in milliseconds.
        revoke_drain_millis: u64 = 10_000;
        /// How long the goodbye to the brokers may take at the end, in milliseconds.
        close_timeout_millis: u64 = 5_000, at_least(1);
        /// How long a message waits for others to share its batch, in milliseconds.
        linger_millis: u64 = 5, between(0, 900_000);
        /// Of the batches that are sent.
        compression: Compression = Compression::Lz4;
        /// How long a message may take to be acknowledged, with all retries, in milliseconds.
        delivery_timeout_millis: u64 = 120_000, between(1, 2_147_483_647);
        /// The largest message to send. Where the topics' own limits can be asked for and
        /// are lower, they hold instead. A dead letter is some headers larger than its
        /// original, so the dead-letter topic must take more than the input topics do.
        max_message_bytes: usize = 16 * 1024 * 1024, between(1_000, 1_000_000_000);
        /// What a crash may cost: outputs that are there twice, or, with exactly-once, up to
        /// `transaction_interval_millis` of delay. Outputs, dead letters and offsets are then
        /// one transaction, which only readers with `isolation.level=read_committed` respect.
        delivery: Guarantee = Guarantee::AtLeastOnce;
        /// With exactly-once: the time between two transactions, which is how long an output
        /// is not to be seen, in milliseconds.
        transaction_interval_millis: u64 = 1_000, between(10, 60_000);
        /// With exactly-once: after which brokers end a transaction that nobody has committed.
        /// So long may a crash without a `transactional_id` hold back what readers see.
        transaction_timeout_millis: u64 = 15_000, between(1_000, 900_000);
        /// With exactly-once: a name that is this worker's alone and survives its restarts (a
        /// StatefulSet's pod name), so that a restart ends at once what a crash has left
        /// open. Empty: made from `group_instance_id`, or anew at each start.
        transactional_id: String = "";
        /// Any property of librdkafka, for consumer and producer. Its dots stay:
        /// `"socket.keepalive.enable" = true`, or as a variable
        /// COPYDESK__KAFKA__PROPERTIES__SOCKET_KEEPALIVE_ENABLE=true.
        properties: BTreeMap<String, String> = &[];
        /// The same, for the consumer alone.
        consumer_properties: BTreeMap<String, String> = &[];
        /// The same, for the producer alone.
        producer_properties: BTreeMap<String, String> = &[];
    }
}
