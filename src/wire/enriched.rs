//! Enriched articles, as they are published.

use crate::error::EncodeError;
use crate::stage::Verdict;
use crate::transport::Headers;
use crate::wire::raw::RawArticle;

pub struct Encoder {
    settings: crate::settings::OutputSettings,
}

impl Encoder {
    pub fn new(settings: crate::settings::OutputSettings) -> Self {
        Self { settings }
    }

    pub fn encode(&self, raw: &RawArticle, _verdict: Verdict) -> Result<Vec<u8>, EncodeError> {
        let _ = &self.settings;
        Ok(raw.article.text().as_bytes().to_vec())
    }

    pub fn headers(&self, _raw: &RawArticle, _verdict: Verdict) -> Headers {
        Vec::new()
    }
}
