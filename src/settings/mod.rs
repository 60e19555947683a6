//! Every setting of copydesk. A key's doc, type, default and check stand
//! together in one of the tables under [`sections`]; reading, masking, the
//! reference and `config/default.toml` all follow from these tables.
//!
//! Layers, each over the one before: defaults, a TOML file, variables of the
//! environment, flags. [`load`] reports every fault of every layer at once.

mod agreement;
mod check;
mod fault;
mod kind;
mod layer;
mod rendering;
mod secret;
mod section;
pub mod sections;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub use fault::{Fault, Faults};
pub use kind::Choice;
pub use rendering::{default_file, reference};
pub use secret::{MASK, Secret};
pub use sections::http::HttpSettings;
pub use sections::input::InputSettings;
pub use sections::kafka::{
    AssignmentStrategy, Compression, GroupProtocol, Guarantee, KafkaSettings, OffsetReset,
    SaslMechanism, SecurityProtocol,
};
pub use sections::log::{LogFormat, LogSettings};
pub use sections::near_duplicates::NearDuplicatesSettings;
pub use sections::output::OutputSettings;
pub use sections::schema_registry::SchemaRegistrySettings;
pub use sections::site_memory::{SiteMemoryMode, SiteMemorySettings};
pub use sections::stages::StagesSettings;
pub use sections::traces::TracesSettings;
pub use sections::worker::{Order, WorkerSettings};

use section::{Key, Reader, Section};

/// Names the settings file when `--config` does not.
pub const FILE_VARIABLE: &str = "COPYDESK_CONFIG";

/// Expands to one item a section, in the order of the reference.
macro_rules! sections {
    ($($field:ident: $section:ty),+ $(,)?) => {
        /// All settings, read and checked. `Debug` shows no secret.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Settings { $(pub $field: $section),+ }

        /// Every key there is, in the order of the reference.
        fn keys() -> Vec<Key> {
            [$(<$section as Section>::keys()),+].concat()
        }

        impl Settings {
            fn read(&mut self, reader: &mut Reader) {
                $(self.$field.read(reader);)+
            }

            /// Each value as TOML, in the order of [`keys`], secrets masked.
            fn shown(&self) -> Vec<toml::Value> {
                [$(self.$field.shown()),+].concat()
            }
        }
    };
}

sections! {
    kafka: KafkaSettings,
    input: InputSettings,
    output: OutputSettings,
    schema_registry: SchemaRegistrySettings,
    stages: StagesSettings,
    site_memory: SiteMemorySettings,
    near_duplicates: NearDuplicatesSettings,
    worker: WorkerSettings,
    http: HttpSettings,
    log: LogSettings,
    traces: TracesSettings,
}

/// Where settings come from, beyond their defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Without it, the file that [`FILE_VARIABLE`] names, if any.
    pub file: Option<PathBuf>,
    pub environment: Vec<(OsString, OsString)>,
    /// Later flags win over earlier ones.
    pub flags: Vec<Flag>,
}

/// A setting given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// As it was typed, for faults: `--brokers`.
    pub name: &'static str,
    /// `section.key=value`, not yet looked at.
    pub assignment: String,
}

/// Settings, with the source of each key that is not at its default.
#[derive(Debug)]
pub struct Loaded {
    pub settings: Settings,
    pub origins: BTreeMap<String, String>,
}

impl Settings {
    /// [`load`] without the origins.
    pub fn load(sources: &Sources) -> Result<Self, Faults> {
        load(sources).map(|loaded| loaded.settings)
    }
}

/// Lays the sources over each other and checks what comes of it.
pub fn load(sources: &Sources) -> Result<Loaded, Faults> {
    let keys = keys();
    let mut faults = Vec::new();
    let merged = layer::merge(sources, &keys, &mut faults);
    let mut reader = Reader::new(merged, faults);
    let mut settings = Settings::default();
    settings.read(&mut reader);
    secret::read_files(&mut settings, &mut reader);
    agreement::check(&settings, &mut reader);
    let (origins, faults) = reader.finish();
    if faults.is_empty() { Ok(Loaded { settings, origins }) } else { Err(Faults(faults)) }
}
