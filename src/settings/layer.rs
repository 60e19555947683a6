//! The layers above the defaults: a file, the environment, flags. Each is
//! brought into one form, its unknown keys refused, and laid over the last by
//! the `config` crate.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::fault::Fault;
use super::secret::is_secret_property;
use super::section::Key;
use super::{FILE_VARIABLE, Flag, Sources};

/// Two underscores: variables such as `COPYDESK_PORT`, which Kubernetes sets
/// for a service of this name, are not meant for us.
const VARIABLE_PREFIX: &str = "COPYDESK__";

pub(super) fn merge(sources: &Sources, keys: &[Key], faults: &mut Vec<Fault>) -> Config {
    let mut layers = vec![Layer::new(keys), Layer::new(keys), Layer::new(keys)];
    if let Some(path) = file(sources) {
        layers[0].read_file(&path);
    }
    layers[1].read_environment(&sources.environment);
    layers[2].read_flags(&sources.flags);

    let mut builder = Config::builder();
    for layer in layers {
        faults.extend(layer.faults);
        builder = builder.add_source(Tables(layer.tables));
    }
    // The tables hold known names only, which are all fit for a key of `config`.
    builder.build().expect("known keys merge")
}

fn file(sources: &Sources) -> Option<PathBuf> {
    let variable = |(name, value): &(OsString, OsString)| {
        (name == FILE_VARIABLE && !value.is_empty()).then(|| PathBuf::from(value))
    };
    sources.file.clone().or_else(|| sources.environment.iter().find_map(variable))
}

/// Sections, their keys, and for maps the entries.
type Sections = Map<String, Map<String, Value>>;

#[derive(Debug, Clone)]
struct Tables(Sections);

impl Source for Tables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let table = |(name, keys): (&String, &Map<String, Value>)| {
            (name.clone(), Value::new(None, ValueKind::Table(keys.clone())))
        };
        Ok(self.0.iter().map(table).collect())
    }
}

struct Layer<'a> {
    keys: &'a [Key],
    tables: Sections,
    faults: Vec<Fault>,
}

impl<'a> Layer<'a> {
    fn new(keys: &'a [Key]) -> Self {
        Self { keys, tables: Map::new(), faults: Vec::new() }
    }

