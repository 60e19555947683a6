//! What `/metrics` serves, read as a scraper reads it and held against the list of
//! what is declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::desk::{Desk, Kind};
use copydesk::settings::Settings;
use copydesk::stages;
use copydesk::telemetry::events::{self, TransportStanding};
use copydesk::telemetry::metrics::{self, Exposition, declared};
use copydesk::telemetry::partitions::PartitionStanding;
use copydesk::telemetry::{Telemetry, health::NotReady};
use copydesk::transport::{Delivery, Lane, Origin, Receipt};
use regex::Regex;

const PAGE: &str = "Local\n\nCafÃ© ZoÃ« serves its last crÃ¨me brÃ»lÃ©e\n\nBy Ingrid Vestergaard\n\n\
    The cafÃ© seats twenty-two, and its mirrors came from a liner that was broken up on the \
    beach in the winter of the great storm.\n\nAdvertisement\n";

fn delivery(offset: i64, payload: &str) -> Delivery {
    Delivery {
        key: None,
        payload: Some(payload.into()),
        headers: Vec::new(),
        timestamp_millis: Some(1_700_000_000_000),
        origin: Origin { topic: "articles.raw".into(), partition: 3, offset },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset },
    }
}

/// An article, a dead letter and a rejected article have gone by.
fn after_some_work() -> Telemetry {
    let settings = Settings::default();
    let telemetry = Telemetry::of(&settings);
    let desk = Desk::new(&settings);
    let payloads = [
        serde_json::json!({ "text": PAGE }).to_string(),
        "{\"text\":".to_owned(),
        serde_json::json!({ "text": "Advertisement" }).to_string(),
    ];
    for (offset, payload) in payloads.iter().enumerate() {
        let delivery = delivery(offset as i64, payload);
        events::taken(&telemetry, &delivery);
        let outcome = desk.edit(&delivery);
        events::computed(&telemetry, &delivery, &outcome);
        events::judged(&telemetry, &delivery, &outcome);
        events::completed(&telemetry, &delivery, outcome.kind());
    }
    let error = copydesk::error::TransportError::Transient {
        attempted: "publish a message",
        why: "a broker went away".into(),
    };
    events::transport_failed(&telemetry, &error.into());
    events::standing(&telemetry, &standing(2));
    telemetry
}

fn standing(partitions: i32) -> TransportStanding {
    let topic: Arc<str> = "articles.raw".into();
    TransportStanding {
        joined: true,
        dead_letters_possible: true,
        partitions: (0..partitions)
            .map(|partition| PartitionStanding {
                topic: topic.clone(),
                partition,
                lag: Some(i64::from(partition)),
                committed: Some(100 + i64::from(partition)),
            })
            .collect(),
        lag: 1,
        paused: true,
        unowned: 3,
        rebalances: 4,
        transactions: vec![(Duration::from_secs(1), true), (Duration::from_secs(2), false)],
        ..TransportStanding::default()
    }
}

/// A family of series as the text has it.
#[derive(Debug, Default)]
struct Family {
    kind: String,
    help: String,
    series: Vec<Series>,
}

/// Name, labels, value, and the exemplar behind it.
type Series = (String, BTreeMap<String, String>, f64, Option<String>);

/// Reads every line, and knows no others than those of the format.
fn parse(text: &str) -> BTreeMap<String, Family> {
    let line_of_series = Regex::new(
        r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*?)\})? ([-+0-9.eInfNa]+)(?: # (\{.*\} \S+))?$",
    )
    .unwrap();
    let label = Regex::new(r#"([a-z_]+)="((?:[^"\\]|\\.)*)",?"#).unwrap();
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# ") {
            let mut words = rest.splitn(3, ' ');
            match (words.next().unwrap(), words.next(), words.next()) {
                ("HELP", Some(name), Some(help)) => {
                    families.entry(name.into()).or_default().help = help.into();
                }
                ("TYPE", Some(name), Some(kind)) => {
                    families.entry(name.into()).or_default().kind = kind.into();
                }
                ("UNIT", Some(name), Some(unit)) => assert!(name.ends_with(unit), "{line}"),
                ("EOF", None, None) => {}
                _ => panic!("not a line of the format: {line}"),
            }
            continue;
        }
        let parts = line_of_series.captures(line).unwrap_or_else(|| panic!("no series: {line}"));
        let labels = parts.get(2).map_or("", |labels| labels.as_str());
        let read: BTreeMap<String, String> =
            label.captures_iter(labels).map(|pair| (pair[1].into(), pair[2].into())).collect();
        let whole: usize = label.find_iter(labels).map(|pair| pair.len()).sum();
        assert_eq!(whole, labels.len(), "labels of {line}");
        let value = parts[3].parse().unwrap_or_else(|_| panic!("value of {line}"));
        let exemplar = parts.get(4).map(|exemplar| exemplar.as_str().to_owned());
        let (_, family) = families
            .iter_mut()
            .filter(|(name, _)| parts[1].starts_with(name.as_str()))
            .max_by_key(|(name, _)| name.len())
            .unwrap_or_else(|| panic!("no TYPE before {line}"));
        family.series.push((parts[1].into(), read, value, exemplar));
    }
    families
}

