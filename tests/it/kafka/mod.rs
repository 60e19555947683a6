//! Source and sink on real protocol: on the embedded broker always, and the
//! same on a real one when `COPYDESK_TEST_BROKERS` names it (`host:port,…`).
//!
//! The embedded broker keeps no offsets of transactions, hides no aborted message and
//! fences nobody, so on it nothing here proves more than delivery at least once;
//! what proves more asks for a real one.

mod broker;

mod codes;
mod dead_letters;
mod faults;
mod group;
mod lanes;
mod memory;
mod proof;
mod properties;
mod reachable;
mod rebalance;
#[cfg(feature = "tls")]
mod security;
mod sink;
mod source;
mod transactions;
mod unowned;
mod worker;
