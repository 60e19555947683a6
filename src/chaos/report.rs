//! What a run has found, as JSON and as one line.

use std::time::Duration;

use serde_json::{Value, json};

use super::Attack;
use super::ledger::{Ledger, Tally};
use super::progress::Recovery;
use super::workers::Trend;
use crate::settings::{Choice, Guarantee, KafkaSettings};

const MEGABYTE: f64 = 1e6;

pub struct Report {
    pub attack: Attack,
    pub brokers: &'static str,
    pub sent: u64,
    /// By the final reader that sees only what is committed: this is judged.
    pub committed: Read,
    pub uncommitted: Read,
    /// By the reader that ran along.
    pub live: Read,
    /// Input that the group has left uncommitted after all workers had ended.
    pub not_committed: u64,
    /// What the embedded broker has forgotten: a run with any proves nothing.
    pub thrown_away: u64,
    pub recoveries: Vec<Recovery>,
    pub struck_all: bool,
    pub faulty_ends: Vec<String>,
    pub slowest_termination: Duration,
    pub trends: Vec<Trend>,
    pub peak_resident_bytes: f64,
    pub seconds: f64,
    pub busiest_second: u64,
    pub steady_rate: Option<f64>,
    /// The longest that a partition showed nothing new between two articles.
    pub standstill: Duration,
}

/// What one reader has found.
pub struct Read {
    pub tally: Tally,
    pub complaints: Vec<String>,
}

impl Read {
    pub fn of(ledger: &Ledger) -> Self {
        Self { tally: ledger.tally(), complaints: ledger.complaints() }
    }
}

impl Report {
    pub fn summary(&self) -> String {
        let Tally { missing, duplicate, reordered, changed, .. } = self.committed.tally;
        format!("missing {missing} duplicate {duplicate} reordered {reordered} changed {changed}")
    }

    /// Why the run has failed; empty when it has not.
    pub fn failures(&self) -> Vec<String> {
        let final_one = ("the final reader", &self.committed.tally);
        // The live reader saw the same messages, but perhaps not to the end.
        let live = ("the live reader", &Tally { missing: 0, ..self.live.tally });
        let mut failures = Vec::new();
        for (reader, tally) in [final_one, live] {
            for (count, what) in [
                (tally.missing, "missing"),
                (tally.reordered, "reordered"),
                (tally.changed, "changed"),
                (if self.may_repeat() { 0 } else { tally.duplicate }, "repeated"),
            ] {
                if count > 0 {
                    failures.push(format!("{reader} found {count} {what}"));
                }
            }
        }
        for (count, what) in [
            (self.attack.articles - self.sent, "articles were not written"),
            (self.not_committed, "messages of the input were left uncommitted"),
            (self.thrown_away, "messages were thrown away by the embedded broker"),
        ] {
            if count > 0 {
                failures.push(format!("{count} {what}"));
            }
        }
        if let Some(allowed) = self.repetitions_allowed()
            && self.committed.tally.duplicate > allowed
        {
            let found = self.committed.tally.duplicate;
            failures.push(format!("{found} came again, and faults explain {allowed}"));
        }
        if !self.struck_all {
            failures.push("not all faults struck: the output stood still".into());
        }
        failures.extend(self.faulty_ends.iter().cloned());
        failures
    }

    pub fn json(&self) -> Value {
        let attack = &self.attack;
        let faults: serde_json::Map<String, Value> = attack
            .faults
            .each()
            .into_iter()
            .map(|(fault, count)| (fault.as_str().to_owned(), count.into()))
            .collect();
        let rate = self.sent as f64 / self.seconds;
        json!({
            "attack": {
                "brokers": self.brokers,
                "seed": attack.ground.seed,
                "articles": attack.articles,
                "partitions": attack.partitions,
                "keys": attack.keys,
                "workers": attack.workers,
                "delivery": attack.delivery.as_str(),
                "order": attack.order.as_str(),
                "settings": attack.settings,
                "faults": faults,
            },
            "sent": self.sent,
            "seconds": rounded(self.seconds),
            "articles_a_second": rounded(rate),
            "steady_articles_a_second": self.steady_rate.map(rounded),
            "articles_in_the_busiest_second": self.busiest_second,
            "read_committed": read(&self.committed),
            "read_uncommitted": read(&self.uncommitted),
            "live": read(&self.live),
            "input_left_uncommitted": self.not_committed,
            "thrown_away_by_embedded_broker": self.thrown_away,
            "recoveries": self.recoveries.iter().map(recovery).collect::<Vec<_>>(),
            "repetitions_allowed": self.repetitions_allowed(),
            "slowest_recovery_seconds": self.slowest_recovery().map(rounded),
            "longest_standstill_seconds": rounded(self.standstill.as_secs_f64()),
            "slowest_termination_seconds": rounded(self.slowest_termination.as_secs_f64()),
            "peak_resident_megabytes": rounded(self.peak_resident_megabytes()),
            "memory": self.longest_lived().map(trend),
            "failures": self.failures(),
        })
    }

