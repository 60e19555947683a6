//! One article's whole way, from the bytes of a message to the bytes of the
//! message that is published for it. Pure: the same delivery, version and
//! settings give the same outbound message.

use std::time::Duration;

use crate::error::{Error, PipelineError};
use crate::pipeline::{Pipeline, Run};
use crate::settings::{Settings, StagesSettings};
use crate::stage::{RejectReason, Stage, StageName, Verdict};
use crate::stages::{self, boilerplate};
use crate::transport::{Delivery, Destination, Outbound};
use crate::wire::dead_letter;
use crate::wire::enriched::Encoder;
use crate::wire::raw::Decoder;

pub struct Desk {
    pub decoder: Decoder,
    pub pipeline: Pipeline,
    pub encoder: Encoder,
    /// Whether a rejected article is published with its verdict or dropped.
    pub rejected: Rejected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    Forward,
    Drop,
}

/// What is to be done for a delivery.
#[derive(Debug)]
pub enum Outcome {
    Enriched {
        outbound: Outbound,
        run: Run,
    },
    Rejected {
        outbound: Option<Outbound>,
        run: Run,
        reason: RejectReason,
    },
    /// A null payload, passed on as one.
    Tombstone {
        outbound: Outbound,
    },
    DeadLetter {
        outbound: Outbound,
        error: Error,
    },
}

/// An outcome by its kind alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Enriched,
    Rejected,
    Tombstone,
    DeadLetter,
}

impl Outcome {
    pub fn kind(&self) -> Kind {
        match self {
            Outcome::Enriched { .. } => Kind::Enriched,
            Outcome::Rejected { .. } => Kind::Rejected,
            Outcome::Tombstone { .. } => Kind::Tombstone,
            Outcome::DeadLetter { .. } => Kind::DeadLetter,
        }
    }

    /// The message to publish, if there is one.
    pub fn outbound(&self) -> Option<&Outbound> {
        match self {
            Outcome::Enriched { outbound, .. }
            | Outcome::Tombstone { outbound }
            | Outcome::DeadLetter { outbound, .. } => Some(outbound),
            Outcome::Rejected { outbound, .. } => outbound.as_ref(),
        }
    }
}

impl Desk {
    pub fn new(settings: &Settings) -> Self {
        let time_limit = Duration::from_millis(settings.worker.article_deadline_millis);
        Self {
            decoder: Decoder::new(settings.input.clone()),
            pipeline: Pipeline::new(stages_of(&settings.stages), Some(time_limit)),
            encoder: Encoder::new(settings.output.clone()),
            rejected: settings.worker.rejected,
        }
    }

    /// Never fails: what cannot be done becomes a dead letter.
    pub fn edit(&self, delivery: &Delivery) -> Outcome {
        // The stages have their own boundary; this one is for decode and encode.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.try_edit(delivery)))
            .unwrap_or_else(|_| Err(PipelineError::WorkerPanicked.into()))
            .unwrap_or_else(|error| Outcome::DeadLetter {
                outbound: dead_letter::outbound(delivery, &error),
                error,
            })
    }

    fn try_edit(&self, delivery: &Delivery) -> Result<Outcome, Error> {
        let Some(payload) = &delivery.payload else {
            return Ok(Outcome::Tombstone { outbound: self.forward(delivery, None) });
        };
        let mut raw = self.decoder.decode(payload, &delivery.headers)?;
        let run = self.pipeline.run(&mut raw.article)?;
        match run.verdict {
            Verdict::Reject(reason) if self.rejected == Rejected::Drop => {
                Ok(Outcome::Rejected { outbound: None, run, reason })
            }
            Verdict::Reject(reason) => {
                let outbound = self.publish(delivery, &raw, run.verdict)?;
                Ok(Outcome::Rejected { outbound: Some(outbound), run, reason })
            }
            Verdict::Keep => {
                Ok(Outcome::Enriched { outbound: self.publish(delivery, &raw, run.verdict)?, run })
            }
        }
    }

    fn publish(
        &self,
        delivery: &Delivery,
        raw: &crate::wire::raw::RawArticle,
        verdict: Verdict,
    ) -> Result<Outbound, Error> {
        let payload = self.encoder.encode(raw, verdict)?;
        let mut outbound = self.forward(delivery, Some(payload));
        outbound.headers.extend(self.encoder.headers(raw, verdict));
        Ok(outbound)
    }

    /// The input's key, timestamp, partition and headers, under another payload.
    fn forward(&self, delivery: &Delivery, payload: Option<Vec<u8>>) -> Outbound {
        Outbound {
            destination: Destination::Enriched,
            key: delivery.key.clone(),
            payload,
            headers: crate::wire::forwarded_headers(&delivery.headers),
            timestamp_millis: delivery.timestamp_millis,
            partition: delivery.origin.partition,
        }
    }
}

/// A page is turned into text even where nothing is to be stripped from it.
fn stages_of(settings: &StagesSettings) -> Vec<Box<dyn Stage>> {
    let mut enabled: Vec<Box<dyn Stage>> = Vec::new();
    for name in StageName::ALL {
        match name {
            StageName::Boilerplate if !settings.boilerplate => {
                enabled.push(Box::new(boilerplate::render_only()));
            }
            StageName::Repair if !settings.repair => {}
            StageName::Tag if !settings.tag => {}
            name => enabled.push(stages::named(name)),
        }
    }
    enabled
}
