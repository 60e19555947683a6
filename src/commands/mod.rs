//! What the commands share: how settings are given, how a failure is told.

pub mod check;
pub mod completions;
pub mod demo;
pub mod dlq;
pub mod eval;
pub mod explain;
pub mod man;
mod only;
pub mod process;
pub mod run;
pub mod schema;
pub mod settings;
mod work;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use copydesk::settings::{Faults, Flag, Loaded, Settings, Sources};
use copydesk::transport::kafka::properties;

/// How a command ends.
pub type Outcome = Result<ExitCode, Failure>;

/// Why a command could not do its work.
pub enum Failure {
    /// The settings are at fault; nothing was done.
    Settings(Faults),
    /// The command line asks for what cannot be done; nothing was done.
    Usage(String),
    /// The work failed on the way.
    Work(String),
}

impl Failure {
    /// Tells it on standard error.
    pub fn report(self) -> ExitCode {
        let (message, code) = match self {
            Failure::Settings(faults) => (faults.to_string(), 2),
            Failure::Usage(message) => (message, 2),
            Failure::Work(message) => (message, 1),
        };
        // There is no one left to tell if standard error is gone.
        let _ = writeln!(std::io::stderr(), "copydesk: {message}");
        ExitCode::from(code)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Failure::Settings(faults)
    }
}

/// Where this command takes its settings from.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Settings")]
pub struct SettingsArguments {
    /// The settings file, TOML [default: the one that COPYDESK_CONFIG names, if any]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set one key, over the file and over the variables COPYDESK__SECTION__KEY; lists
    /// are separated by commas. May be given many times
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
}

impl SettingsArguments {
    /// Loads the settings; `flags` are the command's own and win over `--set`.
    pub fn load(&self, flags: impl IntoIterator<Item = Flag>) -> Result<Settings, Faults> {
        self.load_with_origins(flags).map(|loaded| loaded.settings)
    }

    /// Loads the settings for a command that connects: what the Kafka client
    /// would refuse is a fault of theirs too.
    pub fn load_to_connect(
        &self,
        flags: impl IntoIterator<Item = Flag>,
    ) -> Result<Settings, Failure> {
        let settings = self.load(flags)?;
        let faults = properties::faults(&settings.kafka);
        if faults.is_empty() {
            Ok(settings)
        } else {
            Err(Failure::Usage(list(&faults, "in the settings")))
        }
    }

    pub fn load_with_origins(
        &self,
        flags: impl IntoIterator<Item = Flag>,
    ) -> Result<Loaded, Faults> {
        let set = self.set.iter().map(|set| Flag { name: "--set", assignment: set.clone() });
        copydesk::settings::load(&Sources {
            file: self.config.clone(),
            environment: std::env::vars_os().collect(),
            flags: set.chain(flags).collect(),
        })
    }
}

/// Faults as a message: how many where, then one a line.
pub fn list(faults: &[String], place: &str) -> String {
    let count = match faults.len() {
        1 => "one fault".to_string(),
        count => format!("{count} faults"),
    };
    faults.iter().fold(format!("{count} {place}"), |list, fault| format!("{list}\n  {fault}"))
}

/// The flag `name` as a short way to set `key`, where it was given.
pub fn flag(name: &'static str, key: &str, value: Option<impl ToString>) -> Option<Flag> {
    value.map(|value| Flag { name, assignment: format!("{key}={}", value.to_string()) })
}

/// Writes a text to standard output; a reader who has left is no failure.
pub fn print(text: &str) -> Outcome {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Work(format!("could not write to standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
