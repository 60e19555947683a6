//! The thread of transactions: gather, drain, commit, and again.
//!
//! A transaction is committed with the offsets up to which everything is done or in it. An
//! output without its offset would come again, so none may be beyond those: where articles
//! overtake each other, the transaction is kept open for those that were overtaken, and what
//! is newer waits for the next one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel as channel;
use rdkafka::ClientConfig;
use tokio::sync::mpsc;

use super::session::{Broken, Failed, Session};
use super::{Order, Refused, fatal, place};
use crate::error::TransportError;
use crate::transport::kafka::codes::{self, ProduceFate};
use crate::transport::kafka::lanes::{CommitPoint, Prepared};
use crate::transport::kafka::source::Shared;
use crate::transport::kafka::status::SinkStatus;
use crate::transport::kafka::topics::Topics;
use crate::transport::{Destination, Receipt, Report, Ticket};

/// Bytes of outputs after which a transaction ends before its time.
const TRANSACTION_BYTES: usize = 8 * 1024 * 1024;
/// The time of a transaction while somebody waits for its end.
const HURRIED_INTERVAL: Duration = Duration::from_millis(20);
const POLL: Duration = Duration::from_millis(10);
const DRAINING_POLL: Duration = Duration::from_millis(1);
/// Before a transaction is tried again after one that failed; it doubles with each further.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// New producers without one commit between them: the fault does not pass.
const REBUILDS: u32 = 5;

pub(super) struct Terms {
    pub config: ClientConfig,
    pub interval: Duration,
    pub timeout: Duration,
}

pub(super) struct Transactor {
    terms: Terms,
    session: Session,
    shared: Arc<Shared>,
    topics: Arc<Topics>,
    status: Arc<SinkStatus>,
    refused: Arc<Refused>,
    news: mpsc::UnboundedSender<Report>,
    open: Open,
    /// For the next transaction.
    later: VecDeque<Order>,
    /// When offsets alone were last looked for.
    looked: Instant,
    failures: u32,
    rebuilds: u32,
}

/// The transaction that is being gathered.
#[derive(Default)]
struct Open {
    /// None before its first message.
    since: Option<Instant>,
    /// In the order they were published; their places are their numbers.
    sent: Vec<(Ticket, Receipt, Destination)>,
    bytes: usize,
    /// Takes only what it needs to have no gap.
    closing: bool,
}

impl Transactor {
    pub fn start(
        terms: Terms,
        shared: Arc<Shared>,
        topics: Arc<Topics>,
        status: Arc<SinkStatus>,
        refused: Arc<Refused>,
        news: mpsc::UnboundedSender<Report>,
    ) -> Result<Self, TransportError> {
        let session =
            Session::open(&terms.config, topics.clone(), status.clone(), terms.timeout, false)
                .map_err(registration_failed)?;
        let looked = Instant::now();
        let (open, later) = (Open::default(), VecDeque::new());
        let (failures, rebuilds) = (0, 0);
        Ok(Self {
            terms,
            session,
            shared,
            topics,
            status,
            refused,
            news,
            open,
            later,
            looked,
            failures,
            rebuilds,
        })
    }

    /// Until there are no more orders, or nothing can be done any more.
    pub fn run(mut self, inbox: &channel::Receiver<Order>) {
        loop {
            let order = match self.next(inbox) {
                Ok(order) => order,
                Err(channel::RecvTimeoutError::Timeout) => None,
                Err(channel::RecvTimeoutError::Disconnected) => break,
            };
            if let Err(error) = self.step(order) {
                return self.refuse_all(inbox, &error);
            }
        }
        if self.open.since.is_some()
            && let Err(broken) = self.session.abort()
        {
            tracing::warn!(?broken, "last transaction could not be aborted, brokers will do it");
        }
    }

    fn next(
        &mut self,
        inbox: &channel::Receiver<Order>,
    ) -> Result<Option<Order>, channel::RecvTimeoutError> {
        if !self.open.closing
            && let Some(order) = self.later.pop_front()
        {
            return Ok(Some(order));
        }
        inbox.recv_timeout(POLL).map(Some)
    }

    fn step(&mut self, order: Option<Order>) -> Result<(), TransportError> {
        if let Some(order) = order {
            self.take(order)?;
        }
        self.session.poll(Duration::ZERO);
        let failed = self.session.take_failed();
        if !failed.is_empty() {
            return self.abort_over(&failed);
        }
        if self.is_due() { self.try_commit() } else { Ok(()) }
    }

