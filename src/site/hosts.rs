//! The pages that are remembered, by host, within bounds.

use std::collections::HashMap;
use std::sync::Arc;

use crate::settings::SiteMemorySettings;
use crate::site::{Address, Page, PageId};

/// Places that a host has for pages. A page's place follows from its address, and a
/// page that comes to a taken place takes it over. So the memory of a host holds its
/// recent pages, forgets a layout within a few times as many pages, counts a page once
/// however often it comes, and comes out the same wherever the same pages were put in
/// the same order in each place: what workers tell each other needs no merging.
pub const PLACES: usize = 32;

/// How much may be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub hosts: usize,
    /// Of all hosts together, about.
    pub bytes: usize,
}

impl Bounds {
    pub fn of(settings: &SiteMemorySettings) -> Self {
        Self { hosts: settings.hosts, bytes: settings.bytes }
    }
}

/// One place of one host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub host: Arc<str>,
    pub number: u8,
}

/// Hosts with their pages; those that were learned from longest ago are forgotten first.
pub struct Hosts {
    bounds: Bounds,
    known: HashMap<Arc<str>, Host>,
    bytes: usize,
    /// Counts what was learned.
    time: u64,
}

struct Host {
    pages: [Option<Arc<Page>>; PLACES],
    bytes: usize,
    /// When it was last learned from.
    learned: u64,
}

impl Hosts {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, known: HashMap::new(), bytes: 0, time: 0 }
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// That the memory takes, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The pages of the host but for the one that is asked for.
    pub fn others(&self, address: &Address) -> Vec<Arc<Page>> {
        let pages = self.known.get(address.host.as_str()).into_iter().flat_map(|host| &host.pages);
        pages.flatten().filter(|page| page.id() != address.page).cloned().collect()
    }

    /// The page in a place.
    pub fn page(&self, place: &Place) -> Option<Arc<Page>> {
        self.known.get(&place.host)?.pages.get(usize::from(place.number))?.clone()
    }

    /// Whether the page adds to what is known. It does not where it is known already as
    /// it is, or where its story is known from another address.
    pub fn is_news(&self, host: &str, page: &Page) -> bool {
        let Some(host) = self.known.get(host) else { return true };
        !host.pages.iter().flatten().any(|known| {
            **known == *page
                || known.id() != page.id() && known.shown().tells_same_story(page.shown())
        })
    }

    /// Puts the page in its place, and forgets what is beyond the bounds: the places of
    /// the forgotten hosts are returned.
    pub fn put(&mut self, host: &str, page: Page) -> Vec<Place> {
        self.time += 1;
        let number = place_of(page.id());
        let bytes = page.bytes();
        let name: Arc<str> = match self.known.get_key_value(host) {
            Some((name, _)) => name.clone(),
            None => host.into(),
        };
        let known = self.known.entry(name.clone()).or_insert_with(|| {
            let bytes = Host::bytes_of(&name);
            self.bytes += bytes;
            Host { pages: [const { None }; PLACES], bytes, learned: 0 }
        });
        known.learned = self.time;
        let before = known.pages[usize::from(number)].replace(Arc::new(page));
        let freed = before.map_or(0, |page| page.bytes());
        known.bytes = known.bytes + bytes - freed;
        self.bytes = self.bytes + bytes - freed;
        self.forget_beyond_bounds()
    }

    /// Empties a place; a host without pages is forgotten.
    pub fn clear(&mut self, host: &str, number: u8) {
        let Some(known) = self.known.get_mut(host) else { return };
        let Some(place) = known.pages.get_mut(usize::from(number)) else { return };
        let freed = place.take().map_or(0, |page| page.bytes());
        known.bytes -= freed;
        self.bytes -= freed;
        if known.pages.iter().all(Option::is_none) {
            self.forget(host);
        }
    }

    fn forget(&mut self, host: &str) {
        if let Some(known) = self.known.remove(host) {
            self.bytes -= known.bytes;
        }
    }

    /// One host in sixteen at once, so that the search for the oldest is paid for by
    /// many that are learned.
    fn forget_beyond_bounds(&mut self) -> Vec<Place> {
        let mut emptied = Vec::new();
        while self.known.len() > self.bounds.hosts || self.bytes > self.bounds.bytes {
            let mut times: Vec<u64> = self.known.values().map(|host| host.learned).collect();
            let (_, &mut oldest, _) = times.select_nth_unstable(self.known.len() / 16);
            let gone = self.known.iter().filter(|(_, host)| host.learned <= oldest);
            let gone: Vec<Arc<str>> = gone.map(|(name, _)| name.clone()).collect();
            for host in gone {
                emptied.extend(
                    self.known[&host].places().map(|number| Place { host: host.clone(), number }),
                );
                self.forget(&host);
            }
        }
        emptied
    }
}

impl Host {
    /// Of a host without pages.
    fn bytes_of(name: &str) -> usize {
        /// The entry in the map, with its share of empty ones, and the name's counters.
        const OVERHEAD: usize = size_of::<Host>() + size_of::<Arc<str>>() + 64;
        OVERHEAD + OVERHEAD / 4 + name.len()
    }

    fn places(&self) -> impl Iterator<Item = u8> {
        (0u8..).zip(&self.pages).filter(|(_, page)| page.is_some()).map(|(number, _)| number)
    }
}

pub fn place_of(page: PageId) -> u8 {
    // The upper bits of a fingerprint are the better mixed ones.
    (page.0 >> (u64::BITS - PLACES.ilog2())) as u8
}
