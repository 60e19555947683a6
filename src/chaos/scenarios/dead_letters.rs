//! Dead letters that cannot be stored, and too many of them.

use super::Finding;
use super::rig::{Configs, NEEDS_KAFKA, Raw, Rig, end_of, terminate};
use crate::chaos::ledger::Topic;
use crate::chaos::{Failure, Ground};

const GOOD: usize = 200;
const BAD: usize = 2_000;
/// The limiter's bound in these runs.
const IN_A_ROW: usize = 50;

/// The dead letter is larger than its topic takes: nothing is skipped over it.
pub fn refused(ground: &Ground) -> Result<Finding, Failure> {
    let Some(servers) = &ground.brokers else { return Ok(Finding::lacking(NEEDS_KAFKA)) };
    let mut finding = Finding::default();
    let small = [("max.message.bytes", "600")];
    let configs = Configs { dead_letters: &small, ..Configs::default() };
    let mut rig = Rig::new(ground, servers, 1, configs)?;
    let mut messages: Vec<Raw> = (0..GOOD).map(good).collect();
    let torn = format!(r#"{{"text": "{}"#, "The tide came in. ".repeat(100)).into_bytes();
    messages.insert(GOOD / 2, Raw { payload: Some(torn.clone()), ..Raw::text(0, "torn", "") });
    rig.write(&messages)?;

    let ended = end_of(&mut rig.worker(&[])?);
    finding.expect(ended.is_some_and(|it| it.code() == Some(1)), || {
        format!("the worker did not halt with exit code 1: {ended:?}")
    });
    let before = rig.read(Topic::DeadLetter)?.len();
    finding.expect(before == 0, || format!("{before} dead letters are there"));
    finding.expect(rig.committed(0)? <= GOOD as i64 / 2, || {
        "the offset moved past what has no dead letter".into()
    });

    rig.admin.configure(&rig.names.topics.dead_letters, "max.message.bytes", "1000000")?;
    let mut worker = rig.worker(&[])?;
    let committed = rig.all_committed()?;
    finding.expect(committed, || "it does not go on when the topic takes them".into());
    let ended = terminate(&mut worker);
    finding.expect(ended.is_some_and(|it| it.success()), || format!("ended with {ended:?}"));
    let dead = rig.read(Topic::DeadLetter)?;
    finding.expect(dead.len() == 1 && dead[0].payload.as_deref() == Some(&torn), || {
        format!("{} dead letters, and one was to hold the original", dead.len())
    });
    let mut keys: Vec<_> = rig.read(Topic::Output)?.into_iter().map(|found| found.key).collect();
    finding.note("articles_found", keys.len());
    keys.sort();
    keys.dedup();
    finding.expect(keys.len() == GOOD, || format!("{} of {GOOD} came out", keys.len()));
    Ok(finding)
}

/// Whatever is read is bad, as after a deployment that broke something.
pub fn all_input_bad(ground: &Ground) -> Result<Finding, Failure> {
    let Some(servers) = &ground.brokers else { return Ok(Finding::lacking(NEEDS_KAFKA)) };
    let mut finding = Finding::default();
    let mut rig = Rig::new(ground, servers, 1, Configs::default())?;
    let bad = |number: usize| Raw {
        payload: Some(b"{\"text\": \"The tide".to_vec()),
        ..Raw::text(0, &format!("bad {number}"), "")
    };
    rig.write(&(0..BAD).map(bad).collect::<Vec<_>>())?;
    let limit = format!("worker.dead_letters_in_a_row={IN_A_ROW}");
    let ended = end_of(&mut rig.worker(&[&limit])?);
    finding.expect(ended.is_some_and(|it| it.code() == Some(1)), || {
        format!("the limiter did not halt it with exit code 1: {ended:?}")
    });
    let dead = rig.read(Topic::DeadLetter)?.len();
    finding.note("dead_letters", dead);
    finding.expect(dead < IN_A_ROW, || format!("{dead} of {BAD} were given up"));
    let committed = rig.committed(0)?;
    finding.expect(committed <= dead as i64, || {
        format!("committed up to {committed}, with {dead} dead letters")
    });
    Ok(finding)
}

fn good(number: usize) -> Raw {
    Raw::text(0, &format!("good {number}"), &format!("The tide came in at {number}."))
}
