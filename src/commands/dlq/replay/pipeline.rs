//! Letters through the stages at once, instead of by way of their topic.

use std::sync::Arc;

use copydesk::desk::{Desk, Outcome};
use copydesk::settings::Settings;
use copydesk::transport::kafka::KafkaMemory;
use copydesk::transport::kafka::dead_letters::{self, Replay};
use copydesk::transport::{Outbound, StoredMessage};

use super::super::Failure;
use super::super::letters::{Found, failure};
use super::{Step, told};
use crate::commands::work;

pub struct Pipeline {
    desk: Desk,
    output_topic: String,
    output_partitions: i32,
    dead_letter_topic: String,
    /// What the workers know of sites, read before the first letter and followed.
    _shared: Option<KafkaMemory>,
}

impl Pipeline {
    pub fn new(settings: &Settings) -> Result<Self, Failure> {
        let kafka = &settings.kafka;
        let output_partitions =
            dead_letters::partitions(kafka, &kafka.output_topic).map_err(failure)?;
        let desk = Desk::new(settings);
        let runtime = work::runtime()?;
        let shared = runtime.block_on(work::share_memory(settings, &desk))?;
        let desk = match &shared {
            Some(memory) => desk.sharing(Arc::new(memory.share())),
            None => desk,
        };
        let desk = runtime.block_on(work::register(settings, desk))?;
        Ok(Self {
            desk,
            output_topic: kafka.output_topic.clone(),
            output_partitions,
            dead_letter_topic: kafka.dead_letter_topic.clone(),
            _shared: shared,
        })
    }

    /// A letter that fails again stays what and where it is.
    pub fn step(&self, found: &Found) -> Step {
        let letter = &found.letter;
        match self.desk.edit(&letter.delivery(&self.dead_letter_topic)) {
            Outcome::DeadLetter { error, .. } => Step::Failed(told(&error)),
            outcome => Step::Send(Box::new(Replay {
                message: outcome
                    .into_outbound()
                    .map(|outbound| (self.output_topic.clone(), self.stored(outbound))),
                mark: letter.mark(&self.output_topic),
            })),
        }
    }

    fn stored(&self, outbound: Outbound) -> StoredMessage {
        let held = (0..self.output_partitions).contains(&outbound.partition);
        StoredMessage {
            partition: held.then_some(outbound.partition),
            offset: None,
            key: outbound.key,
            payload: outbound.payload,
            headers: outbound.headers,
            timestamp_millis: outbound.timestamp_millis,
        }
    }
}
