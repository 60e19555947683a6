//! Articles that are none, or that break what works on them, among ones in order.
//!
//! What the worker's own binary can be given as bytes is given to it. No bytes make its stages
//! panic or run for ever, so for these two the worker runs here, with a stage that does.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Finding;
use super::rig::{Configs, NEEDS_KAFKA, Raw, Rig, terminate};
use crate::article::Article;
use crate::chaos::ledger::{Found, Topic};
use crate::chaos::local::LocalWorker;
use crate::chaos::{Failure, Ground};
use crate::settings::WorkerSettings;
use crate::stage::{Deadline, Stage, StageName, Verdict};

/// Of each topic, and of what the worker sends.
const LARGEST: &str = "134217728";
const NEIGHBOURS: usize = 40;

pub fn poison(ground: &Ground) -> Result<Finding, Failure> {
    let Some(servers) = &ground.brokers else { return Ok(Finding::lacking(NEEDS_KAFKA)) };
    let mut finding = Finding::default();
    bytes(&mut finding, &ground.within("bytes"), servers)?;
    stages(&mut finding, &ground.within("stages"), servers)?;
    Ok(finding)
}

/// Key, payload, and the reason of the dead letter that it must become; `None` where it must
/// come out as an article.
type Poison = (&'static str, Option<Vec<u8>>, Option<&'static str>);

fn bytes(finding: &mut Finding, ground: &Ground, servers: &str) -> Result<(), Failure> {
    let huge = format!(r#"{{"text": "{}"}}"#, "The tide came in. ".repeat(100 << 20 >> 4));
    let deep =
        format!(r#"{{"text": "The tide.", "x": {}{}}}"#, "[".repeat(9_999), "]".repeat(9_999));
    let poisons: Vec<Poison> = vec![
        ("huge", Some(huge.into_bytes()), Some("too_large")),
        ("deep", Some(deep.into_bytes()), Some("too_deep")),
        ("torn", Some(br#"{"text": "The tide"#.to_vec()), Some("not_json")),
        ("noise", Some((0..=255).cycle().take(4_096).collect()), Some("not_text")),
        ("empty", Some(Vec::new()), Some("empty_payload")),
        ("no body", Some(br#"{"title": "Tide"}"#.to_vec()), Some("missing_body")),
        ("bad utf-8", Some(b"{\"text\": \"The caf\xe9 on the quay is open.\"}".to_vec()), None),
        ("nul", Some(b"{\"text\": \"The tide\\u0000 came in at nine.\"}".to_vec()), None),
        ("null payload", None, None),
    ];
    let configs = [("max.message.bytes", LARGEST)];
    let configs = Configs { input: &configs, dead_letters: &configs, ..Configs::default() };
    let mut rig = Rig::new(ground, servers, 1, configs)?;
    let poison =
        |(key, payload, _): &Poison| Raw { payload: payload.clone(), ..Raw::text(0, key, "") };
    rig.write(&among_neighbours(poisons.iter().map(poison)))?;
    let largest = format!("kafka.max_message_bytes={LARGEST}");
    let mut worker = rig.worker(&[&largest])?;
    let committed = rig.all_committed()?;
    finding.expect(committed, || "bytes: the offset did not move past all of them".into());
    let ended = terminate(&mut worker);
    finding.expect(ended.is_some_and(|it| it.success()), || format!("bytes: {ended:?}"));
    hold(finding, &rig, poisons.iter().map(|(key, _, reason)| (*key, *reason)))
}

/// Panics, or does not end and never looks at its deadline.
struct Provoked;

impl Stage for Provoked {
    fn name(&self) -> StageName {
        StageName::Repair
    }

    fn apply(&self, article: &mut Article, _deadline: &Deadline) -> Verdict {
        let text = article.text();
        assert!(!text.starts_with("panic"), "as asked for");
        while text.starts_with("endless") {
            // Its thread is lost; it need not take a core along.
            std::thread::sleep(Duration::from_secs(1));
        }
        Verdict::Keep
    }
}

fn stages(finding: &mut Finding, ground: &Ground, servers: &str) -> Result<(), Failure> {
    let rig = Rig::new(ground, servers, 1, Configs::default())?;
    let poisons = [("panic", Some("stage_panicked")), ("endless", Some("ran_away"))];
    let poison = |(key, _): &(&'static str, Option<&str>)| Raw::text(0, key, key);
    rig.write(&among_neighbours(poisons.iter().map(poison)))?;
    let settings = WorkerSettings { article_deadline_millis: 200, ..WorkerSettings::default() };
    let worker = LocalWorker::start(servers, &rig.names, Box::new(Provoked), settings, 2)?;
    let began = Instant::now();
    let committed = rig.all_committed()?;
    finding.note("seconds_until_all_was_committed", began.elapsed().as_secs_f64().round());
    finding.expect(committed, || "stages: the offset did not move past all of them".into());
    if let Err(ended) = worker.end() {
        finding.require("stages", [ended]);
    }
    hold(finding, &rig, poisons.into_iter())
}

/// Ones in order, then the poison, each between two more.
fn among_neighbours(poisons: impl Iterator<Item = Raw>) -> Vec<Raw> {
    let neighbour = |number: usize| {
        Raw::text(0, &format!("neighbour {number}"), &format!("The tide came in at {number}."))
    };
    let mut all: Vec<Raw> = (0..NEIGHBOURS / 2).map(neighbour).collect();
    for poison in poisons {
        all.push(poison);
        all.push(neighbour(all.len()));
    }
    let written = all.len();
    all.extend((written..written + NEIGHBOURS / 2).map(neighbour));
    all
}

/// Each poison is where it should be and once, for the reason it should be, and so is each
/// neighbour.
fn hold(
    finding: &mut Finding,
    rig: &Rig,
    poisons: impl Iterator<Item = (&'static str, Option<&'static str>)>,
) -> Result<(), Failure> {
    let output = by_key(rig.read(Topic::Output)?);
    let dead = by_key(rig.read(Topic::DeadLetter)?);
    let mut expected = 0;
    for (key, reason) in poisons {
        let (alive, died) = (output.get(key).map_or(0, Vec::len), dead.get(key));
        let reasons: Vec<&str> = died.into_iter().flatten().filter_map(reason_of).collect();
        let holds = match reason {
            Some(reason) => alive == 0 && reasons == [reason],
            None => alive == 1 && reasons.is_empty(),
        };
        expected += usize::from(reason.is_some());
        finding.expect(holds, || {
            format!("{key}: {alive} came out, and dead letters say {reasons:?}, not {reason:?}")
        });
    }
    finding.expect(dead.len() == expected, || {
        format!("{} keys have dead letters, and {expected} should", dead.len())
    });
    let neighbours =
        output.iter().filter(|(key, found)| key.starts_with("neighbour") && found.len() == 1);
    let (neighbours, least) = (neighbours.count(), NEIGHBOURS + expected);
    finding.expect(neighbours >= least, || format!("{neighbours} neighbours of {least} came out"));
    Ok(())
}

fn by_key(found: Vec<Found>) -> BTreeMap<String, Vec<Found>> {
    let mut all: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in found {
        let key = String::from_utf8_lossy(found.key.as_deref().unwrap_or_default()).into_owned();
        all.entry(key).or_default().push(found);
    }
    all
}

fn reason_of(found: &Found) -> Option<&str> {
    let named = |(name, _): &&(String, Option<Vec<u8>>)| name == "copydesk-error-reason";
    let (_, value) = found.headers.iter().find(named)?;
    std::str::from_utf8(value.as_deref()?).ok()
}
