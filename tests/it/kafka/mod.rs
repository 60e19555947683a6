//! Source and sink on real protocol: on the embedded broker always, and the
//! same on a real one when `COPYDESK_TEST_BROKERS` names it (`host:port,…`).
//!
//! The embedded broker hides nothing and fences nobody, so nothing here proves
//! more than delivery at least once.

mod broker;

mod codes;
mod dead_letters;
mod faults;
mod group;
mod lanes;
mod memory;
mod properties;
mod reachable;
mod rebalance;
#[cfg(feature = "tls")]
mod security;
mod sink;
mod source;
mod worker;
