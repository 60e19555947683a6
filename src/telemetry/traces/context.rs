//! Trace and span ids, and their form in a header: `traceparent` of W3C Trace Context,
//! `00-<trace id>-<span id>-<flags>`.

use sha2::{Digest, Sha256};

use crate::transport::Origin;

/// What a sender says of the span that a message was sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    pub trace_id: u128,
    pub span_id: u64,
    pub sampled: bool,
}

/// The ids of a span of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanIds {
    pub trace_id: u128,
    pub span_id: u64,
}

impl TraceContext {
    /// None for what the standard calls invalid. Versions to come may say more behind the
    /// flags.
    pub fn parse(header: &str) -> Option<Self> {
        let mut fields = header.split('-');
        let mut field = |digits: usize| {
            let text = fields.next().filter(|text| text.len() == digits)?;
            let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            text.bytes().all(digit).then_some(text)
        };
        let (version, trace, span, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
        if version == "ff" || (version == "00" && fields.next().is_some()) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace_id, span_id, sampled })
    }
}

impl SpanIds {
    /// Of the article whose message stands there.
    pub fn of(origin: &Origin, parent: Option<&TraceContext>) -> Self {
        let mut hash = Sha256::new();
        hash.update(origin.topic.as_bytes());
        hash.update([0]);
        hash.update(origin.partition.to_be_bytes());
        hash.update(origin.offset.to_be_bytes());
        let [mut trace_id, mut span_id] = [0u128, 0];
        for (index, byte) in hash.finalize().into_iter().enumerate().take(24) {
            let id = if index < 16 { &mut trace_id } else { &mut span_id };
            *id = *id << 8 | u128::from(byte);
        }
        Self {
            trace_id: parent.map_or(trace_id.max(1), |parent| parent.trace_id),
            span_id: (span_id as u64).max(1),
        }
    }

    /// Another span of the same trace.
    pub fn child(self, number: u64) -> Self {
        Self { span_id: self.span_id.wrapping_add(number).max(1), ..self }
    }

    /// Whether the trace is among this share of all, 0 to 1.
    pub fn is_within(self, share: f64) -> bool {
        let place = (self.trace_id >> 64) as u64 as f64 / u64::MAX as f64;
        share >= 1.0 || place < share
    }

    pub fn to_header(self) -> String {
        format!("00-{:032x}-{:016x}-01", self.trace_id, self.span_id)
    }
}
