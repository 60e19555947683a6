//! What is wrong with the settings, all of it at once.

use std::fmt;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`; absent where a whole source is at fault.
    pub key: Option<String>,
    /// A file, a variable of the environment or a flag, as a person would name it.
    pub origin: String,
    /// What was expected. Never holds a secret.
    pub why: String,
}

/// At least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(formatter, "{key} ({}): {}", self.origin, self.why),
            None => write!(formatter, "{}: {}", self.origin, self.why),
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = &self.0;
        match faults.len() {
            1 => write!(formatter, "one fault in the settings")?,
            count => write!(formatter, "{count} faults in the settings")?,
        }
        faults.iter().try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}
