//! Site memory: what the stream itself shows of a site. Whatever recurs on the pages of
//! a host is its furniture, in any language and without markup.
//!
//! Of each page, fingerprints of its short or low-prose blocks are remembered, and of
//! the paragraphs of its article a few, by which versions of one story are told. An
//! article brings a [`SiteView`] of its host's other pages to the stages; what the page
//! itself showed is learned when its article is done.

mod address;
mod hosts;
mod page;
pub mod record;
mod view;

pub use address::{Address, PageId};
pub use hosts::{Bounds, Hosts, PLACES, Place, place_of};
pub use page::{MOST_BLOCKS, MOST_PARAGRAPHS, Page, Shown, Wording};
pub use view::{Others, SiteView};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of what is remembered and how it decides. Another version neither reads what this
/// one has learned nor explains what it decided.
pub const VERSION: u8 = 2;

/// Remembers pages by host. Shared by all threads that work on articles; takes
/// microseconds and never waits for anything.
pub trait SiteMemory: Send + Sync {
    /// What is known of the site but for the page itself.
    fn view(&self, address: &Address) -> SiteView;

    /// A page's article is done. A page that comes again is not another page.
    fn learn(&self, address: &Address, shown: Shown);

    fn standing(&self) -> Standing;
}

/// How a memory stands, for those who report it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    pub hosts: usize,
    /// That the hosts' pages take, about.
    pub bytes: usize,
    /// Places learned here that others cannot know yet.
    pub unwritten: usize,
    /// Failed writings and readings since the start.
    pub failures: u64,
}

/// A memory that ends with the process.
pub struct LocalMemory {
    hosts: Mutex<Hosts>,
}

impl LocalMemory {
    pub fn new(bounds: Bounds) -> Self {
        Self { hosts: Mutex::new(Hosts::new(bounds)) }
    }

    pub fn hosts(&self) -> MutexGuard<'_, Hosts> {
        // Nothing in here can stop half-way.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SiteMemory for LocalMemory {
    fn view(&self, address: &Address) -> SiteView {
        SiteView::new(self.hosts().others(address))
    }

    fn learn(&self, address: &Address, shown: Shown) {
        let page = Page::new(address.page, shown);
        let mut hosts = self.hosts();
        if hosts.is_news(&address.host, &page) {
            hosts.put(&address.host, page);
        }
    }

    fn standing(&self) -> Standing {
        let hosts = self.hosts();
        Standing { hosts: hosts.len(), bytes: hosts.bytes(), ..Standing::default() }
    }
}