/// In OpenMetrics a family's name has no suffix; in the older form a counter's has.
fn family_name(metric: &metrics::Declared, exposition: Exposition) -> String {
    let served = metric.served_name();
    match exposition {
        Exposition::Prometheus => served,
        Exposition::OpenMetrics => {
            let bare = served.strip_suffix("_total").or(served.strip_suffix("_info"));
            bare.unwrap_or(&served).to_owned()
        }
    }
}

#[test]
fn what_is_served_is_what_is_declared() {
    let telemetry = after_some_work();
    for exposition in [Exposition::Prometheus, Exposition::OpenMetrics] {
        let text = telemetry.scrape(exposition).unwrap();
        assert_eq!(text.ends_with("# EOF\n"), exposition == Exposition::OpenMetrics);
        let mut families = parse(&text);
        for metric in declared() {
            let name = family_name(metric, exposition);
            let family = families.remove(&name).unwrap_or_else(|| panic!("{name} is not served"));
            let kind = match (metric.kind, exposition) {
                (metrics::Kind::Info, Exposition::Prometheus) => "gauge",
                (kind, _) => kind.as_str(),
            };
            assert_eq!(family.kind, kind, "{name}");
            assert_eq!(family.help.trim_end_matches('.'), metric.help, "{name}");
            assert!(!family.series.is_empty(), "{name} has no series: the test does not reach it");
            for (series, labels, ..) in &family.series {
                let suffix = series.strip_prefix(metric.served_name().as_str()).unwrap();
                let suffixes: &[&str] = match metric.kind {
                    metrics::Kind::Histogram => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                assert!(suffixes.contains(&suffix), "{series}");
                let found: BTreeSet<&str> =
                    labels.keys().map(String::as_str).filter(|label| *label != "le").collect();
                assert_eq!(found, metric.labels.iter().copied().collect(), "{series}");
            }
        }
        assert!(families.is_empty(), "served and not declared: {:?}", families.keys());
    }
}

#[test]
fn what_happened_is_counted() {
    let telemetry = after_some_work();
    let families = parse(&telemetry.scrape(Exposition::Prometheus).unwrap());
    let value = |name: &str, wanted: &[(&str, &str)]| {
        let holds = |labels: &BTreeMap<String, String>| {
            wanted.iter().all(|(label, value)| labels.get(*label).is_some_and(|it| it == value))
        };
        families[name].series.iter().filter(|(_, labels, ..)| holds(labels)).map(|it| it.2).sum()
    };
    let counts: Vec<(f64, f64)> = vec![
        (value("copydesk_messages_taken_total", &[]), 3.0),
        (value("copydesk_articles_enriched_total", &[]), 1.0),
        (value("copydesk_articles_rejected_total", &[("reason", "empty")]), 1.0),
        (value("copydesk_dead_letters_total", &[("reason", "not_json")]), 1.0),
        (value("copydesk_dead_letters_bytes_total", &[]), 8.0),
        (value("copydesk_articles_by_language_total", &[("language", "en")]), 1.0),
        (value("copydesk_removals_total", &[("rule", "boilerplate.promo.advertisement")]), 1.0),
        (value("copydesk_articles_in_flight", &[]), 0.0),
        (value("copydesk_partitions_assigned", &[]), 2.0),
        (value("copydesk_partitions_paused", &[]), 2.0),
        (value("copydesk_partition_lag_messages", &[("partition", "1")]), 1.0),
        (value("copydesk_partition_committed_offset", &[("partition", "1")]), 101.0),
        (value("copydesk_partitions_unowned", &[]), 3.0),
        (value("copydesk_rebalances_total", &[]), 4.0),
        (value("copydesk_ready", &[]), 1.0),
        (value("copydesk_in_flight_budget_bytes", &[]), 64.0 * 1024.0 * 1024.0),
    ];
    for (index, (found, expected)) in counts.into_iter().enumerate() {
        assert_eq!(found, expected, "count {index}");
    }
    let edits: f64 = value("copydesk_edits_total", &[("rule", "repair.characters.mojibake")]);
    assert!(edits >= 1.0, "{edits}");
    let stages: BTreeSet<&str> = families["copydesk_stage_duration_seconds"]
        .series
        .iter()
        .filter_map(|(_, labels, ..)| labels.get("stage").map(String::as_str))
        .collect();
    let expected = ["boilerplate", "decode", "encode", "repair", "tag"];
    assert_eq!(stages, expected.into_iter().collect());
    for name in [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_start_time_seconds",
    ] {
        let measured: f64 = value(name, &[]);
        assert!(measured > 0.0 || name == "process_cpu_seconds_total", "{name} {measured}");
    }
}

#[test]
fn an_exemplar_names_the_message_behind_a_count() {
    let telemetry = after_some_work();
    let families = parse(&telemetry.scrape(Exposition::OpenMetrics).unwrap());
    let letters = &families["copydesk_dead_letters"].series[0];
    let example = "{topic=\"articles.raw\",partition=\"3\",offset=\"1\"} 1";
    assert!(letters.3.as_ref().is_some_and(|found| found.starts_with(example)), "{letters:?}");
    let latency = &families["copydesk_end_to_end_latency_seconds"].series;
    assert!(latency.iter().any(|(_, _, _, exemplar)| exemplar.is_some()));
}

/// Only what an article says about itself can be without bounds.
#[test]
fn labels_come_from_closed_sets() {
    let telemetry = Telemetry::default();
    let desk = Desk::new(&Settings::default());
    let stories = [PAGE, "Die Brücke wurde am Freitag eröffnet.", "…"];
    for (offset, (language, story)) in
        ["en", "x-klingon", "zz-\"quote"].iter().zip(stories).enumerate()
    {
        let payload = serde_json::json!({ "text": story, "language": language }).to_string();
        let delivery = delivery(offset as i64, &payload);
        let outcome = desk.edit(&delivery);
        events::judged(&telemetry, &delivery, &outcome);
        events::completed(&telemetry, &delivery, Kind::Enriched);
    }
    let families = parse(&telemetry.scrape(Exposition::Prometheus).unwrap());
    let rules: BTreeSet<&str> = stages::rules().map(|rule| rule.0).collect();
    let languages: BTreeSet<&str> =
        metrics::labels::LANGUAGES.into_iter().chain(["other", "none"]).collect();
    for (set, label, name) in [
        (&rules, "rule", "copydesk_edits_total"),
        (&rules, "rule", "copydesk_removals_total"),
        (&languages, "language", "copydesk_articles_by_language_total"),
    ] {
        for (_, labels, ..) in &families[name].series {
            assert!(set.contains(labels[label].as_str()), "{labels:?}");
        }
    }
    assert!(!families["copydesk_articles_by_language_total"].series.is_empty());
}

#[test]
fn partitions_that_went_away_are_served_no_longer() {
    let telemetry = after_some_work();
    events::standing(&telemetry, &standing(1));
    let families = parse(&telemetry.scrape(Exposition::Prometheus).unwrap());
    assert_eq!(families["copydesk_partition_lag_messages"].series.len(), 1);
    assert_eq!(families["copydesk_partition_committed_offset"].series.len(), 1);
}

#[test]
fn a_scraper_gets_the_form_it_asks_for() {
    let prometheus = "application/openmetrics-text;version=1.0.0,\
        application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    for (accept, exposition) in [
        (Some(prometheus), Exposition::OpenMetrics),
        (Some("application/openmetrics-text"), Exposition::OpenMetrics),
        (
            Some("text/plain;version=0.0.4, application/openmetrics-text;q=0.3"),
            Exposition::Prometheus,
        ),
        (Some("application/openmetrics-text;q=0"), Exposition::Prometheus),
        (Some("*/*"), Exposition::Prometheus),
        (None, Exposition::Prometheus),
    ] {
        assert_eq!(Exposition::accepted(accept), exposition, "{accept:?}");
    }
}

