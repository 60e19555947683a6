//! Traces: a span an article, from its taking to its acknowledgement, with a child a
//! step. Off unless `traces.endpoint` is set; a build without the cargo feature `otlp`
//! has none.
//!
//! An article's ids follow from where its message stands, so that nothing has to be
//! carried along, the output stays a function of the message and the settings, and an
//! article that is delivered again shows up under the same ids.

mod context;
#[cfg(feature = "otlp")]
mod exporter;

pub use context::{SpanIds, TraceContext};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::account::Account;
use crate::desk::Kind;
use crate::settings::TracesSettings;
use crate::transport::{Delivery, Headers, Origin};

/// Of W3C Trace Context.
const HEADER: &str = "traceparent";
/// Sampled articles under way that are remembered; beyond, the earlier go without a span.
const MOST_OPEN: usize = 10_000;

/// Cloning gives another view of the same; the default traces nothing.
#[derive(Clone, Default)]
pub struct Tracer(Option<Arc<Tracing>>);

struct Tracing {
    sampled_share: f64,
    /// When the articles were taken that are sampled and under way.
    open: Mutex<HashMap<Origin, SystemTime>>,
    #[cfg(feature = "otlp")]
    exporter: exporter::Exporter,
}

/// A span that has ended.
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "nothing exports it"))]
struct Span<'a> {
    ids: SpanIds,
    /// One of this process, or the sender's; none for a trace that begins here.
    parent: Option<u64>,
    parent_is_remote: bool,
    name: &'static str,
    start: SystemTime,
    end: SystemTime,
    /// Of the article's own span.
    article: Option<(&'a Origin, Kind)>,
}

impl Tracer {
    /// Sends spans to the endpoint of the settings, from a thread of its own. Must be
    /// called within a tokio runtime, which the sending needs.
    #[cfg(feature = "otlp")]
    pub fn of(settings: &TracesSettings) -> Self {
        Self((!settings.endpoint.is_empty()).then(|| {
            Arc::new(Tracing {
                sampled_share: settings.sampled_share,
                open: Mutex::default(),
                exporter: exporter::Exporter::start(&settings.endpoint),
            })
        }))
    }

    /// Settings with an endpoint are refused by a build without the feature.
    #[cfg(not(feature = "otlp"))]
    pub fn of(_settings: &TracesSettings) -> Self {
        Self::default()
    }

    /// The article's span as others are to know it, where it is sampled.
    fn sampled(&self, delivery: &Delivery) -> Option<(&Tracing, SpanIds, Option<u64>)> {
        let tracing = self.0.as_deref()?;
        let parent = parent_of(&delivery.headers);
        let ids = SpanIds::of(&delivery.origin, parent.as_ref());
        let sampled = match &parent {
            Some(parent) => parent.sampled,
            None => ids.is_within(tracing.sampled_share),
        };
        sampled.then_some((tracing, ids, parent.map(|parent| parent.span_id)))
    }

    /// Of the article's trace, as 32 hexadecimal digits; none where it is not sampled.
    pub fn trace_id(&self, delivery: &Delivery) -> Option<String> {
        let (_, ids, _) = self.sampled(delivery)?;
        Some(format!("{:032x}", ids.trace_id))
    }

    /// Names the article's span in the headers of its output, as the parent of whatever
    /// is done with it next. Headers of an article that is not sampled stay as they are.
    pub fn propagate(&self, delivery: &Delivery, headers: &mut Headers) {
        let Some((_, ids, _)) = self.sampled(delivery) else { return };
        headers.retain(|(name, _)| name != HEADER);
        headers.push((HEADER.into(), Some(ids.to_header().into_bytes())));
    }

    pub(super) fn taken(&self, delivery: &Delivery) {
        let Some((tracing, ..)) = self.sampled(delivery) else { return };
        let mut open = tracing.open();
        // Those of articles that went to another worker stay, so they are let go at times.
        if open.len() >= MOST_OPEN {
            open.clear();
        }
        open.insert(delivery.origin.clone(), SystemTime::now());
    }

    /// The steps of an article, which has just come back from the desk.
    pub(super) fn computed(&self, delivery: &Delivery, account: &Account) {
        let Some((tracing, ids, _)) = self.sampled(delivery) else { return };
        let mut start = SystemTime::now() - account.started.elapsed();
        for (index, (name, time)) in account.steps.iter().enumerate() {
            let end = start + *time;
            tracing.export(Span {
                ids: ids.child(index as u64 + 1),
                parent: Some(ids.span_id),
                parent_is_remote: false,
                name,
                start,
                end,
                article: None,
            });
            start = end;
        }
    }

    pub(super) fn completed(&self, delivery: &Delivery, kind: Kind) {
        let Some((tracing, ids, parent)) = self.sampled(delivery) else { return };
        let Some(start) = tracing.open().remove(&delivery.origin) else { return };
        tracing.export(Span {
            ids,
            parent,
            parent_is_remote: true,
            name: "article",
            start,
            end: SystemTime::now(),
            article: Some((&delivery.origin, kind)),
        });
    }

    /// Sends what is left, within a bounded time; blocks.
    pub fn close(&self) {
        #[cfg(feature = "otlp")]
        if let Some(tracing) = &self.0 {
            tracing.exporter.close();
        }
    }
}

impl Tracing {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Origin, SystemTime>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "otlp")]
    fn export(&self, span: Span<'_>) {
        self.exporter.take(span);
    }

    #[cfg(not(feature = "otlp"))]
    fn export(&self, _span: Span<'_>) {}
}

/// What the sender says; a header that is none, or one too many, says nothing.
fn parent_of(headers: &Headers) -> Option<TraceContext> {
    let mut found = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HEADER));
    let (_, value) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    TraceContext::parse(std::str::from_utf8(value.as_deref()?).ok()?)
}