    fn take(&mut self, order: Order) -> Result<(), TransportError> {
        if self.open.closing && !self.shared.lanes().was_overtaken(order.of) {
            self.later.push_back(order);
            return Ok(());
        }
        if !self.shared.lanes().mark_sent(order.of) {
            self.report(order.ticket, Err(withdrawn("its partition has gone")));
            return Ok(());
        }
        let number = self.open.sent.len();
        self.open.sent.push((order.ticket, order.of, order.outbound.destination));
        self.open.bytes += order.outbound.payload.as_ref().map_or(0, Vec::len);
        if self.open.since.is_none() {
            self.open.since = Some(Instant::now());
            if let Err(broken) = self.session.begin() {
                return self.recover(broken);
            }
        }
        match self.session.publish(number, &order) {
            Ok(()) => Ok(()),
            Err(error) => {
                let code = error.rdkafka_error_code();
                let refusal = code.map(codes::produce_error);
                if let Some(refusal @ TransportError::MessageRefused { .. }) = refusal {
                    // The client itself did not take it, so that no other is meant.
                    self.refused.enter(place(order.of, order.outbound.destination), refusal);
                    return self.recover(Broken::Abort(error.to_string()));
                }
                self.recover(Broken::Rebuild(error.to_string()))
            }
        }
    }

    fn is_due(&self) -> bool {
        match self.open.since {
            None => self.looked.elapsed() >= self.interval(),
            // To look for gaps again with every order would take long.
            Some(_) if self.open.closing => self.looked.elapsed() >= POLL,
            Some(since) => {
                since.elapsed() >= self.interval() || self.open.bytes >= TRANSACTION_BYTES
            }
        }
    }

    fn interval(&self) -> Duration {
        if self.shared.awaits_commit() {
            self.terms.interval.min(HURRIED_INTERVAL)
        } else {
            self.terms.interval
        }
    }

    fn try_commit(&mut self) -> Result<(), TransportError> {
        self.looked = Instant::now();
        // librdkafka would wait for reports in steps of 100 ms.
        let deadline = Instant::now() + self.terms.timeout;
        while self.session.in_flight() > 0 {
            self.session.poll(DRAINING_POLL);
            if Instant::now() > deadline {
                return self.recover(Broken::Abort("messages were not delivered in time".into()));
            }
        }
        let failed = self.session.take_failed();
        if !failed.is_empty() {
            return self.abort_over(&failed);
        }
        // Asked for before it is looked who holds what: should the group move on in between,
        // these credentials are out of date, and the broker refuses them.
        let group = self.shared.group_metadata();
        let sent: Vec<Receipt> = self.open.sent.iter().map(|(_, of, _)| *of).collect();
        let prepared = self.shared.lanes().prepare(&sent);
        match (prepared, group) {
            (Prepared::Void, _) => self.recover(Broken::Abort("a partition has gone".into())),
            (Prepared::Gap, _) => {
                self.open.closing = true;
                Ok(())
            }
            (Prepared::Points(points), _) if points.is_empty() && sent.is_empty() => Ok(()),
            (Prepared::Points(_), None) if sent.is_empty() => Ok(()),
            (Prepared::Points(_), None) => {
                self.recover(Broken::Abort("this worker is out of its group".into()))
            }
            (Prepared::Points(points), Some(group)) => {
                if self.open.since.is_none() {
                    self.open.since = Some(Instant::now());
                    if let Err(broken) = self.session.begin() {
                        return self.recover(broken);
                    }
                }
                match self.session.commit(&points, group) {
                    Ok(()) => self.committed(&points),
                    Err(broken) => self.recover(broken),
                }
            }
        }
    }

    fn committed(&mut self, points: &[CommitPoint]) -> Result<(), TransportError> {
        (self.failures, self.rebuilds) = (0, 0);
        let mut lanes = self.shared.lanes();
        lanes.commit_requested(points);
        for point in points {
            lanes.commit_succeeded(&point.topic, point.partition, point.offset);
        }
        drop(lanes);
        self.note_end(true);
        for (ticket, of, _) in std::mem::take(&mut self.open).sent {
            self.refused.forget(of);
            self.report(ticket, Ok(()));
        }
        if self.session.alone { self.open_session(false) } else { Ok(()) }
    }

    fn note_end(&self, committed: bool) {
        if let Some(since) = self.open.since {
            self.status.end_transaction(since.elapsed(), committed);
        }
    }

