//! Take → decode → run → encode → send → acknowledge, over any source and sink.
//!
//! A delivery is acknowledged when its output, or its dead letter, is reported
//! safe by the sink, and never before. Deliveries are worked on in parallel, and
//! those of a strand (a partition or a key, as the settings say) are sent in order.

mod backoff;
mod compute;
mod limiter;
mod queue;
mod strand;
mod watchdog;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use slab::Slab;
use tokio::time::Instant;

pub use compute::Threads;

use crate::desk::{Desk, Kind, Outcome};
use crate::error::{Disposition, Error, TransportError};
use crate::settings::{Order, WorkerSettings};
use crate::telemetry::Telemetry;
use crate::telemetry::events;
use crate::transport::{Delivery, NotSent, Outbound, Report, Sink, Source, Ticket};
use backoff::Backoff;
use compute::{Compute, Done};
use limiter::Limiter;
use queue::Queue;
use strand::Strand;

/// An article that has taken so many of its deadlines has come past none of the places
/// that look at it, and will not come back.
const RUNAWAY_DEADLINES: u32 = 4;

/// Articles that are worked on or wait for a thread, a thread: enough that none is ever idle,
/// and few enough that their outputs, which no budget holds yet, do not add up.
const COMPUTING_A_THREAD: usize = 64;

/// Outputs that wait for their turn or for room in the sink may hold this part of what
/// articles in flight may; beyond it nothing more is taken.
const WAITING_PART: usize = 8;

/// What a worker did, from start to end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub taken: u64,
    pub enriched: u64,
    pub rejected: u64,
    pub tombstones: u64,
    pub dead_lettered: u64,
    /// Undone with the transaction they were in; they came again, here or elsewhere.
    pub withdrawn: u64,
    /// Taken and given back unfinished when the worker ended.
    pub unfinished: u64,
}

/// Runs until the source ends, `shutdown` resolves, or nothing can be done any
/// more. What is under way is finished first, within the drain timeout.
pub async fn run<S: Source, K: Sink>(
    source: S,
    sink: K,
    desk: Arc<Desk>,
    settings: &WorkerSettings,
    threads: Threads,
    telemetry: &Telemetry,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Error> {
    let article_deadline = Duration::from_millis(settings.article_deadline_millis);
    let compute = Compute::start(desk.clone(), threads, RUNAWAY_DEADLINES * article_deadline)
        .map_err(|error| TransportError::Fatal {
            attempted: "starting article threads",
            why: error.to_string(),
        })?;
    let mut worker = Worker {
        source,
        sink,
        desk,
        compute,
        entries: Slab::new(),
        strands: HashMap::new(),
        order: settings.order,
        limiter: Limiter::new(settings),
        backoff: Backoff::new(settings.send_retries),
        telemetry,
        computing: 0,
        waiting_bytes: 0,
        sent: 0,
        sink_is_full: false,
        held_up: VecDeque::new(),
        next_resume: None,
        failure: None,
        summary: Summary::default(),
    };
    worker.work(settings, shutdown).await;
    worker.finish().await
}

struct Worker<'a, S, K> {
    source: S,
    sink: K,
    desk: Arc<Desk>,
    compute: Compute,
    entries: Slab<Entry>,
    strands: HashMap<Strand, Queue>,
    order: Order,
    limiter: Limiter,
    backoff: Backoff,
    telemetry: &'a Telemetry,
    computing: usize,
    /// Of outputs that are ready and not yet sent.
    waiting_bytes: usize,
    /// Sent and without a report, over all lanes.
    sent: usize,
    sink_is_full: bool,
    /// Strands that may have something to send once the sink has room.
    held_up: VecDeque<Strand>,
    /// When the first of the pausing strands goes on.
    next_resume: Option<Instant>,
    /// Why the worker halts.
    failure: Option<Error>,
    summary: Summary,
}

/// A delivery under way.
struct Entry {
    delivery: Arc<Delivery>,
    strand: Strand,
    state: State,
    /// Whether the limiter has seen this outcome; a sink that was full asks twice.
    counted: bool,
    failed_sends: u32,
    /// Why its output is refused for good: it becomes a dead letter.
    refused: Option<Error>,
}

enum State {
    Computing,
    Ready(Outcome),
    Sent(Kind),
}

