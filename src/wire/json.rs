//! Reading JSON without trusting it and without building a tree of it: the
//! fields of an object stay as they were written until one is asked for.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::error::DecodeError;

/// The fields of an object, in the order they were written, each value as it
/// was written. Of fields with one name the last counts, in the first's place.
#[derive(Debug, Clone, Default)]
pub struct Fields<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    pub fn parse(json: &'a str) -> Result<Self, DecodeError> {
        if !json.trim_start().starts_with('{') {
            // What is no JSON at all is told apart from JSON of another kind.
            return match serde_json::from_str::<&RawValue>(json) {
                Ok(_) => Err(DecodeError::NotAnObject),
                Err(error) => Err(not_json(&error)),
            };
        }
        serde_json::from_str(json).map_err(|error| not_json(&error))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.fields.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    pub fn len(&self) -> usize {
        self.fields.len()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|(known, _)| known == name)
    }

    pub fn value(&self, position: usize) -> &'a RawValue {
        self.fields[position].1
    }
}

impl<'a> FromIterator<(&'a str, &'a RawValue)> for Fields<'a> {
    /// The names must differ.
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a RawValue)>>(fields: I) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
        Self { fields: fields.collect() }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((Name(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields { fields: without_duplicates(fields) })
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}

fn without_duplicates<'a>(
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
) -> Vec<(Cow<'a, str>, &'a RawValue)> {
    let mut last: HashMap<&str, &RawValue> = HashMap::with_capacity(fields.len());
    for (name, value) in &fields {
        last.insert(name, value);
    }
    if last.len() == fields.len() {
        return fields;
    }
    let mut kept = Vec::with_capacity(last.len());
    for (name, _) in &fields {
        if let Some(value) = last.remove(name.as_ref()) {
            kept.push((name.clone(), value));
        }
    }
    kept
}

/// What follows a JSON pointer's first step: the value that `segments` lead to.
pub(super) fn descend<'a, 's>(
    value: &'a RawValue,
    mut segments: impl Iterator<Item = &'s str>,
) -> Option<&'a RawValue> {
    segments.try_fold(value, |value, segment| match Kind::of(value) {
        Kind::Object => {
            let fields = Fields::parse(value.get()).ok()?;
            fields.position(&unescape(segment)).map(|position| fields.value(position))
        }
        Kind::Array => elements(value)?.get(segment.parse::<usize>().ok()?).copied(),
        _ => None,
    })
}

/// A segment of a JSON pointer as the name it stands for (RFC 6901).
pub(super) fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        segment.replace("~1", "/").replace("~0", "~").into()
    } else {
        segment.into()
    }
}

/// The elements of an array; `None` for another kind of value.
pub(super) fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    (Kind::of(value) == Kind::Array).then(|| serde_json::from_str(value.get()).ok())?
}

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Number,
    Boolean,
    Null,
    Object,
    Array,
}

impl Kind {
    pub fn of(value: &RawValue) -> Self {
        match value.get().as_bytes().first() {
            Some(b'"') => Kind::String,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// With its article, for people.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "a string",
            Kind::Number => "a number",
            Kind::Boolean => "a boolean",
            Kind::Null => "null",
            Kind::Object => "an object",
            Kind::Array => "an array",
        }
    }
}

/// The text of a value that is known to be a string.
pub(super) fn text(value: &RawValue) -> Result<String, DecodeError> {
    // Its syntax has been checked, so what is left to be wrong is a `\ud800`
    // without its other half.
    serde_json::from_str(value.get()).map_err(|error| not_json(&error))
}

/// Whether objects and arrays are nested deeper than `limit`. Linear, and sure
/// of its answer only for what turns out to be JSON.
pub(super) fn is_deeper_than(json: &str, limit: usize) -> bool {
    let bytes = json.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_string(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The position behind the quotation mark that ends the string around `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        let position = at + found;
        if bytes[position] == b'"' {
            return position + 1;
        }
        at = (position + 2).min(bytes.len());
    }
    bytes.len()
}

/// The same JSON with U+FFFD for every escape of half a surrogate pair, or
/// `None` if there is none.
pub(super) fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut mended = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        let start = at + found;
        match (surrogate(json, start), surrogate(json, start + 6)) {
            (Some(Half::Leading), Some(Half::Trailing)) => at = start + 12,
            (Some(_), _) => {
                mended.push_str(&json[done..start]);
                mended.push_str("\\ufffd");
                at = start + 6;
                done = at;
            }
            (None, _) => at = (start + 2).min(json.len()),
        }
    }
    if done == 0 {
        return None;
    }
    mended.push_str(&json[done..]);
    Some(mended)
}

enum Half {
    Leading,
    Trailing,
}

/// Which half of a surrogate pair the escape at `start` is, if it is one.
fn surrogate(json: &str, start: usize) -> Option<Half> {
    let digits = json.get(start..start + 6)?.strip_prefix("\\u")?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::Leading),
        0xdc00..=0xdfff => Some(Half::Trailing),
        _ => None,
    }
}

fn not_json(error: &serde_json::Error) -> DecodeError {
    // The parser's own words may quote the payload; these do not.
    let why = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        _ if error.to_string().starts_with("trailing characters") => "more follows its end",
        _ => "it breaks the syntax",
    };
    DecodeError::NotJson { why, line: error.line(), column: error.column() }
}
