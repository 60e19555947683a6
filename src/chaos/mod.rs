//! Proof of the guarantees by attack, for `copydesk-chaos`: a writer stamps every article,
//! workers are killed, stopped, resumed, added and told to end while they work, brokers go
//! and come back, and a reader that shares no code with the worker's transport holds what
//! came out against what went in.
//!
//! A run is a function of its seed: what is written, which faults strike whom, and after
//! how many articles. Only the clock is not.

pub mod admin;
pub mod articles;
pub mod broker;
pub mod driver;
pub mod faults;
pub mod ledger;
mod local;
pub mod names;
pub mod ordering;
pub mod progress;
pub mod reader;
pub mod report;
pub mod scenarios;
pub mod table;
pub mod throughput;
pub mod workers;
pub mod writer;

use std::path::PathBuf;

use crate::settings::{Guarantee, Order};
use faults::Counts;

/// Where attacks are made, and with what.
#[derive(Debug, Clone)]
pub struct Ground {
    pub seed: u64,
    /// The worker's binary.
    pub binary: PathBuf,
    /// `host:port,…` of a real Kafka; none for an embedded broker in a process of its own.
    pub brokers: Option<String>,
    /// What bounces the real brokers, for a shell.
    pub bounce_with: Option<String>,
    /// The folder that tests/kafka/secured.sh makes, of a broker that asks who is there.
    pub secured: Option<PathBuf>,
    /// Where the workers' logs go.
    pub logs: PathBuf,
}

/// What is to be done to whom.
#[derive(Debug, Clone)]
pub struct Attack {
    pub ground: Ground,
    pub articles: u64,
    pub partitions: u32,
    /// Different keys in each partition.
    pub keys: u64,
    /// Workers that are to be there all the time.
    pub workers: usize,
    pub delivery: Guarantee,
    /// What the workers keep in order, and the reader holds them to.
    pub order: Order,
    pub faults: Counts,
    pub pace: Pace,
    /// Something may come twice though no fault cuts a worker off.
    pub may_repeat: bool,
    /// The first worker is never ended before the end, so that it can be watched for long.
    pub spares_first: bool,
    /// Worker settings, `section.key=value`, over those of the harness; `{slot}` stands for
    /// the number of a worker's place.
    pub settings: Vec<String>,
}

/// How articles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Not far ahead of what has come out, so that faults strike while there is something to
    /// do, and a run does not end before its workers have recovered.
    Ahead,
    /// All before the first worker starts.
    Burst,
    /// So many a second.
    Rate(u64),
}

impl Attack {
    /// No fault yet, and two workers as they are by default.
    pub fn new(ground: &Ground, articles: u64) -> Self {
        Self {
            ground: ground.clone(),
            articles,
            partitions: 24,
            keys: 1_000,
            workers: 2,
            delivery: Guarantee::AtLeastOnce,
            order: Order::Partition,
            faults: Counts::default(),
            pace: Pace::Ahead,
            may_repeat: false,
            spares_first: false,
            settings: Vec::new(),
        }
    }
}

/// Of a soak: far below what a core does, so that faults and not the load tell.
const SOAK_RATE: u64 = 200;
const SOAK_FAULT_SECONDS: u64 = 30;

impl Attack {
    /// A fault of any kind every 30 seconds, for so many minutes, at a steady rate.
    pub fn soak(ground: &Ground, minutes: u64) -> Self {
        let total = (minutes * 60 / SOAK_FAULT_SECONDS - 1) as usize;
        let bounces = if ground.can_bounce() { total / 5 } else { 0 };
        let (pauses, terminations, joins) = (total / 5, total / 5, total / 5);
        let kills = total - bounces - pauses - terminations - joins;
        Self {
            faults: Counts { kills, pauses, terminations, joins, bounces, ..Counts::default() },
            pace: Pace::Rate(SOAK_RATE),
            spares_first: true,
            ..Self::new(ground, minutes * 60 * SOAK_RATE)
        }
    }
}

impl Ground {
    pub fn can_bounce(&self) -> bool {
        self.brokers.is_none() || self.bounce_with.is_some()
    }

    /// The same, with a folder of its own for logs.
    pub fn within(&self, name: &str) -> Self {
        Self { logs: self.logs.join(name.replace(' ', "-")), ..self.clone() }
    }
}

/// Why a run could not be made, as opposed to one that found something.
pub type Failure = String;

/// A reproducible sequence of numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }
}
