//! JSON of which only text is kept, and the lists and objects that hold some: a script may
//! hold a hundred thousand numbers and empty lists for one article.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

pub enum Data {
    Text(String),
    List(Vec<Self>),
    Object(Object),
}

/// The fields of an object, in order.
pub struct Object(Vec<(String, Data)>);

impl Data {
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }
}

impl Object {
    pub fn get(&self, name: &str) -> Option<&Data> {
        self.iter().find_map(|(own, field)| (own == name).then_some(field))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Data)> {
        self.0.iter().map(|(name, field)| (&name[..], field))
    }

    pub fn fields(&self) -> impl Iterator<Item = &Data> {
        self.0.iter().map(|(_, field)| field)
    }
}

/// A value as it is read: nothing where there is no text in it.
pub struct Held(pub Option<Data>);

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Held)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Option<Data>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((!text.is_empty()).then(|| Data::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut held = Vec::new();
        while let Some(Held(item)) = items.next_element()? {
            held.extend(item);
        }
        Ok((!held.is_empty()).then_some(Data::List(held)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut held = Vec::new();
        while let Some(name) = fields.next_key::<String>()? {
            if let Held(Some(field)) = fields.next_value()? {
                held.push((name, field));
            }
        }
        Ok((!held.is_empty()).then_some(Data::Object(Object(held))))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
