//! What a slow article costs the others, in each order.
//!
//! One partition, 1,000 keys, and one article in 100 takes 500 ms. The delay is a sleep, in
//! place of the stages: it holds a thread of the worker and no core, so the worker is given
//! as many threads as slow articles may be under way. Everything else is real.
//!
//! A consumer that takes one message after the other is what order by partition costs
//! elsewhere; that is the same work by one thread. This worker computes side by side in every
//! order. What order costs it is room: articles that are done wait behind the slow one and
//! count as under way. So the rate is taken for two bounds on that.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ledger::{Found, Topic};
use super::local::LocalWorker;
use super::scenarios::rig::{Configs, Raw, Rig};
use super::{Failure, Ground};
use crate::article::Article;
use crate::settings::{Choice, Order, WorkerSettings};
use crate::stage::{Deadline, Stage, StageName, Verdict};

const KEYS: usize = 1_000;
const SLOW_EVERY: usize = 100;
const SLOW: Duration = Duration::from_millis(500);
const THREADS: usize = 64;
const MANY: usize = 40_000;
/// Of the runs that take 5 ms an article or half of that.
const FEW: usize = 2_000;
const SMALL_BOUND: usize = 200;

/// One way to work through the articles.
pub struct Pace {
    pub order: Order,
    pub threads: usize,
    pub under_way: usize,
    pub articles_a_second: f64,
    /// Pairs of one key, or of all where all are in order, that came out the wrong way round.
    pub reordered: usize,
}

/// Runs each, one after the other in partition order first.
pub fn measure(ground: &Ground, servers: &str) -> Result<Vec<Pace>, Failure> {
    let usual = WorkerSettings::default().in_flight_articles;
    [
        (Order::Partition, 1, usual, FEW),
        (Order::Partition, THREADS, SMALL_BOUND, FEW),
        (Order::Key, THREADS, SMALL_BOUND, MANY),
        (Order::None, THREADS, SMALL_BOUND, MANY),
        (Order::Partition, THREADS, usual, MANY),
        (Order::Key, THREADS, usual, MANY),
        (Order::None, THREADS, usual, MANY),
    ]
    .into_iter()
    .map(|(order, threads, under_way, articles)| {
        let (articles_a_second, reordered) =
            work_through(ground, servers, order, threads, under_way, articles)?;
        Ok(Pace { order, threads, under_way, articles_a_second, reordered })
    })
    .collect()
}

impl Pace {
    pub fn json(&self, one_after_the_other: f64) -> Value {
        json!({
            "order": self.order.as_str(),
            "threads": self.threads,
            "articles_under_way": self.under_way,
            "articles_a_second": self.articles_a_second.round(),
            "times_one_after_the_other":
                (self.articles_a_second / one_after_the_other * 10.0).round() / 10.0,
            "reordered": self.reordered,
        })
    }
}

struct Sleepy;

impl Stage for Sleepy {
    fn name(&self) -> StageName {
        StageName::Repair
    }

    fn apply(&self, article: &mut Article, _deadline: &Deadline) -> Verdict {
        if article.text().starts_with("slow") {
            std::thread::sleep(SLOW);
        }
        Verdict::Keep
    }
}

/// The rate from the first output to the last, and how many came out of order.
fn work_through(
    ground: &Ground,
    servers: &str,
    order: Order,
    threads: usize,
    under_way: usize,
    articles: usize,
) -> Result<(f64, usize), Failure> {
    let rig = Rig::new(ground, servers, 1, Configs::default())?;
    rig.write(&(0..articles).map(article).collect::<Vec<_>>())?;
    let settings =
        WorkerSettings { order, in_flight_articles: under_way, ..WorkerSettings::default() };
    let worker = LocalWorker::start(servers, &rig.names, Box::new(Sleepy), settings, threads)?;
    let watch = rig.watch(Topic::Output)?;
    let (mut first, mut last) = (Instant::now(), Instant::now());
    let mut found = Vec::with_capacity(articles);
    while found.len() < articles && last.elapsed() < super::scenarios::rig::PATIENCE {
        if let Some(next) = watch.next() {
            last = Instant::now();
            if found.is_empty() {
                first = last;
            }
            found.push(next);
        }
    }
    worker.end()?;
    if found.len() < articles {
        return Err(format!("{} of {articles} came out", found.len()));
    }
    let seconds = (last - first).as_secs_f64();
    Ok(((articles - 1) as f64 / seconds, reordered(&found, order)))
}

fn article(number: usize) -> Raw {
    let speed = if number % SLOW_EVERY == SLOW_EVERY / 2 { "slow" } else { "quick" };
    let key = format!("key-{}", number * 7 % KEYS);
    let text = format!("{speed} article {number}");
    Raw {
        headers: vec![("number".to_owned(), Some(number.to_string().into_bytes()))],
        ..Raw::text(0, &key, &text)
    }
}

fn reordered(found: &[Found], order: Order) -> usize {
    let mut last: HashMap<Option<&[u8]>, usize> = HashMap::new();
    let mut reordered = 0;
    for found in found {
        let key = match order {
            Order::Partition => None,
            Order::Key => found.key.as_deref(),
            Order::None => return 0,
        };
        let number = found
            .headers
            .iter()
            .find(|(name, _)| name == "number")
            .and_then(|(_, value)| std::str::from_utf8(value.as_deref()?).ok()?.parse().ok())
            .unwrap_or(0);
        let before = last.insert(key, number);
        reordered += usize::from(before.is_some_and(|before| before > number));
    }
    reordered
}
