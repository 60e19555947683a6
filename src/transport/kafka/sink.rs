//! The worker's side of the sink: messages go into librdkafka's queue at once,
//! and reports come back through a channel from the thread that polls it, see
//! [`super::producer`].

use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::BaseRecord;
use tokio::sync::mpsc;

use super::producer::{self, Press};
use super::status::SinkStatus;
use super::topics::{Limits, Topics};
use super::{client, headers};
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{NotSent, Outbound, Report, Sink, Ticket};

pub struct KafkaSink {
    press: Press,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
    /// For reports that are known before anything is sent.
    own_reports: producer::Reports,
    reports: mpsc::UnboundedReceiver<Report>,
    close_timeout: Duration,
}

impl KafkaSink {
    /// Connects, and learns of both topics how many partitions they have and
    /// how large a message they take. Fails when one of them is not there.
    pub async fn open(settings: &KafkaSettings) -> Result<Self, TransportError> {
        let faults = client::faults(settings);
        if !faults.is_empty() {
            return Err(TransportError::Fatal {
                attempted: "configure the Kafka producer",
                why: faults.join("; "),
            });
        }
        let limits = Limits::learn(settings, &client::inquirer(settings)).await;
        let topics = Arc::new(Topics::new(settings, limits));
        let status = Arc::<SinkStatus>::default();
        let (own_reports, reports) = mpsc::unbounded_channel();
        let close_timeout = Duration::from_millis(settings.close_timeout_millis);
        let press = Press::start(
            client::producer(settings, limits),
            topics.clone(),
            status.clone(),
            own_reports.clone(),
            close_timeout,
        )
        .await?;
        Ok(Self { press, topics, status, own_reports, reports, close_timeout })
    }

    pub fn status(&self) -> Arc<SinkStatus> {
        self.status.clone()
    }

    fn refuse(&self, ticket: Ticket, error: TransportError) {
        self.own_reports
            .send(Report { ticket, result: Err(error) })
            .expect("this sink holds the receiver");
    }
}

impl Sink for KafkaSink {
    fn send(&mut self, ticket: Ticket, outbound: &Outbound) -> Result<(), NotSent> {
        if let Some(refusal) = self.topics.refusal(outbound) {
            self.refuse(ticket, refusal);
            return Ok(());
        }
        let record = BaseRecord {
            topic: &self.topics.topic(outbound.destination).name,
            partition: self.topics.partition(outbound),
            payload: outbound.payload.as_ref(),
            key: outbound.key.as_ref(),
            // librdkafka takes 0 for now and below 0 for none.
            timestamp: outbound.timestamp_millis.filter(|millis| *millis > 0),
            headers: headers::write(&outbound.headers),
            delivery_opaque: ticket.0,
        };
        let error = match self.press.producer.send(record) {
            Ok(()) => return Ok(()),
            Err((error, _)) => error,
        };
        match error {
            KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) => Err(NotSent::Full),
            error => match producer::fault(&error) {
                refused @ TransportError::MessageRefused { .. } => {
                    self.refuse(ticket, refused);
                    Ok(())
                }
                failed => Err(NotSent::Failed(failed)),
            },
        }
    }

    async fn next_report(&mut self) -> Report {
        self.reports.recv().await.expect("this sink holds a sender")
    }

    async fn close(self) {
        self.press.stop(self.close_timeout).await;
    }
}
