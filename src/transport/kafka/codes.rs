//! What each of librdkafka's error codes means for the worker. A code names its
//! cause, not its cure: the same code can pass by itself for a commit and be
//! the end for a subscription, so there is a table for each kind of call.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::error::TransportError;

/// What follows from the failure of one published message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProduceFate {
    /// It may be sent again, as it is.
    Transient,
    /// A message of its batch is not taken, perhaps another one. Sent alone,
    /// the guilty one shows itself.
    BatchRefused,
    /// Nothing of this producer will be taken.
    Fatal,
}

pub fn produce_fate(code: Code) -> ProduceFate {
    match code {
        Code::MessageSizeTooLarge
        | Code::MessageBatchTooLarge
        | Code::InvalidMessage
        | Code::InvalidMessageSize
        | Code::InvalidRecord
        | Code::InvalidDifferentRecord
        | Code::InvalidTimestamp
        | Code::PolicyViolation
        | Code::UnsupportedForMessageFormat => ProduceFate::BatchRefused,

        Code::UnknownTopic
        | Code::UnknownTopicOrPartition
        | Code::UnknownTopicId
        | Code::InvalidTopic
        | Code::TopicAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed
        | Code::Authentication
        | Code::SaslAuthenticationFailed
        | Code::UnsupportedSASLMechanism
        | Code::IllegalSASLState
        | Code::SSL
        | Code::SecurityDisabled
        | Code::InvalidRequiredAcks
        | Code::UnsupportedCompressionType
        | Code::UnsupportedVersion
        | Code::UnsupportedFeature
        | Code::InvalidConfig
        | Code::InvalidArgument
        | Code::NotConfigured
        | Code::NotImplemented
        | Code::Fatal
        | Code::Fenced
        | Code::ProducerFenced
        | Code::InvalidProducerEpoch
        | Code::InvalidProducerIdMapping
        | Code::GaplessGuarantee
        | Code::Inconsistent
        | Code::State => ProduceFate::Fatal,

        // The broker, or the way to it; the idempotent producer's own states,
        // which it mends by starting a new epoch; a partition that is gone,
        // after which the message goes by its key.
        Code::MessageTimedOut
        | Code::TimedOutQueue
        | Code::OperationTimedOut
        | Code::RequestTimedOut
        | Code::BrokerTransportFailure
        | Code::AllBrokersDown
        | Code::Resolve
        | Code::BrokerDestroy
        | Code::DestroyBroker
        | Code::BrokerNotAvailable
        | Code::NetworkException
        | Code::LeaderNotAvailable
        | Code::NotLeaderForPartition
        | Code::ReplicaNotAvailable
        | Code::NotEnoughReplicas
        | Code::NotEnoughReplicasAfterAppend
        | Code::ISRInsufficient
        | Code::KafkaStorageError
        | Code::FencedLeaderEpoch
        | Code::UnknownLeaderEpoch
        | Code::StaleBrokerEpoch
        | Code::ThrottlingQuotaExceeded
        | Code::UnknownPartition
        | Code::UnknownProducerId
        | Code::OutOfOrderSequenceNumber
        | Code::DuplicateSequenceNumber
        | Code::PurgeQueue
        | Code::PurgeInflight
        | Code::QueueFull
        | Code::Retry
        | Code::Interrupted
        | Code::WaitCache
        | Code::Unknown => ProduceFate::Transient,

        // Codes of other requests, and those a newer broker may invent: tried
        // again, where the worker's watchdog sees that nothing moves.
        _ => ProduceFate::Transient,
    }
}

/// The error of a message that failed, or was refused, on its own.
pub fn produce_error(code: Code) -> TransportError {
    let attempted = "publish a message";
    let why = code.to_string();
    match produce_fate(code) {
        ProduceFate::Transient => TransportError::Transient { attempted, why },
        ProduceFate::BatchRefused => TransportError::MessageRefused { attempted, why },
        ProduceFate::Fatal => TransportError::Fatal { attempted, why },
    }
}

/// An error on the stream of messages. `reason` is librdkafka's longer account
/// of the same event, where there is one.
pub fn stream_error(error: &KafkaError, reason: Option<String>) -> TransportError {
    let attempted = "read messages";
    let (code, fatal) = match error {
        KafkaError::MessageConsumptionFatal(code) => (*code, true),
        KafkaError::MessageConsumption(code) | KafkaError::Global(code) => {
            (*code, ends_stream(*code))
        }
        other => {
            return TransportError::Transient { attempted, why: other.to_string() };
        }
    };
    let mut why = reason.unwrap_or_else(|| code.to_string());
    if let Some(cure) = cure(code) {
        why = format!("{cure} ({why})");
    }
    if fatal {
        TransportError::Fatal { attempted, why }
    } else {
        TransportError::Transient { attempted, why }
    }
}

/// Whether the brokers know another member by this one's name.
pub fn is_name_taken(error: &KafkaError) -> bool {
    matches!(
        error,
        KafkaError::MessageConsumptionFatal(Code::FencedInstanceId)
            | KafkaError::MessageConsumption(Code::FencedInstanceId)
            | KafkaError::Global(Code::FencedInstanceId)
    )
}

/// Whether waiting does not help.
fn ends_stream(code: Code) -> bool {
    matches!(
        code,
        Code::AutoOffsetReset
            | Code::LogTruncation
            | Code::InconsistentGroupProtocol
            | Code::UnsupportedAssignor
            | Code::FencedInstanceId
            | Code::UnreleasedInstanceId
            | Code::GroupMaxSizeReached
            | Code::InvalidGroupId
            | Code::InvalidSessionTimeout
            | Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::Authentication
            | Code::SaslAuthenticationFailed
            | Code::UnsupportedSASLMechanism
            | Code::IllegalSASLState
            | Code::SSL
            | Code::SecurityDisabled
            | Code::UnsupportedVersion
            | Code::UnsupportedFeature
            | Code::InvalidTopic
            | Code::Fatal
            | Code::BadCompression
            | Code::NotImplemented
    )
}

/// What to do about it, for codes whose own text does not say.
fn cure(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::AutoOffsetReset | Code::LogTruncation => {
            "no committed offset, or one that the broker no longer has: set kafka.offset_reset to \
             earliest or latest, or set the group's offsets"
        }
        Code::InconsistentGroupProtocol | Code::UnsupportedAssignor => {
            "the group uses another assignor: set kafka.assignment_strategy to that of its other \
             members; cooperative and eager ones cannot be mixed"
        }
        Code::FencedInstanceId | Code::UnreleasedInstanceId => {
            "another member has the same kafka.group_instance_id"
        }
        Code::GroupMaxSizeReached => "the group has as many members as the broker allows",
        Code::InvalidSessionTimeout => {
            "kafka.session_timeout_millis is outside what the broker allows"
        }
        _ => return None,
    })
}
