//! Proof of the guarantees by attack, for `copydesk-chaos`: a writer stamps every article,
//! workers are killed, stopped, resumed, added and told to end while they work, brokers go
//! and come back, and a reader that shares no code with the worker's transport holds what
//! came out against what went in.
//!
//! A run is a function of its seed: what is written, which faults strike whom, and after
//! how many articles. Only the clock is not.

pub mod articles;
pub mod broker;
pub mod driver;
pub mod faults;
pub mod ledger;
pub mod progress;
pub mod reader;
pub mod report;
pub mod workers;
pub mod writer;

use std::path::PathBuf;

use crate::settings::{Guarantee, Order};
use faults::Counts;

/// What is to be done to whom.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub seed: u64,
    pub articles: u64,
    pub partitions: u32,
    pub keys: u64,
    /// Workers that are to be there all the time.
    pub workers: usize,
    pub delivery: Guarantee,
    /// What the workers keep in order, and the reader holds them to.
    pub order: Order,
    pub faults: Counts,
    /// Worker settings, `section.key=value`, over those of the harness.
    pub settings: Vec<String>,
    /// The worker's binary.
    pub binary: PathBuf,
    /// `host:port,…` of a real Kafka; none for an embedded broker in a process of its own.
    pub brokers: Option<String>,
    /// What bounces the real brokers, for a shell.
    pub bounce_with: Option<String>,
    /// Where the workers' logs go.
    pub logs: PathBuf,
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
