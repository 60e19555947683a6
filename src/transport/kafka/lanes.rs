//! The record of what was taken and what is done: for each partition the
//! deliveries in order, how far they are done without a gap, and the bytes they
//! hold. Knows nothing of threads; [`super::source`] keeps it under a lock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use crate::transport::{Lane, Receipt};

/// What a delivery costs beside its payload, key and headers, so that empty
/// messages are bounded too. About what a queued [`crate::transport::Delivery`]
/// and its entry here take.
pub const DELIVERY_OVERHEAD_BYTES: usize = 256;

/// Every partition ever assigned to this source, held or not.
#[derive(Debug, Default)]
pub struct Lanes {
    lanes: Vec<LaneState>,
    by_partition: HashMap<Arc<str>, BTreeMap<i32, Lane>>,
    bytes: usize,
    queued: usize,
}

/// Up to where a partition may be committed: the offset of the next message to
/// be read after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitPoint {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
}

/// One held partition, for [`super::status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanePosition {
    pub topic: Arc<str>,
    pub partition: i32,
    /// The first offset that is not done; `None` before the first delivery.
    pub position: Option<i64>,
    pub committed: Option<i64>,
}

#[derive(Debug)]
struct LaneState {
    topic: Arc<str>,
    partition: i32,
    epoch: u32,
    /// Assigned to this consumer.
    held: bool,
    /// What was taken is to be read again, from the group's offset: until then nothing is.
    rewinding: bool,
    /// The first offset taken since it was assigned: where reading began.
    base: Option<i64>,
    /// Being revoked: what is still queued is not handed out any more.
    closing: bool,
    /// In offset order. Offsets may have gaps (compaction, transaction
    /// markers), so entries are found by search, not by distance.
    window: VecDeque<Entry>,
    handed_out: usize,
    /// One past the last offset done without a gap.
    done: Option<i64>,
    /// What was last asked to be committed, and what is known to be.
    requested: Option<i64>,
    committed: Option<i64>,
}

#[derive(Debug)]
struct Entry {
    offset: i64,
    bytes: usize,
    handed_out: bool,
    /// In the transaction that is open.
    sent: bool,
    done: bool,
}

/// What may be committed with the messages of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepared {
    /// They were made from deliveries that are no longer this consumer's.
    Void,
    /// Some delivery before one of theirs is not done, and not among them.
    Gap,
    Points(Vec<CommitPoint>),
}

impl Lanes {
    /// The partition is this consumer's from now on.
    pub fn assign(&mut self, topic: &str, partition: i32) -> Lane {
        let lane = match self.lane(topic, partition) {
            Some(lane) => lane,
            None => self.add(topic, partition),
        };
        self.void(lane);
        self.lanes[lane.0 as usize].held = true;
        lane
    }

    /// Takes a delivery in; `None` when the partition is not this consumer's.
    pub fn take(
        &mut self,
        topic: &str,
        partition: i32,
        offset: i64,
        bytes: usize,
    ) -> Option<(Receipt, Arc<str>)> {
        let lane = self.lane(topic, partition)?;
        let state = &self.lanes[lane.0 as usize];
        if !state.held || state.rewinding {
            return None;
        }
        // Offsets only go back when the position was reset (a topic made anew,
        // say): what was taken before belongs to another history.
        if state.last_taken().is_some_and(|last| offset <= last) {
            tracing::warn!(topic, partition, offset, "offsets went back, starting over from there");
            self.void(lane);
            self.lanes[lane.0 as usize].held = true;
        }
        let state = &mut self.lanes[lane.0 as usize];
        let bytes = bytes + DELIVERY_OVERHEAD_BYTES;
        state.base.get_or_insert(offset);
        state.window.push_back(Entry {
            offset,
            bytes,
            handed_out: false,
            sent: false,
            done: false,
        });
        self.bytes += bytes;
        self.queued += 1;
        Some((Receipt { lane, epoch: state.epoch, offset }, state.topic.clone()))
    }

    /// Whether a queued delivery may still go to the worker; from here on a
    /// revocation waits for it.
    pub fn hand_out(&mut self, receipt: Receipt) -> bool {
        let Some(state) = self.lanes.get_mut(receipt.lane.0 as usize) else { return false };
        if state.epoch != receipt.epoch || state.closing {
            return false;
        }
        let Some(entry) = state.entry(receipt.offset) else { return false };
        if entry.handed_out {
            return false;
        }
        entry.handed_out = true;
        state.handed_out += 1;
        self.queued -= 1;
        true
    }

