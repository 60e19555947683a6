//! The worker's side of the sink: messages go into librdkafka's queue at once,
//! and reports come back through a channel from the thread that polls it, see
//! [`super::producer`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::producer::BaseRecord;
use tokio::sync::mpsc;

use super::producer::{self, Delivered, News, Press};
use super::source::{KafkaSource, Shared};
use super::status::SinkStatus;
use super::topics::Topics;
use super::{client, headers, properties};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{NotSent, Outbound, Receipt, Report, Sink, Ticket};

/// What is sent and not reported on: the sink is full beyond either.
pub(super) const QUEUE_BYTES: usize = 16 * 1024 * 1024;
pub(super) const QUEUE_MESSAGES: usize = 50_000;

pub struct KafkaSink {
    press: Press,
    queued: Load,
    /// Of what is queued, where a message has one: librdkafka does not tell it
    /// of a message that failed.
    timestamps: HashMap<usize, i64>,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
    /// Knows whether a delivery is still this member's.
    source: Option<Arc<Shared>>,
    /// For reports that are known before anything is sent.
    own_news: News,
    news: mpsc::UnboundedReceiver<Delivered>,
    close_timeout: Duration,
}

/// What is under way.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    messages: usize,
    bytes: usize,
}

impl KafkaSink {
    /// Connects, and learns of both topics how many partitions they have and
    /// how large a message they take. Fails when one of them is not there.
    pub async fn open(settings: &KafkaSettings) -> Result<Self, TransportError> {
        let faults = properties::faults(settings);
        if !faults.is_empty() {
            return Err(TransportError::Fatal {
                attempted: "configure the Kafka producer",
                why: faults.join("; "),
            });
        }
        let topics = Arc::new(Topics::learn(settings, client::inquirer(settings)).await?);
        let status = Arc::<SinkStatus>::default();
        let (own_news, news) = mpsc::unbounded_channel();
        let close_timeout = Duration::from_millis(settings.close_timeout_millis);
        let press = Press::start(
            client::producer(settings, topics.limits),
            topics.clone(),
            status.clone(),
            own_news.clone(),
            close_timeout,
        )?;
        let (queued, timestamps) = (Load::default(), HashMap::new());
        let source = None;
        Ok(Self {
            press,
            queued,
            timestamps,
            topics,
            status,
            source,
            own_news,
            news,
            close_timeout,
        })
    }

    /// Publishes nothing that was made from deliveries which `source` has lost to another
    /// member of the group since: that member publishes it, in its order.
    pub fn of(mut self, source: &KafkaSource) -> Self {
        self.source = Some(source.shared());
        self
    }

    pub fn status(&self) -> Arc<SinkStatus> {
        self.status.clone()
    }

    /// The largest enriched message that can be sent, in [`Outbound::bytes`].
    pub fn largest_message(&self) -> usize {
        self.topics.largest_enriched()
    }

    fn refuse(&self, ticket: Ticket, error: TransportError) {
        let report = Report { ticket, result: Err(error) };
        self.own_news
            .send(Delivered::Report { report, bytes: 0 })
            .expect("this sink holds the receiver");
    }
}

impl Sink for KafkaSink {
    fn send(&mut self, ticket: Ticket, of: Receipt, outbound: &Outbound) -> Result<(), NotSent> {
        if self.source.as_ref().is_some_and(|source| !source.lanes().is_current(of)) {
            let why = "its partition was lost to another member".to_owned();
            return Err(NotSent::Failed(TransportError::Withdrawn { why }));
        }
        if self.queued.bytes >= QUEUE_BYTES || self.queued.messages >= QUEUE_MESSAGES {
            return Err(NotSent::Full);
        }
        if let Some(refusal) = self.topics.refusal(outbound) {
            self.queued.messages += 1;
            self.refuse(ticket, refusal);
            return Ok(());
        }
        // librdkafka takes 0 for now and below 0 for none.
        let timestamp = outbound.timestamp_millis.filter(|millis| *millis > 0);
        let record = BaseRecord {
            topic: &self.topics.topic(outbound.destination).name,
            partition: self.topics.partition(outbound),
            payload: outbound.payload.as_ref(),
            key: outbound.key.as_ref(),
            timestamp,
            headers: headers::write(&outbound.headers),
            delivery_opaque: ticket.0,
        };
        match self.press.producer.send(record) {
            Ok(()) => {
                let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
                self.queued.bytes += length(&outbound.payload) + length(&outbound.key);
                self.queued.messages += 1;
                if let Some(timestamp) = timestamp {
                    self.timestamps.insert(ticket.0, timestamp);
                }
                Ok(())
            }
            Err((error, _)) => match producer::fault(&error) {
                refused @ TransportError::MessageRefused { .. } => {
                    self.queued.messages += 1;
                    self.refuse(ticket, refused);
                    Ok(())
                }
                failed => Err(NotSent::Failed(failed)),
            },
        }
    }

    async fn next_report(&mut self) -> Report {
        loop {
            match self.news.recv().await.expect("this sink holds a sender") {
                Delivered::Report { report, bytes } => {
                    self.timestamps.remove(&report.ticket.0);
                    self.queued.messages -= 1;
                    self.queued.bytes -= bytes;
                    return report;
                }
                Delivered::Refused(mut record) => {
                    record.timestamp = self.timestamps.get(&record.ticket).copied();
                    self.press.send_alone(record);
                }
            }
        }
    }

    async fn close(self) {
        self.press.stop(self.close_timeout).await;
    }
}
