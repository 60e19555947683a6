//! Offsets that are gone, and partitions that were not there before.

use super::Finding;
use super::rig::{Configs, NEEDS_KAFKA, Raw, Rig, end_of, terminate};
use crate::chaos::ledger::Topic;
use crate::chaos::{Failure, Ground};

const COUNT: usize = 300;
/// Retention has taken what was before it, and the group had read less.
const KEPT_FROM: usize = 200;

pub fn out_of_range(ground: &Ground) -> Result<Finding, Failure> {
    let Some(servers) = &ground.brokers else { return Ok(Finding::lacking(NEEDS_KAFKA)) };
    let mut finding = Finding::default();
    // `latest` reads from where it begins, so it is given more after.
    for (policy, expected) in [("error", 0), ("earliest", COUNT - KEPT_FROM), ("latest", COUNT)] {
        let mut rig = Rig::new(&ground.within(policy), servers, 1, Configs::default())?;
        rig.write(&(0..COUNT).map(|number| article(0, number)).collect::<Vec<_>>())?;
        rig.commit(0, 50)?;
        rig.admin.delete_records(&rig.names.input, 0, KEPT_FROM as i64)?;
        let mut worker = rig.worker(&[&format!("kafka.offset_reset={policy}")])?;
        if policy == "error" {
            let ended = end_of(&mut worker);
            finding.expect(ended.is_some_and(|it| it.code() == Some(1)), || {
                format!("error: the worker did not halt with exit code 1: {ended:?}")
            });
            let committed = rig.committed(0)?;
            finding.expect(committed == 50, || format!("error: the offset moved to {committed}"));
        } else {
            if policy == "latest" {
                let assigned =
                    rig.wait(|| Ok(rig.logged("partitions assigned", "partitions")? > 0))?;
                finding.expect(assigned, || "latest: it joined no group".into());
                // Where it begins is asked of the broker after that; what comes before the
                // answer is skipped, as it is meant to be.
                let began = rig.wait(|| {
                    rig.write(&[article(0, COUNT)])?;
                    Ok(!rig.read(Topic::Output)?.is_empty())
                })?;
                finding.expect(began, || "latest: it read nothing".into());
            }
            let committed = rig.all_committed()?;
            finding.expect(committed, || format!("{policy}: it did not read to the end"));
            let ended = terminate(&mut worker);
            finding.expect(ended.is_some_and(|it| it.success()), || format!("{policy}: {ended:?}"));
        }
        let output = rig.read(Topic::Output)?;
        finding.note(policy, output.len());
        let holds = match policy {
            "latest" => output.iter().all(|found| found.key == article(0, COUNT).key),
            _ => output.len() == expected,
        };
        finding.expect(holds, || format!("{policy}: {} came out", output.len()));
    }
    Ok(finding)
}

pub fn partitions_added(ground: &Ground) -> Result<Finding, Failure> {
    let Some(servers) = &ground.brokers else { return Ok(Finding::lacking(NEEDS_KAFKA)) };
    let mut finding = Finding::default();
    let mut rig = Rig::new(ground, servers, 2, Configs::default())?;
    let write = |rig: &Rig, partitions: std::ops::Range<i32>| {
        let all = |partition| (0..COUNT).map(move |number| article(partition, number));
        rig.write(&partitions.flat_map(all).collect::<Vec<_>>())
    };
    write(&rig, 0..2)?;
    let mut worker = rig.worker(&["kafka.properties.topic.metadata.refresh.interval.ms=1000"])?;
    let committed = rig.all_committed()?;
    finding.expect(committed, || "the first two were not read to their end".into());
    let topics = [
        rig.names.topics.output.clone(),
        rig.names.topics.dead_letters.clone(),
        rig.names.input.clone(),
    ];
    for topic in &topics {
        rig.admin.add_partitions(topic, 4)?;
    }
    rig.names.topics.partitions = 4;
    write(&rig, 2..4)?;
    let committed = rig.all_committed()?;
    finding.expect(committed, || "the new ones were not read to their end".into());
    let ended = terminate(&mut worker);
    finding.expect(ended.is_some_and(|it| it.success()), || format!("ended with {ended:?}"));
    let mut keys: Vec<_> = rig.read(Topic::Output)?.into_iter().map(|found| found.key).collect();
    finding.note("articles_found", keys.len());
    let found = keys.len();
    keys.sort();
    keys.dedup();
    finding.expect(found == 4 * COUNT && keys.len() == found, || {
        format!("{found} came out, {} of them different; {} were written", keys.len(), 4 * COUNT)
    });
    Ok(finding)
}

fn article(partition: i32, number: usize) -> Raw {
    let key = format!("{partition}:{number}");
    Raw::text(partition, &key, &format!("The tide came in at {number}."))
}
