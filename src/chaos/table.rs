//! What the guarantees are to be worth, line by line, and what was found.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::Counts;
use super::report::Report;
use super::{Attack, Failure, Ground, driver, ordering, scenarios, throughput};
use crate::settings::{Guarantee, Order};

const ARTICLES: u64 = 200_000;
const KILLS: usize = 20;
const BOUNCES: usize = 3;
/// Of the worker, after SIGTERM.
const DRAIN_DEADLINE: Duration = Duration::from_secs(25);
const THROUGHPUT_ROUNDS: usize = 5;
const LEAST_RATIO: f64 = 0.95;
const LEAST_GAIN: f64 = 10.0;
pub const SOAK_MINUTES: u64 = 30;
const MOST_MEGABYTES_AN_HOUR: f64 = 1.0;
const MOST_FILES_AN_HOUR: f64 = 1.0;

/// One line.
pub struct Row {
    pub what: &'static str,
    pub target: &'static str,
    pub found: String,
    pub held: bool,
    pub figures: Value,
}

type Measure = fn(&Ground) -> Result<Row, Failure>;

const MEASURES: &[Measure] =
    &[kills_at_least_once, kills_exactly_once, sigterm, all_scenarios, price, keys, soak];

/// All of it, which takes about an hour; told of each line when it is there.
pub fn measure(ground: &Ground, mut tell: impl FnMut(&Row)) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for measure in MEASURES {
        let row = measure(ground)?;
        tell(&row);
        rows.push(row);
    }
    Ok(rows)
}

fn kills_at_least_once(ground: &Ground) -> Result<Row, Failure> {
    let faults = Counts { kills: KILLS, ..Counts::default() };
    let attack = Attack { faults, ..Attack::new(&ground.within("at-least-once"), ARTICLES) };
    Ok(Row::of(
        "SIGKILL × 20 under load, 200,000 articles, at-least-once",
        "0 lost, 0 reordered, duplicates ≤ commit interval × rate",
        &driver::run(&attack)?,
    ))
}

fn kills_exactly_once(ground: &Ground) -> Result<Row, Failure> {
    let faults = Counts { kills: KILLS, bounces: BOUNCES, ..Counts::default() };
    let delivery = Guarantee::ExactlyOnce;
    let ground = ground.within("exactly-once");
    let attack = Attack { faults, delivery, ..Attack::new(&ground, ARTICLES) };
    Ok(Row::of(
        "the same, brokers bounced × 3, exactly-once, live and final readers of committed messages",
        "0 lost, 0 duplicate",
        &driver::run(&attack)?,
    ))
}

fn sigterm(ground: &Ground) -> Result<Row, Failure> {
    let faults = Counts { terminations: 10, ..Counts::default() };
    let attack = Attack { faults, ..Attack::new(&ground.within("sigterm"), ARTICLES / 5) };
    let report = driver::run(&attack)?;
    let mut row = Row::of(
        "SIGTERM × 10 under load",
        "exit 0 within the deadline, 0 duplicates on restart",
        &report,
    );
    row.held &= report.slowest_termination <= DRAIN_DEADLINE;
    row.found += &format!(", slowest end {:.1} s", report.slowest_termination.as_secs_f64());
    Ok(row)
}

fn all_scenarios(ground: &Ground) -> Result<Row, Failure> {
    let outcomes = scenarios::run(&ground.within("scenarios"), &[], |_| ())?;
    let others: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.held())
        .map(|outcome| format!("{} {}", outcome.scenario.name, outcome.verdict()))
        .collect();
    let (all, held) = (outcomes.len(), outcomes.len() - others.len());
    Ok(Row {
        what: "the 20 scenarios",
        target: "all hold",
        found: [vec![format!("{held} of {all} hold")], others].concat().join(", "),
        held: held == all,
        figures: outcomes.iter().map(scenarios::Outcome::json).collect(),
    })
}

fn price(ground: &Ground) -> Result<Row, Failure> {
    let throughput = throughput::measure(&ground.within("throughput"), THROUGHPUT_ROUNDS)?;
    let (ratio, error) = throughput.ratio();
    Ok(Row {
        what: "throughput of exactly-once against at-least-once, real stages, 1 s transactions",
        target: "≥ 95 %",
        found: format!("{:.1} % ± {:.1}", ratio * 100.0, error * 100.0),
        held: ratio >= LEAST_RATIO,
        figures: throughput.json(),
    })
}

fn keys(ground: &Ground) -> Result<Row, Failure> {
    let servers = ground.brokers.as_deref().ok_or("the order of keys needs a real Kafka")?;
    let paces = ordering::measure(&ground.within("ordering"), servers)?;
    let one = paces[0].articles_a_second;
    let by_key = paces.iter().filter(|pace| pace.order == Order::Key);
    let gain = by_key.map(|pace| pace.articles_a_second / one).fold(f64::INFINITY, f64::min);
    let reordered: usize = paces.iter().map(|pace| pace.reordered).sum();
    Ok(Row {
        what: "key order, one partition, 1,000 keys, one article in 100 takes 500 ms",
        target: "≥ 10 × over one after the other, order a key kept",
        found: format!("{gain:.1} ×, {reordered} reordered"),
        held: gain >= LEAST_GAIN && reordered == 0,
        figures: paces.iter().map(|pace| pace.json(one)).collect(),
    })
}

fn soak(ground: &Ground) -> Result<Row, Failure> {
    soaked(&driver::run(&Attack::soak(&ground.within("soak"), SOAK_MINUTES))?)
}

/// What a soak has shown of memory and files. A slope is too steep when chance does not
/// explain it.
pub fn soaked(report: &Report) -> Result<Row, Failure> {
    let trend = report.longest_lived().ok_or("no worker lived long enough to be watched")?;
    let (memory, files) = (trend.resident_bytes_an_hour, trend.open_files_an_hour);
    let (rise, doubt) = (memory.an_hour / 1e6, memory.uncertainty / 1e6);
    let mut row = Row::of(
        "soak, a fault every 30 s",
        "RSS slope ≤ 1 MB/h after warm-up, open files flat",
        report,
    );
    row.held &= rise - doubt <= MOST_MEGABYTES_AN_HOUR;
    row.held &= files.an_hour - files.uncertainty <= MOST_FILES_AN_HOUR;
    row.found += &format!(
        ", RSS {rise:+.1} ± {doubt:.1} MB/h, files {:+.1} ± {:.1} an hour, over {:.0} min",
        files.an_hour,
        files.uncertainty,
        trend.seconds / 60.0
    );
    Ok(row)
}

impl Row {
    fn of(what: &'static str, target: &'static str, report: &Report) -> Self {
        let found = report.summary();
        let held = report.failures().is_empty();
        Self { what, target, found, held, figures: report.json() }
    }

    pub fn json(&self) -> Value {
        json!({
            "what": self.what,
            "target": self.target,
            "found": self.found,
            "held": self.held,
            "figures": self.figures,
        })
    }

    /// A line of Markdown.
    pub fn line(&self) -> String {
        let held = if self.held { "yes" } else { "no" };
        format!("| {} | {} | {} | {held} |", self.what, self.target, self.found)
    }
}
