//! What came out, held against what went in. Knows nothing of Kafka.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::articles::{Articles, HASH_HEADER, Kind, PARTITION_HEADER, SEQUENCE_HEADER, hash_of};
use crate::settings::Order;
use crate::transport::Headers;

/// Complaints that are kept word for word; all are counted.
const COMPLAINTS: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Output,
    DeadLetter,
}

/// A message as it was found.
#[derive(Debug, Clone)]
pub struct Found {
    pub topic: Topic,
    pub partition: i32,
    pub offset: i64,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
    pub timestamp_millis: Option<i64>,
}

/// What a found message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    First {
        partition: u32,
    },
    Duplicate,
    /// It is none of what was written.
    Foreign,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub received: u64,
    pub missing: u64,
    pub duplicate: u64,
    pub reordered: u64,
    pub changed: u64,
}

pub struct Ledger {
    articles: Articles,
    order: Order,
    /// By partition and sequence: a digest of what was found first.
    seen: Vec<Vec<Option<u64>>>,
    /// The last sequence of each place that keeps order.
    last: HashMap<(Topic, u32, String), u64>,
    tally: Tally,
    complaints: Vec<String>,
}

impl Ledger {
    pub fn new(articles: &Articles, order: Order) -> Self {
        let of_partition = |partition| {
            vec![None; usize::try_from(articles.in_partition(partition)).expect("they fit memory")]
        };
        Self {
            articles: articles.clone(),
            order,
            seen: (0..articles.partitions).map(of_partition).collect(),
            last: HashMap::new(),
            tally: Tally::default(),
            complaints: Vec::new(),
        }
    }

    pub fn enter(&mut self, found: &Found) -> Finding {
        self.tally.received += 1;
        let Some((partition, sequence)) = self.stamp(found) else {
            self.change(found, "is none of what was written");
            return Finding::Foreign;
        };
        for what in self.changes(found, partition, sequence) {
            self.change(found, what);
        }
        let digest = digest(found);
        let place = &mut self.seen[partition as usize][sequence as usize];
        if let Some(first) = *place {
            self.tally.duplicate += 1;
            if first != digest {
                self.change(found, "differs from its first occurrence");
            }
            return Finding::Duplicate;
        }
        *place = Some(digest);
        self.note_order(found, partition, sequence);
        Finding::First { partition }
    }

    /// As it stands: whatever has not been entered is missing.
    pub fn tally(&self) -> Tally {
        let missing = self.seen.iter().flatten().filter(|seen| seen.is_none()).count() as u64;
        Tally { missing, ..self.tally }
    }

    /// The first few, and the first of what is missing.
    pub fn complaints(&self) -> Vec<String> {
        let missing = self.seen.iter().enumerate().flat_map(|(partition, seen)| {
            let gaps = seen.iter().enumerate().filter(|(_, seen)| seen.is_none());
            gaps.map(move |(sequence, _)| format!("partition {partition}: {sequence} is missing"))
        });
        self.complaints.iter().cloned().chain(missing.take(COMPLAINTS)).collect()
    }

    /// Partition and sequence, where both are of this run.
    fn stamp(&self, found: &Found) -> Option<(u32, u64)> {
        let partition: u32 = header(found, PARTITION_HEADER)?.parse().ok()?;
        let sequence: u64 = header(found, SEQUENCE_HEADER)?.parse().ok()?;
        let written = partition < self.articles.partitions
            && sequence < self.articles.in_partition(partition);
        written.then_some((partition, sequence))
    }

    fn changes(&self, found: &Found, partition: u32, sequence: u64) -> Vec<&'static str> {
        let written = self.articles.at(partition, sequence);
        let (topic, intact) = match (written.kind, &found.payload) {
            (Kind::Tombstone, payload) => (Topic::Output, payload.is_none()),
            (Kind::Unreadable, payload) => (Topic::DeadLetter, *payload == written.payload),
            (Kind::Article, Some(payload)) => {
                (Topic::Output, body_hash(payload) == Some(written.hash.clone()))
            }
            (Kind::Article, None) => (Topic::Output, false),
        };
        [
            (found.topic == topic, "is in the other topic"),
            (intact, "has another body"),
            (found.partition == partition.cast_signed(), "changed its partition"),
            (found.key.as_deref() == Some(written.key.as_bytes()), "changed its key"),
            (found.timestamp_millis == Some(written.timestamp_millis), "changed its timestamp"),
            (header(found, HASH_HEADER) == Some(&written.hash), "changed its headers"),
        ]
        .into_iter()
        .filter(|(holds, _)| !holds)
        .map(|(_, what)| what)
        .collect()
    }

    fn note_order(&mut self, found: &Found, partition: u32, sequence: u64) {
        let key = match self.order {
            Order::None => return,
            Order::Partition => String::new(),
            Order::Key => self.articles.at(partition, sequence).key,
        };
        let last = self.last.entry((found.topic, partition, key)).or_insert(sequence);
        if *last > sequence {
            self.tally.reordered += 1;
            let complaint = format!("{}: {sequence} came after {last}", place(found));
            self.complain(complaint);
        } else {
            *last = sequence;
        }
    }

    fn change(&mut self, found: &Found, what: &str) {
        self.tally.changed += 1;
        self.complain(format!("{} {what}", place(found)));
    }

    fn complain(&mut self, complaint: String) {
        if self.complaints.len() < COMPLAINTS {
            self.complaints.push(complaint);
        }
    }
}

fn place(found: &Found) -> String {
    let sequence = header(found, SEQUENCE_HEADER).unwrap_or("no sequence");
    format!("{:?}[{}]@{} ({sequence})", found.topic, found.partition, found.offset)
}

fn header<'a>(found: &'a Found, wanted: &str) -> Option<&'a str> {
    let (_, value) = found.headers.iter().find(|(name, _)| name == wanted)?;
    std::str::from_utf8(value.as_deref()?).ok()
}

fn body_hash(payload: &[u8]) -> Option<String> {
    let article: serde_json::Value = serde_json::from_slice(payload).ok()?;
    Some(hash_of(article.get("articleBody")?.as_str()?.as_bytes()))
}

/// Of all that must be the same when a message comes again.
fn digest(found: &Found) -> u64 {
    let mut hasher = DefaultHasher::new();
    (found.topic, &found.key, &found.payload, &found.headers).hash(&mut hasher);
    hasher.finish()
}