    /// Acknowledges a delivery that was handed out. Late, repeated and unknown
    /// acknowledgements change nothing.
    pub fn ack(&mut self, receipt: Receipt) -> bool {
        let Some(state) = self.lanes.get_mut(receipt.lane.0 as usize) else { return false };
        if state.epoch != receipt.epoch {
            return false;
        }
        let Some(entry) = state.entry(receipt.offset) else { return false };
        if entry.done || !entry.handed_out {
            return false;
        }
        entry.done = true;
        self.bytes -= entry.bytes;
        state.handed_out -= 1;
        while state.window.front().is_some_and(|front| front.done) {
            state.done = state.window.pop_front().map(|front| front.offset + 1);
        }
        true
    }

    /// Whether the delivery is still this consumer's to be done.
    pub fn is_current(&self, receipt: Receipt) -> bool {
        self.lanes
            .get(receipt.lane.0 as usize)
            .is_some_and(|state| state.held && state.epoch == receipt.epoch)
    }

    /// A message made from this delivery goes into the open transaction; false when the
    /// delivery is no longer this consumer's.
    pub fn mark_sent(&mut self, receipt: Receipt) -> bool {
        let Some(state) = self.current(receipt) else { return false };
        let Some(entry) = state.entry(receipt.offset) else { return false };
        entry.sent = true;
        true
    }

    /// Whether something behind this delivery is in the open transaction already.
    pub fn was_overtaken(&mut self, receipt: Receipt) -> bool {
        let Some(state) = self.current(receipt) else { return false };
        let behind = |entry: &&Entry| entry.offset > receipt.offset;
        state.window.iter().rev().take_while(behind).any(|entry| entry.sent)
    }

    /// What to commit together with the messages made from these deliveries.
    pub fn prepare(&mut self, sent: &[Receipt]) -> Prepared {
        if !sent.iter().all(|receipt| self.is_current(*receipt)) {
            return Prepared::Void;
        }
        let ends: Vec<Option<i64>> = self.lanes.iter().map(LaneState::prepared).collect();
        let covers = |receipt: &Receipt| ends[receipt.lane.0 as usize] > Some(receipt.offset);
        if !sent.iter().all(covers) {
            return Prepared::Gap;
        }
        let states = self.lanes.iter().zip(&ends).filter(|(state, _)| state.held);
        let news = states.filter(|(state, end)| end.is_some() && **end != state.requested);
        Prepared::Points(
            news.filter_map(|(state, end)| Some(state.commit_point((*end)?))).collect(),
        )
    }

    /// Forgets all that was taken: it is read again from the group's offsets.
    pub fn withdraw(&mut self) {
        for index in 0..self.lanes.len() {
            let state = &self.lanes[index];
            if !state.held {
                continue;
            }
            let (base, closing, committed) = (state.base, state.closing, state.committed);
            self.void(Lane(u32::try_from(index).expect("as many as there are lanes")));
            let state = &mut self.lanes[index];
            (state.held, state.closing, state.base) = (true, closing, base);
            (state.committed, state.rewinding) = (committed, base.is_some());
        }
    }

    /// The partitions that are to be read again, each with where reading had begun: for one
    /// of which the group has no offset.
    pub fn rewinding(&self) -> Vec<CommitPoint> {
        self.lanes
            .iter()
            .filter(|state| state.held && state.rewinding)
            .filter_map(|state| Some(state.commit_point(state.base?)))
            .collect()
    }

    /// The partition is read again, from here on.
    pub fn rewound(&mut self, topic: &str, partition: i32) {
        if let Some(state) = self.state_mut(topic, partition) {
            state.rewinding = false;
        }
    }

