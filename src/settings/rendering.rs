//! The settings as a person reads them. Secrets are masked in every form.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::section::Key;
use super::{Loaded, Settings, keys};

impl Settings {
    /// All in one line, `section.key=value`, for the log line of the start.
    pub fn effective(&self) -> String {
        let line = |(key, value): (Key, toml::Value)| format!("{}={}", key.path(), inline(&value));
        keys().into_iter().zip(self.shown()).map(line).collect::<Vec<_>>().join(" ")
    }

    /// As a settings file.
    pub fn to_toml(&self) -> String {
        render(self, &BTreeMap::new())
    }
}

impl Loaded {
    /// As a settings file; what is not a default says where it comes from.
    pub fn to_toml(&self) -> String {
        render(&self.settings, &self.origins)
    }
}

/// Every key with its default, commented out: `config/default.toml`.
pub fn default_file() -> String {
    let mut file = String::from(
        "# Every setting of copydesk at its default, made from the tables in\n\
         # src/settings/sections. To make a settings file of your own, take over the\n\
         # sections and keys that you change.\n\
         #\n\
         # Any key can also be set by a variable, COPYDESK__SECTION__KEY, or by a flag,\n\
         # --set section.key=value; lists are then separated by commas. Flags win over\n\
         # variables, and variables over the file.\n",
    );
    let mut section = "";
    for key in keys() {
        if key.section != section {
            section = key.section;
            file.push('\n');
            comment(&mut file, key.section_doc);
            let _ = writeln!(file, "[{section}]");
        }
        file.push('\n');
        comment(&mut file, key.doc);
        let _ = writeln!(file, "# ({})", key.expected);
        let _ = writeln!(file, "# {} = {}", key.name, inline(&key.default));
    }
    file
}

/// Every key for a reader of the manual, as Markdown.
pub fn reference() -> String {
    let mut page = String::from("# Settings\n");
    let mut section = "";
    for key in keys() {
        if key.section != section {
            section = key.section;
            let _ = write!(page, "\n## {section}\n\n{}\n\n", paragraph(key.section_doc));
        }
        let default = inline(&key.default);
        let _ = writeln!(page, "- `{}` ({}; default `{default}`)  ", key.path(), key.expected);
        let _ = writeln!(page, "  {}", paragraph(key.doc));
    }
    page
}

fn render(settings: &Settings, origins: &BTreeMap<String, String>) -> String {
    let mut file = String::new();
    let mut section = "";
    for (key, value) in keys().into_iter().zip(settings.shown()) {
        if key.section != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            section = key.section;
            let _ = writeln!(file, "{gap}[{section}]");
        }
        let origin = origins.get(&key.path()).map(|origin| format!("  # {origin}"));
        let origin = origin.unwrap_or_default();
        let _ = writeln!(file, "{} = {}{origin}", key.name, inline(&value));
    }
    file
}

/// On one line, as TOML. The `toml` crate breaks texts at their line breaks.
fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => quoted(text),
        toml::Value::Array(values) => {
            format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        toml::Value::Table(entries) if !entries.is_empty() => {
            let entry = |(name, value): (&String, &toml::Value)| {
                format!("{} = {}", quoted(name), inline(value))
            };
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The lines of a doc comment, each as a line of TOML comment.
fn comment(file: &mut String, doc: &[&str]) {
    for line in doc {
        let _ = writeln!(file, "#{line}");
    }
}

/// The lines of a doc comment, as one.
fn paragraph(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
