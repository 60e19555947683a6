//! Scenarios that are runs under load, which differ in who does what to whom.

use super::Finding;
use super::rig::logged;
use crate::chaos::faults::Counts;
use crate::chaos::{Attack, Failure, Ground, Pace};
use crate::settings::{Choice, Guarantee, Order};

/// After brokers are back, until every partition goes on.
const RECOVERY_SECONDS: f64 = 10.0;
/// What a worker's models take, and twice the in-flight budget that these runs give it.
const RESIDENT_MEGABYTES: f64 = 512.0;
const SMALL_BUDGET: &str = "worker.in_flight_bytes=8388608";
const NEEDS_KAFKA: &str = "a real Kafka: --brokers";
const NEEDS_BOUNCES: &str = "a real Kafka that can be bounced: --brokers, --bounce-with";

pub fn sigkill_loop(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    for delivery in guarantees(ground).iter().copied() {
        let faults = Counts { kills: 20, ..Counts::default() };
        let attack = Attack { delivery, faults, ..Attack::new(ground, 40_000) };
        finding.attack(delivery.as_str(), attack)?;
    }
    Ok(finding)
}

pub fn sigterm_under_load(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    for delivery in guarantees(ground).iter().copied() {
        let faults = Counts { terminations: 4, ..Counts::default() };
        let attack = Attack { delivery, faults, ..Attack::new(ground, 12_000) };
        finding.attack(delivery.as_str(), attack)?;
    }
    Ok(finding)
}

pub fn sigstop_past_the_session(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    for delivery in guarantees(ground).iter().copied() {
        let faults = Counts { pauses: 2, ..Counts::default() };
        let attack = Attack { delivery, faults, ..Attack::new(ground, 16_000) };
        finding.attack(delivery.as_str(), attack)?;
    }
    Ok(finding)
}

pub fn members_come_and_go(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let mut memberships = vec![
        ("cooperative-sticky", vec!["kafka.group_instance_id="]),
        ("range", vec!["kafka.group_instance_id=", "kafka.assignment_strategy=range"]),
        ("roundrobin", vec!["kafka.group_instance_id=", "kafka.assignment_strategy=roundrobin"]),
    ];
    if ground.brokers.is_some() {
        memberships.push(("static names", Vec::new()));
        memberships.push((
            "newer protocol",
            vec!["kafka.group_instance_id=", "kafka.group_protocol=consumer"],
        ));
    }
    for (label, settings) in memberships {
        let mut attack = Attack::new(ground, 8_000);
        attack.faults = Counts { joins: 2, terminations: 1, ..Counts::default() };
        attack.settings = settings.into_iter().map(str::to_owned).collect();
        finding.attack(label, attack)?;
    }
    Ok(finding)
}

pub fn late_acks(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let mut attack = Attack::new(ground, 16_000);
    attack.faults = Counts { joins: 3, ..Counts::default() };
    // A revoked partition's articles are not waited for.
    attack.settings = vec!["kafka.revoke_drain_millis=0".into()];
    attack.may_repeat = true;
    finding.attack("joins", attack)?;
    let unfinished = logged(&ground.within("joins").logs, "partitions revoked", "unfinished")?;
    finding.expect(unfinished > 0, || "nothing was under way when partitions went".into());
    finding.note("under_way_when_partitions_went", unfinished);
    Ok(finding)
}

pub fn brokers_away(ground: &Ground) -> Result<Finding, Failure> {
    if ground.brokers.is_some() && ground.bounce_with.is_none() {
        return Ok(Finding::lacking(NEEDS_BOUNCES));
    }
    let mut finding = Finding::default();
    let mut attack = Attack::new(ground, 24_000);
    attack.faults = Counts { bounces: 3, ..Counts::default() };
    let report = finding.attack("bounces", attack)?;
    let slowest = report.slowest_recovery().unwrap_or(0.0);
    finding.expect(slowest <= RECOVERY_SECONDS, || format!("a partition stood for {slowest:.1} s"));
    expect_little_memory(&mut finding, report.peak_resident_megabytes());
    Ok(finding)
}

