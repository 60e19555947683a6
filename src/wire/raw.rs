//! Raw articles: a JSON object, a page or flat text, as scrapers send them.

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::article::{Article, ClueSource, Fact, Flag};
use crate::error::DecodeError;
use crate::settings::InputSettings;
use crate::text::charset::{self, Charset};
use crate::transport::Headers;
use crate::wire::json::{self, Fields, Kind};
use crate::wire::media::{self, ContentType, Form};
use crate::wire::registry;
use crate::wire::unpack::unpack;

/// A decoded message.
#[derive(Debug, Clone)]
pub struct RawArticle {
    pub article: Article,
    /// When the scraper fetched the article, in its own words.
    pub fetched_at: Option<String>,
    pub charset: Charset,
    /// The top-level fields of the message that no fact was taken from, as they
    /// were written. A field that a JSON pointer leads into is among them; a
    /// body field that gave way to a better one is not, as it tells the same.
    pub passthrough: Vec<(String, Box<RawValue>)>,
}

pub struct Decoder {
    settings: InputSettings,
}

impl Decoder {
    pub fn new(settings: InputSettings) -> Self {
        Self { settings }
    }

    /// Makes an article of a message, in time and memory linear in its size.
    ///
    /// `content-encoding` (gzip, zstd) and `content-type` (with charset) are
    /// believed where the payload does not contradict them. The prefix that a schema
    /// registry's serialisers put before JSON is passed over. A file that is no text
    /// (a PDF, an image) is [`DecodeError::WrongMedia`], also where it was put into
    /// a field as if it were one. NUL characters make a payload
    /// [`DecodeError::NotText`]; a few broken characters among sound
    /// ones, and halves of surrogate pairs in JSON strings, become U+FFFD and
    /// flag the article [`Flag::LossyDecoding`].
    pub fn decode(&self, payload: &[u8], headers: &Headers) -> Result<RawArticle, DecodeError> {
        let limit = self.settings.max_bytes;
        if payload.len() > limit {
            return Err(DecodeError::TooLarge { bytes: payload.len(), limit });
        }
        let unpacked = unpack(payload, headers, limit)?;
        let unpacked = registry::without_prefix(&unpacked);
        media::refuse_binary(unpacked)?;
        let content_type = ContentType::of(headers);
        let decoded = charset::decode(unpacked, content_type.charset.as_deref())
            .ok_or(DecodeError::NotText)?;
        if is_blank(&decoded.text) {
            return Err(DecodeError::Empty);
        }
        let form = content_type.form_of(&decoded.text);
        if form != Form::Json {
            media::refuse_binary_text(&decoded.text)?;
        }
        let mut raw = match form {
            Form::Json => self.read_json(&decoded.text, decoded.charset)?,
            Form::Page => without_fields(Article::from_html(decoded.text), decoded.charset),
            Form::Text => without_fields(Article::from_text(decoded.text), decoded.charset),
        };
        if decoded.charset.lossy {
            raw.article.flag(Flag::LossyDecoding);
        }
        Ok(raw)
    }

    fn read_json(&self, json: &str, charset: Charset) -> Result<RawArticle, DecodeError> {
        let limit = self.settings.max_depth;
        if json::is_deeper_than(json, limit) {
            return Err(DecodeError::TooDeep { limit });
        }
        self.read_object(json, charset).or_else(|error| {
            // Half a surrogate pair is no reason to lose an article.
            let mended = json::without_lone_surrogates(json).ok_or(error)?;
            let mut raw = self.read_object(&mended, charset)?;
            raw.article.flag(Flag::LossyDecoding);
            Ok(raw)
        })
    }

    fn read_object(&self, json: &str, charset: Charset) -> Result<RawArticle, DecodeError> {
        let settings = &self.settings;
        let mut message = Message::parse(json)?;
        let url = message.string(&settings.url)?.filter(|url| !is_blank(url));
        let id = message.identifier(&settings.id)?;
        let mut article = message.body(settings)?;
        article.url = url.map(|url| url.trim().to_owned());
        article.id = id.unwrap_or_else(|| derived_id(&article));
        for (fact, names) in [
            (Fact::Title, &settings.title),
            (Fact::Author, &settings.author),
            (Fact::Published, &settings.published_at),
            (Fact::Publisher, &settings.source),
            (Fact::Language, &settings.language),
        ] {
            for statement in message.statements(names)? {
                article.evidence.add(fact, ClueSource::Message, statement);
            }
        }
        let fetched_at = message.statements(&settings.fetched_at)?.into_iter().next();
        if let Some(fetched_at) = &fetched_at {
            // Nothing was published after it: the tag stage judges dates by it.
            article.evidence.add(Fact::Fetched, ClueSource::Message, fetched_at);
        }
        Ok(RawArticle { article, fetched_at, charset, passthrough: message.rest() })
    }
}

/// A message's fields, and which of them something was taken from.
struct Message<'a> {
    fields: Fields<'a>,
    is_used: Vec<bool>,
}

impl<'a> Message<'a> {
    fn parse(json: &'a str) -> Result<Self, DecodeError> {
        let fields = Fields::parse(json)?;
        let is_used = vec![false; fields.len()];
        Ok(Self { fields, is_used })
    }

