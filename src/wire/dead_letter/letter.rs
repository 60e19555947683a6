//! A dead letter as it lies in its topic: the original, why it is there, and how often
//! it was replayed.
//!
//! That a letter was replayed is on record in the dead-letter topic itself: a [`mark`]
//! behind it in its partition, so that it lives as long as the letter does and there is
//! no other place that could be lost or could tell otherwise.

use std::sync::Arc;

use super::reasons::{self, Reasons};
use crate::transport::{Delivery, Headers, Lane, Origin, Receipt, StoredMessage};
use crate::wire::header_text;

/// On a replayed message: how often its original was replayed, this time included.
const REPLAYS: &str = "copydesk-replays";
/// On a replayed message: the letter it came from, as `topic/partition/offset`.
const REPLAY_OF: &str = "copydesk-replay-of";
/// On a mark: the offset of the letter in the mark's partition.
const REPLAYED_OFFSET: &str = "copydesk-replayed-offset";
/// On a mark: where the letter went.
const REPLAYED_TO: &str = "copydesk-replayed-to";

/// One message of a dead-letter topic.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Letter(Box<Letter>),
    /// The letter at this place was replayed.
    Mark(Place),
}

/// Of a letter, in its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub partition: i32,
    pub offset: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    pub place: Place,
    /// None where the message has no headers that say why it is here.
    pub reasons: Option<Reasons>,
    /// How often the original has been replayed before it came back.
    pub replays: u32,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    /// The original's own.
    pub headers: Headers,
    pub timestamp_millis: Option<i64>,
}

impl Entry {
    pub fn read(stored: StoredMessage) -> Self {
        let place = Place {
            partition: stored.partition.unwrap_or_default(),
            offset: stored.offset.unwrap_or_default(),
        };
        let reasons = Reasons::read(&stored.headers);
        let marked = header_text(&stored.headers, REPLAYED_OFFSET);
        // What has reasons is a letter, whatever else its original bore.
        if reasons.is_none()
            && let Some(offset) = marked.and_then(|offset| offset.parse().ok())
        {
            return Entry::Mark(Place { offset, ..place });
        }
        let replays = header_text(&stored.headers, REPLAYS).and_then(|count| count.parse().ok());
        let mut headers = reasons::without(&stored.headers);
        headers.retain(|(name, _)| name != REPLAYS && name != REPLAY_OF);
        Entry::Letter(Box::new(Letter {
            place,
            reasons,
            replays: replays.unwrap_or_default(),
            key: stored.key,
            payload: stored.payload,
            headers,
            timestamp_millis: stored.timestamp_millis,
        }))
    }
}

impl Letter {
    /// The original as it was taken from its topic; from the letter's own place where
    /// that is not known. Nobody waits for its receipt.
    pub fn delivery(&self, dead_letter_topic: &str) -> Delivery {
        let reasons = self.reasons.as_ref();
        let topic = reasons.and_then(|reasons| reasons.topic.as_deref());
        Delivery {
            key: self.key.clone(),
            payload: self.payload.clone(),
            headers: self.headers.clone(),
            timestamp_millis: self.timestamp_millis,
            origin: Origin {
                topic: Arc::from(topic.unwrap_or(dead_letter_topic)),
                partition: self.origin_partition().unwrap_or(self.place.partition),
                offset: reasons.and_then(|reasons| reasons.offset).unwrap_or(self.place.offset),
            },
            receipt: Receipt { lane: Lane(0), epoch: 0, offset: self.place.offset },
        }
    }

    /// The original as it goes back to its topic, with how often it went.
    pub fn replay(&self, dead_letter_topic: &str) -> StoredMessage {
        let Place { partition, offset } = self.place;
        let mut headers = self.headers.clone();
        let marks = [
            (REPLAYS, self.replays.saturating_add(1).to_string()),
            (REPLAY_OF, format!("{dead_letter_topic}/{partition}/{offset}")),
        ];
        headers.extend(marks.map(|(name, text)| (name.to_owned(), Some(text.into_bytes()))));
        StoredMessage {
            partition: self.origin_partition(),
            offset: None,
            key: self.key.clone(),
            payload: self.payload.clone(),
            headers,
            timestamp_millis: self.timestamp_millis,
        }
    }

    /// What goes on record behind the letter when it is replayed. Its key is its own, so
    /// that a compacted topic keeps it, too.
    pub fn mark(&self, destination: &str) -> StoredMessage {
        let Place { partition, offset } = self.place;
        let headers =
            [(REPLAYED_OFFSET, offset.to_string()), (REPLAYED_TO, destination.to_owned())];
        StoredMessage {
            partition: Some(partition),
            offset: None,
            key: Some(format!("copydesk-replayed/{partition}/{offset}").into_bytes()),
            payload: Some(Vec::new()),
            headers: headers
                .map(|(name, text)| (name.to_owned(), Some(text.into_bytes())))
                .to_vec(),
            timestamp_millis: None,
        }
    }

    fn origin_partition(&self) -> Option<i32> {
        self.reasons.as_ref().and_then(|reasons| reasons.partition)
    }
}
