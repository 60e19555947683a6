//! What a slow article costs the others, in each order: `cargo bench --bench ordering`.
//!
//! One partition, 1,000 keys, and one article in 100 takes 500 ms. The delay is a sleep, in
//! place of the stages: it holds a thread of the worker and no core, so the worker is given
//! as many threads as slow articles may be under way. Everything but the stages is real;
//! source and sink are in memory, so that nothing else is measured.
//!
//! The worker computes side by side in every order. What order costs is room: articles that
//! are done wait behind the slow one and count as under way. So the rate is taken for two
//! bounds on that. The same work by one thread is what a consumer does that takes one
//! message after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::article::Article;
use copydesk::desk::{Desk, Rejected};
use copydesk::pipeline::Pipeline;
use copydesk::settings::{Choice, InputSettings, Order, OutputSettings, WorkerSettings};
use copydesk::stage::{Deadline, Stage, StageName, Verdict};
use copydesk::telemetry::Telemetry;
use copydesk::transport::memory;
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;
use copydesk::worker::{self, Threads};

const KEYS: usize = 1_000;
const SLOW_EVERY: usize = 100;
const SLOW: Duration = Duration::from_millis(500);
const THREADS: usize = 64;
/// Of the runs by one thread, which take 5 ms an article.
const FEW: usize = 1_000;
const MANY: usize = 20_000;
const BOUNDS: [usize; 2] = [200, 10_000];

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

fn main() {
    // Cargo's own flags are of no use here.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts");
    let one = runtime.block_on(rate(Order::Partition, 1, BOUNDS[1], FEW));
    println!("one thread, one after the other: {one:.0} articles/s");
    println!("{:>12}{:>14}{:>14}{:>14}", "under way", "order", "articles/s", "× partition");
    for bound in BOUNDS {
        let mut partition = None;
        for (order, name) in Order::ALL {
            // In partition order a small bound is slow: fewer articles tell as much.
            let articles = if *order == Order::Partition && bound < MANY / 10 { FEW } else { MANY };
            let rate = runtime.block_on(rate(*order, THREADS, bound, articles));
            let partition = *partition.get_or_insert(rate);
            println!("{bound:>12}{name:>14}{rate:>14.0}{:>14.1}", rate / partition);
        }
    }
}

/// Articles a second, from the first taken to the last acknowledged.
async fn rate(order: Order, threads: usize, under_way: usize, articles: usize) -> f64 {
    let (mut feed, source) = memory::source();
    for number in 0..articles {
        let speed = if number % SLOW_EVERY == SLOW_EVERY / 2 { "slow" } else { "quick" };
        let key = format!("key-{}", (number * 7) % KEYS);
        let body = format!("{speed} article {number}");
        let headers = vec![("content-type".into(), Some(b"text/plain; charset=utf-8".to_vec()))];
        feed.push_keyed(0, Some(key.as_bytes()), Some(body.as_bytes()), headers);
    }
    drop(feed);
    let (outbox, sink) = memory::sink();
    let settings =
        WorkerSettings { order, in_flight_articles: under_way, ..WorkerSettings::default() };
    let desk = Arc::new(Desk {
        decoder: Decoder::new(InputSettings::default()),
        pipeline: Pipeline::new(vec![Box::new(Sleepy)], None),
        encoder: Encoder::new(OutputSettings::default()),
        rejected: Rejected::Forward,
        memory: None,
        duplicates: None,
        tracer: Default::default(),
    });
    let started = Instant::now();
    let summary = worker::run(
        source,
        sink,
        desk,
        &settings,
        Threads::Own(threads),
        &Telemetry::default(),
        std::future::pending(),
    )
    .await
    .expect("nothing fails in memory");
    let took = started.elapsed();
    assert_eq!((summary.enriched, summary.unfinished), (articles as u64, 0));
    assert_eq!(outbox.taken().len(), articles);
    articles as f64 / took.as_secs_f64()
}