    /// What tells one run from another, for a report on many.
    pub fn figures(&self) -> Value {
        json!({
            "found": self.summary(),
            "articles": self.sent,
            "seconds": rounded(self.seconds),
            "repetitions_allowed": self.repetitions_allowed(),
            "slowest_recovery_seconds": self.slowest_recovery().map(rounded),
            "longest_standstill_seconds": rounded(self.standstill.as_secs_f64()),
            "slowest_termination_seconds": rounded(self.slowest_termination.as_secs_f64()),
            "peak_resident_megabytes": rounded(self.peak_resident_megabytes()),
            "memory": self.longest_lived().map(trend),
        })
    }

    /// Of any worker.
    pub fn peak_resident_megabytes(&self) -> f64 {
        self.peak_resident_bytes / MEGABYTE
    }

    /// At least once, where workers are killed and nothing else happens: what came out in the
    /// time between two commits, at the highest rate there was, each time. `None` where that
    /// is no measure: brokers that start again store outputs before they take commits.
    fn repetitions_allowed(&self) -> Option<u64> {
        let Attack { delivery, faults, settings, .. } = &self.attack;
        let kills = faults.kills;
        if *delivery == Guarantee::ExactlyOnce || kills == 0 || kills != faults.total() {
            return None;
        }
        let interval = settings
            .iter()
            .rev()
            .find_map(|setting| setting.strip_prefix("kafka.commit_interval_millis="))
            .and_then(|millis| millis.parse().ok())
            .unwrap_or(KafkaSettings::default().commit_interval_millis);
        Some(kills as u64 * self.busiest_second * interval / 1_000)
    }

    /// At least once, and then only what cuts a worker off may.
    fn may_repeat(&self) -> bool {
        self.attack.delivery == Guarantee::AtLeastOnce
            && (self.attack.may_repeat || self.attack.faults.may_repeat())
    }

    pub fn slowest_recovery(&self) -> Option<f64> {
        self.recoveries.iter().filter_map(|it| it.took).map(|it| it.as_secs_f64()).reduce(f64::max)
    }

    /// The worker that tells most of how memory and files go.
    pub fn longest_lived(&self) -> Option<&Trend> {
        self.trends.iter().max_by(|one, other| one.seconds.total_cmp(&other.seconds))
    }
}

fn read(read: &Read) -> Value {
    let Tally { received, missing, duplicate, reordered, changed } = read.tally;
    json!({
        "received": received,
        "missing": missing,
        "duplicate": duplicate,
        "reordered": reordered,
        "changed": changed,
        "complaints": read.complaints,
    })
}

fn recovery(recovery: &Recovery) -> Value {
    json!({
        "fault": recovery.fault,
        "at_seconds": rounded(recovery.struck.as_secs_f64()),
        // Null where the run ended before.
        "seconds": recovery.took.map(|took| rounded(took.as_secs_f64())),
    })
}

fn trend(trend: &Trend) -> Value {
    json!({
        "seconds_watched": rounded(trend.seconds),
        "resident_megabytes_an_hour": rounded(trend.resident_bytes_an_hour.an_hour / MEGABYTE),
        "resident_megabytes_an_hour_give_or_take":
            rounded(trend.resident_bytes_an_hour.uncertainty / MEGABYTE),
        "open_files_an_hour": rounded(trend.open_files_an_hour.an_hour),
        "open_files_an_hour_give_or_take": rounded(trend.open_files_an_hour.uncertainty),
    })
}

/// To milliseconds, kilobytes and the like.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
