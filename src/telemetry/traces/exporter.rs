//! Spans on their way to a collector, by OTLP over HTTP. They go through a bounded queue
//! to a thread that sends them in batches. A collector that is slow or down costs spans,
//! and never an article's time.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor,
};
use tokio::runtime::Handle;

use super::Span;
use crate::desk::Kind;

/// Of one batch to the collector.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// For what is left at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Where collectors take traces, below the endpoint's address.
const PATH: &str = "/v1/traces";

pub(super) struct Exporter {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
}

impl Exporter {
    pub fn start(endpoint: &str) -> Self {
        let client = OnRuntime {
            client: HyperClient::with_default_connector(SEND_TIMEOUT, None),
            runtime: Handle::current(),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .with_timeout(SEND_TIMEOUT)
            .build()
            .expect("the settings have checked the address, and the client is given");
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let resource = Resource::builder()
            .with_service_name("copydesk")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        processor.set_resource(&resource);
        Self { processor, scope: InstrumentationScope::builder("copydesk").build() }
    }

    /// Does not wait: a queue that is full drops it.
    pub fn take(&self, span: Span<'_>) {
        let mut attributes = Vec::new();
        let mut status = Status::Unset;
        if let Some((origin, kind)) = span.article {
            // As the semantic conventions of messaging have them.
            attributes.extend([
                KeyValue::new("messaging.system", "kafka"),
                KeyValue::new("messaging.operation.type", "process"),
                KeyValue::new("messaging.destination.name", origin.topic.clone()),
                KeyValue::new("messaging.destination.partition.id", origin.partition.to_string()),
                KeyValue::new("messaging.kafka.offset", origin.offset),
                KeyValue::new("copydesk.outcome", outcome(kind)),
            ]);
            if kind == Kind::DeadLetter {
                status = Status::error("dead-lettered");
            }
        }
        self.processor.on_end(SpanData {
            span_context: SpanContext::new(
                TraceId::from(span.ids.trace_id),
                SpanId::from(span.ids.span_id),
                TraceFlags::SAMPLED,
                false,
                TraceState::default(),
            ),
            parent_span_id: span.parent.map_or(SpanId::INVALID, SpanId::from),
            parent_span_is_remote: span.parent.is_some() && span.parent_is_remote,
            span_kind: if span.article.is_some() { SpanKind::Consumer } else { SpanKind::Internal },
            name: span.name.into(),
            start_time: span.start,
            end_time: span.end,
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status,
            instrumentation_scope: self.scope.clone(),
        });
    }

    pub fn close(&self) {
        if let Err(error) = self.processor.shutdown_with_timeout(CLOSE_TIMEOUT) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

fn outcome(kind: Kind) -> &'static str {
    match kind {
        Kind::Enriched => "enriched",
        Kind::Rejected => "rejected",
        Kind::Tombstone => "tombstone",
        Kind::DeadLetter => "dead_letter",
    }
}

/// The client on the worker's runtime: the thread that sends has none of its own.
#[derive(Debug)]
struct OnRuntime {
    client: HyperClient,
    runtime: Handle,
}

impl HttpClient for OnRuntime {
    // Written out, as the trait's macro has it.
    fn send_bytes<'client, 'answer>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'client: 'answer,
        Self: 'answer,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { client.send_bytes(request).await });
        Box::pin(async move { sent.await? })
    }
}
