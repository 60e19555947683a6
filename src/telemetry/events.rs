//! One happening, one function: it writes the log line and counts, so that the
//! two never disagree. Lines about single messages are at debug, or warn when
//! something about them failed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracing::{Level, debug, error, info, warn};

use crate::desk::{Kind, Outcome};
use crate::error::Error;
use crate::pipeline::Run;
use crate::site;
use crate::telemetry::Telemetry;
use crate::telemetry::metrics::{Reason, Stage};
use crate::transport::Delivery;
use crate::worker::Summary;

pub fn taken(telemetry: &Telemetry, delivery: &Delivery) {
    let metrics = &telemetry.metrics;
    metrics.taken.inc();
    metrics.taken_bytes.inc_by(delivery.payload.as_ref().map_or(0, Vec::len) as u64);
    metrics.in_flight.inc();
}

/// An article came back from the stages.
pub fn computed(telemetry: &Telemetry, outcome: &Outcome) {
    let (Outcome::Enriched { run, .. } | Outcome::Rejected { run, .. }) = outcome else { return };
    record_timings(telemetry, run);
}

fn record_timings(telemetry: &Telemetry, run: &Run) {
    for (stage, time) in &run.timings {
        telemetry
            .metrics
            .stage_seconds
            .get_or_create(&Stage { stage: stage.as_str() })
            .observe(time.as_secs_f64());
    }
}

/// A line at the level that an error has: tracing wants levels to be constants.
macro_rules! at_level {
    ($level:expr, $($line:tt)+) => {
        if $level == Level::ERROR { error!($($line)+) } else { warn!($($line)+) }
    };
}

/// What will become of a message is settled, and it is about to be sent.
pub fn judged(telemetry: &Telemetry, delivery: &Delivery, outcome: &Outcome) {
    let origin = &delivery.origin;
    match outcome {
        Outcome::Enriched { .. } | Outcome::Tombstone { .. } => {}
        Outcome::Rejected { reason, .. } => {
            telemetry.metrics.rejected.get_or_create(&Reason { reason: reason.as_str() }).inc();
            debug!(
                topic = &*origin.topic,
                partition = origin.partition,
                offset = origin.offset,
                reason = reason.as_str(),
                "article rejected"
            );
        }
        Outcome::DeadLetter { error, .. } => {
            telemetry.metrics.dead_letters.get_or_create(&Reason { reason: error.reason() }).inc();
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

/// The output, or the dead letter, is safe and the input acknowledged.
pub fn completed(telemetry: &Telemetry, delivery: &Delivery, kind: Kind) {
    let metrics = &telemetry.metrics;
    metrics.in_flight.dec();
    telemetry.health.mark_progress();
    match kind {
        Kind::Enriched => {
            metrics.enriched.inc();
        }
        Kind::Tombstone => {
            metrics.tombstones.inc();
        }
        // Counted with their reasons when they were judged.
        Kind::Rejected | Kind::DeadLetter => {}
    }
    if let Some(age) = delivery.timestamp_millis.and_then(age_of) {
        metrics.latency_seconds.observe(age.as_secs_f64());
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransportStanding {
    /// The worker has its share of the input, which may be empty.
    pub joined: bool,
    pub partitions: usize,
    pub lag: u64,
    pub in_flight_bytes: usize,
    pub paused: bool,
    pub rebalances: u64,
    pub commit_failures: u64,
    pub output_queue: u64,
}

pub fn standing(telemetry: &Telemetry, standing: &TransportStanding) {
    let metrics = &telemetry.metrics;
    metrics.partitions_assigned.set(standing.partitions as i64);
    metrics.lag.set(standing.lag as i64);
    metrics.in_flight_bytes.set(standing.in_flight_bytes as i64);
    metrics.paused.set(i64::from(standing.paused));
    metrics.rebalances.set(standing.rebalances as i64);
    metrics.commit_failures.set(standing.commit_failures as i64);
    metrics.output_queue.set(standing.output_queue as i64);
    telemetry.health.mark_ready(standing.joined);
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
    metrics.site_memory_failures.set(standing.failures as i64);
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
