//! The rules of style that matter, held. They read the sources as text, so
//! they see what the compiler does not mind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use copydesk::stage::StageName;
use copydesk::stages;
use regex::Regex;

const LONGEST_FILE: usize = 600;

/// A file of the project.
struct File {
    /// From the root, with slashes.
    path: String,
    text: String,
}

impl File {
    /// Lines that are not comments, with their numbers from one.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

/// Every text file under a folder or at a path, but for what is built.
fn files(places: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = places.iter().map(|place| root.join(place)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        // What is not text, a model say, has no style.
        if let Ok(text) = std::fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path, text });
        }
    }
    assert!(!found.is_empty(), "nothing found in {places:?}");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn rust(places: &[&str]) -> Vec<File> {
    let mut files = files(places);
    files.retain(|file| file.path.ends_with(".rs"));
    files
}

/// Where `pattern` stands in code outside the `exempt` places.
fn uses(pattern: &str, places: &[&str], exempt: &[&str]) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut uses = Vec::new();
    for file in rust(places).iter().filter(|file| !file.is_in(exempt)) {
        for (number, line) in file.code().filter(|(_, line)| pattern.is_match(line)) {
            uses.push(format!("{}:{number}: {}", file.path, line.trim()));
        }
    }
    uses
}

#[track_caller]
fn assert_none(found: Vec<String>, why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn only_the_kafka_transport_knows_rdkafka() {
    // What judges the transport must not stand on it.
    assert_none(
        uses(r"\brdkafka\b", &["src"], &["src/transport/kafka/", "src/chaos/"]),
        "Kafka is reached through copydesk::transport::kafka",
    );
}

/// Settings are read from files, evaluation and training read labels, and a page holds data
/// of its own: none is a message.
#[test]
fn only_wire_knows_json_shapes() {
    assert_none(
        uses(
            r"derive\(.*\b(Serialize|Deserialize|JsonSchema)\b|\bimpl\b.*\b(Serialize|Deserialize)\b.*\bfor\b",
            &["src"],
            &[
                "src/wire/",
                "src/settings",
                "src/eval",
                "src/train",
                "src/stages/boilerplate/page/json_text.rs",
            ],
        ),
        "shapes of messages belong in src/wire",
    );
}

#[test]
fn only_telemetry_declares_metrics() {
    assert_none(
        uses(r"\bprometheus_client\b", &["src"], &["src/telemetry/"]),
        "metrics are declared in src/telemetry/metrics.rs",
    );
}

#[test]
fn stages_do_no_io_and_read_no_clock() {
    assert_none(
        uses(
            r"\bstd::(\{.*\b)?(fs|time|env|net|process|thread)\b|\b(tokio|tracing)\b|\b(Instant|SystemTime)::",
            &["src/stages", "src/text"],
            &[],
        ),
        "a stage depends on the article and nothing else",
    );
}

#[test]
fn nothing_in_the_sources_gives_up_or_talks() {
    assert_none(
        uses(r"\.unwrap\(\)|\b(TODO|FIXME)\b", &["src"], &[]),
        "an error is returned, or `expect` says why there is none",
    );
    assert_none(
        uses(r"\be?print(ln)?!", &["src"], &["src/commands/", "src/main.rs", "src/train/main.rs"]),
        "only commands write to the terminal",
    );
}

#[test]
fn tests_are_in_the_one_test_binary() {
    assert_none(uses(r"#\[(tokio::)?test\b|cfg\(test\)", &["src"], &[]), "tests live in tests/it");
}

#[test]
fn a_file_holds_one_idea() {
    let mut long = Vec::new();
    let places =
        ["src", "tests/it", "tests/bench", "tests/kafka", "tests/end_to_end", "tests/fuzz"];
    for file in files(&places) {
        let lines = file.text.lines().count();
        let is_code = [".rs", ".java", ".sh"].iter().any(|end| file.path.ends_with(end));
        if is_code && lines > LONGEST_FILE {
            long.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert_none(long, "split what is longer than 600 lines");
}

#[test]
fn a_file_is_named_for_what_is_in_it() {
    let vague = [
        "helper",
        "helpers",
        "util",
        "utils",
        "manager",
        "handler",
        "service",
        "processor",
        "common",
        "misc",
        "data",
        "info",
    ];
    let named_so = rust(&["src", "tests"]).into_iter().filter(|file| {
        file.path.trim_end_matches(".rs").split(['/', '_']).any(|word| vague.contains(&word))
    });
    assert_none(named_so.map(|file| file.path).collect(), "a name that fits anything says nothing");
}

/// The tag stage has fixtures for its fields instead.
#[test]
fn every_rule_has_a_fixture_and_every_fixture_a_rule() {
    let rules: Vec<String> = stages::rules().map(|rule| rule.to_string()).collect();
    let named: BTreeSet<String> = rules.iter().cloned().collect();
    assert_eq!(named.len(), rules.len(), "a rule is named twice: {rules:?}");
    let fixture = Regex::new(r"^tests/rules/(\w+)/(\w+\.\w+)\.toml$").unwrap();
    let fixtures: BTreeSet<String> = files(&["tests/rules"])
        .iter()
        .filter(|file| !file.is_in(&["tests/rules/tag/"]))
        .map(|file| {
            let parts = fixture.captures(&file.path);
            let parts = parts.unwrap_or_else(|| panic!("{} is not group.rule.toml", file.path));
            format!("{}.{}", &parts[1], &parts[2])
        })
        .collect();
    let lacking: Vec<&String> = named.symmetric_difference(&fixtures).collect();
    assert!(lacking.is_empty(), "rules without a fixture, or fixtures without a rule: {lacking:?}");
}

#[test]
fn a_rule_is_named_stage_group_rule() {
    let name = Regex::new(r"^(\w+)\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$").unwrap();
    for rule in stages::rules() {
        let parts = name.captures(rule.0).unwrap_or_else(|| panic!("{rule}"));
        assert!(StageName::ALL.iter().any(|stage| stage.as_str() == &parts[1]), "{rule}");
    }
}

#[test]
fn nothing_depends_on_where_it_was_written() {
    // Samples and fixtures are pages of invented sites, which may say anything.
    let places = [
        "src",
        "tests",
        "config",
        ".ci",
        ".github",
        "README.md",
        "Cargo.toml",
        "docker-compose.yml",
    ];
    let foreign = Regex::new(r#"(^|[\s"'`(=:])/(home|root|Users|work|mnt)/"#).unwrap();
    let mut found = Vec::new();
    for file in files(&places) {
        if file.is_in(&["tests/articles/", "tests/rules/"]) {
            continue;
        }
        for (index, line) in
            file.text.lines().enumerate().filter(|(_, line)| foreign.is_match(line))
        {
            found.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
        }
    }
    assert_none(found, "a path of someone's machine");
}

/// Fences of code that name a file quote it.
#[test]
fn documents_quote_what_is_there() {
    let fence = Regex::new(r"(?s)```\w+ (\S+)\n(.*?)```").unwrap();
    let mut stale = Vec::new();
    for document in files(&["README.md", ".github", "src/ARCHITECTURE.md"]) {
        for quotation in fence.captures_iter(&document.text) {
            let source = files(&[&quotation[1]]);
            if !source[0].text.contains(&quotation[2]) {
                stale.push(format!("{} quotes {} wrongly", document.path, &quotation[1]));
            }
        }
    }
    assert_none(stale, "quote anew");
}