    /// Nothing more of these partitions is handed out.
    pub fn shut<'a>(&mut self, partitions: impl IntoIterator<Item = (&'a str, i32)>) -> Vec<Lane> {
        let lanes: Vec<Lane> = partitions
            .into_iter()
            .filter_map(|(topic, partition)| self.lane(topic, partition))
            .collect();
        for lane in &lanes {
            self.lanes[lane.0 as usize].closing = true;
        }
        lanes
    }

    /// Deliveries of these lanes that were handed out and are not acknowledged.
    pub fn handed_out(&self, lanes: &[Lane]) -> usize {
        lanes.iter().map(|lane| self.lanes[lane.0 as usize].handed_out).sum()
    }

    /// The partition is no longer this consumer's: what was taken is forgotten,
    /// and acknowledgements of it are void.
    pub fn release(&mut self, lanes: &[Lane]) {
        for lane in lanes {
            self.void(*lane);
        }
    }

    /// What can be committed and has not been asked for yet, of these lanes or
    /// of all.
    pub fn commit_points(&self, lanes: Option<&[Lane]>) -> Vec<CommitPoint> {
        let selected = |index: usize| lanes.is_none_or(|lanes| lanes.contains(&Lane(index as u32)));
        self.lanes
            .iter()
            .enumerate()
            .filter(|(index, state)| state.held && selected(*index))
            .filter(|(_, state)| state.done.is_some() && state.done != state.requested)
            .filter_map(|(_, state)| Some(state.commit_point(state.done?)))
            .collect()
    }

    pub fn commit_requested(&mut self, points: &[CommitPoint]) {
        for point in points {
            if let Some(state) = self.state_mut(&point.topic, point.partition) {
                state.requested = Some(point.offset);
            }
        }
    }

    pub fn commit_succeeded(&mut self, topic: &str, partition: i32, offset: i64) {
        if let Some(state) = self.state_mut(topic, partition).filter(|state| state.held) {
            state.committed = Some(offset);
        }
    }

    /// Forgets what was asked for, so that it is asked for again.
    pub fn commit_failed(&mut self, topic: &str, partition: i32) {
        if let Some(state) = self.state_mut(topic, partition) {
            state.requested = state.committed;
        }
    }

    /// As [`Lanes::commit_failed`], of all partitions.
    pub fn commits_failed(&mut self) {
        for state in &mut self.lanes {
            state.requested = state.committed;
        }
    }

    /// Bytes taken and not acknowledged, with the overhead of each delivery.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Deliveries taken and not handed out.
    pub fn queued(&self) -> usize {
        self.queued
    }

    pub fn positions(&self) -> impl Iterator<Item = LanePosition> {
        self.lanes.iter().filter(|state| state.held).map(|state| LanePosition {
            topic: state.topic.clone(),
            partition: state.partition,
            position: state.window.front().map(|front| front.offset).or(state.done),
            committed: state.committed,
        })
    }

    fn lane(&self, topic: &str, partition: i32) -> Option<Lane> {
        self.by_partition.get(topic)?.get(&partition).copied()
    }

    fn add(&mut self, topic: &str, partition: i32) -> Lane {
        let lane = Lane(u32::try_from(self.lanes.len()).expect("fewer partitions than 2^32"));
        let topic = match self.by_partition.get_key_value(topic) {
            Some((topic, _)) => topic.clone(),
            None => Arc::from(topic),
        };
        self.by_partition.entry(topic.clone()).or_default().insert(partition, lane);
        self.lanes.push(LaneState {
            topic,
            partition,
            epoch: 0,
            held: false,
            rewinding: false,
            base: None,
            closing: false,
            window: VecDeque::new(),
            handed_out: 0,
            done: None,
            requested: None,
            committed: None,
        });
        lane
    }

    fn state_mut(&mut self, topic: &str, partition: i32) -> Option<&mut LaneState> {
        let lane = self.lane(topic, partition)?;
        self.lanes.get_mut(lane.0 as usize)
    }

    /// The partition of a delivery that is still this consumer's.
    fn current(&mut self, receipt: Receipt) -> Option<&mut LaneState> {
        self.is_current(receipt).then(|| &mut self.lanes[receipt.lane.0 as usize])
    }

    fn void(&mut self, lane: Lane) {
        let state = &mut self.lanes[lane.0 as usize];
        for entry in state.window.drain(..) {
            if !entry.done {
                self.bytes -= entry.bytes;
            }
            if !entry.handed_out {
                self.queued -= 1;
            }
        }
        state.epoch = state.epoch.wrapping_add(1);
        state.held = false;
        state.rewinding = false;
        state.base = None;
        state.closing = false;
        state.handed_out = 0;
        state.done = None;
        state.requested = None;
        state.committed = None;
    }
}

impl LaneState {
    fn entry(&mut self, offset: i64) -> Option<&mut Entry> {
        let index = self.window.binary_search_by_key(&offset, |entry| entry.offset).ok()?;
        self.window.get_mut(index)
    }

    /// One past the last offset without a gap that is done or in the open transaction.
    fn prepared(&self) -> Option<i64> {
        let without_gap = self.window.iter().take_while(|entry| entry.done || entry.sent);
        without_gap.last().map(|entry| entry.offset + 1).or(self.done)
    }

    fn last_taken(&self) -> Option<i64> {
        self.window.back().map(|back| back.offset).or(self.done.map(|done| done - 1))
    }

    fn commit_point(&self, offset: i64) -> CommitPoint {
        CommitPoint { topic: self.topic.clone(), partition: self.partition, offset }
    }
}
