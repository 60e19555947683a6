//! Why a message is a dead letter, as headers: under copydesk's own names, or under
//! those that the tools around Spring for Apache Kafka or Kafka Streams look for.

use crate::error::Error;
use crate::transport::{Delivery, Headers};
use crate::wire::{HEADER_PREFIX, VERSION, header_text};

/// Whose names the headers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderStyle {
    Copydesk,
    /// `DeadLetterPublishingRecoverer`: numbers as big-endian bytes.
    Spring,
    /// KIP-1034: all of it text. It has no place for the timestamp, which is the
    /// message's own anyway.
    Streams,
}

/// What the headers say. A letter of another program has what that program knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    /// One of [`Error::reason`], or the class of another program's exception.
    pub reason: String,
    /// The part of copydesk that failed.
    pub stage: Option<String>,
    pub message: String,
    pub topic: Option<String>,
    pub partition: Option<i32>,
    pub offset: Option<i64>,
    pub timestamp_millis: Option<i64>,
}

/// The name of each header in a style. The first one opens the block.
struct Names {
    prefix: &'static str,
    opening: &'static str,
    message: &'static str,
    topic: &'static str,
    partition: &'static str,
    offset: &'static str,
}

const COPYDESK: Names = Names {
    prefix: HEADER_PREFIX,
    opening: "copydesk-error-reason",
    message: "copydesk-error-message",
    topic: "copydesk-origin-topic",
    partition: "copydesk-origin-partition",
    offset: "copydesk-origin-offset",
};
const STAGE: &str = "copydesk-error-stage";
const TIMESTAMP: &str = "copydesk-origin-timestamp";
const VERSION_NAME: &str = "copydesk-version";

const SPRING: Names = Names {
    prefix: "kafka_dlt-",
    opening: "kafka_dlt-original-topic",
    message: "kafka_dlt-exception-message",
    topic: "kafka_dlt-original-topic",
    partition: "kafka_dlt-original-partition",
    offset: "kafka_dlt-original-offset",
};
const SPRING_CLASS: &str = "kafka_dlt-exception-fqcn";
const SPRING_TIMESTAMP: &str = "kafka_dlt-original-timestamp";
const SPRING_TIMESTAMP_TYPE: &str = "kafka_dlt-original-timestamp-type";

const STREAMS: Names = Names {
    prefix: "__streams.errors.",
    opening: "__streams.errors.exception",
    message: "__streams.errors.message",
    topic: "__streams.errors.topic",
    partition: "__streams.errors.partition",
    offset: "__streams.errors.offset",
};

/// Stage and reason in the place of an exception's class: `copydesk.decode.not_json`.
const CLASS_PREFIX: &str = "copydesk.";

impl HeaderStyle {
    fn names(self) -> &'static Names {
        match self {
            HeaderStyle::Copydesk => &COPYDESK,
            HeaderStyle::Spring => &SPRING,
            HeaderStyle::Streams => &STREAMS,
        }
    }

    fn owns(self, name: &str) -> bool {
        match self {
            // Other headers of copydesk's are not about a failure.
            HeaderStyle::Copydesk => {
                name.starts_with("copydesk-error-")
                    || name.starts_with("copydesk-origin-")
                    || name == VERSION_NAME
            }
            HeaderStyle::Spring | HeaderStyle::Streams => name.starts_with(self.names().prefix),
        }
    }

    /// The style of the last block of reasons, and where the block begins. What stands
    /// before it was the original's, even under such names.
    fn last_block(headers: &Headers) -> Option<(Self, usize)> {
        [Self::Copydesk, Self::Spring, Self::Streams]
            .into_iter()
            .filter_map(|style| {
                let opening = style.names().opening;
                let start = headers.iter().rposition(|(name, _)| name == opening)?;
                Some((style, start))
            })
            .max_by_key(|(_, start)| *start)
    }
}

/// The headers without the last block of reasons, if there is one: the original's own.
pub fn without(headers: &Headers) -> Headers {
    let Some((style, start)) = HeaderStyle::last_block(headers) else { return headers.clone() };
    let (before, block) = headers.split_at(start);
    let others = block.iter().filter(|(name, _)| !style.owns(name));
    before.iter().chain(others).cloned().collect()
}

