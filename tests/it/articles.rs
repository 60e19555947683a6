//! The sample articles, `tests/articles/<slug>/`, through the whole desk:
//!
//! - `raw.json`, a message as a scraper sends it;
//! - `enriched.json`, the golden: what comes of it, rewritten by `UPDATE=1 cargo test`;
//! - `expect.toml`, what must come of it whatever the golden says, so that a
//!   golden rewritten in haste cannot hide a regression ([`Expectation`]).
//!
//! `tests/articles/_bad/` holds what must end as a dead letter, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use copydesk::desk::{Desk, Outcome, Rejected};
use copydesk::settings::Settings;
use copydesk::transport::{Delivery, Lane, Origin, Receipt};
use serde::Deserialize;
use serde_json::Value;

use crate::golden;

pub struct Sample {
    pub slug: String,
    pub raw: Vec<u8>,
    folder: PathBuf,
}

/// What must come of a sample. What is not given is not looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// `keep` or `reject`.
    verdict: String,
    reason: Option<String>,
    headline: Option<String>,
    publisher: Option<String>,
    section: Option<String>,
    authors: Option<Vec<String>>,
    date_published: Option<String>,
    date_modified: Option<String>,
    language: Option<String>,
    /// Kinds, in the order of the text.
    notices: Option<Vec<String>>,
    /// Among the flags.
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    no_flags: bool,
    first_words: Option<String>,
    last_words: Option<String>,
    /// Lines of the body that are not blank.
    paragraphs: Option<usize>,
    #[serde(default)]
    must_contain: Vec<String>,
    #[serde(default)]
    must_not_contain: Vec<String>,
    /// The body is the message's text byte for byte, and nothing is on record.
    #[serde(default)]
    body_unchanged: bool,
    /// Rules that must have changed something.
    #[serde(default)]
    rules: Vec<String>,
    /// Fields of the message that come out under `input` as they went in.
    #[serde(default)]
    passes_through: Vec<String>,
    /// Faults, worded as the test words them, that are there and should not be:
    /// they must be there, so that a mend is noticed.
    #[serde(default)]
    known_failures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadExpectation {
    reason: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Every sample, by name.
pub fn samples() -> Vec<Sample> {
    let mut samples: Vec<Sample> = std::fs::read_dir(articles())
        .expect("tests/articles is a folder")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|folder| folder.join("raw.json").exists())
        .map(|folder| Sample {
            slug: folder.file_name().expect("a folder has a name").to_string_lossy().into_owned(),
            raw: std::fs::read(folder.join("raw.json")).expect("it is there"),
            folder,
        })
        .collect();
    samples.sort_by(|a, b| a.slug.cmp(&b.slug));
    samples
}

/// The desk as the default settings make it, without a time limit: how long a
/// busy test machine takes must not decide what comes out.
pub fn desk() -> Desk {
    let mut settings = Settings::default();
    settings.worker.article_deadline_millis = u64::MAX;
    settings.worker.rejected = Rejected::Forward;
    Desk::new(&settings)
}

pub fn delivery(payload: &[u8]) -> Delivery {
    Delivery {
        key: Some(b"key".to_vec()),
        payload: Some(payload.to_vec()),
        headers: Vec::new(),
        timestamp_millis: Some(1_900_000_000_000),
        origin: Origin { topic: "articles.raw".into(), partition: 0, offset: 7 },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset: 7 },
    }
}

fn articles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/articles")
}

impl Sample {
    fn message(&self) -> Value {
        serde_json::from_slice(&self.raw).expect("a sample is JSON")
    }

    fn expectation(&self) -> Expectation {
        let path = self.folder.join("expect.toml");
        let source = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&source).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The text it came with; `None` for a page.
    fn flat_text(&self) -> Option<String> {
        let message = self.message();
        ["text", "body", "content"]
            .iter()
            .find_map(|field| message.get(field)?.as_str())
            .map(str::to_owned)
    }

    fn edited(&self) -> (String, Value) {
        let outcome = desk().edit(&delivery(&self.raw));
        let verdict = match &outcome {
            Outcome::Enriched { .. } => "keep".to_owned(),
            Outcome::Rejected { reason, .. } => format!("reject {}", reason.as_str()),
            other => panic!("{}: {other:?}", self.slug),
        };
        let outbound = outcome.outbound().expect("it is forwarded");
        let payload = outbound.payload.as_ref().expect("it has a payload");
        let enriched = serde_json::from_slice(payload)
            .unwrap_or_else(|error| panic!("{}: output is not JSON: {error}", self.slug));
        (verdict, enriched)
    }
}

