//! What is under way in one strand, in order. Articles of a strand are worked on
//! side by side but sent in the order they came; after a failed send the strand
//! stands still until all its reports are in, and then what failed is sent
//! again, one by one, before anything new.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::transport::Ticket;

#[derive(Default)]
pub(super) struct Queue {
    /// Taken and not sent, oldest first.
    waiting: VecDeque<Ticket>,
    /// Sent and without a report.
    sent: usize,
    /// Reported as failed, to be sent again, in the order they were sent.
    failed: Vec<Ticket>,
    /// How many at the front of `waiting` are sent each alone: one that is
    /// refused can take down the batch it is in, and only alone is it clear
    /// which one was meant.
    alone: usize,
    /// Nothing is sent before this.
    paused_until: Option<Instant>,
}

impl Queue {
    pub fn push(&mut self, ticket: Ticket) {
        self.waiting.push_back(ticket);
    }

    /// The one whose turn it is, if it may be sent now.
    pub fn next_to_send(&self, now: Instant) -> Option<Ticket> {
        let held = !self.failed.is_empty()
            || self.paused_until.is_some_and(|until| now < until)
            || (self.alone > 0 && self.sent > 0);
        if held { None } else { self.waiting.front().copied() }
    }

    /// The one whose turn it is was sent.
    pub fn mark_sent(&mut self) {
        self.waiting.pop_front();
        self.sent += 1;
    }

    /// The one whose turn it is needs no send.
    pub fn mark_done(&mut self) {
        self.waiting.pop_front();
        self.alone = self.alone.saturating_sub(1);
    }

    pub fn mark_reported(&mut self) {
        self.sent -= 1;
        self.alone = self.alone.saturating_sub(1);
    }

    /// Whether a failure reported now can only be about the message itself.
    pub fn was_alone(&self) -> bool {
        self.alone > 0
    }

    /// The strand goes on no earlier than `resume`.
    pub fn mark_failed(&mut self, ticket: Ticket, resume: Instant) {
        self.sent -= 1;
        self.failed.push(ticket);
        self.paused_until = self.paused_until.max(Some(resume));
    }

    /// Once the last report is in: what failed goes back to the front, to be
    /// sent alone. Returns what is to be worked on again.
    pub fn requeue_failed(&mut self) -> Vec<Ticket> {
        if self.sent > 0 {
            return Vec::new();
        }
        let failed = std::mem::take(&mut self.failed);
        self.alone = self.alone.max(failed.len());
        for ticket in failed.iter().rev() {
            self.waiting.push_front(*ticket);
        }
        failed
    }

    pub fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    /// Whether the strand was pausing and goes on from now.
    pub fn end_pause(&mut self, now: Instant) -> bool {
        self.paused_until.take_if(|until| *until <= now).is_some()
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.sent == 0 && self.failed.is_empty()
    }
}
