//! Partitions of the input that no member of the group has.
//!
//! Partitions move in two steps: who has them gives them up, then joins again for the group
//! to deal them out (KIP-429). A member with a name (KIP-345) that is killed between the two
//! and comes back within the session timeout gets from the broker what it kept, and nobody
//! is asked to join again: what it gave up stands still until the group changes. So members
//! with names look at the group, and one of them changes it: it leaves, and joins again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::groups::GroupInfo;

use super::client::{self, Inquiry};
use super::source::Shared;
use crate::binary::take;
use crate::error::TransportError;
use crate::settings::{GroupProtocol, KafkaSettings};

/// Of each of the two questions that a look takes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// What nobody can be given, for whatever reason, would have members join for ever.
const JOIN_INTERVAL: Duration = Duration::from_secs(600);

/// A topic and a partition of it.
type Partition = (String, i32);

/// Looks until it is dropped.
pub(super) struct Watch {
    _alive: mpsc::Sender<()>,
}

/// None where nothing can be left behind: without a name, or where the broker itself deals
/// partitions out.
pub(super) fn watch(
    settings: &KafkaSettings,
    shared: &Arc<Shared>,
) -> Result<Option<Watch>, TransportError> {
    if settings.group_instance_id.is_empty() || settings.group_protocol != GroupProtocol::Classic {
        return Ok(None);
    }
    let fatal = |why: String| TransportError::Fatal { attempted: "watch the group", why };
    let client =
        client::inquire(&client::inquirer(settings)).map_err(|error| fatal(error.to_string()))?;
    let mut watcher = Watcher {
        client,
        settings: settings.clone(),
        shared: shared.clone(),
        suspicion: None,
        joined_again: None,
    };
    let (alive, end) = mpsc::channel();
    std::thread::Builder::new()
        .name("kafka-group-watch".into())
        .spawn(move || {
            let mut wait = watcher.session_timeout();
            while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                watcher.look();
                let is_calm = watcher.suspicion.is_none();
                wait = watcher.session_timeout() / if is_calm { 1 } else { 4 };
            }
        })
        .map_err(|error| fatal(error.to_string()))?;
    Ok(Some(Watch { _alive: alive }))
}

struct Watcher {
    client: BaseConsumer<Inquiry>,
    settings: KafkaSettings,
    shared: Arc<Shared>,
    suspicion: Option<Suspicion>,
    joined_again: Option<Instant>,
}

/// What nobody had at any look since.
struct Suspicion {
    since: Instant,
    partitions: BTreeSet<Partition>,
}

/// A group that has dealt out all it means to.
struct Dealt {
    unowned: BTreeSet<Partition>,
    /// How many members come before this one, by their ids.
    members_before: u32,
}

impl Watcher {
    fn session_timeout(&self) -> Duration {
        Duration::from_millis(self.settings.session_timeout_millis)
    }

    fn look(&mut self) {
        // What the client has to say meanwhile, and its next token.
        while self.client.poll(Duration::ZERO).is_some() {}
        let dealt = self.ask();
        let unowned = dealt.as_ref().map(|dealt| dealt.unowned.clone()).unwrap_or_default();
        self.shared.status.unowned.store(unowned.len(), Ordering::Relaxed);
        let suspicion = narrowed(self.suspicion.take(), unowned);
        let (Some(suspicion), Some(dealt)) = (suspicion, dealt) else { return };
        if suspicion.since.elapsed() > self.turn(dealt.members_before) && self.may_join_again() {
            tracing::warn!(
                partitions = suspicion.partitions.len(),
                "no member of the group has these partitions, leaving it and joining again"
            );
            self.joined_again = Some(Instant::now());
            self.shared.join_again.store(true, Ordering::Relaxed);
        } else {
            self.suspicion = Some(suspicion);
        }
    }

    /// A member that is asked to give up partitions drains them and joins again, or is
    /// taken for dead; both change the group by themselves. Members take their turns, so
    /// that one of them is enough; not all of them need be such as look.
    fn turn(&self, members_before: u32) -> Duration {
        Duration::from_millis(self.settings.revoke_drain_millis)
            + self.session_timeout()
            + self.session_timeout() / 4 * members_before
    }

    fn may_join_again(&self) -> bool {
        self.joined_again.is_none_or(|at| at.elapsed() > JOIN_INTERVAL)
    }

    /// None while the group deals out, and when brokers do not answer or may not.
    fn ask(&self) -> Option<Dealt> {
        let client = self.client.client();
        let name = &self.settings.group_id;
        let groups = client.fetch_group_list(Some(name), ANSWER_TIMEOUT);
        let groups = groups.inspect_err(|error| tracing::debug!(%error, "group not told")).ok()?;
        let group = groups.groups().iter().find(|group| group.name() == name)?;
        let own = self.shared.member_id()?;
        let is_settled = group.state() == "Stable" && group.protocol_type() == "consumer";
        if !is_settled || !group.members().iter().any(|member| member.id() == own) {
            return None;
        }
        let owned = owned(group)?;
        let metadata = client.fetch_metadata(None, ANSWER_TIMEOUT).ok()?;
        let topics = metadata.topics().iter();
        let unowned = topics
            .filter(|topic| self.settings.input_taking_in(topic.name()).is_some())
            .flat_map(|topic| {
                let partitions = topic.partitions().iter();
                partitions.map(|partition| (topic.name().to_owned(), partition.id()))
            })
            .filter(|partition| !owned.contains(partition))
            .collect();
        let before = group.members().iter().filter(|member| *member.id() < *own);
        Some(Dealt { unowned, members_before: before.count() as u32 })
    }
}

fn narrowed(suspicion: Option<Suspicion>, unowned: BTreeSet<Partition>) -> Option<Suspicion> {
    let mut since = Instant::now();
    let mut partitions = unowned;
    if let Some(before) = suspicion
        && !before.partitions.is_disjoint(&partitions)
    {
        since = before.since;
        partitions.retain(|partition| before.partitions.contains(partition));
    }
    (!partitions.is_empty()).then_some(Suspicion { since, partitions })
}

/// None when a member's share cannot be read.
fn owned(group: &GroupInfo) -> Option<BTreeSet<Partition>> {
    let mut owned = BTreeSet::new();
    for member in group.members() {
        owned.extend(share(member.assignment().unwrap_or_default())?);
    }
    Some(owned)
}

/// The partitions that a member was dealt, of Kafka's `ConsumerProtocolAssignment`: a
/// version (i16), then for each topic its name (i16 bytes) and its partitions (i32 numbers
/// of i32), all big-endian; what comes behind is the assignor's. Nothing at all is no share.
pub fn share(assignment: &[u8]) -> Option<Vec<(String, i32)>> {
    if assignment.is_empty() {
        return Some(Vec::new());
    }
    let mut rest = assignment;
    let _version = i16::from_be_bytes(take(&mut rest)?);
    let mut partitions = Vec::new();
    for _ in 0..i32::from_be_bytes(take(&mut rest)?) {
        let length = usize::try_from(i16::from_be_bytes(take(&mut rest)?)).ok()?;
        let (name, behind) = rest.split_at_checked(length)?;
        rest = behind;
        let name = std::str::from_utf8(name).ok()?;
        for _ in 0..i32::from_be_bytes(take(&mut rest)?) {
            partitions.push((name.to_owned(), i32::from_be_bytes(take(&mut rest)?)));
        }
    }
    Some(partitions)
}