#[test]
fn every_sample_gives_its_golden() {
    let mut failures = Vec::new();
    for sample in samples() {
        let (_, mut enriched) = sample.edited();
        // A new rule or version is no change to what comes out.
        for field in ["version", "ruleset"] {
            enriched["provenance"][field] = "(not compared)".into();
        }
        let path = sample.folder.join("enriched.json");
        if let Err(difference) = golden::check(&path, &golden::written(&enriched)) {
            failures.push(difference);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_sample_comes_out_as_expected() {
    let mut failures = Vec::new();
    for sample in samples() {
        let expectation = sample.expectation();
        let (verdict, enriched) = sample.edited();
        let faults = expectation.faults(&sample, &verdict, &enriched);
        for fault in faults.iter().filter(|fault| !expectation.known_failures.contains(fault)) {
            failures.push(format!("{}: {fault}", sample.slug));
        }
        for known in expectation.known_failures.iter().filter(|known| !faults.contains(known)) {
            failures.push(format!("{}: mended, no known failure any more: {known}", sample.slug));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// With nothing but the published message, as a reader of the topic would.
#[test]
fn the_published_changes_lead_back_to_the_raw_text() {
    for sample in samples() {
        let Some(raw) = sample.flat_text() else { continue };
        let (_, enriched) = sample.edited();
        assert_eq!(
            golden::escaped(&original_of(&enriched)),
            golden::escaped(&raw),
            "{}: undoing edits and removals does not give the raw text",
            sample.slug
        );
    }
}

#[test]
fn bad_messages_end_as_dead_letters_with_their_bytes_and_their_reason() {
    let folder = articles().join("_bad");
    let source = std::fs::read_to_string(folder.join("expect.toml")).expect("it is there");
    let mut expectations: BTreeMap<String, BadExpectation> =
        toml::from_str(&source).unwrap_or_else(|error| panic!("_bad/expect.toml: {error}"));
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if name == "expect.toml" {
            continue;
        }
        let Some(expected) = expectations.remove(&name) else {
            failures.push(format!("{name}: no reason in expect.toml"));
            continue;
        };
        let mut delivery = delivery(&std::fs::read(&path).expect("it is there"));
        delivery.headers = expected
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), Some(value.clone().into_bytes())))
            .collect();
        match desk().edit(&delivery) {
            Outcome::DeadLetter { outbound, error } => {
                if error.reason() != expected.reason {
                    failures.push(format!(
                        "{name}: expected {:?}, got {:?} ({error})",
                        expected.reason,
                        error.reason()
                    ));
                }
                assert_eq!(outbound.payload, delivery.payload, "{name}");
                assert_eq!(outbound.key, delivery.key, "{name}");
            }
            other => failures.push(format!("{name}: not dead-lettered: {other:?}")),
        }
    }
    failures.extend(expectations.keys().map(|name| format!("{name}: no such file")));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

impl Expectation {
    fn faults(&self, sample: &Sample, verdict: &str, enriched: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let mut differs =
            |what: &str, expected: &dyn std::fmt::Debug, got: &dyn std::fmt::Debug| {
                faults.push(format!("{what}: expected {expected:?}, got {got:?}"));
            };

        let expected = match &self.reason {
            Some(reason) => format!("{} {reason}", self.verdict),
            None => self.verdict.clone(),
        };
        if verdict != expected {
            differs("verdict", &expected, &verdict);
        }
        let fields = [
            ("headline", "/headline", &self.headline),
            ("publisher", "/publisher/name", &self.publisher),
            ("section", "/articleSection", &self.section),
            ("published", "/datePublished", &self.date_published),
            ("modified", "/dateModified", &self.date_modified),
            ("language", "/inLanguage", &self.language),
        ];
        for (what, pointer, expected) in fields {
            let got = enriched.pointer(pointer).and_then(Value::as_str);
            if expected.is_some() && expected.as_deref() != got {
                differs(what, expected, &got);
            }
        }
        let lists = [
            ("authors", "/author", "", &self.authors),
            ("notices", "/correction", "/kind", &self.notices),
        ];
        for (what, list, member, expected) in lists {
            let got = strings(enriched, list, member);
            if expected.as_ref().is_some_and(|expected| *expected != got) {
                differs(what, expected, &got);
            }
        }
        let flags = strings(enriched, "/quality/flags", "");
        if self.flags.iter().any(|flag| !flags.contains(flag)) {
            differs("flags", &self.flags, &flags);
        }
        if self.no_flags && !flags.is_empty() {
            differs("flags", &self.flags, &flags);
        }

        let body = enriched.get("articleBody").and_then(Value::as_str).unwrap_or_default();
        let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
        if self.paragraphs.is_some_and(|expected| expected != lines) {
            differs("paragraphs", &self.paragraphs, &lines);
        }
        if self.first_words.as_ref().is_some_and(|words| !body.trim_start().starts_with(words)) {
            differs("first words", &self.first_words, &body.lines().next());
        }
        if self.last_words.as_ref().is_some_and(|words| !body.trim_end().ends_with(words)) {
            differs("last words", &self.last_words, &body.trim_end().lines().last());
        }
        for phrase in self.must_contain.iter().filter(|phrase| !body.contains(*phrase)) {
            faults.push(format!("body lacks {}", golden::escaped(phrase)));
        }
        for phrase in self.must_not_contain.iter().filter(|phrase| body.contains(*phrase)) {
            faults.push(format!("body holds {}", golden::escaped(phrase)));
        }

        let mut rules = strings(enriched, "/edits", "/rule");
        rules.extend(strings(enriched, "/removals", "/rule"));
        if self.body_unchanged && sample.flat_text().as_deref() != Some(body) {
            faults.push("the body is not the text that came in".to_owned());
        }
        if self.body_unchanged && !rules.is_empty() {
            faults.push(format!("nothing should have changed, but {rules:?} did something"));
        }
        for rule in self.rules.iter().filter(|rule| !rules.contains(rule)) {
            faults.push(format!("{rule} changed nothing; these did: {rules:?}"));
        }
        let message = sample.message();
        for field in &self.passes_through {
            let went_in = &message[field];
            let came_out = enriched.get("input").and_then(|input| input.get(field));
            if came_out != Some(went_in) {
                faults
                    .push(format!("input.{field}: went in as {went_in}, came out as {came_out:?}"));
            }
        }
        faults
    }
}

/// The strings at `member` of every element of the array at `list`.
fn strings(enriched: &Value, list: &str, member: &str) -> Vec<String> {
    let elements = enriched.pointer(list).and_then(Value::as_array);
    elements
        .into_iter()
        .flatten()
        .filter_map(|element| Some(element.pointer(member)?.as_str()?.to_owned()))
        .collect()
}

/// Takes back what `edits` and `removals` say was done. Their offsets are
/// Unicode scalar values of the original text.
fn original_of(enriched: &Value) -> String {
    let text = |change: &Value, field: &str| -> Vec<char> {
        change[field].as_str().expect("a change has its text").chars().collect()
    };
    let start = |change: &Value| change["start"].as_u64().expect("a change has a start") as usize;
    // Changes with a `field` are of the headline, say, not of the body.
    let list = |name: &str| -> Vec<Value> {
        let all = enriched[name].as_array().expect("it is a list");
        all.iter().filter(|change| change.get("field").is_none()).cloned().collect()
    };
    let mut changes: Vec<(usize, Vec<char>, Vec<char>)> = Vec::new();
    for edit in list("edits") {
        changes.push((start(&edit), text(&edit, "before"), text(&edit, "after")));
    }
    for removal in list("removals") {
        changes.push((start(&removal), text(&removal, "text"), Vec::new()));
    }
    changes.sort_by_key(|(start, before, _)| (*start, before.len()));

    let mut rest = enriched["articleBody"].as_str().unwrap_or_default().chars();
    let mut original: Vec<char> = Vec::new();
    for (start, before, after) in changes {
        let kept = start.checked_sub(original.len()).expect("changes do not overlap");
        original.extend(rest.by_ref().take(kept));
        let stands: Vec<char> = rest.by_ref().take(after.len()).collect();
        assert_eq!(stands, after, "the body does not hold what the change at {start} put there");
        original.extend(before);
    }
    original.extend(rest);
    original.into_iter().collect()
}