    /// A transaction with a message that failed cannot be committed.
    fn abort_over(&mut self, failed: &[Failed]) -> Result<(), TransportError> {
        let (_, code) = failed[0];
        let why = format!("{} of its messages failed, the first with: {code}", failed.len());
        let mut shares_batches = false;
        for (number, code) in failed {
            match codes::produce_fate(*code) {
                ProduceFate::BatchRefused if self.session.alone => {
                    if let Some((_, of, destination)) = self.open.sent.get(*number) {
                        let error = codes::produce_error(*code);
                        self.refused.enter(place(*of, *destination), error);
                    }
                }
                ProduceFate::BatchRefused => shares_batches = true,
                ProduceFate::Fatal if !is_about_the_producer(*code) => {
                    return Err(codes::produce_error(*code));
                }
                ProduceFate::Fatal => return self.recover(Broken::Rebuild(why)),
                ProduceFate::Transient => {}
            }
        }
        self.recover(Broken::Abort(why))?;
        // Next time each is alone, and the guilty one shows itself.
        if shares_batches { self.open_session(true) } else { Ok(()) }
    }

    /// Undoes the transaction: nobody sees its messages, and their deliveries come again.
    fn recover(&mut self, broken: Broken) -> Result<(), TransportError> {
        tracing::warn!(?broken, messages = self.open.sent.len(), "transaction failed");
        let rebuild = match broken {
            Broken::Rebuild(why) => Some(why),
            Broken::Abort(_) if self.open.since.is_none() => None,
            Broken::Abort(_) => match self.session.abort() {
                Ok(()) => None,
                Err(broken) => Some(broken.why()),
            },
        };
        if let Some(why) = rebuild {
            self.rebuilds += 1;
            if self.rebuilds > REBUILDS {
                return Err(fatal("commit a transaction", why));
            }
            self.open_session(self.session.alone)?;
        }
        self.note_end(false);
        self.shared.withdraw();
        for (ticket, ..) in std::mem::take(&mut self.open).sent {
            self.report(ticket, Err(withdrawn("its transaction was not committed")));
        }
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16));
        self.failures += 1;
        std::thread::sleep(doubled.min(LONGEST_PAUSE));
        Ok(())
    }

    /// In place of the one there is, which fences it and ends what it has left open. Tried
    /// for as long as a transaction may take: a broker that comes back may not know at once
    /// what it coordinates.
    fn open_session(&mut self, alone: bool) -> Result<(), TransportError> {
        let deadline = Instant::now() + self.terms.timeout;
        loop {
            let opened = Session::open(
                &self.terms.config,
                self.topics.clone(),
                self.status.clone(),
                self.terms.timeout,
                alone,
            );
            match opened {
                Ok(session) => {
                    self.session = session;
                    return Ok(());
                }
                Err(broken) if Instant::now() < deadline => {
                    tracing::warn!(?broken, "transactional producer could not be registered");
                    std::thread::sleep(FIRST_PAUSE);
                }
                Err(broken) => return Err(registration_failed(broken)),
            }
        }
    }

    fn report(&self, ticket: Ticket, result: Result<(), TransportError>) {
        // The worker is gone only when its reports are of no more use.
        let _ = self.news.send(Report { ticket, result });
    }

    /// The end: whatever was and will be sent is answered with it, so that the worker halts.
    fn refuse_all(mut self, inbox: &channel::Receiver<Order>, error: &TransportError) {
        let sent = std::mem::take(&mut self.open).sent.into_iter().map(|(ticket, ..)| ticket);
        let waiting = std::mem::take(&mut self.later).into_iter().map(|order| order.ticket);
        for ticket in sent.chain(waiting).chain(inbox.iter().map(|order| order.ticket)) {
            self.report(ticket, Err(error.clone()));
        }
    }
}

/// Errors after which another producer may go on.
fn is_about_the_producer(code: rdkafka::error::RDKafkaErrorCode) -> bool {
    use rdkafka::error::RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::Fatal
            | Code::Fenced
            | Code::ProducerFenced
            | Code::InvalidProducerEpoch
            | Code::InvalidProducerIdMapping
            | Code::GaplessGuarantee
            | Code::Inconsistent
            | Code::State
    )
}

fn registration_failed(broken: Broken) -> TransportError {
    fatal("register a transactional producer", broken.why())
}

fn withdrawn(why: &str) -> TransportError {
    TransportError::Withdrawn { why: why.to_owned() }
}
