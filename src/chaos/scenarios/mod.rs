//! The scenarios in which a worker must hold, each by its name in the report: what happens
//! to it, and what must be true all the same.
//!
//! Most are runs under load ([`under_load`]). The others follow a script of their own on a
//! [`rig::Rig`]: what they do depends on what the worker has done.

mod dead_letters;
mod offsets;
mod poison;
mod refused;
pub(super) mod rig;
mod secured;
mod settings;
mod under_load;

use std::time::Instant;

use serde_json::{Value, json};

use super::report::Report;
use super::{Attack, Failure, Ground, driver};

pub struct Scenario {
    pub name: &'static str,
    /// What must hold.
    pub holds: &'static str,
    run: fn(&Ground) -> Result<Finding, Failure>,
}

/// What a scenario has shown.
#[derive(Debug, Default)]
pub struct Finding {
    /// Why it does not hold; empty where it does.
    pub failures: Vec<String>,
    /// What it would have taken to be run at all.
    pub lacking: Option<&'static str>,
    pub figures: serde_json::Map<String, Value>,
}

/// One scenario, when it is over.
pub struct Outcome {
    pub scenario: &'static Scenario,
    pub finding: Finding,
    pub seconds: f64,
}

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "sigkill_loop",
        holds: "20 kills lose and move nothing, repeat no more than a commit interval, and \
                exactly-once nothing",
        run: under_load::sigkill_loop,
    },
    Scenario {
        name: "sigterm_under_load",
        holds: "exit code 0 within the deadline, and nothing comes twice",
        run: under_load::sigterm_under_load,
    },
    Scenario {
        name: "sigstop_past_the_session",
        holds: "a worker that wakes up without its partitions undoes nothing of their new owner",
        run: under_load::sigstop_past_the_session,
    },
    Scenario {
        name: "members_come_and_go",
        holds: "with every assignor, static names and the newer protocol nothing is lost or twice",
        run: under_load::members_come_and_go,
    },
    Scenario {
        name: "late_acks",
        holds: "what is acknowledged after its partition went is void, and its new owner does it",
        run: under_load::late_acks,
    },
    Scenario {
        name: "brokers_away",
        holds: "all partitions go on within 10 s of their return, in bounded memory",
        run: under_load::brokers_away,
    },
    Scenario {
        name: "produce_errors",
        holds: "errors that pass cost nothing; of a refused batch the guilty one alone is dead",
        run: refused::produce_errors,
    },
    Scenario {
        name: "commit_errors",
        holds: "commits of every failure are made again, and nothing is lost or moved",
        run: under_load::commit_errors,
    },
    Scenario {
        name: "poison",
        holds: "what cannot be read, panics or does not end is dead, and its neighbours are not",
        run: poison::poison,
    },
    Scenario {
        name: "dead_letters_refused",
        holds: "without its dead letter nothing is skipped: the worker halts, and goes on later",
        run: dead_letters::refused,
    },
    Scenario {
        name: "all_input_bad",
        holds: "the limiter halts the worker before the topic is emptied into dead letters",
        run: dead_letters::all_input_bad,
    },
    Scenario {
        name: "slow_output",
        holds: "round trips of 2 s cost no membership and no memory",
        run: under_load::slow_output,
    },
    Scenario {
        name: "lag_burst",
        holds: "a backlog is read in bounded memory, each message once and in order",
        run: under_load::lag_burst,
    },
    Scenario {
        name: "hot_key",
        holds: "a partition of one key keeps its order in key order, too",
        run: under_load::hot_key,
    },
    Scenario {
        name: "offset_out_of_range",
        holds: "the policy is kept, and error means halt",
        run: offsets::out_of_range,
    },
    Scenario {
        name: "partitions_added",
        holds: "new partitions are read from their first message",
        run: offsets::partitions_added,
    },
    Scenario {
        name: "transactions_cut_off",
        holds: "aborted, expired and ambiguous transactions are seen by no committed reader",
        run: under_load::transactions_cut_off,
    },
    Scenario {
        name: "tls_and_sasl",
        holds: "good credentials work, bad and expired ones do not, either way",
        run: secured::tls_and_sasl,
    },
    Scenario {
        name: "settings_and_secrets",
        holds: "no settings make it panic, and no secret is ever shown",
        run: settings::settings_and_secrets,
    },
    Scenario {
        name: "soak",
        holds: "under a fault every 30 s memory and files stay what they are",
        run: under_load::soak,
    },
];

/// Runs those that are named, or all, and tells of each when it is over.
pub fn run(
    ground: &Ground,
    named: &[String],
    mut tell: impl FnMut(&Outcome),
) -> Result<Vec<Outcome>, Failure> {
    let unknown = named.iter().find(|name| !SCENARIOS.iter().any(|it| it.name == **name));
    if let Some(name) = unknown {
        return Err(format!("no scenario is called {name}"));
    }
    let mut outcomes = Vec::new();
    for scenario in SCENARIOS {
        if !named.is_empty() && !named.iter().any(|name| name == scenario.name) {
            continue;
        }
        let began = Instant::now();
        // One that could not be run says nothing of the others.
        let finding = (scenario.run)(&ground.within(scenario.name))
            .unwrap_or_else(|failure| Finding { failures: vec![failure], ..Finding::default() });
        let outcome = Outcome { scenario, finding, seconds: began.elapsed().as_secs_f64() };
        tell(&outcome);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

impl Outcome {
    pub fn held(&self) -> bool {
        self.finding.failures.is_empty() && self.finding.lacking.is_none()
    }

    pub fn verdict(&self) -> &'static str {
        match (&self.finding.lacking, self.finding.failures.is_empty()) {
            (Some(_), _) => "not run",
            (None, true) => "held",
            (None, false) => "failed",
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "name": self.scenario.name,
            "holds": self.scenario.holds,
            "verdict": self.verdict(),
            "lacking": self.finding.lacking,
            "failures": self.finding.failures,
            "seconds": self.seconds.round(),
            "figures": self.finding.figures,
        })
    }
}

impl Finding {
    fn lacking(what: &'static str) -> Self {
        Self { lacking: Some(what), ..Self::default() }
    }

    /// Makes an attack and takes in what it has shown, under `label`.
    fn attack(&mut self, label: &str, mut attack: Attack) -> Result<Report, Failure> {
        attack.ground = attack.ground.within(label);
        let report = driver::run(&attack)?;
        self.require(label, report.failures());
        self.figures.insert(label.to_owned(), report.figures());
        Ok(report)
    }

    fn require(&mut self, label: &str, failures: impl IntoIterator<Item = String>) {
        self.failures.extend(failures.into_iter().map(|failure| format!("{label}: {failure}")));
    }

    fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.failures.push(otherwise());
        }
    }

    fn note(&mut self, name: &str, figure: impl Into<Value>) {
        self.figures.insert(name.to_owned(), figure.into());
    }
}
