//! What judges the guarantees, judged: a checker that finds nothing proves nothing.

use copydesk::chaos::articles::{Articles, Kind, Stamped, hash_of};
use copydesk::chaos::faults::Counts;
use copydesk::chaos::ledger::{Finding, Found, Ledger, Tally, Topic};
use copydesk::chaos::scenarios::SCENARIOS;
use copydesk::chaos::workers::Slope;
use copydesk::chaos::{Attack, Dice, Ground, Pace};
use copydesk::desk::{Desk, Kind as Outcome};
use copydesk::settings::{Order, Settings};
use copydesk::transport::{Delivery, Lane, Origin, Receipt};

fn articles(count: u64) -> Articles {
    Articles { seed: 7, count, partitions: 3, keys: 2, first_timestamp_millis: 1_700_000_000_000 }
}

/// As the worker is to publish it.
fn published(stamped: &Stamped) -> Found {
    let payload = match stamped.kind {
        Kind::Article => {
            let raw: serde_json::Value =
                serde_json::from_slice(stamped.payload.as_ref().unwrap()).unwrap();
            Some(serde_json::json!({ "articleBody": raw["text"] }).to_string().into_bytes())
        }
        Kind::Unreadable | Kind::Tombstone => stamped.payload.clone(),
    };
    Found {
        topic: if stamped.kind == Kind::Unreadable { Topic::DeadLetter } else { Topic::Output },
        partition: stamped.partition.cast_signed(),
        offset: 0,
        key: Some(stamped.key.clone().into_bytes()),
        payload,
        headers: stamped.headers(),
        timestamp_millis: Some(stamped.timestamp_millis),
    }
}

fn tally_of(articles: &Articles, order: Order, found: impl IntoIterator<Item = Found>) -> Tally {
    let mut ledger = Ledger::new(articles, order);
    for found in found {
        ledger.enter(&found);
    }
    ledger.tally()
}

#[test]
fn what_came_out_as_it_went_in_is_in_order() {
    let articles = articles(1_000);
    let all = (0..1_000).map(|number| published(&articles.number(number)));
    let tally = tally_of(&articles, Order::Partition, all);
    assert_eq!(tally, Tally { received: 1_000, ..Tally::default() });
    let kinds: Vec<Kind> = (0..1_000).map(|number| articles.number(number).kind).collect();
    for kind in [Kind::Article, Kind::Unreadable, Kind::Tombstone] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
}

#[test]
fn what_is_missing_or_doubled_is_counted() {
    let articles = articles(90);
    let found = (0..90).filter(|number| number % 10 != 0).map(|it| published(&articles.number(it)));
    let again = published(&articles.number(41));
    let tally = tally_of(&articles, Order::Partition, found.chain([again]));
    let expected = Tally { received: 82, missing: 9, duplicate: 1, ..Tally::default() };
    assert_eq!(tally, expected);
}

#[test]
fn what_overtook_another_of_its_partition_or_key_is_counted() {
    let articles = Articles { partitions: 1, ..articles(40) };
    let mut numbers: Vec<u64> = (0..40).collect();
    // Two of different keys, then two of the same.
    let (one, other) = (articles.number(0).key, articles.number(1).key);
    let differs =
        (1..39).find(|number| articles.number(*number).key != articles.number(number + 1).key);
    let same =
        (20..39).find(|number| articles.number(*number).key == articles.number(number + 1).key);
    let (differs, same) = (differs.unwrap() as usize, same.unwrap() as usize);
    assert!(one.starts_with("key-0-") && other.starts_with("key-0-"));
    assert!(differs + 1 < same);
    numbers.swap(differs, differs + 1);
    numbers.swap(same, same + 1);
    for (order, reordered) in [(Order::Partition, 2), (Order::Key, 1), (Order::None, 0)] {
        let found = numbers.iter().map(|number| published(&articles.number(*number)));
        let tally = tally_of(&articles, order, found);
        assert_eq!((tally.reordered, tally.missing), (reordered, 0), "{order:?}");
    }
}

#[test]
fn a_repetition_is_no_disorder() {
    let articles = articles(30);
    let numbers = (0..20).chain(10..30);
    let found = numbers.map(|number| published(&articles.number(number)));
    let tally = tally_of(&articles, Order::Partition, found);
    assert_eq!((tally.duplicate, tally.reordered, tally.missing), (10, 0, 0));
}

