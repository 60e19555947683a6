//! The labels. Each has a closed, small set of values: reasons, stages and rules
//! are constants of the code, languages are those of [`LANGUAGES`] and two words
//! beside, and topics and partitions are those assigned to this worker.

use std::fmt::Error;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};

use crate::transport;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Reason {
    pub reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Stage {
    pub stage: &'static str,
}

/// `committed` or `aborted`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Ending {
    pub ending: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Rule {
    pub rule: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Destination {
    pub destination: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Language {
    pub language: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Partition {
    pub topic: Arc<str>,
    pub partition: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Build {
    pub version: &'static str,
}

/// Languages with a series of their own, as BCP 47 primary tags; all others are `other`.
pub const LANGUAGES: [&str; 24] = [
    "ar", "bn", "cs", "de", "el", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl",
    "pt", "ro", "ru", "sv", "tr", "uk", "vi", "zh",
];

impl Language {
    /// Of a BCP 47 tag; `none` where the language is not told.
    pub fn of(tag: Option<&str>) -> Self {
        let language = match tag {
            None => "none",
            Some(tag) => {
                let primary = tag.split('-').next().unwrap_or(tag);
                LANGUAGES.into_iter().find(|language| *language == primary).unwrap_or("other")
            }
        };
        Self { language }
    }
}

impl Destination {
    pub fn of(destination: transport::Destination) -> Self {
        let destination = match destination {
            transport::Destination::Enriched => "enriched",
            transport::Destination::DeadLetter => "dead_letter",
        };
        Self { destination }
    }
}

/// An exemplar: the message behind a count, and its trace where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
    pub trace_id: Option<String>,
}

impl Example {
    pub fn of(origin: &transport::Origin, trace_id: Option<String>) -> Self {
        let topic = origin.topic.clone();
        Self { topic, partition: origin.partition, offset: origin.offset, trace_id }
    }
}

/// OpenMetrics allows 128 characters for names and values of an exemplar's labels
/// together. Without the topic they are at most 92.
const LONGEST_TOPIC: usize = 36;

impl EncodeLabelSet for Example {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), Error> {
        if self.topic.len() <= LONGEST_TOPIC {
            ("topic", &*self.topic).encode(encoder.encode_label())?;
        }
        ("partition", self.partition).encode(encoder.encode_label())?;
        ("offset", self.offset).encode(encoder.encode_label())?;
        if let Some(trace_id) = &self.trace_id {
            ("trace_id", trace_id.as_str()).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}
