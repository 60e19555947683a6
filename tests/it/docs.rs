//! Files that are made from code stand as the code would write them.

use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares the file with what it should hold, or writes it with `UPDATE=1`.
fn holds(name: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(name), expected).expect("the file can be written");
        return;
    }
    let found = std::fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        found == expected,
        "{name} is out of date; write it anew with\n    UPDATE=1 cargo test --test it docs::"
    );
}

#[test]
fn the_default_settings_file_is_up_to_date() {
    holds("config/default.toml", &copydesk::settings::default_file());
}

#[test]
fn the_default_settings_file_says_what_the_defaults_are() {
    let file = copydesk::settings::default_file();
    // A commented key is a line `# key = value`; a doc line with ` = ` in it has more words before.
    let is_key = |line: &&str| {
        line.split_once(" = ").is_some_and(|(key, _)| {
            key.chars().all(|character| character.is_ascii_lowercase() || character == '_')
        })
    };
    let uncommented: Vec<_> =
        file.lines().map(|line| line.strip_prefix("# ").filter(is_key).unwrap_or(line)).collect();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.toml");
    std::fs::write(&path, uncommented.join("\n")).unwrap();
    let sources = copydesk::settings::Sources { file: Some(path), ..Default::default() };
    let loaded = copydesk::settings::load(&sources).unwrap();
    assert_eq!(loaded.settings, copydesk::settings::Settings::default());
    let keys = copydesk::settings::Settings::default().effective().split(' ').count();
    assert!(loaded.origins.len() > 50 && loaded.origins.len() <= keys, "{}", loaded.origins.len());
}

#[test]
fn the_production_settings_file_is_valid() {
    let file = Some(path("config/production.toml"));
    let sources = copydesk::settings::Sources { file, ..Default::default() };
    let settings = copydesk::settings::Settings::load(&sources).unwrap();
    assert_eq!(settings.http.address, "0.0.0.0:8080");
}

#[test]
fn the_settings_file_of_the_manifests_is_valid() {
    let file = Some(path("config/k8s/base/copydesk.toml"));
    let sources = copydesk::settings::Sources { file, ..Default::default() };
    let settings = copydesk::settings::Settings::load(&sources).unwrap();
    assert_eq!(settings.http.address, "0.0.0.0:8080");
}

/// A pod or container with a variable that is no setting ends at its start.
#[test]
fn variables_that_deployments_set_are_settings() {
    let effective = copydesk::settings::Settings::default().effective();
    let known: Vec<&str> = effective.split(' ').filter_map(|key| key.split('=').next()).collect();
    let name = regex::Regex::new(r"COPYDESK__([A-Z0-9_]+?)__([A-Z0-9_]+)").unwrap();
    let mut found = 0;
    for file in [
        "docker-compose.yml",
        "config/docker/Dockerfile",
        "config/k8s/deployment/deployment.yaml",
        "config/k8s/stateful-set/stateful-set.yaml",
        "config/k8s/example/stateful-set.yaml",
    ] {
        let text = std::fs::read_to_string(path(file)).unwrap();
        for variable in name.captures_iter(&text) {
            let key = format!("{}.{}", &variable[1], &variable[2]).to_lowercase();
            assert!(known.contains(&key.as_str()), "{file} sets {key}, which is none");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

/// The operations page has the table of metrics between two marks.
#[test]
fn the_table_of_metrics_is_up_to_date() {
    let page = std::fs::read_to_string(path("config/OPERATIONS.md")).expect("the page is there");
    let (before, rest) = page.split_once("<!-- metrics -->\n").expect("the first mark");
    let (_, after) = rest.split_once("<!-- /metrics -->").expect("the second mark");
    let table = copydesk::telemetry::metrics::reference();
    let whole = format!("{before}<!-- metrics -->\n{table}<!-- /metrics -->{after}");
    holds("config/OPERATIONS.md", &whole);
}