    fn read_file(&mut self, path: &Path) {
        let origin = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.refuse(None, &origin, format!("could not be read: {error}")),
        };
        let sections = match File::from_str(&text, FileFormat::Toml).collect() {
            Ok(sections) => sections,
            Err(error) => return self.refuse(None, &origin, toml_fault(&text, &error)),
        };
        for (section, value) in sorted(sections) {
            if !self.keys.iter().any(|key| key.section == section) {
                let why = format!("unknown section{}", self.suggest_section(&section));
                self.refuse(Some(section), &origin, why);
                continue;
            }
            match value.kind {
                ValueKind::Table(table) => {
                    for (key, value) in sorted(table) {
                        self.insert(&section, &key, None, value.kind, &origin, dotted);
                    }
                }
                _ => self.refuse(Some(section.clone()), &origin, format!("expected [{section}]")),
            }
        }
    }

    fn read_environment(&mut self, environment: &[(OsString, OsString)]) {
        let mut variables: Vec<_> = environment.iter().collect();
        variables.sort();
        for (name, value) in variables {
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(VARIABLE_PREFIX))
            else {
                continue;
            };
            let origin = format!("environment {VARIABLE_PREFIX}{rest}");
            let path = rest.to_lowercase();
            let mut path = path.splitn(3, "__");
            let section = path.next().unwrap_or_default();
            let key = path.next().unwrap_or_default();
            // Dots cannot stand in a variable's name; no librdkafka property
            // has an underscore.
            let entry = path.next().map(|entry| entry.replace('_', "."));
            match value.to_str() {
                Some(text) => {
                    let text = ValueKind::String(text.into());
                    self.insert(section, key, entry, text, &origin, variable);
                }
                None => {
                    self.refuse(Some(format!("{section}.{key}")), &origin, "expected UTF-8".into());
                }
            }
        }
    }

    fn read_flags(&mut self, flags: &[Flag]) {
        for Flag { name, assignment } in flags {
            let Some((path, text)) = assignment.split_once('=') else {
                self.refuse(None, name, "expected section.key=value".into());
                continue;
            };
            let mut path = path.trim().splitn(3, '.');
            let section = path.next().unwrap_or_default();
            let key = path.next().unwrap_or_default();
            let entry = path.next().map(str::to_string);
            let is_secret = self.keys.iter().any(|known| {
                (known.section, known.name) == (section, key)
                    && (known.is_secret || entry.as_deref().is_some_and(is_secret_property))
            });
            if is_secret {
                // The file that holds a secret may be named here.
                let why = "expected in a file or a variable: others on the machine can see a \
                           command line";
                let path = [Some(section), Some(key), entry.as_deref()];
                let path: Vec<_> = path.into_iter().flatten().collect();
                self.refuse(Some(path.join(".")), name, why.into());
                continue;
            }
            self.insert(section, key, entry, ValueKind::String(text.into()), name, dotted);
        }
    }

    /// Takes a value up, under `entry` of the key where the key is a map.
    fn insert(
        &mut self,
        section: &str,
        key: &str,
        entry: Option<String>,
        value: ValueKind,
        origin: &str,
        spell: fn(&Key) -> String,
    ) {
        let known = self.keys.iter().find(|known| known.section == section && known.name == key);
        let Some(known) = known.filter(|known| known.is_map || entry.is_none()) else {
            let path: Vec<_> = [Some(section), Some(key), entry.as_deref()]
                .into_iter()
                .flatten()
                .filter(|part| !part.is_empty())
                .collect();
            let path = path.join(".");
            let why = format!("unknown key{}", self.suggest(section, key, spell));
            return self.refuse(Some(path), origin, why);
        };
        let origin = origin.to_string();
        let value = match (value, entry) {
            (value, Some(entry)) => table(&origin, [(entry, value)]),
            (ValueKind::Table(nested), None) if known.is_map => table(&origin, flat(nested)),
            (value, None) => Value::new(Some(&origin), value),
        };
        let keys = self.tables.entry(section.to_string()).or_default();
        match (keys.get_mut(key).map(|old| &mut old.kind), value.kind) {
            (Some(ValueKind::Table(old)), ValueKind::Table(new)) => old.extend(new),
            (_, kind) => {
                keys.insert(key.to_string(), Value::new(Some(&origin), kind));
            }
        }
    }

    fn refuse(&mut self, key: Option<String>, origin: &str, why: String) {
        self.faults.push(Fault { key, origin: origin.into(), why });
    }

    /// The known key that looks most like it, spelt as its layer spells keys.
    fn suggest(&self, section: &str, key: &str, spell: fn(&Key) -> String) -> String {
        let wanted = format!("{section}.{key}");
        let likeness = |known: &Key| {
            // A key may have been put in the wrong section, or in none.
            let bare =
                [section, key].into_iter().map(|part| strsim::jaro_winkler(part, known.name));
            bare.chain([strsim::jaro_winkler(&wanted, &known.path())]).fold(0.0, f64::max)
        };
        let best = self.keys.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        did_you_mean(best.filter(|known| likeness(known) > LIKE).map(spell))
    }

    fn suggest_section(&self, section: &str) -> String {
        let likeness = |known: &&Key| strsim::jaro_winkler(section, known.section);
        let best = self.keys.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        did_you_mean(
            best.filter(|k| likeness(k) > LIKE).map(|known| format!("[{}]", known.section)),
        )
    }
}

/// Jaro-Winkler likeness from which a name may be a slip of another.
const LIKE: f64 = 0.8;

fn did_you_mean(name: Option<String>) -> String {
    name.map(|name| format!(", did you mean {name}?")).unwrap_or_default()
}

fn dotted(key: &Key) -> String {
    key.path()
}

fn variable(key: &Key) -> String {
    format!("{VARIABLE_PREFIX}{}__{}", key.section, key.name).to_uppercase()
}

/// Property names have dots. Written without quotes they are nested tables to
/// TOML; here they become names again.
fn flat(nested: Map<String, Value>) -> Vec<(String, ValueKind)> {
    let mut entries = Vec::new();
    for (name, value) in sorted(nested) {
        match value.kind {
            ValueKind::Table(inner) => entries.extend(
                flat(inner).into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value)),
            ),
            value => entries.push((name, value)),
        }
    }
    entries
}

fn table(origin: &String, entries: impl IntoIterator<Item = (String, ValueKind)>) -> Value {
    let value = |(name, kind)| (name, Value::new(Some(origin), kind));
    Value::new(Some(origin), ValueKind::Table(entries.into_iter().map(value).collect()))
}

/// `config` keeps no order, but faults are to come in the same one each time.
fn sorted(map: Map<String, Value>) -> Vec<(String, Value)> {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

/// What is wrong with the file, without the line itself: it may hold a secret.
fn toml_fault(text: &str, error: &ConfigError) -> String {
    let ConfigError::FileParse { cause, .. } = error else { return "is not TOML".into() };
    let Some(error) = cause.downcast_ref::<toml::de::Error>() else { return "is not TOML".into() };
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("is not TOML at line {line}: {}", error.message())
}
