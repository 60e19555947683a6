//! The one list: for each metric its field, type, name, unit, labels and help.
//! What is served, `/metrics`' documentation and the dashboards' tests follow
//! from it.

use std::sync::atomic::AtomicU64;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::{CounterWithExemplar, HistogramWithExemplars};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::labels::{
    Build, Destination, Ending, Example, Language, Partition, Reason, Rule, Stage,
};

/// A metric as its reader knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Without unit and suffix.
    pub name: &'static str,
    pub kind: Kind,
    /// Empty, or what the name ends with.
    pub unit: &'static str,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    /// A gauge that is always 1; what it tells is in its labels.
    Info,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        }
    }
}

impl Declared {
    /// As queries name it; a histogram's series end with `_bucket`, `_sum` and `_count`.
    pub fn served_name(&self) -> String {
        let separator = if self.unit.is_empty() { "" } else { "_" };
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        format!("{}{separator}{}{suffix}", self.name, self.unit)
    }
}

type StageSeconds =
    Family<Stage, HistogramWithExemplars<Example>, fn() -> HistogramWithExemplars<Example>>;
type TransactionSeconds = Family<Ending, Histogram, fn() -> Histogram>;
type Seconds = HistogramWithExemplars<Example>;
type Counted<L> = Family<L, CounterWithExemplar<Example>>;
type CpuSeconds = Counter<f64, AtomicU64>;

