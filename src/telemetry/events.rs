//! One happening, one function: it writes the log line and counts, so that the
//! two never disagree. Lines about single messages are at debug, or warn when
//! something about them failed.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tracing::{Level, debug, error, info, warn};

use crate::account::Account;
use crate::desk::{Kind, Outcome};
use crate::edit::ChangeKind;
use crate::error::Error;
use crate::site;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::metrics::labels::{
    Destination, Ending, Example, Language, Reason, Rule, Stage,
};
use crate::telemetry::partitions::PartitionStanding;
use crate::telemetry::{Telemetry, throttle};
use crate::transport::{Delivery, Outbound};
use crate::worker::Summary;

pub fn taken(telemetry: &Telemetry, delivery: &Delivery) {
    let metrics = &telemetry.metrics;
    metrics.taken.inc();
    metrics.taken_bytes.inc_by(payload_bytes(delivery));
    metrics.in_flight.inc();
    telemetry.tracer.taken(delivery);
}

/// An article came back from the stages; it may do so again after a failed send.
pub fn computed(telemetry: &Telemetry, delivery: &Delivery, outcome: &Outcome) {
    let (Outcome::Enriched { account, .. } | Outcome::Rejected { account, .. }) = outcome else {
        return;
    };
    telemetry.tracer.computed(delivery, account);
    let example = example_of(telemetry, delivery);
    for (stage, time) in &account.steps {
        telemetry.metrics.stage_seconds.get_or_create(&Stage { stage }).observe(
            time.as_secs_f64(),
            Some(example.clone()),
            None,
        );
    }
}

fn example_of(telemetry: &Telemetry, delivery: &Delivery) -> Example {
    Example::of(&delivery.origin, telemetry.tracer.trace_id(delivery))
}

fn payload_bytes(delivery: &Delivery) -> u64 {
    delivery.payload.as_ref().map_or(0, Vec::len) as u64
}

/// A line at the level that an error has: tracing wants levels to be constants.
macro_rules! at_level {
    ($level:expr, $($line:tt)+) => {
        if $level == Level::ERROR { error!($($line)+) } else { warn!($($line)+) }
    };
}

/// What will become of a message is settled, and it is about to be sent.
pub fn judged(telemetry: &Telemetry, delivery: &Delivery, outcome: &Outcome) {
    let metrics = &telemetry.metrics;
    let origin = &delivery.origin;
    if let Some(outbound) = outcome.outbound() {
        let bytes = outbound.payload.as_ref().map_or(0, Vec::len) as u64;
        metrics.output_bytes.get_or_create(&Destination::of(outbound.destination)).inc_by(bytes);
    }
    match outcome {
        Outcome::Tombstone { .. } => {}
        Outcome::Enriched { account, outbound } => {
            count_changes(metrics, account);
            metrics.languages.get_or_create(&Language::of(account.language.as_deref())).inc();
            debug!(
                id = id_of(outbound),
                topic = &*origin.topic,
                partition = origin.partition,
                offset = origin.offset,
                "article enriched"
            );
        }
        Outcome::Rejected { reason, outbound, .. } => {
            let label = Reason { reason: reason.as_str() };
            let counter = metrics.rejected.get_or_create(&label);
            counter.inc_by(1, Some(example_of(telemetry, delivery)), None);
            metrics.rejected_bytes.get_or_create(&label).inc_by(payload_bytes(delivery));
            debug!(
                id = outbound.as_ref().and_then(id_of),
                topic = &*origin.topic,
                partition = origin.partition,
                offset = origin.offset,
                reason = label.reason,
                "article rejected"
            );
        }
        Outcome::DeadLetter { error, .. } => {
            let label = Reason { reason: error.reason() };
            let counter = metrics.dead_letters.get_or_create(&label);
            counter.inc_by(1, Some(example_of(telemetry, delivery)), None);
            telemetry.dead_letters.add(origin, error);
            metrics.dead_letter_bytes.get_or_create(&label).inc_by(payload_bytes(delivery));
            at_level!(
                error.level(),
                topic = &*origin.topic,
                partition = origin.partition,
                offset = origin.offset,
                reason = error.reason(),
                stage = error.stage(),
                %error,
                "message dead-lettered"
            );
        }
    }
}

fn count_changes(metrics: &Metrics, account: &Account) {
    for (rule, kind, count) in &account.changes {
        let counters = match kind {
            ChangeKind::Edit => &metrics.edits,
            ChangeKind::Removal => &metrics.removals,
        };
        counters.get_or_create(&Rule { rule: rule.0 }).inc_by(*count);
    }
}

/// The article's, as the output message has it.
fn id_of(outbound: &Outbound) -> Option<&str> {
    let (_, value) = outbound.headers.iter().rev().find(|(name, _)| name == "copydesk-id")?;
    std::str::from_utf8(value.as_deref()?).ok()
}

/// The output, or the dead letter, is safe and the input acknowledged.
pub fn completed(telemetry: &Telemetry, delivery: &Delivery, kind: Kind) {
    let metrics = &telemetry.metrics;
    metrics.in_flight.dec();
    telemetry.health.mark_progress();
    telemetry.tracer.completed(delivery, kind);
    match kind {
        Kind::Enriched => {
            metrics.enriched.inc();
        }
        Kind::Tombstone => {
            metrics.tombstones.inc();
        }
        // Counted with their reasons when they were judged.
        Kind::Rejected => {
            telemetry.totals.rejected.fetch_add(1, Ordering::Relaxed);
        }
        Kind::DeadLetter => {
            telemetry.totals.dead_lettered.fetch_add(1, Ordering::Relaxed);
        }
    }
    if let Some(age) = delivery.timestamp_millis.and_then(age_of) {
        let example = example_of(telemetry, delivery);
        metrics.latency_seconds.observe(age.as_secs_f64(), Some(example), None);
    }
}

