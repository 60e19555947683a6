//! The dashboard, the recording rules and the alerts ask for nothing that is not
//! declared, and every metric an operator needs is somewhere in them.

use std::collections::BTreeSet;
use std::path::Path;

use copydesk::telemetry::metrics::{Kind, declared};
use regex::Regex;
use serde_json::Value;

/// Labels that Prometheus itself gives.
const GIVEN: [&str; 4] = ["job", "instance", "le", "alertname"];
const DASHBOARD: &str = "config/grafana/dashboards/copydesk.json";

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every query of the dashboard: of its panels, variables and annotations.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" || name == "query" => {
                        found.push(text.clone());
                    }
                    value => queries(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| queries(value, found)),
        _ => {}
    }
}

/// The expressions of a rule file, which are on their line or indented below it.
fn expressions(path: &str) -> Vec<String> {
    let text = read(path);
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(expression) = line.trim_start().strip_prefix("expr: ") else { continue };
        let indent = line.len() - line.trim_start().len();
        let mut whole = expression.trim_start_matches('|').to_owned();
        while let Some(more) =
            lines.next_if(|line| expression == "|" && line.len() - line.trim_start().len() > indent)
        {
            whole.push(' ');
            whole.push_str(more.trim());
        }
        found.push(whole);
    }
    assert!(!found.is_empty(), "{path} has no rules");
    found
}

fn dashboard_queries() -> Vec<String> {
    let mut found = Vec::new();
    queries(&serde_json::from_str(&read(DASHBOARD)).unwrap(), &mut found);
    assert!(found.len() > 30, "{}", found.len());
    found
}

fn rule_expressions() -> Vec<String> {
    let mut found = expressions("config/prometheus/recording.yml");
    found.extend(expressions("config/prometheus/alerts.yml"));
    found
}

/// Names as queries have them, with the series of histograms.
fn served() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for metric in declared() {
        let name = metric.served_name();
        if metric.kind == Kind::Histogram {
            names.extend(["_bucket", "_sum", "_count"].map(|suffix| format!("{name}{suffix}")));
        } else {
            names.insert(name);
        }
    }
    names
}

fn asked_for(queries: &[String]) -> BTreeSet<String> {
    let name = Regex::new(r"\b(copydesk_|process_)[a-z0-9_]+").unwrap();
    let found = queries.iter().flat_map(|query| name.find_iter(query));
    found.map(|name| name.as_str().to_owned()).collect()
}

#[test]
fn only_declared_metrics_are_asked_for() {
    let served = served();
    let mut queries = dashboard_queries();
    queries.extend(rule_expressions());
    // The page's tab on the worker adds a stage's `_sum` and `_count` to the name by itself.
    let page = read("src/explain/serve/live.js").replace("seconds_${suffix}", "seconds_sum");
    queries.push(page);
    let asked = asked_for(&queries);
    let unknown: Vec<_> = asked.difference(&served).collect();
    assert!(unknown.is_empty(), "asked for and not declared: {unknown:?}");
}

#[test]
fn only_declared_labels_are_asked_for() {
    let known: BTreeSet<&str> =
        declared().iter().flat_map(|metric| metric.labels).copied().chain(GIVEN).collect();
    let grouping = Regex::new(r"\bby \(([^)]*)\)").unwrap();
    let selector = Regex::new(r#"\b([a-z_]+)\s*(?:=~|!~|!=|=)\s*""#).unwrap();
    let mut queries = dashboard_queries();
    queries.extend(rule_expressions());
    for query in &queries {
        let grouped = grouping.captures_iter(query).flat_map(|group| {
            group[1].split(',').map(|label| label.trim().to_owned()).collect::<Vec<_>>()
        });
        let selected = selector.captures_iter(query).map(|label| label[1].to_owned());
        for label in grouped.chain(selected) {
            assert!(known.contains(label.as_str()), "label {label} in {query}");
        }
    }
}

#[test]
fn recorded_names_that_are_asked_for_are_recorded() {
    let name = Regex::new(r"\bcopydesk:[a-z0-9_:]+").unwrap();
    let rules = read("config/prometheus/recording.yml");
    let recorded: BTreeSet<&str> =
        rules.lines().filter_map(|line| line.trim_start().strip_prefix("- record: ")).collect();
    let mut queries = dashboard_queries();
    queries.extend(rule_expressions());
    for query in &queries {
        for asked in name.find_iter(query) {
            assert!(recorded.contains(asked.as_str()), "{} is not recorded", asked.as_str());
        }
    }
}

#[test]
fn the_dashboard_shows_what_is_measured() {
    let asked = asked_for(&dashboard_queries());
    // Told by others of their kind, or of use only to alerts and searches.
    let left_out = [
        "copydesk_articles_rejected_bytes_total",
        "copydesk_dead_letters_bytes_total",
        "copydesk_articles_in_flight",
        "copydesk_output_queue_messages",
        "copydesk_site_memory_hosts",
        "copydesk_site_memory_unwritten",
        "copydesk_log_lines_withheld_total",
        "copydesk_stage_duration_seconds_count",
        "copydesk_end_to_end_latency_seconds_count",
        "copydesk_end_to_end_latency_seconds_sum",
        "copydesk_transaction_duration_seconds_sum",
        "process_open_fds",
        "process_max_fds",
    ];
    let missing: Vec<String> = served()
        .into_iter()
        .filter(|name| !asked.contains(name) && !left_out.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "on no panel: {missing:?}");
}

#[test]
fn every_alert_says_what_it_means_and_what_to_do() {
    let text = read("config/prometheus/alerts.yml");
    let alerts: Vec<&str> = text.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 5, "{}", alerts.len());
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for part in ["expr:", "for:", "severity:", "summary:", "runbook:"] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
        assert!(read("tests/prometheus/alerts.yml").contains(name), "{name} has no test");
    }
}
