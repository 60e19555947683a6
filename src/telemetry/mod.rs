//! What an operator sees: metrics, log lines, health, and the HTTP that serves
//! them. Nothing of an article's text goes into any of it.

mod access;
pub mod events;
pub mod health;
pub mod http;
pub mod logging;
pub mod metrics;
pub mod partitions;
pub mod recent;
pub mod reload;
mod throttle;
pub mod traces;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where happenings are counted. Cloning gives another view of the same.
#[derive(Clone, Default)]
pub struct Telemetry {
    pub metrics: Arc<metrics::Metrics>,
    pub health: Arc<health::Health>,
    /// The settings in effect as a file, secrets masked, for whoever asks the admin port.
    pub settings: Arc<str>,
    pub tracer: traces::Tracer,
    pub dead_letters: Arc<recent::RecentDeadLetters>,
    partitions: Arc<partitions::ShownPartitions>,
    totals: Arc<Totals>,
}

/// Over all reasons, for the log's summaries.
#[derive(Default)]
struct Totals {
    rejected: AtomicU64,
    dead_lettered: AtomicU64,
}

impl Telemetry {
    /// Within a tokio runtime, where the settings ask for traces.
    pub fn of(settings: &crate::settings::Settings) -> Self {
        let telemetry = Self {
            settings: settings.to_toml().into(),
            tracer: traces::Tracer::of(&settings.traces),
            ..Self::default()
        };
        let budget = settings.worker.in_flight_bytes as i64;
        telemetry.metrics.in_flight_budget_bytes.set(budget);
        telemetry
    }

    /// The answer to a scrape, with what is only known at its time.
    pub fn scrape(&self, exposition: metrics::Exposition) -> Result<String, std::fmt::Error> {
        let metrics = &self.metrics;
        metrics.ready.set(i64::from(self.health.is_ready()));
        metrics.progress_age_seconds.set(self.health.since_progress().as_secs_f64());
        metrics.log_lines_withheld.inner().store(throttle::withheld(), Ordering::Relaxed);
        metrics.encode(exposition)
    }
}