impl<S: Source, K: Sink> Worker<'_, S, K> {
    async fn work(&mut self, settings: &WorkerSettings, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut draining: Option<Instant> = None;
        loop {
            if self.failure.is_some() && draining.is_none() {
                draining = Some(self.start_draining(settings));
            }
            if draining.is_some() && self.is_drained() {
                return;
            }
            let takes = draining.is_none() && self.has_room(settings);
            tokio::select! {
                biased;
                report = self.sink.next_report(), if self.sent > 0 => self.on_report(report),
                done = self.compute.next(), if self.computing > 0 => match done {
                    Ok(done) => self.on_done(done),
                    Err(error) => self.halt(error.into()),
                },
                () = until(self.next_resume) => self.resume(),
                () = until(draining) => return,
                () = &mut shutdown, if draining.is_none() => {
                    draining = Some(self.start_draining(settings));
                }
                next = self.source.next(), if takes => match next {
                    Ok(Some(delivery)) => self.on_delivery(delivery),
                    Ok(None) => draining = Some(self.start_draining(settings)),
                    Err(error) => self.on_source_error(error.into()),
                },
            }
        }
    }

    /// What is not taken stays with the source, within the source's own bounds.
    fn has_room(&self, settings: &WorkerSettings) -> bool {
        self.entries.len() < settings.in_flight_articles
            && self.computing < self.compute.threads() * COMPUTING_A_THREAD
            && self.waiting_bytes <= settings.in_flight_bytes / WAITING_PART
    }

    fn start_draining(&mut self, settings: &WorkerSettings) -> Instant {
        self.source.stop();
        events::draining(self.telemetry, self.entries.len());
        Instant::now() + Duration::from_millis(settings.drain_timeout_millis)
    }

    /// After a failure nothing new is sent; only what has been sent is awaited.
    fn is_drained(&self) -> bool {
        if self.failure.is_some() { self.sent == 0 } else { self.entries.is_empty() }
    }

    async fn finish(mut self) -> Result<Summary, Error> {
        self.summary.unfinished = self.entries.len() as u64;
        self.sink.close().await;
        let closed = self.source.close().await;
        events::stopped(self.telemetry, &self.summary);
        match (self.failure, closed) {
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Ok(self.summary),
        }
    }

    fn on_source_error(&mut self, error: Error) {
        match error.disposition() {
            Disposition::Retry => events::transport_failed(self.telemetry, &error),
            Disposition::DeadLetter | Disposition::Forget | Disposition::Halt => self.halt(error),
        }
    }

    fn halt(&mut self, error: Error) {
        events::halting(self.telemetry, &error);
        // The first failure is the cause; later ones are its consequences.
        self.failure.get_or_insert(error);
    }

    fn on_delivery(&mut self, delivery: Delivery) {
        self.summary.taken += 1;
        events::taken(self.telemetry, &delivery);
        let place = self.entries.vacant_entry();
        let ticket = Ticket(place.key());
        let strand = Strand::of(&delivery, ticket, self.order);
        place.insert(Entry {
            delivery: Arc::new(delivery),
            strand,
            state: State::Computing,
            counted: false,
            failed_sends: 0,
            refused: None,
        });
        self.strands.entry(strand).or_default().push(ticket);
        self.compute(ticket);
    }

    fn compute(&mut self, ticket: Ticket) {
        let entry = &mut self.entries[ticket.0];
        entry.state = State::Computing;
        self.computing += 1;
        self.compute.submit(ticket, entry.delivery.clone());
    }

    fn on_done(&mut self, Done { ticket, outcome }: Done) {
        self.computing -= 1;
        let entry = &mut self.entries[ticket.0];
        events::computed(self.telemetry, &entry.delivery, &outcome);
        self.waiting_bytes += bytes_of(&outcome);
        entry.state = State::Ready(outcome);
        let strand = entry.strand;
        self.advance(strand);
    }

    /// Sends what can be sent in a strand, in order.
    fn advance(&mut self, strand: Strand) {
        let now = Instant::now();
        while self.failure.is_none() {
            if self.sink_is_full {
                self.held_up.push_back(strand);
                return;
            }
            let Some(queue) = self.strands.get_mut(&strand) else { return };
            let Some(ticket) = queue.next_to_send(now) else { return };
            let entry = &mut self.entries[ticket.0];
            let State::Ready(outcome) = &entry.state else { return };
            let kind = outcome.kind();
            if !std::mem::replace(&mut entry.counted, true) {
                let counted = self.limiter.count(kind == Kind::DeadLetter);
                if let Err(limit) = counted {
                    self.halt(limit.into());
                    return;
                }
                events::judged(self.telemetry, &entry.delivery, outcome);
            }
            let Some(outbound) = outcome.outbound() else {
                queue.mark_done();
                self.complete(ticket, kind);
                continue;
            };
            match self.sink.send(ticket, entry.delivery.receipt, outbound) {
                Err(NotSent::Full) => self.sink_is_full = true,
                Err(NotSent::Failed(error @ TransportError::MessageRefused { .. }))
                    if kind != Kind::DeadLetter =>
                {
                    let error = error.into();
                    events::transport_failed(self.telemetry, &error);
                    entry.refused = Some(error);
                    self.waiting_bytes -= outbound.bytes();
                    self.redo(ticket);
                }
                sent => {
                    self.waiting_bytes -= outbound.bytes();
                    entry.state = State::Sent(kind);
                    queue.mark_sent();
                    self.sent += 1;
                    if let Err(NotSent::Failed(error)) = sent {
                        self.on_report(Report { ticket, result: Err(error) });
                    }
                }
            }
        }
    }

    fn on_report(&mut self, Report { ticket, result }: Report) {
        self.sent -= 1;
        let entry = &self.entries[ticket.0];
        let strand = entry.strand;
        let State::Sent(kind) = entry.state else {
            unreachable!("a report comes for what was sent, and once");
        };
        match result {
            Ok(()) => {
                self.strand(strand).mark_reported();
                self.complete(ticket, kind);
            }
            Err(error) => self.on_send_failure(ticket, kind, error.into()),
        }
        let failed = self.strands.get_mut(&strand).map(Queue::requeue_failed);
        for ticket in failed.unwrap_or_default() {
            self.redo(ticket);
        }
        self.sink_is_full = false;
        self.advance(strand);
        while !self.sink_is_full
            && let Some(strand) = self.held_up.pop_front()
        {
            self.advance(strand);
        }
    }

    fn on_send_failure(&mut self, ticket: Ticket, kind: Kind, error: Error) {
        let disposition = error.disposition();
        if disposition == Disposition::Forget {
            return self.forget(ticket);
        }
        events::transport_failed(self.telemetry, &error);
        if disposition == Disposition::Halt {
            return self.halt(error);
        }
        if disposition == Disposition::DeadLetter && kind == Kind::DeadLetter {
            let why = error.to_string();
            return self.halt(TransportError::DeadLetterRefused { why }.into());
        }
        let entry = &mut self.entries[ticket.0];
        let strand = entry.strand;
        entry.failed_sends += 1;
        let pause = match disposition {
            Disposition::Retry => self.backoff.pause(entry.failed_sends),
            Disposition::DeadLetter | Disposition::Forget | Disposition::Halt => {
                Some(Duration::ZERO)
            }
        };
        let Some(pause) = pause else { return self.halt(error) };
        let queue =
            self.strands.get_mut(&strand).expect("a strand stays while something is sent in it");
        if disposition == Disposition::DeadLetter && queue.was_alone() {
            entry.refused = Some(error);
        }
        let resume = Instant::now() + pause;
        queue.mark_failed(ticket, resume);
        self.next_resume = Some(self.next_resume.map_or(resume, |next| next.min(resume)));
    }

    /// Makes the outcome again rather than having kept it: failed sends are
    /// rare, and outputs are large.
    fn redo(&mut self, ticket: Ticket) {
        let entry = &mut self.entries[ticket.0];
        match entry.refused.take() {
            Some(error) => {
                entry.counted = false;
                let outcome = self.desk.give_up(&entry.delivery, error);
                self.waiting_bytes += bytes_of(&outcome);
                entry.state = State::Ready(outcome);
            }
            None => self.compute(ticket),
        }
    }

    /// Goes on with the strands whose pause is over.
    fn resume(&mut self) {
        let now = Instant::now();
        let mut resumed = Vec::new();
        self.next_resume = None;
        for (strand, queue) in &mut self.strands {
            if queue.end_pause(now) {
                resumed.push(*strand);
            }
            let next = [self.next_resume, queue.paused_until()].into_iter().flatten().min();
            self.next_resume = next;
        }
        for strand in resumed {
            self.advance(strand);
        }
    }

    /// The delivery is done and safe.
    fn complete(&mut self, ticket: Ticket, kind: Kind) {
        let entry = self.entries.remove(ticket.0);
        self.source.ack(entry.delivery.receipt);
        events::completed(self.telemetry, &entry.delivery, kind);
        *self.summary.count_of(kind) += 1;
        self.leave(entry.strand);
    }

    /// The delivery was sent, and comes again as another.
    fn forget(&mut self, ticket: Ticket) {
        let entry = self.entries.remove(ticket.0);
        self.strand(entry.strand).mark_reported();
        events::forgotten(self.telemetry);
        self.summary.withdrawn += 1;
        self.leave(entry.strand);
    }

    fn leave(&mut self, strand: Strand) {
        if self.strand(strand).is_idle() {
            self.strands.remove(&strand);
        }
    }

    fn strand(&mut self, strand: Strand) -> &mut Queue {
        self.strands.get_mut(&strand).expect("a strand stays while anything is under way in it")
    }
}

impl Summary {
    fn count_of(&mut self, kind: Kind) -> &mut u64 {
        match kind {
            Kind::Enriched => &mut self.enriched,
            Kind::Rejected => &mut self.rejected,
            Kind::Tombstone => &mut self.tombstones,
            Kind::DeadLetter => &mut self.dead_lettered,
        }
    }
}

fn bytes_of(outcome: &Outcome) -> usize {
    outcome.outbound().map_or(0, Outbound::bytes)
}

/// Resolves at that time; never without one.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
