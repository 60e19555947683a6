//! Commits of offsets, with and without waiting for the answer.

use std::ffi::CStr;

use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{IsError, KafkaError, KafkaResult};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::lanes::CommitPoint;

/// Commits and waits for the answer.
pub(super) fn now<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    offsets: &TopicPartitionList,
) -> KafkaResult<()> {
    consumer.commit(offsets, CommitMode::Sync)
}

/// Asks for a commit; the answer comes to
/// [`ConsumerContext::commit_callback`] in one of the next polls.
///
/// rdkafka's own asynchronous commit gives librdkafka no place for the answer,
/// so nothing would be heard of one that failed.
pub(super) fn later<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    offsets: &TopicPartitionList,
) -> KafkaResult<()> {
    let client = consumer.client().native_ptr();
    // SAFETY: client and list are alive for the whole call, which copies the
    // list. The queue is counted: the answer under way keeps its own hold on
    // it, so ours can be let go at once. Null is checked.
    let error = unsafe {
        let queue = bindings::rd_kafka_queue_get_consumer(client);
        if queue.is_null() {
            bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__UNKNOWN_GROUP
        } else {
            let nothing = std::ptr::null_mut();
            let error =
                bindings::rd_kafka_commit_queue(client, offsets.ptr(), queue, None, nothing);
            bindings::rd_kafka_queue_destroy(queue);
            error
        }
    };
    if error.is_error() { Err(KafkaError::ConsumerCommit(error.into())) } else { Ok(()) }
}

/// What the consumer is in its group.
pub(super) struct Standing {
    /// Below 0 for none.
    pub generation: i32,
    /// Empty before it has joined, and when it has left.
    pub member_id: String,
}

pub(super) fn standing<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<Standing> {
    let client = consumer.client().native_ptr();
    // SAFETY: the client is alive for the whole call; the metadata is a copy of its own,
    // which is freed once, after its member id was copied. Null is checked.
    unsafe {
        let metadata = bindings::rd_kafka_consumer_group_metadata(client);
        if metadata.is_null() {
            return None;
        }
        let generation = bindings::rd_kafka_consumer_group_metadata_generation_id(metadata);
        let member_id = bindings::rd_kafka_consumer_group_metadata_member_id(metadata);
        let member_id = CStr::from_ptr(member_id).to_string_lossy().into_owned();
        bindings::rd_kafka_consumer_group_metadata_destroy(metadata);
        Some(Standing { generation, member_id })
    }
}

/// Whether the consumer has a generation of its group.
pub(super) fn is_member<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> bool {
    standing(consumer).is_some_and(|standing| standing.generation >= 0)
}

pub(super) fn offsets(points: &[CommitPoint]) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(points.len());
    for point in points {
        // Only offsets below 0 are refused, and none is.
        let _ =
            list.add_partition_offset(&point.topic, point.partition, Offset::Offset(point.offset));
    }
    list
}
