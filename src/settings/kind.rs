//! What a setting's value can be, and how each kind is read and shown.

use std::collections::BTreeMap;

use config::{Value, ValueKind};

use super::secret::{MASK, Secret, is_secret_property};

/// A type that a setting can have. Text is accepted for every kind, because
/// the environment and the command line have nothing else.
pub(super) trait Kind: Sized {
    /// How a default is written in a table.
    type Literal;
    /// Whether its keys are open: any name below the setting is a value.
    const IS_MAP: bool = false;
    /// Whether it is for the eyes of copydesk alone.
    const IS_SECRET: bool = false;
    /// Whether a fault may say what was found.
    const IS_SHOWN: bool = true;

    fn from_literal(literal: Self::Literal) -> Self;
    /// What a person is to write: `a whole number`.
    fn expected() -> String;
    fn read(value: &Value) -> Option<Self>;
    /// As it may be seen by anybody.
    fn shown(&self) -> toml::Value;
}

/// A setting with a closed set of values.
pub trait Choice: Copy + PartialEq + Sized + 'static {
    /// Each value with its name in files, messages and the reference.
    const ALL: &'static [(Self, &'static str)];

    fn as_str(self) -> &'static str {
        // A choice that is not in its own list cannot be written with `choice!`.
        Self::ALL.iter().find(|(value, _)| *value == self).map_or("", |(_, name)| name)
    }
}

/// Declares a [`Choice`] with its names.
macro_rules! choice {
    ($(#[$of_type:meta])* $type:ident {
        $($(#[$of_variant:meta])* $variant:ident = $name:literal,)+
    }) => {
        $(#[$of_type])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type { $($(#[$of_variant])* $variant,)+ }

        impl $crate::settings::Choice for $type {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $name)),+];
        }
    };
}
pub(super) use choice;

impl<T: Choice> Kind for T {
    type Literal = Self;

    fn from_literal(literal: Self) -> Self {
        literal
    }

    fn expected() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|(_, name)| *name).collect();
        format!("one of {}", names.join(", "))
    }

    fn read(value: &Value) -> Option<Self> {
        let ValueKind::String(text) = &value.kind else { return None };
        Self::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(value, _)| *value)
    }

    fn shown(&self) -> toml::Value {
        self.as_str().into()
    }
}

impl Kind for bool {
    type Literal = bool;

    fn from_literal(literal: bool) -> Self {
        literal
    }

    fn expected() -> String {
        "true or false".into()
    }

    fn read(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Boolean(value) => Some(*value),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn shown(&self) -> toml::Value {
        (*self).into()
    }
}

impl Kind for u64 {
    type Literal = u64;

    fn from_literal(literal: u64) -> Self {
        literal
    }

    fn expected() -> String {
        "a whole number".into()
    }

    fn read(value: &Value) -> Option<Self> {
        // TOML's integers have 64 bits and a sign, so no setting goes beyond.
        let number: i64 = match &value.kind {
            ValueKind::I64(number) => *number,
            ValueKind::String(text) => text.parse().ok()?,
            _ => return None,
        };
        number.try_into().ok()
    }

    fn shown(&self) -> toml::Value {
        i64::try_from(*self).unwrap_or(i64::MAX).into()
    }
}

impl Kind for usize {
    type Literal = usize;

    fn from_literal(literal: usize) -> Self {
        literal
    }

    fn expected() -> String {
        u64::expected()
    }

    fn read(value: &Value) -> Option<Self> {
        u64::read(value)?.try_into().ok()
    }

    fn shown(&self) -> toml::Value {
        (*self as u64).shown()
    }
}

impl Kind for f64 {
    type Literal = f64;

    fn from_literal(literal: f64) -> Self {
        literal
    }

    fn expected() -> String {
        "a number".into()
    }

    fn read(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Float(number) => Some(*number),
            ValueKind::I64(number) => Some(*number as f64),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn shown(&self) -> toml::Value {
        (*self).into()
    }
}

impl Kind for String {
    type Literal = &'static str;

    fn from_literal(literal: &'static str) -> Self {
        literal.into()
    }

    fn expected() -> String {
        "text".into()
    }

    fn read(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::String(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn shown(&self) -> toml::Value {
        self.as_str().into()
    }
}

impl Kind for Secret {
    type Literal = &'static str;
    const IS_SECRET: bool = true;
    const IS_SHOWN: bool = false;

    fn from_literal(literal: &'static str) -> Self {
        Secret(literal.into())
    }

    fn expected() -> String {
        String::expected()
    }

    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Secret)
    }

    fn shown(&self) -> toml::Value {
        if self.0.is_empty() { "".into() } else { MASK.into() }
    }
}

/// As one text: separated by commas, blanks around them not counted.
impl Kind for Vec<String> {
    type Literal = &'static [&'static str];

    fn from_literal(literal: Self::Literal) -> Self {
        literal.iter().map(|text| text.to_string()).collect()
    }

    fn expected() -> String {
        "a list of texts".into()
    }

    fn read(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Array(values) => values.iter().map(String::read).collect(),
            ValueKind::String(text) if text.trim().is_empty() => Some(Vec::new()),
            ValueKind::String(text) => {
                Some(text.split(',').map(|part| part.trim().to_string()).collect())
            }
            _ => None,
        }
    }

    fn shown(&self) -> toml::Value {
        self.clone().into()
    }
}

/// Properties of librdkafka, whose values are texts whatever they mean.
impl Kind for BTreeMap<String, String> {
    type Literal = &'static [(&'static str, &'static str)];
    const IS_MAP: bool = true;
    const IS_SHOWN: bool = false;

    fn from_literal(literal: Self::Literal) -> Self {
        literal.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
    }

    fn expected() -> String {
        "a table of texts, numbers or booleans".into()
    }

    fn read(value: &Value) -> Option<Self> {
        let ValueKind::Table(table) = &value.kind else { return None };
        let text = |value: &Value| match &value.kind {
            ValueKind::String(text) => Some(text.clone()),
            ValueKind::Boolean(value) => Some(value.to_string()),
            ValueKind::I64(number) => Some(number.to_string()),
            ValueKind::Float(number) => Some(number.to_string()),
            _ => None,
        };
        table.iter().map(|(name, value)| Some((name.clone(), text(value)?))).collect()
    }

    fn shown(&self) -> toml::Value {
        let shown = |(name, text): (&String, &String)| {
            let text = if is_secret_property(name) { MASK } else { text };
            (name.clone(), toml::Value::from(text))
        };
        toml::Value::Table(self.iter().map(shown).collect())
    }
}
