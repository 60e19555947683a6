//! A source and a sink in memory, for tests: what was acknowledged and sent can
//! be looked at, and the sink can be told to fail.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::error::TransportError;
use crate::transport::{
    Delivery, Headers, Lane, NotSent, Origin, Outbound, Receipt, Report, Sink, Source, Ticket,
};

/// A source that is fed through its [`Feed`].
pub struct MemorySource {
    deliveries: mpsc::UnboundedReceiver<Result<Delivery, TransportError>>,
    acked: Arc<Mutex<Vec<Receipt>>>,
    stopped: bool,
}

/// The other end of a [`MemorySource`]. When it is dropped the source ends.
pub struct Feed {
    deliveries: mpsc::UnboundedSender<Result<Delivery, TransportError>>,
    acked: Arc<Mutex<Vec<Receipt>>>,
    offsets: HashMap<i32, i64>,
}

pub fn source() -> (Feed, MemorySource) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let acked = Arc::<Mutex<Vec<Receipt>>>::default();
    let feed = Feed { deliveries: sender, acked: acked.clone(), offsets: HashMap::new() };
    (feed, MemorySource { deliveries: receiver, acked, stopped: false })
}

impl Feed {
    /// Adds a message to a partition, at its next offset, under a key of its own.
    pub fn push(&mut self, partition: i32, payload: Option<&[u8]>, headers: Headers) {
        let offset = self.offsets.get(&partition).copied().unwrap_or_default();
        let key = format!("key-{partition}-{offset}");
        self.push_keyed(partition, Some(key.as_bytes()), payload, headers);
    }

    pub fn push_keyed(
        &mut self,
        partition: i32,
        key: Option<&[u8]>,
        payload: Option<&[u8]>,
        headers: Headers,
    ) {
        let offset = self.offsets.entry(partition).or_default();
        let delivery = Delivery {
            key: key.map(<[u8]>::to_vec),
            payload: payload.map(<[u8]>::to_vec),
            headers,
            timestamp_millis: Some(1_700_000_000_000 + *offset),
            origin: Origin { topic: "memory".into(), partition, offset: *offset },
            receipt: Receipt { lane: Lane(partition as u32), epoch: 0, offset: *offset },
        };
        *offset += 1;
        // A source that is gone takes no more; the test looks at what it acked.
        let _ = self.deliveries.send(Ok(delivery));
    }

    pub fn fail(&mut self, error: TransportError) {
        let _ = self.deliveries.send(Err(error));
    }

    /// A view of what was acknowledged that outlives the feed.
    pub fn acked(&self) -> Acked {
        Acked(self.acked.clone())
    }
}

#[derive(Clone)]
pub struct Acked(Arc<Mutex<Vec<Receipt>>>);

impl Acked {
    /// Offsets of a partition, in the order they were acknowledged.
    pub fn offsets(&self, partition: i32) -> Vec<i64> {
        lock(&self.0)
            .iter()
            .filter(|receipt| receipt.lane == Lane(partition as u32))
            .map(|receipt| receipt.offset)
            .collect()
    }
}

impl Source for MemorySource {
    async fn next(&mut self) -> Result<Option<Delivery>, TransportError> {
        if self.stopped {
            return Ok(None);
        }
        self.deliveries.recv().await.transpose()
    }

    fn ack(&mut self, receipt: Receipt) {
        lock(&self.acked).push(receipt);
    }

    fn stop(&mut self) {
        self.stopped = true;
    }

    async fn close(self) -> Result<(), TransportError> {
        Ok(())
    }
}

/// A sink that keeps what it is sent, and fails as its [`Outbox`] says.
pub struct MemorySink {
    state: Arc<Mutex<SinkState>>,
    reports: mpsc::UnboundedReceiver<Report>,
}

/// The other end of a [`MemorySink`].
#[derive(Clone)]
pub struct Outbox {
    state: Arc<Mutex<SinkState>>,
}

struct SinkState {
    taken: Vec<Outbound>,
    /// Judges each send; `Ok` takes the message.
    judge: Judge,
    /// Sends that fail at once until this many reports have been read.
    capacity: usize,
    unreported: usize,
    held: Option<VecDeque<Report>>,
    reports: mpsc::UnboundedSender<Report>,
}

type Judge = Box<dyn FnMut(&Outbound) -> Result<(), TransportError> + Send>;

pub fn sink() -> (Outbox, MemorySink) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let state = Arc::new(Mutex::new(SinkState {
        taken: Vec::new(),
        judge: Box::new(|_| Ok(())),
        capacity: usize::MAX,
        unreported: 0,
        held: None,
        reports: sender,
    }));
    (Outbox { state: state.clone() }, MemorySink { state, reports: receiver })
}

impl Outbox {
    /// What was taken, in the order it was taken.
    pub fn taken(&self) -> Vec<Outbound> {
        lock(&self.state).taken.clone()
    }

    /// Decides from now on which messages fail, and how.
    pub fn judge(
        &self,
        judge: impl FnMut(&Outbound) -> Result<(), TransportError> + Send + 'static,
    ) {
        lock(&self.state).judge = Box::new(judge);
    }

    /// How many messages may be without a report before the sink is full.
    pub fn limit(&self, capacity: usize) {
        lock(&self.state).capacity = capacity;
    }

    /// Keeps reports back until [`Outbox::release`].
    pub fn hold(&self) {
        lock(&self.state).held = Some(VecDeque::new());
    }

    pub fn release(&self) {
        let mut state = lock(&self.state);
        for report in state.held.take().into_iter().flatten() {
            // Nobody reads reports any more: the test is over.
            let _ = state.reports.send(report);
        }
    }
}

impl Sink for MemorySink {
    fn send(&mut self, ticket: Ticket, _of: Receipt, outbound: &Outbound) -> Result<(), NotSent> {
        let mut state = lock(&self.state);
        if state.unreported >= state.capacity {
            return Err(NotSent::Full);
        }
        let result = (state.judge)(outbound);
        if result.is_ok() {
            state.taken.push(outbound.clone());
        }
        state.unreported += 1;
        let report = Report { ticket, result };
        match &mut state.held {
            Some(held) => held.push_back(report),
            None => {
                let _ = state.reports.send(report);
            }
        }
        Ok(())
    }

    async fn next_report(&mut self) -> Report {
        match self.reports.recv().await {
            Some(report) => {
                lock(&self.state).unreported -= 1;
                report
            }
            None => std::future::pending().await,
        }
    }

    async fn close(self) {}
}

/// A test that panicked while it held the lock has failed already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
