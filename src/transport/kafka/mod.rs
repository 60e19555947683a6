//! Kafka, and the only folder that knows it: [`KafkaSource`] takes messages as
//! a member of a consumer group, [`KafkaSink`] publishes with an idempotent
//! producer, [`KafkaTransactions`] with a transactional one. An offset is committed
//! when it and all before it in its partition are done, never earlier: by the source
//! after their outputs (at least once), or with them in one transaction (exactly once).
//!
//! librdkafka's clients are polled on threads of their own and hand over
//! through channels, so that nothing here blocks the runtime, and no stall of
//! the runtime costs the group membership.

pub mod codes;
pub mod dead_letters;
pub mod embedded;
pub mod lanes;
pub mod memory;
pub mod presence;
pub mod properties;
pub mod reachable;
pub mod single;
pub mod status;
pub mod topic_reader;
pub mod unowned;

mod client;
mod commit;
mod consumer;
mod headers;
mod membership;
mod oauth;
mod producer;
mod sink;
mod source;
mod topics;
mod transactions;

pub use embedded::EmbeddedBroker;
pub use memory::KafkaMemory;
pub use sink::KafkaSink;
pub use source::KafkaSource;
pub use transactions::KafkaTransactions;

use std::time::Duration;

/// Runs what may block on a thread of its own, and waits no longer than
/// `limit`: librdkafka's calls can hang, and a thread can be left behind where
/// a runtime's worker cannot.
async fn apart<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("kafka-apart".into())
        .spawn(move || {
            // The receiver is gone when the limit has passed.
            let _ = sender.send(work());
        })
        .ok()?;
    tokio::time::timeout(limit, receiver).await.ok()?.ok()
}
