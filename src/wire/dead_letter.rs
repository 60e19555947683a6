//! Dead letters: the original bytes and headers, and why they are here.

use crate::error::Error;
use crate::transport::{Delivery, Destination, Outbound};

/// The dead letter for a delivery that could not be processed.
pub fn outbound(delivery: &Delivery, _error: &Error) -> Outbound {
    Outbound {
        destination: Destination::DeadLetter,
        key: delivery.key.clone(),
        payload: delivery.payload.clone(),
        headers: delivery.headers.clone(),
        timestamp_millis: delivery.timestamp_millis,
        partition: delivery.origin.partition,
    }
}
