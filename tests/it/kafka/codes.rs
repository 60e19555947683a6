//! What errors of librdkafka mean.

use copydesk::error::TransportError;
use copydesk::transport::kafka::codes::{ProduceFate, produce_error, produce_fate, stream_error};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

#[test]
fn a_published_message_fails_by_its_cause() {
    let cases = [
        (Code::MessageTimedOut, ProduceFate::Transient),
        (Code::BrokerTransportFailure, ProduceFate::Transient),
        (Code::NotEnoughReplicas, ProduceFate::Transient),
        (Code::NotLeaderForPartition, ProduceFate::Transient),
        (Code::OutOfOrderSequenceNumber, ProduceFate::Transient),
        (Code::UnknownPartition, ProduceFate::Transient),
        (Code::PurgeInflight, ProduceFate::Transient),
        (Code::Unknown, ProduceFate::Transient),
        (Code::MessageSizeTooLarge, ProduceFate::BatchRefused),
        (Code::InvalidRecord, ProduceFate::BatchRefused),
        (Code::InvalidDifferentRecord, ProduceFate::BatchRefused),
        (Code::PolicyViolation, ProduceFate::BatchRefused),
        (Code::UnknownTopicOrPartition, ProduceFate::Fatal),
        (Code::UnknownTopic, ProduceFate::Fatal),
        (Code::TopicAuthorizationFailed, ProduceFate::Fatal),
        (Code::Authentication, ProduceFate::Fatal),
        (Code::Fatal, ProduceFate::Fatal),
        (Code::ProducerFenced, ProduceFate::Fatal),
    ];
    for (code, fate) in cases {
        assert_eq!(produce_fate(code), fate, "{code:?}");
        let error = produce_error(code);
        let matches = match fate {
            ProduceFate::Transient => matches!(error, TransportError::Transient { .. }),
            ProduceFate::BatchRefused => matches!(error, TransportError::MessageRefused { .. }),
            ProduceFate::Fatal => matches!(error, TransportError::Fatal { .. }),
        };
        assert!(matches, "{code:?}: {error:?}");
    }
}

#[test]
fn only_what_waiting_does_not_mend_ends_the_stream() {
    let passing = [
        Code::AllBrokersDown,
        Code::BrokerTransportFailure,
        Code::Resolve,
        Code::PollExceeded,
        Code::UnknownTopicOrPartition,
        Code::CoordinatorNotAvailable,
        Code::RebalanceInProgress,
    ];
    for code in passing {
        let error = stream_error(&KafkaError::MessageConsumption(code), None);
        assert!(matches!(error, TransportError::Transient { .. }), "{error:?}");
    }
    let ending = [
        Code::AutoOffsetReset,
        Code::InconsistentGroupProtocol,
        Code::FencedInstanceId,
        Code::GroupAuthorizationFailed,
        Code::TopicAuthorizationFailed,
        Code::Authentication,
    ];
    for code in ending {
        let error = stream_error(&KafkaError::MessageConsumption(code), None);
        assert!(matches!(error, TransportError::Fatal { .. }), "{error:?}");
    }
    let error = stream_error(&KafkaError::MessageConsumptionFatal(Code::Unknown), None);
    assert!(matches!(error, TransportError::Fatal { .. }), "{error:?}");
}

#[test]
fn the_account_of_the_error_says_what_to_do() {
    let error = stream_error(
        &KafkaError::MessageConsumption(Code::AutoOffsetReset),
        Some("offset 7 is not there".into()),
    );
    let text = error.to_string();
    assert!(text.contains("set kafka.offset_reset") && text.contains("offset 7"), "{text}");
    let error =
        stream_error(&KafkaError::MessageConsumption(Code::InconsistentGroupProtocol), None);
    assert!(error.to_string().contains("kafka.assignment_strategy"));
}
