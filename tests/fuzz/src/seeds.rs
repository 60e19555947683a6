//! A corpus for each target from the project's own samples, and a dictionary.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::provocations::{PROVOCATIONS, TAGS};

/// Names the folder that [`write`] writes to.
const VARIABLE: &str = "COPYDESK_FUZZ_SEEDS";

/// Makes `<target>/seed-…` and `dictionary` in the folder that the variable names.
/// A target does so before libFuzzer looks there.
pub fn write() {
    let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds = Seeds { folder, count: 0 };
    for path in files(&root.join("tests/articles")) {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("raw.json") => seeds.add_message(&read(&path)),
            Some("enriched.json" | "expect.toml") => {}
            _ => seeds.add_to("decode", &[&[0], &read(&path)[..]].concat()),
        }
    }
    for path in files(&root.join("tests/rules")) {
        let fixture = String::from_utf8(read(&path)).expect("a fixture is text");
        let fixture: toml::Value = toml::from_str(&fixture).expect("a fixture is TOML");
        for case in fixture["case"].as_array().expect("it has cases") {
            if let Some(text) = case.get("in").and_then(toml::Value::as_str) {
                seeds.add_text(text);
            }
            if let Some(page) = case.get("html").and_then(toml::Value::as_str) {
                seeds.add_page(page);
            }
        }
    }
    for path in files(&root.join("config")) {
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = String::from_utf8(read(&path)).expect("settings are text");
            let active = text.replace("\n# ", "\n");
            for text in [text, active] {
                seeds.add_to("settings", &[&[0], text.as_bytes()].concat());
            }
        }
    }
    seeds.add_to("settings", b"\x01KAFKA__BROKERS=a:1,b:2\nWORKER__THREADS=3");
    seeds.add_to("settings", b"\x02kafka.brokers=a:1,b:2\ninput.url=/data/url,link");
    seeds.write_dictionary();
}

struct Seeds {
    folder: PathBuf,
    count: usize,
}

impl Seeds {
    fn add_message(&mut self, message: &[u8]) {
        self.add_to("decode", &[&[0], message].concat());
        let message: Value = serde_json::from_slice(message).expect("a sample is JSON");
        for (field, text) in message.as_object().into_iter().flatten() {
            match (field.as_str(), text.as_str()) {
                ("html", Some(page)) => self.add_page(page),
                ("text" | "body" | "content", Some(text)) => self.add_text(text),
                _ => {}
            }
        }
    }

    fn add_page(&mut self, page: &str) {
        self.add_to("html", page.as_bytes());
        self.add_to("decode", &[&[2], page.as_bytes()].concat());
    }

    fn add_text(&mut self, text: &str) {
        for target in ["flat", "repair"] {
            self.add_to(target, text.as_bytes());
        }
        self.add_to("decode", &[&[3], text.as_bytes()].concat());
    }

    fn add_to(&mut self, target: &str, seed: &[u8]) {
        let folder = self.folder.join(target);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        self.count += 1;
        std::fs::write(folder.join(format!("seed-{}", self.count)), seed).expect("there is room");
    }

    fn write_dictionary(&self) {
        let entry = |text: &&str| {
            let bytes: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("\"{bytes}\"\n")
        };
        let entries: String = PROVOCATIONS.iter().chain(TAGS).map(entry).collect();
        std::fs::write(self.folder.join("dictionary"), entries).expect("there is room");
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("it can be listed");
            open.extend(entries.map(|entry| entry.expect("it can be listed").path()));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