pub fn commit_errors(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let mut attack = Attack::new(&embedded(ground), 8_000);
    attack.faults = Counts { commit_errors: 2, ..Counts::default() };
    finding.attack("embedded", attack)?;
    Ok(finding)
}

pub fn slow_output(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let ground = embedded(ground);
    let mut attack = Attack::new(&ground, 12_000);
    attack.faults = Counts { delays: 2, ..Counts::default() };
    attack.settings = vec![SMALL_BUDGET.into()];
    let report = finding.attack("embedded", attack)?;
    let lost = logged(&ground.within("embedded").logs, "partitions lost", "partitions")?;
    finding.expect(lost == 0, || "a worker lost its membership".into());
    expect_little_memory(&mut finding, report.peak_resident_megabytes());
    Ok(finding)
}

pub fn lag_burst(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let mut attack = Attack::new(ground, 30_000);
    attack.pace = Pace::Burst;
    attack.settings = vec![SMALL_BUDGET.into()];
    let report = finding.attack("burst", attack)?;
    expect_little_memory(&mut finding, report.peak_resident_megabytes());
    Ok(finding)
}

pub fn hot_key(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let mut attack = Attack::new(ground, 12_000);
    (attack.keys, attack.order) = (1, Order::Key);
    attack.faults = Counts { kills: 1, joins: 1, ..Counts::default() };
    finding.attack("one key a partition", attack)?;
    Ok(finding)
}

pub fn transactions_cut_off(ground: &Ground) -> Result<Finding, Failure> {
    if ground.brokers.is_none() {
        return Ok(Finding::lacking(NEEDS_KAFKA));
    }
    let mut finding = Finding::default();
    let exactly_once =
        |articles| Attack { delivery: Guarantee::ExactlyOnce, ..Attack::new(ground, articles) };

    // A killed worker leaves a transaction open; its successor ends it.
    let mut aborted = exactly_once(12_000);
    aborted.faults = Counts { kills: 4, ..Counts::default() };
    let report = finding.attack("aborted", aborted)?;
    let undone = report.uncommitted.tally.duplicate;
    finding.expect(undone > 0, || "no transaction was open when a worker was killed".into());

    // A worker that keeps its place in the group, but sleeps past the end of its transaction.
    let mut expired = exactly_once(16_000);
    expired.faults = Counts { pauses: 2, ..Counts::default() };
    expired.settings = vec![
        "kafka.session_timeout_millis=30000".into(),
        "kafka.transaction_timeout_millis=2000".into(),
        "kafka.delivery_timeout_millis=2000".into(),
    ];
    finding.attack("expired", expired)?;
    let failed = logged(&ground.within("expired").logs, "transaction failed", "messages")?;
    finding.note("transactions_that_failed", failed);
    finding.expect(failed > 0, || "no transaction expired".into());

    // The answer to a commit is lost with the broker that would have given it.
    if ground.bounce_with.is_none() {
        return Ok(Finding { lacking: Some(NEEDS_BOUNCES), ..finding });
    }
    let mut ambiguous = exactly_once(16_000);
    ambiguous.faults = Counts { bounces: 2, ..Counts::default() };
    finding.attack("ambiguous", ambiguous)?;
    Ok(finding)
}

pub fn soak(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    let report = finding.attack("three minutes", Attack::soak(ground, 3))?;
    let trend = report.longest_lived();
    finding.expect(trend.is_some(), || "no worker lived long enough to be watched".into());
    Ok(finding)
}

fn guarantees(ground: &Ground) -> &'static [Guarantee] {
    // The embedded broker keeps no transactions.
    match ground.brokers {
        Some(_) => &[Guarantee::AtLeastOnce, Guarantee::ExactlyOnce],
        None => &[Guarantee::AtLeastOnce],
    }
}

/// Only the embedded broker errs on command.
fn embedded(ground: &Ground) -> Ground {
    Ground { brokers: None, bounce_with: None, ..ground.clone() }
}

fn expect_little_memory(finding: &mut Finding, peak_megabytes: f64) {
    finding.note("peak_resident_megabytes", peak_megabytes.round());
    finding.expect((1.0..RESIDENT_MEGABYTES).contains(&peak_megabytes), || {
        format!("a worker took {peak_megabytes:.0} MB")
    });
}
