//! Whether the topic of dead letters is still there. At the start the sink makes sure
//! of it; a topic that is deleted later is noticed here, before a dead letter needs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use tokio::sync::mpsc;

use super::client::{self, Inquiry};
use crate::error::TransportError;
use crate::settings::KafkaSettings;

const PATIENCE: Duration = Duration::from_secs(10);

/// A thread of its own asks: librdkafka's call blocks, and can hang.
pub struct DeadLetterWatch {
    there: Arc<AtomicBool>,
    questions: mpsc::Sender<()>,
}

impl DeadLetterWatch {
    pub fn start(settings: &KafkaSettings) -> Result<Self, TransportError> {
        let fatal =
            |why: String| TransportError::Fatal { attempted: "watch the dead-letter topic", why };
        let client = client::inquire(&client::inquirer(settings))
            .map_err(|error| fatal(error.to_string()))?;
        let topic = settings.dead_letter_topic.clone();
        let there = Arc::new(AtomicBool::new(true));
        let (questions, mut asked) = mpsc::channel::<()>(1);
        let answer = there.clone();
        std::thread::Builder::new()
            .name("kafka-presence".into())
            .spawn(move || {
                while asked.blocking_recv().is_some() {
                    // Brokers that do not answer say nothing about the topic.
                    if let Some(found) = is_there(&client, &topic) {
                        answer.store(found, Ordering::Relaxed);
                    }
                }
            })
            .map_err(|error| fatal(error.to_string()))?;
        Ok(Self { there, questions })
    }

    /// Has it asked again, unless a question is still open.
    pub fn ask(&self) {
        let _ = self.questions.try_send(());
    }

    /// As the last answer had it.
    pub fn is_there(&self) -> bool {
        self.there.load(Ordering::Relaxed)
    }
}

/// One question for all topics: asking for one by name can create it.
fn is_there(client: &BaseConsumer<Inquiry>, topic: &str) -> Option<bool> {
    // What the client has to say meanwhile, and its next token.
    while client.poll(Duration::ZERO).is_some() {}
    let metadata = client.fetch_metadata(None, PATIENCE).ok()?;
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    Some(found.is_some_and(|found| found.error().is_none()))
}
