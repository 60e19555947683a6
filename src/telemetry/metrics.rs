//! Every metric, declared once: name, unit, labels, help. Labels come from
//! closed sets.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Reason {
    pub reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Stage {
    pub stage: &'static str,
}

pub struct Metrics {
    registry: Registry,
    pub taken: Counter,
    pub taken_bytes: Counter,
    pub enriched: Counter,
    pub tombstones: Counter,
    pub rejected: Family<Reason, Counter>,
    pub dead_letters: Family<Reason, Counter>,
    pub transport_failures: Family<Reason, Counter>,
    pub stage_seconds: Family<Stage, Histogram>,
    pub latency_seconds: Histogram,
    pub in_flight: Gauge,
    pub in_flight_bytes: Gauge,
    pub lag: Gauge,
    pub partitions_assigned: Gauge,
    pub paused: Gauge,
    pub rebalances: Gauge,
    pub commit_failures: Gauge,
    pub output_queue: Gauge,
    pub site_memory_hosts: Gauge,
    pub site_memory_bytes: Gauge,
    pub site_memory_unwritten: Gauge,
    pub site_memory_failures: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("copydesk"),
            taken: Counter::default(),
            taken_bytes: Counter::default(),
            enriched: Counter::default(),
            tombstones: Counter::default(),
            rejected: Family::default(),
            dead_letters: Family::default(),
            transport_failures: Family::default(),
            // 50 µs to 6.5 s.
            stage_seconds: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(50e-6, 3.2, 11))
            }),
            // 1 ms to 1,000 s.
            latency_seconds: Histogram::new(exponential_buckets(1e-3, 10f64.sqrt(), 13)),
            in_flight: Gauge::default(),
            in_flight_bytes: Gauge::default(),
            lag: Gauge::default(),
            partitions_assigned: Gauge::default(),
            paused: Gauge::default(),
            rebalances: Gauge::default(),
            commit_failures: Gauge::default(),
            output_queue: Gauge::default(),
            site_memory_hosts: Gauge::default(),
            site_memory_bytes: Gauge::default(),
            site_memory_unwritten: Gauge::default(),
            site_memory_failures: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("messages_taken", "Messages taken from the input", self.taken.clone());
        registry.register_with_unit(
            "messages_taken",
            "Payload bytes taken from the input",
            Unit::Bytes,
            self.taken_bytes.clone(),
        );
        registry.register(
            "articles_enriched",
            "Articles published and acknowledged",
            self.enriched.clone(),
        );
        registry.register("tombstones", "Null payloads passed on", self.tombstones.clone());
        registry.register(
            "articles_rejected",
            "Articles whose verdict is a rejection, by reason",
            self.rejected.clone(),
        );
        registry.register(
            "dead_letters",
            "Messages sent to the dead-letter topic, by reason",
            self.dead_letters.clone(),
        );
        registry.register(
            "transport_failures",
            "Failed sends and other transport errors, by reason",
            self.transport_failures.clone(),
        );
        registry.register_with_unit(
            "stage_duration",
            "Time a stage takes for an article",
            Unit::Seconds,
            self.stage_seconds.clone(),
        );
        registry.register_with_unit(
            "end_to_end_latency",
            "From the input message's timestamp to the acknowledged output",
            Unit::Seconds,
            self.latency_seconds.clone(),
        );
        registry.register(
            "articles_in_flight",
            "Taken and not yet acknowledged",
            self.in_flight.clone(),
        );
        registry.register_with_unit(
            "in_flight",
            "Taken and not yet acknowledged, against the budget",
            Unit::Bytes,
            self.in_flight_bytes.clone(),
        );
        registry.register(
            "lag_messages",
            "Messages of the assigned partitions that are not done",
            self.lag.clone(),
        );
        registry.register(
            "partitions_assigned",
            "Input partitions that are this worker's",
            self.partitions_assigned.clone(),
        );
        registry.register(
            "reading_paused",
            "1 while reading is held back by the budget",
            self.paused.clone(),
        );
        registry.register(
            "rebalances",
            "Assignments and revocations since the start",
            self.rebalances.clone(),
        );
        registry.register(
            "commit_failures",
            "Failed commits since the start; they are repeated",
            self.commit_failures.clone(),
        );
        registry.register(
            "output_queue_messages",
            "Sent to the output and not yet acknowledged",
            self.output_queue.clone(),
        );
        registry.register(
            "site_memory_hosts",
            "Hosts of which pages are remembered",
            self.site_memory_hosts.clone(),
        );
        registry.register_with_unit(
            "site_memory",
            "What the pages remembered take, about",
            Unit::Bytes,
            self.site_memory_bytes.clone(),
        );
        registry.register(
            "site_memory_unwritten",
            "Pages learned and not yet handed to the topic that other workers read",
            self.site_memory_unwritten.clone(),
        );
        registry.register(
            "site_memory_failures",
            "Failed readings and writings of the topic since the start; they are repeated",
            self.site_memory_failures.clone(),
        );
    }

    /// OpenMetrics text.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
