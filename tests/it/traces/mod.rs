//! Traces: what a header says, and what a collector receives.

#[cfg(feature = "otlp")]
mod collector;
#[cfg(feature = "otlp")]
mod sent;

use copydesk::telemetry::traces::{SpanIds, TraceContext};
use copydesk::transport::Origin;

fn origin(offset: i64) -> Origin {
    Origin { topic: "articles.raw".into(), partition: 3, offset }
}

#[test]
fn a_header_is_read_as_the_standard_has_it() {
    let context = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let expected = TraceContext {
        trace_id: 0x4bf92f3577b34da6a3ce929d0e0e4736,
        span_id: 0x00f067aa0ba902b7,
        sampled: true,
    };
    assert_eq!(context, Some(expected));
    let more = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what-comes-next";
    assert_eq!(TraceContext::parse(more), Some(TraceContext { sampled: false, ..expected }));
    for invalid in [
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902é-01",
    ] {
        assert_eq!(TraceContext::parse(invalid), None, "{invalid}");
    }
}

#[test]
fn a_header_that_is_written_can_be_read() {
    let ids = SpanIds::of(&origin(7), None);
    let read = TraceContext::parse(&ids.to_header()).unwrap();
    assert_eq!((read.trace_id, read.span_id, read.sampled), (ids.trace_id, ids.span_id, true));
}

#[test]
fn ids_follow_from_where_a_message_stands() {
    assert_eq!(SpanIds::of(&origin(7), None), SpanIds::of(&origin(7), None));
    assert_ne!(SpanIds::of(&origin(7), None), SpanIds::of(&origin(8), None));
    let parent = TraceContext { trace_id: 5, span_id: 6, sampled: true };
    let ids = SpanIds::of(&origin(7), Some(&parent));
    assert_eq!(ids.trace_id, 5);
    assert_ne!(ids.span_id, 6);
    assert_ne!(ids.child(1), ids);
}

#[test]
fn of_many_traces_the_share_is_sampled() {
    let within = |share: f64| {
        (0..10_000).filter(|offset| SpanIds::of(&origin(*offset), None).is_within(share)).count()
    };
    assert_eq!((within(0.0), within(1.0)), (0, 10_000));
    assert!((800..1_200).contains(&within(0.1)), "{}", within(0.1));
}