#[test]
fn whatever_differs_is_counted_as_changed() {
    let articles = articles(200);
    let stamped = articles.number(4);
    let intact = published(&stamped);
    let changes: [fn(&mut Found); 7] = [
        |found| found.payload = Some(b"{\"articleBody\": \"another\"}".to_vec()),
        |found| found.payload = None,
        |found| found.key = None,
        |found| found.partition += 1,
        |found| found.timestamp_millis = Some(1),
        |found| found.topic = Topic::DeadLetter,
        |found| found.headers[2].1 = Some(hash_of(b"another").into_bytes()),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = intact.clone();
        change(&mut changed);
        let tally = tally_of(&articles, Order::Partition, [changed.clone()]);
        assert!(tally.changed > 0, "change {index}");
        // Also where it is the second that differs.
        changed.partition = intact.partition;
        let tally = tally_of(&articles, Order::Partition, [intact.clone(), changed]);
        assert!(tally.duplicate == 1 && (tally.changed > 0 || index == 3), "change {index}");
    }
    let mut foreign = intact;
    foreign.headers.clear();
    let mut ledger = Ledger::new(&articles, Order::Partition);
    assert_eq!(ledger.enter(&foreign), Finding::Foreign);
    assert_eq!(ledger.tally().changed, 1);
}

#[test]
fn a_schedule_follows_from_its_seed_and_ends_before_the_articles_do() {
    let counts =
        Counts { kills: 5, pauses: 2, terminations: 1, joins: 3, bounces: 1, ..Counts::default() };
    let schedule = counts.schedule(3, 10_000);
    assert_eq!(schedule.len(), counts.total());
    assert_eq!(schedule, counts.schedule(3, 10_000));
    assert_ne!(schedule, counts.schedule(4, 10_000));
    assert!(schedule.windows(2).all(|pair| pair[0].after < pair[1].after));
    assert!(schedule[0].after > 0 && schedule.last().unwrap().after < 10_000);
}

#[test]
fn each_of_the_twenty_scenarios_has_a_name_of_its_own() {
    let mut names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 20);
}

#[test]
fn a_soak_strikes_every_thirty_seconds_and_spares_one_worker() {
    let ground = Ground {
        seed: 1,
        binary: "copydesk".into(),
        brokers: None,
        bounce_with: None,
        secured: None,
        logs: "logs".into(),
    };
    let soak = Attack::soak(&ground, 30);
    let Pace::Rate(rate) = soak.pace else { panic!("{:?}", soak.pace) };
    assert_eq!((soak.articles, soak.faults.total()), (rate * 30 * 60, 59));
    assert!(soak.spares_first && soak.faults.bounces > 0 && soak.faults.kills > 0);
}

#[test]
fn a_slope_is_found_and_chance_is_taken_for_chance() {
    let mut dice = Dice(5);
    let mut noise = || dice.below(1_000) as f64 - 500.0;
    // 2 a second, which is 7,200 an hour; then nothing.
    let points = |rise: f64, noise: &mut dyn FnMut() -> f64| -> Vec<(f64, f64)> {
        (0..1_000).map(|at| (f64::from(at), rise * f64::from(at) + noise())).collect()
    };
    let rising = Slope::of(&points(2.0, &mut noise));
    assert!((rising.an_hour - 7_200.0).abs() < 2.0 * rising.uncertainty, "{rising:?}");
    assert!(rising.an_hour > 10.0 * rising.uncertainty, "{rising:?}");
    let flat = Slope::of(&points(0.0, &mut noise));
    assert!(flat.an_hour.abs() < 2.0 * flat.uncertainty, "{flat:?}");
    // Two points tell of no trend.
    assert!(Slope::of(&[(0.0, 1.0), (1.0, 2.0)]).uncertainty.is_infinite());
}

/// Or every run would find them changed.
#[test]
fn no_stage_has_anything_to_change_in_the_articles() {
    let articles = articles(600);
    let desk = Desk::new(&Settings::default());
    for number in 0..600 {
        let stamped = articles.number(number);
        let delivery = Delivery {
            key: Some(stamped.key.clone().into_bytes()),
            payload: stamped.payload.clone(),
            headers: stamped.headers(),
            timestamp_millis: Some(stamped.timestamp_millis),
            origin: Origin { topic: "raw".into(), partition: 0, offset: 0 },
            receipt: Receipt { lane: Lane(0), epoch: 0, offset: 0 },
        };
        let outcome = desk.edit(&delivery);
        let expected = match stamped.kind {
            Kind::Article => Outcome::Enriched,
            Kind::Unreadable => Outcome::DeadLetter,
            Kind::Tombstone => Outcome::Tombstone,
        };
        assert_eq!(outcome.kind(), expected, "article {number}");
        let outbound = outcome.outbound().unwrap();
        let found = Found {
            topic: if stamped.kind == Kind::Unreadable { Topic::DeadLetter } else { Topic::Output },
            partition: stamped.partition.cast_signed(),
            offset: 0,
            key: outbound.key.clone(),
            payload: outbound.payload.clone(),
            headers: outbound.headers.clone(),
            timestamp_millis: outbound.timestamp_millis,
        };
        let tally = tally_of(&articles, Order::Partition, [found]);
        assert_eq!(
            tally.changed,
            0,
            "article {number}: {}",
            String::from_utf8_lossy(stamped.payload.as_deref().unwrap_or_default())
        );
    }
}
