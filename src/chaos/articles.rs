//! What is written: articles that no stage has anything to change in, so that a body that
//! comes out changed is a fault; now and then a message that cannot be read, whose dead
//! letter must hold its bytes, or a tombstone. Each is a function of the seed and of where
//! it stands.

use sha2::{Digest, Sha256};

use super::Dice;
use crate::transport::Headers;

pub const PARTITION_HEADER: &str = "chaos-partition";
pub const SEQUENCE_HEADER: &str = "chaos-sequence";
pub const HASH_HEADER: &str = "chaos-hash";

/// One message in so many cannot be read.
const UNREADABLE_EVERY: u64 = 53;
/// One message in so many is a tombstone.
const TOMBSTONE_EVERY: u64 = 101;

/// All that is written in a run.
#[derive(Debug, Clone)]
pub struct Articles {
    pub seed: u64,
    pub count: u64,
    pub partitions: u32,
    pub keys: u64,
    /// Of the first, in milliseconds. Fresh, or brokers forget the writer by them
    /// (`producer.id.expiration.ms`), and store twice what it repeats after an outage.
    pub first_timestamp_millis: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Article,
    Unreadable,
    Tombstone,
}

/// A message with its stamp.
#[derive(Debug, Clone)]
pub struct Stamped {
    pub kind: Kind,
    pub partition: u32,
    /// Its number in its partition, from 0 and without a gap.
    pub sequence: u64,
    pub key: String,
    pub payload: Option<Vec<u8>>,
    pub timestamp_millis: i64,
    /// Of what must come out unchanged: an article's body, an unreadable message's bytes.
    pub hash: String,
}

impl Articles {
    /// How many of them are in a partition.
    pub fn in_partition(&self, partition: u32) -> u64 {
        let (partitions, partition) = (u64::from(self.partitions), u64::from(partition));
        (self.count + partitions - 1).saturating_sub(partition) / partitions
    }

    /// The one that is written as number `number`.
    pub fn number(&self, number: u64) -> Stamped {
        let partitions = u64::from(self.partitions);
        let partition = u32::try_from(number % partitions).expect("below a u32");
        self.at(partition, number / partitions)
    }

    pub fn at(&self, partition: u32, sequence: u64) -> Stamped {
        let number = sequence * u64::from(self.partitions) + u64::from(partition);
        let mut dice = Dice(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let kind = match number {
            number if number % UNREADABLE_EVERY == UNREADABLE_EVERY - 1 => Kind::Unreadable,
            number if number % TOMBSTONE_EVERY == TOMBSTONE_EVERY - 1 => Kind::Tombstone,
            _ => Kind::Article,
        };
        let key = format!("key-{partition}-{}", dice.below(self.keys.max(1)));
        let (payload, hash) = match kind {
            Kind::Tombstone => (None, hash_of(b"")),
            Kind::Unreadable => {
                let payload =
                    format!("{{\"text\": \"cut off in message {number} of the").into_bytes();
                let hash = hash_of(&payload);
                (Some(payload), hash)
            }
            Kind::Article => {
                let body = body(&mut dice);
                let payload = serde_json::json!({
                    "id": format!("article-{number}"),
                    "url": format!("https://harbour-post.example/news/{number}"),
                    "title": "Harbour council reports on the year",
                    "text": body,
                });
                (Some(payload.to_string().into_bytes()), hash_of(body.as_bytes()))
            }
        };
        let timestamp_millis = self.first_timestamp_millis + number.cast_signed();
        Stamped { kind, partition, sequence, key, payload, timestamp_millis, hash }
    }
}

impl Stamped {
    pub fn headers(&self) -> Headers {
        [
            (PARTITION_HEADER, self.partition.to_string()),
            (SEQUENCE_HEADER, self.sequence.to_string()),
            (HASH_HEADER, self.hash.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), Some(value.into_bytes())))
        .into()
    }
}

/// The first half of its SHA-256, in hexadecimal.
pub fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

const PARAGRAPHS: u64 = 4;
const PLACES: &[&str] = &[
    "the eastern quay",
    "the old fish market",
    "the ferry terminal",
    "the northern breakwater",
    "the customs house",
    "the rope works",
    "the lighthouse yard",
    "the grain store",
];
const SUBJECTS: &[&str] = &[
    "The council",
    "The port authority",
    "A committee of residents",
    "The surveyor's office",
    "The pilots' association",
    "The regional court",
    "The engineers",
    "The museum",
];
const FINDINGS: &[&str] = &[
    "found that the piles under {place} had lost {count} centimetres to the sea since they were driven",
    "counted {count} vessels at {place} in the first week of the month, more than in the same week a year earlier",
    "put the cost of new lamps along {place} at {count} thousand crowns, to be paid over six years",
    "heard {count} witnesses on the night when the crane at {place} came down in the storm",
    "agreed to keep {place} open to visitors for {count} more days while the repairs go on",
    "moved {count} boxes of records from {place} to the reading room, where they can now be studied",
    "measured the depth of water beside {place} at {count} points and drew a new chart from the results",
    "asked for {count} further drawings before any work on the roof of {place} may begin",
];
const CLOSINGS: &[&str] = &[
    "The decision is to be reviewed in spring, when the figures for the winter are known.",
    "Nobody was hurt, and the harbour stayed open to traffic throughout the afternoon.",
    "Several members had argued for a smaller sum, but the motion passed with a clear majority.",
    "A report with all measurements will be laid before the assembly at its next sitting.",
    "The work had been planned for last year and was put off because timber was scarce.",
    "Fishermen who were present said that they had expected a different outcome.",
];

fn body(dice: &mut Dice) -> String {
    let mut pick = |from: &'static [&'static str]| {
        from[usize::try_from(dice.roll() % from.len() as u64).expect("the length of a slice")]
    };
    let mut body = String::new();
    for paragraph in 0..PARAGRAPHS {
        let (subject, place) = (pick(SUBJECTS), pick(PLACES));
        let finding = pick(FINDINGS).replace("{place}", place);
        let closing = pick(CLOSINGS);
        if paragraph > 0 {
            body.push_str("\n\n");
        }
        // A number of its own keeps paragraphs from being repetitions of each other.
        let count = 20 + 10 * paragraph + body.len() as u64 % 9;
        let finding = finding.replace("{count}", &count.to_string());
        body.push_str(&format!("{subject} {finding}. {closing}"));
    }
    body
}
