//! Raw articles: a JSON object, a page or flat text, as scrapers send them.

use serde_json::value::RawValue;

use crate::article::Article;
use crate::error::DecodeError;
use crate::settings::InputSettings;
use crate::transport::Headers;

/// A decoded message.
pub struct RawArticle {
    pub article: Article,
    /// Fields of the message that copydesk does not know, as they were written.
    pub passthrough: Vec<(String, Box<RawValue>)>,
}

pub struct Decoder {
    settings: InputSettings,
}

impl Decoder {
    pub fn new(settings: InputSettings) -> Self {
        Self { settings }
    }

    pub fn decode(&self, payload: &[u8], _headers: &Headers) -> Result<RawArticle, DecodeError> {
        let _ = &self.settings;
        let text = String::from_utf8_lossy(payload);
        Ok(RawArticle { article: Article::from_text(text), passthrough: Vec::new() })
    }
}
