//! Where messages come from and where they go, without a word of Kafka: the
//! worker knows these traits only. [`memory`] implements them for tests.

pub mod kafka;
pub mod memory;

use std::future::Future;
use std::sync::Arc;

use crate::error::TransportError;

/// Header names are text; values are bytes or null.
pub type Headers = Vec<(String, Option<Vec<u8>>)>;

/// A message as it was taken, with what is needed to acknowledge it.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
    pub timestamp_millis: Option<i64>,
    pub origin: Origin,
    pub receipt: Receipt,
}

/// Which message this is, for people: topic, partition and offset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
}

/// Order is kept among deliveries of one lane, and there only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lane(pub u32);

/// What a source needs to know which delivery is acknowledged. Only the lane
/// means anything to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub lane: Lane,
    /// Of the lane: a lane that was lost and won again has a new one, and acks
    /// of the old one are void.
    pub epoch: u32,
    pub offset: i64,
}

/// A message to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbound {
    pub destination: Destination,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
    pub timestamp_millis: Option<i64>,
    /// The partition its original came from, for sinks that keep it.
    pub partition: i32,
}

/// A header's two lengths, at most.
const HEADER_OVERHEAD_BYTES: usize = 10;

impl Outbound {
    /// Of key, payload and headers, at most.
    pub fn bytes(&self) -> usize {
        let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
        let headers: usize = self
            .headers
            .iter()
            .map(|(name, value)| name.len() + length(value) + HEADER_OVERHEAD_BYTES)
            .sum();
        length(&self.payload) + length(&self.key) + headers
    }
}

/// A message as it lies in, or goes into, a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredMessage {
    /// `None` leaves the choice to the key.
    pub partition: Option<i32>,
    /// `None` until it is stored.
    pub offset: Option<i64>,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
    pub timestamp_millis: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    Enriched,
    DeadLetter,
}

/// Hands out deliveries and takes their acknowledgements. A source holds back
/// (pauses, stops reading) when what it handed out and has not been
/// acknowledged exceeds its budget.
pub trait Source: Send {
    /// The next delivery; `None` when there will be none. Safe to cancel.
    /// Errors other than transient ones end the source.
    fn next(&mut self) -> impl Future<Output = Result<Option<Delivery>, TransportError>> + Send;

    /// The delivery is done: its output, or its dead letter, is safe. May come
    /// in any order and late; a source commits only what has no gap before it.
    fn ack(&mut self, receipt: Receipt);

    /// Hands out nothing more; acknowledgements are still taken.
    fn stop(&mut self);

    /// Commits what is acknowledged and lets go, within a bounded time.
    fn close(self) -> impl Future<Output = Result<(), TransportError>> + Send;
}

/// Names one [`Sink::send`] in the report about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub usize);

/// What became of a message that was sent.
#[derive(Debug)]
pub struct Report {
    pub ticket: Ticket,
    pub result: Result<(), TransportError>,
}

/// Why a message was not accepted.
#[derive(Debug)]
pub enum NotSent {
    /// The sink's queue is full: send it again when a report has come.
    Full,
    /// There will be no report. Where the message is refused, no other one is meant.
    Failed(TransportError),
}

/// Publishes messages. Messages of one partition and destination arrive in the
/// order they were sent, as long as none of them fails.
pub trait Sink: Send {
    /// Accepts the message that was made from the delivery with the receipt `of`; exactly
    /// one report follows under its ticket.
    fn send(&mut self, ticket: Ticket, of: Receipt, outbound: &Outbound) -> Result<(), NotSent>;

    /// The next report. Pending while there is none. Safe to cancel.
    fn next_report(&mut self) -> impl Future<Output = Report> + Send;

    /// Lets go, within a bounded time. The worker has waited for its reports.
    fn close(self) -> impl Future<Output = ()> + Send;
}
