//! A memory of sites that is kept in a compacted topic: all workers of a group read all of
//! it and write what they learn, so that they share it and a new one does not start blind.
//!
//! A record is one place of one host with the page that is in it, see
//! [`crate::site::record`]. Workers never merge: the last record of a place holds, for
//! whoever reads, and a page that two of them have learned is one record. The topic is as
//! large as the memory; what a worker forgets to stay within its bounds it empties there.
//!
//! The thread that does this has clients of its own. Articles wait neither for it nor for
//! the topic: what cannot be written waits, and is known to its own worker meanwhile.

mod keeper;
mod topic;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

pub use topic::faults;

use crate::error::TransportError;
use crate::settings::{KafkaSettings, SiteMemorySettings};
use crate::site::{
    Address, Bounds, Hosts, Page, Place, Shown, SiteMemory, SiteView, Standing, place_of,
};
use keeper::Keeper;

/// For the brokers to say whether the topic will do.
const PATIENCE: Duration = Duration::from_secs(5);

/// Places that wait for the topic; of what is beyond, others do not hear until its pages
/// come again.
const MOST_UNWRITTEN: usize = 500_000;

pub struct KafkaMemory {
    shared: Arc<Shared>,
    closing: Closing,
    closed: oneshot::Receiver<()>,
    close_timeout: Duration,
}

/// A view of a [`KafkaMemory`] for those who work on articles.
#[derive(Clone)]
pub struct SharedMemory(Arc<Shared>);

struct Shared {
    hosts: Mutex<Hosts>,
    /// Places whose page, or emptiness, is not in the topic yet.
    unwritten: Mutex<HashSet<Place>>,
    failures: AtomicU64,
    /// Whether the last writing failed: an outage is told once.
    is_failing: AtomicBool,
}

/// Ends the thread when it is dropped, so that a memory that is not closed leaves none
/// behind.
struct Closing(Arc<AtomicBool>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl KafkaMemory {
    /// Reads the topic to its end, as far as the time for it allows. A topic that is not
    /// there, or is no good, is told of and no reason not to start: it is looked for again
    /// and again, and the memory is the worker's own until then.
    pub async fn open(
        kafka: &KafkaSettings,
        settings: &SiteMemorySettings,
    ) -> Result<Self, TransportError> {
        for fault in faults(kafka, &settings.topic, PATIENCE).await {
            tracing::error!(fault, "site memory is not shared as it should be");
        }
        let shared = Arc::new(Shared {
            hosts: Mutex::new(Hosts::new(Bounds::of(settings))),
            unwritten: Mutex::default(),
            failures: AtomicU64::new(0),
            is_failing: AtomicBool::new(false),
        });
        let closing = Arc::new(AtomicBool::new(false));
        let close_timeout = Duration::from_millis(kafka.close_timeout_millis);
        let keeper = Keeper {
            shared: shared.clone(),
            kafka: kafka.clone(),
            topic: settings.topic.clone(),
            write_interval: Duration::from_millis(settings.write_interval_millis),
            close_timeout,
            closing: closing.clone(),
        };
        let (tell_read, read) = oneshot::channel();
        let (tell_closed, closed) = oneshot::channel();
        std::thread::Builder::new()
            .name("site-memory".into())
            .spawn(move || {
                keeper.run(tell_read);
                // Whoever waited may have given up.
                let _ = tell_closed.send(());
            })
            .map_err(|error| TransportError::Fatal {
                attempted: "start the thread of the site memory",
                why: error.to_string(),
            })?;
        let limit = Duration::from_millis(settings.load_timeout_millis);
        let is_read = tokio::time::timeout(limit, read).await.is_ok();
        let Standing { hosts, bytes, .. } = shared.standing();
        if is_read {
            tracing::info!(topic = settings.topic, hosts, bytes, "site memory is read");
        } else {
            tracing::warn!(
                topic = settings.topic,
                hosts,
                limit_millis = limit.as_millis(),
                "site memory is not read in time, starting without the rest"
            );
        }
        Ok(Self { shared, closing: Closing(closing), closed, close_timeout })
    }

    pub fn share(&self) -> SharedMemory {
        SharedMemory(self.shared.clone())
    }

    /// Writes what is not written, within the time that closing may take.
    pub async fn close(self) {
        drop(self.closing);
        let limit = self.close_timeout + Duration::from_secs(1);
        if tokio::time::timeout(limit, self.closed).await.is_err() {
            tracing::warn!(
                limit_millis = limit.as_millis(),
                "site memory did not close in time, leaving it"
            );
        }
    }
}

impl SiteMemory for SharedMemory {
    fn view(&self, address: &Address) -> SiteView {
        SiteView::new(self.0.hosts().others(address))
    }

    fn learn(&self, address: &Address, shown: Shown) {
        let page = Page::new(address.page, shown);
        let place = Place { host: address.host.as_str().into(), number: place_of(page.id()) };
        let mut hosts = self.0.hosts();
        if hosts.is_news(&address.host, &page) {
            let emptied = hosts.put(&address.host, page);
            drop(hosts);
            self.0.leave_unwritten(emptied.into_iter().chain([place]));
        }
    }

    fn standing(&self) -> Standing {
        self.0.standing()
    }
}

impl Shared {
    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        // Nothing under the lock can stop half-way.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unwritten(&self) -> MutexGuard<'_, HashSet<Place>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave_unwritten(&self, places: impl IntoIterator<Item = Place>) {
        let mut unwritten = self.unwritten();
        for place in places {
            if unwritten.len() < MOST_UNWRITTEN {
                unwritten.insert(place);
            }
        }
    }

    fn standing(&self) -> Standing {
        let (hosts, bytes) = {
            let hosts = self.hosts();
            (hosts.len(), hosts.bytes())
        };
        Standing {
            hosts,
            bytes,
            unwritten: self.unwritten().len(),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }

    /// Counts a failure; told only where the one before was no failure.
    fn mark_failed(&self, attempted: &str, why: &dyn std::fmt::Display) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(attempted, %why, "site memory is not shared for now");
        }
    }

    fn mark_well(&self) {
        if self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("site memory is shared again");
        }
    }
}
