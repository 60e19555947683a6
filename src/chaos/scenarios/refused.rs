//! Messages that are not stored: for reasons that pass, of which the embedded broker gives
//! each on command, and for one that does not, which a real broker gives.

use super::Finding;
use super::rig::{Configs, Raw, Rig, terminate};
use crate::chaos::faults::Counts;
use crate::chaos::ledger::Topic;
use crate::chaos::{Attack, Failure, Ground};

const NEIGHBOURS: usize = 400;
/// A text whose output is larger than the topic takes once the worker runs.
const GUILTY_WORDS: usize = 4_000;

pub fn produce_errors(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let embedded = Ground { brokers: None, bounce_with: None, ..ground.clone() };
    let faults = Counts { produce_errors: 3, ..Counts::default() };
    finding.attack("passing", Attack { faults, ..Attack::new(&embedded, 8_000) })?;
    if let Some(servers) = &ground.brokers {
        one_guilty(&mut finding, &ground.within("refused"), servers)?;
    }
    Ok(finding)
}

/// The topic's limit is lowered after the worker has learned it, so that the broker refuses
/// a batch for one message of it.
fn one_guilty(finding: &mut Finding, ground: &Ground, servers: &str) -> Result<(), Failure> {
    let mut rig = Rig::new(ground, servers, 1, Configs::default())?;
    // Batches are what there is room for within it.
    let mut worker = rig.worker(&["kafka.linger_millis=200", "kafka.compression=none"])?;
    rig.write(&[neighbour(0)])?;
    finding.expect(rig.all_committed()?, || "refused: the worker did not begin".into());
    rig.admin.configure(&rig.names.topics.output, "max.message.bytes", "20000")?;
    let mut messages: Vec<Raw> = (1..NEIGHBOURS).map(neighbour).collect();
    let guilty: String = (0..GUILTY_WORDS).map(|number| format!("{number} boats. ")).collect();
    messages.insert(NEIGHBOURS / 2, Raw::text(0, "guilty", &guilty));
    rig.write(&messages)?;
    finding.expect(rig.all_committed()?, || "refused: the offset does not move past it".into());
    let ended = terminate(&mut worker);
    finding.expect(ended.is_some_and(|it| it.success()), || format!("refused: {ended:?}"));

    let dead: Vec<_> = rig.read(Topic::DeadLetter)?.into_iter().map(|found| found.key).collect();
    finding.expect(dead == [Some(b"guilty".to_vec())], || {
        let keys = dead.iter().flatten().map(|key| String::from_utf8_lossy(key));
        format!("refused: dead letters are of {:?}", keys.collect::<Vec<_>>())
    });
    let mut keys: Vec<_> = rig.read(Topic::Output)?.into_iter().map(|found| found.key).collect();
    finding.note("neighbours_found", keys.len());
    let found = keys.len();
    keys.sort();
    keys.dedup();
    finding.expect(found == NEIGHBOURS && keys.len() == found, || {
        format!("refused: {found} neighbours came out, {} of them different", keys.len())
    });
    Ok(())
}

fn neighbour(number: usize) -> Raw {
    Raw::text(0, &format!("neighbour {number}"), &format!("The tide came in at {number}."))
}