/// A line a metric: `field: type = kind "name" "unit" [labels] "help";`, with `= value`
/// where it does not start at its default.
macro_rules! metrics {
    ($($field:ident: $type:ty = $kind:ident $name:literal $unit:tt [$($label:literal),*] $help:literal $(= $value:expr)?;)+) => {
        pub struct Metrics {
            registry: Registry,
            $(#[doc = $help] pub $field: $type,)+
        }

        const DECLARED: &[Declared] = &[$(Declared {
            name: $name,
            kind: Kind::$kind,
            unit: $unit,
            labels: &[$($label),*],
            help: $help,
        }),+];

        impl Default for Metrics {
            fn default() -> Self {
                let mut registry = Registry::default();
                $(
                    let $field: $type = metrics!(@value $($value)?);
                    register!(registry, $kind, $name, $unit, $help, $field);
                )+
                Self { registry, $($field),+ }
            }
        }
    };
    (@value) => { Default::default() };
    (@value $value:expr) => { $value };
}

macro_rules! register {
    // Not kept as a family that can be cloned: it never changes.
    ($registry:ident, Info, $name:literal, "", $help:literal, $field:ident) => {
        $registry.register($name, $help, Info::new($field.clone()));
    };
    ($registry:ident, $kind:ident, $name:literal, "", $help:literal, $field:ident) => {
        $registry.register($name, $help, $field.clone());
    };
    ($registry:ident, $kind:ident, $name:literal, $unit:literal, $help:literal, $field:ident) => {
        $registry.register_with_unit($name, $help, Unit::Other($unit.into()), $field.clone());
    };
}

metrics! {
    taken: Counter = Counter "copydesk_messages_taken" "" []
        "Messages taken from the input";
    taken_bytes: Counter = Counter "copydesk_messages_taken" "bytes" []
        "Payload bytes taken from the input";
    enriched: Counter = Counter "copydesk_articles_enriched" "" []
        "Articles published and acknowledged";
    tombstones: Counter = Counter "copydesk_tombstones" "" []
        "Null payloads passed on";
    rejected: Counted<Reason> = Counter "copydesk_articles_rejected" "" ["reason"]
        "Articles whose verdict is a rejection, by reason";
    rejected_bytes: Family<Reason, Counter> = Counter "copydesk_articles_rejected" "bytes" ["reason"]
        "Payload bytes of their messages";
    dead_letters: Counted<Reason> = Counter "copydesk_dead_letters" "" ["reason"]
        "Messages sent to the dead-letter topic, by reason";
    dead_letter_bytes: Family<Reason, Counter> = Counter "copydesk_dead_letters" "bytes" ["reason"]
        "Payload bytes of dead letters, by reason";
    output_bytes: Family<Destination, Counter> = Counter "copydesk_output" "bytes" ["destination"]
        "Payload bytes handed to the output, repeated sends counted once";
    transport_failures: Family<Reason, Counter> = Counter "copydesk_transport_failures" "" ["reason"]
        "Failed sends and other transport errors, by reason";
    edits: Family<Rule, Counter> = Counter "copydesk_edits" "" ["rule"]
        "Edits of published bodies, by rule";
    removals: Family<Rule, Counter> = Counter "copydesk_removals" "" ["rule"]
        "Removals from published bodies, by rule";
    languages: Family<Language, Counter> = Counter "copydesk_articles_by_language" "" ["language"]
        "Articles enriched, by language: 24 of their own, `other`, and `none` where it is not told";
    stage_seconds: StageSeconds = Histogram "copydesk_stage_duration" "seconds" ["stage"]
        "Time a stage takes for an article; decode and encode count as stages"
        // 50 µs to 6.5 s: a slow article is about a thousand times a quick one.
        = Family::new_with_constructor(|| Seconds::new(exponential_buckets(50e-6, 3.2, 11)));
    latency_seconds: Seconds = Histogram "copydesk_end_to_end_latency" "seconds" []
        "From the input message's timestamp to its acknowledgement"
        // 1 ms to 1,000 s.
        = Seconds::new(exponential_buckets(1e-3, 10f64.sqrt(), 13));
    transaction_seconds: TransactionSeconds = Histogram "copydesk_transaction_duration" "seconds" ["ending"]
        "From a transaction's first message to its commit or abort"
        // 50 ms, below the shortest interval, to 100 s.
        = Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.05, 2.0, 12)));
    in_flight: Gauge = Gauge "copydesk_articles_in_flight" "" []
        "Articles taken and not yet acknowledged";
    in_flight_bytes: Gauge = Gauge "copydesk_in_flight" "bytes" []
        "Bytes taken and not yet acknowledged";
    in_flight_budget_bytes: Gauge = Gauge "copydesk_in_flight_budget" "bytes" []
        "What bytes in flight are held to, worker.in_flight_bytes";
    lag: Gauge = Gauge "copydesk_lag_messages" "" []
        "Messages of the assigned partitions that are not done";
    partition_lag: Family<Partition, Gauge> = Gauge "copydesk_partition_lag_messages" "" ["topic", "partition"]
        "The same, of each assigned partition";
    partition_committed: Family<Partition, Gauge> = Gauge "copydesk_partition_committed_offset" "" ["topic", "partition"]
        "Where a restart would read on, of each assigned partition";
    partitions_assigned: Gauge = Gauge "copydesk_partitions_assigned" "" []
        "Input partitions that are this worker's";
    partitions_paused: Gauge = Gauge "copydesk_partitions_paused" "" []
        "Of these, those whose reading is held back by the budget";
    partitions_unowned: Gauge = Gauge "copydesk_partitions_unowned" "" []
        "Input partitions that no member of the group had when a worker with a name last looked";
    rebalances: Counter = Counter "copydesk_rebalances" "" []
        "Assignments and revocations";
    commit_failures: Counter = Counter "copydesk_commit_failures" "" []
        "Failed commits; they are repeated";
    output_queue: Gauge = Gauge "copydesk_output_queue_messages" "" []
        "Messages sent to the output and not yet acknowledged";
    output_queue_bytes: Gauge = Gauge "copydesk_output_queue" "bytes" []
        "Bytes sent to the output and not yet acknowledged";
    ready: Gauge = Gauge "copydesk_ready" "" []
        "1 while /ready says yes";
    progress_age_seconds: Gauge<f64, AtomicU64> = Gauge "copydesk_progress_age" "seconds" []
        "Since an article was last done, or there was last nothing to do";
    site_memory_hosts: Gauge = Gauge "copydesk_site_memory_hosts" "" []
        "Hosts of which pages are remembered";
    site_memory_bytes: Gauge = Gauge "copydesk_site_memory" "bytes" []
        "What the pages remembered take, about";
    site_memory_unwritten: Gauge = Gauge "copydesk_site_memory_unwritten" "" []
        "Pages learned and not yet handed to the topic that other workers read";
    site_memory_failures: Counter = Counter "copydesk_site_memory_failures" "" []
        "Failed readings and writings of that topic; they are repeated";
    log_lines_withheld: Counter = Counter "copydesk_log_lines_withheld" "" []
        "Warnings and errors not logged because too many of their kind came in a minute";
    build: Build = Info "copydesk_build" "" ["version"]
        "The version that runs" = Build { version: env!("CARGO_PKG_VERSION") };
    process_cpu_seconds: CpuSeconds = Counter "process_cpu" "seconds" []
        "Processor time of all threads, user and system";
    process_resident_bytes: Gauge = Gauge "process_resident_memory" "bytes" []
        "Resident memory";
    process_open_fds: Gauge = Gauge "process_open_fds" "" []
        "Open file descriptors";
    process_max_fds: Gauge = Gauge "process_max_fds" "" []
        "How many file descriptors may be open";
    process_start_seconds: Gauge<f64, AtomicU64> = Gauge "process_start_time" "seconds" []
        "When the worker started, in seconds since 1970" = started();
}

/// Every metric, in the order of the manual.
pub fn declared() -> &'static [Declared] {
    DECLARED
}

impl Metrics {
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }
}

fn started() -> Gauge<f64, AtomicU64> {
    let gauge = Gauge::default();
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge.set(since.map_or(0.0, |since| since.as_secs_f64()));
    gauge
}
