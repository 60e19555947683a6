//! What an operator sees: metrics, log lines, health, and the HTTP that serves
//! them. Nothing of an article's text goes into any of it.

mod access;
pub mod events;
pub mod health;
pub mod http;
pub mod logging;
pub mod metrics;

use std::sync::Arc;

/// Where happenings are counted. Cloning gives another view of the same.
#[derive(Clone, Default)]
pub struct Telemetry {
    pub metrics: Arc<metrics::Metrics>,
    pub health: Arc<health::Health>,
}
