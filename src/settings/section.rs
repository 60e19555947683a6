//! How a section is declared, and how its keys are read out of the layers.

use std::collections::{BTreeMap, HashSet};

use config::{Config, Value};

use super::check::Check;
use super::fault::Fault;
use super::kind::Kind;

/// A key as the reference knows it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub section: &'static str,
    pub section_doc: &'static [&'static str],
    pub name: &'static str,
    pub doc: &'static [&'static str],
    /// What a person is to write: `a whole number, at least 1`.
    pub expected: String,
    pub default: toml::Value,
    pub is_map: bool,
    pub is_secret: bool,
}

impl Key {
    /// `section.key`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }
}

/// What [`section!`] makes of a table.
pub(super) trait Section: Default {
    fn keys() -> Vec<Key>;
    fn read(&mut self, reader: &mut Reader);
    /// Each value as TOML, secrets masked.
    fn shown(&self) -> Vec<toml::Value>;
}

/// Declares a section. For each key: its doc, then
/// `name: type = default, check, check…;`.
macro_rules! section {
    (
        $(#[doc = $section_doc:literal])+
        $section:ident = $section_name:literal {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: $type:ty = $default:expr $(, $check:expr)*;
            )+
        }
    ) => {
        $(#[doc = $section_doc])+
        #[derive(Clone, PartialEq)]
        pub struct $section {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($name: <$type as $crate::settings::kind::Kind>::from_literal($default),)+ }
            }
        }

        // Not derived: properties may hold secrets.
        impl std::fmt::Debug for $section {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                use $crate::settings::kind::Kind;
                formatter
                    .debug_struct(stringify!($section))
                    $(.field(stringify!($name), &format_args!("{}", self.$name.shown())))+
                    .finish()
            }
        }

        impl $crate::settings::section::Section for $section {
            fn keys() -> Vec<$crate::settings::section::Key> {
                use $crate::settings::kind::Kind;
                const SECTION_DOC: &[&str] = &[$($section_doc),+];
                let default = Self::default();
                vec![$($crate::settings::section::Key {
                    section: $section_name,
                    section_doc: SECTION_DOC,
                    name: stringify!($name),
                    doc: &[$($doc),+],
                    expected: $crate::settings::check::expected::<$type>(&[$($check),*]),
                    default: default.$name.shown(),
                    is_map: <$type>::IS_MAP,
                    is_secret: <$type>::IS_SECRET,
                }),+]
            }

            fn read(&mut self, reader: &mut $crate::settings::section::Reader) {
                $(reader.read(
                    concat!($section_name, ".", stringify!($name)),
                    &mut self.$name,
                    &[$($check),*],
                );)+
            }

            fn shown(&self) -> Vec<toml::Value> {
                use $crate::settings::kind::Kind;
                vec![$(self.$name.shown()),+]
            }
        }
    };
}
pub(super) use section;

/// Reads keys out of the merged layers and keeps account of faults.
pub(super) struct Reader {
    /// By `section.key`.
    merged: BTreeMap<String, Value>,
    faults: Vec<Fault>,
    /// Keys whose value is not to be relied on.
    refused: HashSet<String>,
}

impl Reader {
    pub fn new(merged: Config, faults: Vec<Fault>) -> Self {
        let sections = merged.cache.into_table().unwrap_or_default();
        let merged = sections
            .into_iter()
            .flat_map(|(section, keys)| {
                let keys = keys.into_table().unwrap_or_default();
                keys.into_iter().map(move |(key, value)| (format!("{section}.{key}"), value))
            })
            .collect();
        Self { merged, faults, refused: HashSet::new() }
    }

    /// Leaves the default in `target` where no layer sets the key or where it
    /// is at fault.
    pub fn read<T: Kind>(&mut self, key: &str, target: &mut T, checks: &[Check<T>]) {
        let Some(value) = self.merged.get(key) else { return };
        let read = T::read(value).filter(|read| checks.iter().all(|check| (check.holds)(read)));
        match read {
            Some(read) => *target = read,
            None => {
                let mut why = format!("expected {}", super::check::expected(checks));
                if T::IS_SHOWN {
                    why.push_str(&format!(", found {}", found(value)));
                }
                self.refuse(key, why);
            }
        }
    }

    pub fn refuse(&mut self, key: &str, why: String) {
        self.faults.push(Fault { key: Some(key.into()), origin: self.origin(key), why });
        self.refused.insert(key.into());
    }

    pub fn is_refused(&self, key: &str) -> bool {
        self.refused.contains(key)
    }

    /// The origin of each key that a layer sets, and all faults.
    pub fn finish(self) -> (BTreeMap<String, String>, Vec<Fault>) {
        let origins = self.merged.keys().map(|key| (key.clone(), self.origin(key))).collect();
        (origins, self.faults)
    }

    fn origin(&self, key: &str) -> String {
        let Some(value) = self.merged.get(key) else { return "default".into() };
        let origins = match &value.kind {
            // A map has as many sources as entries.
            config::ValueKind::Table(entries) => {
                entries.values().filter_map(Value::origin).collect()
            }
            _ => value.origin().into_iter().collect::<std::collections::BTreeSet<_>>(),
        };
        origins.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// A value as it stands in a fault.
fn found(value: &Value) -> String {
    use config::ValueKind;
    /// Long enough to recognise what was written.
    const SHOWN_CHARACTERS: usize = 60;
    match &value.kind {
        ValueKind::String(text) if text.chars().count() <= SHOWN_CHARACTERS => format!("{text:?}"),
        ValueKind::String(_) => "a longer text".into(),
        ValueKind::Table(_) => "a table".into(),
        ValueKind::Array(_) => "a list".into(),
        ValueKind::Nil => "nothing".into(),
        other => other.to_string(),
    }
}