impl Reasons {
    pub fn new(delivery: &Delivery, error: &Error) -> Self {
        Self {
            reason: error.reason().to_owned(),
            stage: Some(error.stage().to_owned()),
            message: error.to_string(),
            topic: Some(delivery.origin.topic.to_string()),
            partition: Some(delivery.origin.partition),
            offset: Some(delivery.origin.offset),
            timestamp_millis: delivery.timestamp_millis,
        }
    }

    /// What the last block of reasons says, whoever wrote it.
    pub fn read(headers: &Headers) -> Option<Self> {
        let (style, start) = HeaderStyle::last_block(headers)?;
        let block = &headers[start..].to_vec();
        let names = style.names();
        let text = |name: &str| header_text(block, name).map(str::to_owned);
        let number = |name: &str| number(block, name);
        let (class, timestamp) = match style {
            HeaderStyle::Copydesk => (COPYDESK.opening, TIMESTAMP),
            HeaderStyle::Spring => (SPRING_CLASS, SPRING_TIMESTAMP),
            HeaderStyle::Streams => (STREAMS.opening, ""),
        };
        let class = text(class).unwrap_or_default();
        let (stage, reason) = match class.strip_prefix(CLASS_PREFIX).and_then(split_class) {
            Some((stage, reason)) => (Some(stage), reason),
            None => (text(STAGE), class),
        };
        Some(Self {
            reason,
            stage,
            message: text(names.message).unwrap_or_default(),
            topic: text(names.topic),
            partition: number(names.partition).and_then(|number| i32::try_from(number).ok()),
            offset: number(names.offset),
            timestamp_millis: number(timestamp),
        })
    }

    /// As a block of headers, [`HeaderStyle::last_block`] of what it is put behind.
    pub fn write(&self, style: HeaderStyle) -> Headers {
        let names = style.names();
        let stage = self.stage.as_deref().unwrap_or_default();
        let class = || Some(format!("{CLASS_PREFIX}{stage}.{}", self.reason).into_bytes());
        let text = |text: &str| Some(text.as_bytes().to_vec());
        let written = |number: Option<i64>| number.map(|number| number.to_string().into_bytes());
        let partition = self.partition.map(i64::from);
        let block: Vec<(&str, Option<Vec<u8>>)> = match style {
            HeaderStyle::Copydesk => vec![
                (names.opening, text(&self.reason)),
                (STAGE, text(stage)),
                (names.message, text(&self.message)),
                (names.topic, self.topic.as_deref().and_then(text)),
                (names.partition, written(partition)),
                (names.offset, written(self.offset)),
                (VERSION_NAME, text(VERSION)),
                (TIMESTAMP, written(self.timestamp_millis)),
            ],
            HeaderStyle::Spring => vec![
                (names.opening, text(self.topic.as_deref().unwrap_or_default())),
                (names.partition, self.partition.map(|number| number.to_be_bytes().to_vec())),
                (names.offset, self.offset.map(|number| number.to_be_bytes().to_vec())),
                (
                    SPRING_TIMESTAMP,
                    self.timestamp_millis.map(|number| number.to_be_bytes().to_vec()),
                ),
                (SPRING_TIMESTAMP_TYPE, self.timestamp_millis.and_then(|_| text("CREATE_TIME"))),
                (SPRING_CLASS, class()),
                (names.message, text(&self.message)),
            ],
            HeaderStyle::Streams => vec![
                (names.opening, class()),
                (names.message, text(&self.message)),
                (names.topic, self.topic.as_deref().and_then(text)),
                (names.partition, written(partition)),
                (names.offset, written(self.offset)),
            ],
        };
        let known = block.into_iter().filter(|(_, value)| value.is_some());
        known.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn split_class(class: &str) -> Option<(String, String)> {
    let (stage, reason) = class.split_once('.')?;
    Some((stage.to_owned(), reason.to_owned()))
}

/// As text or as big-endian bytes. Four or eight digits could be either; they are text,
/// for as bytes they would be beyond any partition and any date.
fn number(headers: &Headers, name: &str) -> Option<i64> {
    if let Some(number) = header_text(headers, name).and_then(|text| text.parse().ok()) {
        return Some(number);
    }
    let (_, value) = headers.iter().rev().find(|(known, _)| known == name)?;
    let value = value.as_deref()?;
    if let Ok(bytes) = value.try_into() {
        return Some(i64::from(i32::from_be_bytes(bytes)));
    }
    value.try_into().ok().map(i64::from_be_bytes)
}
