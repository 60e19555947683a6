//! `[worker]`

use crate::desk::Rejected;
use crate::settings::check::{at_least, between};
use crate::settings::kind::choice;
use crate::settings::section::section;

impl crate::settings::Choice for Rejected {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Forward, "forward"), (Self::Drop, "drop")];
}

choice! {
    /// Which articles are published in the order they were taken.
    Order {
        /// All of a partition.
        Partition = "partition",
        /// Those of a partition that have one key.
        Key = "key",
        None = "none",
    }
}

section! {
    /// How much is done at once, and when to give up.
    WorkerSettings = "worker" {
        /// Threads that the stages run on. 0: one a core.
        threads: usize = 0, between(0, 1_024);
        /// What is published in the order it was taken: all articles of a partition, those
        /// with the same key (a slow article then holds up only its key; articles without
        /// a key keep no order), or none. Articles are worked on side by side in any case,
        /// and offsets are committed by the same rule.
        order: Order = Order::Partition;
        /// Of raw payloads taken and not yet done with: what the memory is bounded by.
        in_flight_bytes: usize = 64 * 1024 * 1024, at_least(1);
        /// The same, in articles.
        in_flight_articles: usize = 10_000, between(1, 10_000_000);
        /// An article that takes longer is dead-lettered, in milliseconds of processor time.
        article_deadline_millis: u64 = 5_000, between(1, 3_600_000);
        /// The memory that the stages may take for an article, beyond its message. One that
        /// takes more is dead-lettered.
        article_memory_bytes: usize = 1024 * 1024 * 1024, at_least(1);
        /// How long articles in flight may take to finish after SIGTERM, in milliseconds.
        drain_timeout_millis: u64 = 25_000;
        /// Whether an article of which nothing is left is published, with its verdict, or dropped.
        rejected: Rejected = Rejected::Forward;
        /// Halt when more than this share of the last `dead_letter_window` messages fail:
        /// the fault is then likelier here than in the articles.
        dead_letter_ratio: f64 = 0.5, between(0.0, 1.0);
        /// Of messages that `dead_letter_ratio` looks back on.
        dead_letter_window: usize = 1_000, between(1, 10_000_000);
        /// Halt when so many messages fail one after the other.
        dead_letters_in_a_row: usize = 500, at_least(1);
        /// How often a message is sent again after a failure that should pass, each time
        /// later, up to 30 seconds, before the worker halts. The attempts that the client
        /// makes within `kafka.delivery_timeout_millis` count as one.
        send_retries: usize = 10, between(0, 1_000);
        /// Not live any more when there is work and nothing is done for so long, in milliseconds.
        stall_timeout_millis: u64 = 60_000, at_least(1_000);
    }
}
