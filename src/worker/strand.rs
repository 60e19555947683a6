//! What is kept in order together.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::settings::Order;
use crate::transport::{Delivery, Lane, Ticket};

/// Deliveries of one strand are sent in the order they came. A strand exists while
/// anything of it is under way, so there are never more than articles in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Strand {
    lane: Lane,
    part: u64,
}

impl Strand {
    pub fn of(delivery: &Delivery, ticket: Ticket, order: Order) -> Self {
        let part = match (order, &delivery.key) {
            (Order::Partition, _) => 0,
            // Two keys of one hash wait for each other, which keeps more order than was
            // asked for.
            (Order::Key, Some(key)) => {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                hasher.finish()
            }
            // A ticket is no other delivery's while this one is under way.
            (Order::Key, None) | (Order::None, _) => ticket.0 as u64,
        };
        Self { lane: delivery.receipt.lane, part }
    }
}