    /// The article that the body fields hold. Those for pages come first; a
    /// blank field is passed over for one that is not.
    fn body(&mut self, settings: &InputSettings) -> Result<Article, DecodeError> {
        for name in settings.html.iter().chain(&settings.text) {
            let position = self.find(name).and_then(|(_, position)| position);
            self.use_up(position);
        }
        let page = self.string(&settings.html)?;
        let (body, is_page) = match page {
            Some(page) if !is_blank(&page) => {
                let is_page = media::holds_markup(&page);
                (page, is_page)
            }
            blank => {
                let text =
                    self.string(&settings.text)?.or(blank).ok_or(DecodeError::MissingBody)?;
                let is_page = media::opens_like_page(&text);
                (text, is_page)
            }
        };
        media::refuse_binary_text(&body)?;
        Ok(if is_page { Article::from_html(body) } else { Article::from_text(body) })
    }

    /// The first of the named fields that holds text, or else one that is blank.
    fn string(&mut self, names: &[String]) -> Result<Option<String>, DecodeError> {
        let mut blank = None;
        for name in names {
            let Some((value, position)) = self.find(name) else { continue };
            if Kind::of(value) != Kind::String {
                return Err(wrong_type(name, value, "a string"));
            }
            let text = json::text(value)?;
            self.use_up(position);
            if !is_blank(&text) {
                return Ok(Some(text));
            }
            blank = blank.or(Some(text));
        }
        Ok(blank)
    }

    /// The first of the named fields that holds text or a number, which counts
    /// as it was written.
    fn identifier(&mut self, names: &[String]) -> Result<Option<String>, DecodeError> {
        for name in names {
            let Some((value, position)) = self.find(name) else { continue };
            let text = match Kind::of(value) {
                Kind::String => json::text(value)?,
                Kind::Number => value.get().to_owned(),
                _ => return Err(wrong_type(name, value, "a string or a number")),
            };
            self.use_up(position);
            if !is_blank(&text) {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// What the first of the named fields that says anything says: text, a
    /// number as it was written, an object by its `name`, or a list of these. A
    /// value of another shape is no reason to lose the article: it stays among
    /// the fields that are passed on.
    fn statements(&mut self, names: &[String]) -> Result<Vec<String>, DecodeError> {
        for name in names {
            let Some((value, position)) = self.find(name) else { continue };
            let statements = json::elements(value)
                .unwrap_or_else(|| vec![value])
                .into_iter()
                .filter_map(|value| statement(value).transpose())
                .collect::<Result<Vec<_>, _>>()?;
            if !statements.is_empty() {
                self.use_up(position);
                return Ok(statements);
            }
        }
        Ok(Vec::new())
    }

    /// The value that a name or JSON pointer leads to, unless it is null, and
    /// the top-level field that it is the whole of.
    fn find(&self, name: &str) -> Option<(&'a RawValue, Option<usize>)> {
        let found = match name.strip_prefix('/') {
            None => {
                let position = self.fields.position(name)?;
                (self.fields.value(position), Some(position))
            }
            Some(pointer) => {
                let mut segments = pointer.split('/');
                let position = self.fields.position(&json::unescape(segments.next()?))?;
                let value = json::descend(self.fields.value(position), segments)?;
                (value, (!pointer.contains('/')).then_some(position))
            }
        };
        (Kind::of(found.0) != Kind::Null).then_some(found)
    }

    fn use_up(&mut self, position: Option<usize>) {
        if let Some(position) = position {
            self.is_used[position] = true;
        }
    }

    fn rest(self) -> Vec<(String, Box<RawValue>)> {
        self.fields
            .iter()
            .zip(&self.is_used)
            .filter(|(_, is_used)| !**is_used)
            .map(|((name, value), _)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

fn statement(value: &RawValue) -> Result<Option<String>, DecodeError> {
    let value = match Kind::of(value) {
        Kind::Object => json::descend(value, std::iter::once("name")),
        _ => Some(value),
    };
    let text = match value.map(|value| (Kind::of(value), value)) {
        Some((Kind::String, value)) => json::text(value)?,
        Some((Kind::Number, value)) => value.get().to_owned(),
        _ => return Ok(None),
    };
    Ok((!is_blank(&text)).then_some(text))
}

fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}

fn wrong_type(name: &str, value: &RawValue, expected: &'static str) -> DecodeError {
    DecodeError::WrongType { field: name.to_owned(), found: Kind::of(value).name(), expected }
}

/// An article that came without a message around it.
fn without_fields(mut article: Article, charset: Charset) -> RawArticle {
    article.id = derived_id(&article);
    RawArticle { article, fetched_at: None, charset, passthrough: Vec::new() }
}

/// The same for the same address and content, so that a redelivery is known for
/// what it is: the first half of the SHA-256 of both, as 32 hexadecimal digits.
fn derived_id(article: &Article) -> String {
    let mut hash = Sha256::new();
    hash.update(article.url.as_deref().unwrap_or_default());
    hash.update([0]);
    hash.update(article.html.as_deref().unwrap_or(article.text()));
    super::hex(&hash.finalize()[..16])
}