#[test]
fn a_worker_is_ready_when_it_has_its_share_and_a_place_for_dead_letters() {
    let telemetry = Telemetry::default();
    assert_eq!(telemetry.health.readiness(), Err(NotReady::NotAssigned));
    let standing = TransportStanding { dead_letters_possible: false, ..standing(2) };
    events::standing(&telemetry, &standing);
    assert_eq!(telemetry.health.readiness(), Err(NotReady::NoDeadLetterTopic));
    events::standing(&telemetry, &TransportStanding { dead_letters_possible: true, ..standing });
    assert_eq!(telemetry.health.readiness(), Ok(()));
    events::draining(&telemetry, 7);
    assert_eq!(telemetry.health.readiness(), Err(NotReady::Stopping));
}

/// As a ratio within one run: what a scrape costs must grow with the partitions, and no
/// faster. The figure itself is told by `cargo bench --bench whole_run`.
#[test]
fn a_scrape_takes_time_in_proportion_to_the_partitions() {
    let cost = |partitions: i32| {
        let telemetry = Telemetry::default();
        events::standing(&telemetry, &standing(partitions));
        let scrape = || {
            let started = Instant::now();
            telemetry.scrape(Exposition::OpenMetrics).unwrap();
            started.elapsed()
        };
        (0..20).map(|_| scrape()).min().unwrap_or(Duration::MAX)
    };
    let (few, many) = (cost(250), cost(4_000));
    assert!(many < few * 16 * 4, "250 partitions {few:?}, 4,000 {many:?}");
}