/// `None` for timestamps in the future.
fn age_of(timestamp_millis: i64) -> Option<Duration> {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(timestamp_millis).ok()?);
    SystemTime::now().duration_since(at).ok()
}

/// What was sent is undone, and its delivery is no longer under way here.
pub fn forgotten(telemetry: &Telemetry) {
    telemetry.metrics.in_flight.dec();
}

/// A send, or the source, failed.
pub fn transport_failed(telemetry: &Telemetry, error: &Error) {
    telemetry.metrics.transport_failures.get_or_create(&Reason { reason: error.reason() }).inc();
    at_level!(error.level(), reason = error.reason(), %error, "transport failed");
}

/// How the transport stands, about once a second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransportStanding {
    /// The worker has its share of the input, which may be empty.
    pub joined: bool,
    /// Whether the topic of dead letters can be written to, as far as is known.
    pub dead_letters_possible: bool,
    pub partitions: Vec<PartitionStanding>,
    pub lag: u64,
    pub in_flight_bytes: usize,
    pub paused: bool,
    /// Partitions of the input that no worker has, as far as this one sees that.
    pub unowned: usize,
    pub rebalances: u64,
    pub commit_failures: u64,
    pub output_queue: u64,
    pub output_queue_bytes: u64,
    /// Those that have ended meanwhile: how long each took, and whether it was committed.
    pub transactions: Vec<(Duration, bool)>,
}

pub fn standing(telemetry: &Telemetry, standing: &TransportStanding) {
    let metrics = &telemetry.metrics;
    let partitions = standing.partitions.len() as i64;
    metrics.partitions_assigned.set(partitions);
    metrics.partitions_paused.set(if standing.paused { partitions } else { 0 });
    telemetry.partitions.show(metrics, &standing.partitions);
    metrics.lag.set(standing.lag as i64);
    metrics.in_flight_bytes.set(standing.in_flight_bytes as i64);
    metrics.partitions_unowned.set(standing.unowned as i64);
    metrics.rebalances.inner().store(standing.rebalances, Ordering::Relaxed);
    metrics.commit_failures.inner().store(standing.commit_failures, Ordering::Relaxed);
    metrics.output_queue.set(standing.output_queue as i64);
    metrics.output_queue_bytes.set(standing.output_queue_bytes as i64);
    for (took, committed) in &standing.transactions {
        let ending = if *committed { "committed" } else { "aborted" };
        let seconds = metrics.transaction_seconds.get_or_create(&Ending { ending });
        seconds.observe(took.as_secs_f64());
    }
    telemetry.health.mark_joined(standing.joined);
    telemetry.health.mark_dead_letters_possible(standing.dead_letters_possible);
    if standing.lag == 0 && metrics.in_flight.get() == 0 {
        telemetry.health.mark_progress();
    }
}

/// How the memory of sites stands, about once a second.
pub fn remembering(telemetry: &Telemetry, standing: &site::Standing) {
    let metrics = &telemetry.metrics;
    metrics.site_memory_hosts.set(standing.hosts as i64);
    metrics.site_memory_bytes.set(standing.bytes as i64);
    metrics.site_memory_unwritten.set(standing.unwritten as i64);
    metrics.site_memory_failures.inner().store(standing.failures, Ordering::Relaxed);
}

/// What was done between two summaries in the log.
pub struct Interval {
    since: Instant,
    taken: u64,
    enriched: u64,
    rejected: u64,
    dead_lettered: u64,
    withheld: u64,
}

impl Interval {
    pub fn begin(telemetry: &Telemetry) -> Self {
        let metrics = &telemetry.metrics;
        Self {
            since: Instant::now(),
            taken: metrics.taken.get(),
            enriched: metrics.enriched.get(),
            rejected: telemetry.totals.rejected.load(Ordering::Relaxed),
            dead_lettered: telemetry.totals.dead_lettered.load(Ordering::Relaxed),
            withheld: throttle::withheld(),
        }
    }

    /// Writes the summary, and begins the next interval.
    pub fn end(self, telemetry: &Telemetry) -> Self {
        let now = Self::begin(telemetry);
        let seconds = now.since.duration_since(self.since).as_secs_f64();
        let metrics = &telemetry.metrics;
        info!(
            seconds = seconds.round(),
            taken = now.taken - self.taken,
            enriched = now.enriched - self.enriched,
            rejected = now.rejected - self.rejected,
            dead_lettered = now.dead_lettered - self.dead_lettered,
            articles_a_second = ((now.enriched - self.enriched) as f64 / seconds).round(),
            lag = metrics.lag.get(),
            in_flight = metrics.in_flight.get(),
            in_flight_bytes = metrics.in_flight_bytes.get(),
            partitions = metrics.partitions_assigned.get(),
            lines_withheld = now.withheld - self.withheld,
            ready = telemetry.health.is_ready(),
            "the last minute"
        );
        now
    }
}

pub fn draining(telemetry: &Telemetry, articles: usize) {
    telemetry.health.mark_stopping();
    info!(articles, "finishing what is under way");
}

pub fn halting(_telemetry: &Telemetry, error: &Error) {
    error!(reason = error.reason(), %error, "worker halts");
}

pub fn stopped(telemetry: &Telemetry, summary: &Summary) {
    telemetry.metrics.in_flight.set(0);
    info!(
        taken = summary.taken,
        enriched = summary.enriched,
        rejected = summary.rejected,
        tombstones = summary.tombstones,
        dead_lettered = summary.dead_lettered,
        withdrawn = summary.withdrawn,
        unfinished = summary.unfinished,
        "worker stopped"
    );
}
