//! JSON Schemas of the messages, for those who send and read them.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::settings::InputSettings;
use crate::wire::dead_letter::DeadLetter;
use crate::wire::enriched::Enriched;

/// A kind of message that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    Raw,
    Enriched,
    DeadLetter,
}

impl MessageKind {
    pub const ALL: [MessageKind; 3] =
        [MessageKind::Raw, MessageKind::Enriched, MessageKind::DeadLetter];

    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::Raw => "raw",
            MessageKind::Enriched => "enriched",
            MessageKind::DeadLetter => "dead-letter",
        }
    }
}

/// The schema (draft 2020-12) as indented JSON with a line break at the end.
pub fn schema(kind: MessageKind) -> String {
    let schema = match kind {
        MessageKind::Raw => raw(&InputSettings::default()),
        MessageKind::Enriched => written::<Enriched>(),
        MessageKind::DeadLetter => written::<DeadLetter>(),
    };
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON already");
    text.push('\n');
    text
}

/// The schema of a message that copydesk writes.
fn written<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(without_null))
        .with_transform(RecursiveTransform(without_wrapping))
        .into_generator()
        .into_root_schema_for::<T>()
}

/// A field that has no value is left out, which is not to say that it is null.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            schema.ensure_object().extend(only);
        }
    }
}

/// Descriptions are doc comments; their line breaks are those of the source.
fn without_wrapping(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs = description.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
        *description = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

/// The schema of JSON messages under the given names for their fields; fields
/// that a JSON pointer leads to are not described.
fn raw(settings: &InputSettings) -> Schema {
    let text = || json!({ "type": ["string", "null"] });
    let literal = || json!({ "type": ["string", "number", "null"] });
    let fields = [
        (
            &settings.id,
            literal(),
            "The article's own id, kept as it is written. Without one, an id is derived \
             from address and content.",
            json!("harbour-ferry-2024-05-06"),
        ),
        (
            &settings.url,
            text(),
            "The article's address.",
            json!("https://news.example/harbour/ferry"),
        ),
        (
            &settings.html,
            text(),
            "The page the article stands on, whole or in part. Comes before flat text.",
            json!("<!doctype html><title>Ferry back</title><article><p>The ferry is back.</p>"),
        ),
        (
            &settings.text,
            text(),
            "The article as flat text, a paragraph a line, furniture and all.",
            json!("Ferry back\nThe ferry is back.\nSign up for our newsletter"),
        ),
        (&settings.title, json!({}), "The headline, if known.", json!("Ferry back")),
        (
            &settings.author,
            json!({}),
            "Who wrote it: a name, an object with a `name`, or a list of these.",
            json!(["Ada Example"]),
        ),
        (
            &settings.published_at,
            json!({}),
            "When it was published, in any usual form.",
            json!("2024-05-06T07:30:00+02:00"),
        ),
        (
            &settings.fetched_at,
            json!({}),
            "When it was fetched. Kept in the provenance.",
            json!("2024-05-06T08:00:12Z"),
        ),
        (
            &settings.source,
            json!({}),
            "Who published it: a name or domain, or an object with a `name`.",
            json!("The Harbour Post"),
        ),
        (&settings.language, json!({}), "Its language, if known.", json!("en")),
    ];
    let is_name = |name: &&String| !name.starts_with('/');
    let mut properties = Map::new();
    for (names, mut shape, description, example) in fields {
        shape["description"] = description.into();
        shape["examples"] = json!([example]);
        for name in names.iter().filter(is_name) {
            properties.insert(name.clone(), shape.clone());
        }
    }
    let bodies: Vec<Value> = settings
        .html
        .iter()
        .chain(&settings.text)
        .filter(is_name)
        .map(|name| json!({ "required": [name], "properties": { name: { "type": "string" } } }))
        .collect();
    json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Raw article",
        "description": "An article as a scraper sends it, under the default names for its \
            fields. One of the body fields must hold text. Other fields are passed on as they \
            are written. A message may also be a bare page or flat text instead.",
        "type": "object",
        "properties": properties,
        "anyOf": bodies,
        "additionalProperties": true
    })
}
