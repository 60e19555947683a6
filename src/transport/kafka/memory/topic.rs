//! Whether the topic can keep a memory: it must be there, and be compacted, or what was
//! learned is gone with the oldest segment.

use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::client::{Client, ClientContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::kafka::client::Inquiry;
use crate::transport::kafka::{apart, client, oauth};

const ATTEMPTED: &str = "look up the topic of the site memory";

/// What is wrong with the topic, each as `setting: why`; empty when nothing is. Brokers
/// that do not tell how it is cleaned are no fault.
pub async fn faults(settings: &KafkaSettings, topic: &str, patience: Duration) -> Vec<String> {
    let (config, name) = (client::inquirer(settings), topic.to_owned());
    let asked = apart(patience * 2, move || {
        let started = |error: KafkaError| transient(error.to_string());
        let admin: AdminClient<Inquiry> = config.create_with_context(Inquiry).map_err(started)?;
        oauth::give(admin.inner(), &config).map_err(started)?;
        let found = partitions(admin.inner(), &name, patience)?;
        Ok::<_, TransportError>((admin, found))
    });
    let fault = |why: String| vec![format!("site_memory.topic: {topic:?}: {why}")];
    let (admin, broker) = match asked.await {
        Some(Ok((admin, found))) => (admin, found.broker),
        Some(Err(error)) => return fault(error.to_string()),
        None => return fault("the brokers do not answer".into()),
    };
    let policy = cleanup_policy(&admin, topic, broker, patience).await;
    // Letting go of a client can block.
    std::thread::spawn(move || drop(admin));
    match policy {
        Ok(Some(policy)) if !policy.split(',').any(|part| part.trim() == "compact") => {
            fault(format!("cleanup.policy is {policy}, expected compact"))
        }
        Ok(_) => Vec::new(),
        Err(error) => {
            tracing::info!(%error, "brokers do not tell how the topic of the site memory is cleaned");
            Vec::new()
        }
    }
}

/// Where a topic lies.
pub struct Found {
    pub partitions: i32,
    /// Any broker that is up.
    pub broker: Option<i32>,
}

/// Blocks.
pub fn partitions<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    patience: Duration,
) -> Result<Found, TransportError> {
    // All topics: asking for one by name can create it, and not as a compacted one.
    let metadata =
        client.fetch_metadata(None, patience).map_err(|error| transient(error.to_string()))?;
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    let found = found.ok_or_else(|| transient("does not exist, or may not be seen".into()))?;
    if let Some(error) = found.error() {
        return Err(transient(RDKafkaErrorCode::from(error).to_string()));
    }
    Ok(Found {
        partitions: i32::try_from(found.partitions().len()).unwrap_or(i32::MAX),
        broker: metadata.brokers().first().map(|broker| broker.id()),
    })
}

async fn cleanup_policy(
    admin: &AdminClient<Inquiry>,
    topic: &str,
    broker: Option<i32>,
    patience: Duration,
) -> Result<Option<String>, KafkaError> {
    // Any broker can tell; without one named, librdkafka waits for a controller.
    let options = AdminOptions::new().request_timeout(Some(patience)).broker_id(broker);
    let mut described =
        admin.describe_configs(&[ResourceSpecifier::Topic(topic)], &options).await?;
    let resource = described.pop().transpose().map_err(KafkaError::AdminOp)?;
    let entry = resource.as_ref().and_then(|resource| resource.get("cleanup.policy"));
    Ok(entry.and_then(|entry| entry.value.clone()))
}

fn transient(why: String) -> TransportError {
    TransportError::Transient { attempted: ATTEMPTED, why }
}
