//! The worker over the memory transport: order, acknowledgement, failure.
//!
//! Tests with `start_paused` let articles be worked on on the caller's thread:
//! tokio's stopped clock runs on while only foreign threads are busy.

use std::sync::Arc;
use std::time::Duration;

use copydesk::article::Article;
use copydesk::desk::{Desk, Rejected};
use copydesk::error::{Error, LimitExceeded, TransportError};
use copydesk::pipeline::Pipeline;
use copydesk::settings::{InputSettings, Order, OutputSettings, WorkerSettings};
use copydesk::stage::{Deadline, RejectReason, Stage, StageName, Verdict};
use copydesk::telemetry::Telemetry;
use copydesk::transport::memory::{self, Feed, MemorySink, MemorySource, Outbox};
use copydesk::transport::{Destination, Headers, Outbound};
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;
use copydesk::worker::{self, Summary, Threads};

/// A stage that does what the article's text says.
struct Obedient;

impl Stage for Obedient {
    fn name(&self) -> StageName {
        StageName::Repair
    }

    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict {
        let text = article.text();
        if text.starts_with("panic") {
            panic!("told to");
        }
        if text.starts_with("loop") {
            loop {
                deadline.check();
                std::thread::yield_now();
            }
        }
        if text.starts_with("stuck") {
            // Nothing here looks at the deadline, and nothing ends it.
            loop {
                std::thread::sleep(Duration::from_secs(1));
            }
        }
        if text.starts_with("late") {
            std::thread::sleep(Duration::from_millis(900));
        }
        if text.starts_with("slow") {
            std::thread::sleep(Duration::from_millis(30));
        }
        if text.starts_with("reject") {
            return Verdict::Reject(RejectReason::Empty);
        }
        Verdict::Keep
    }
}

fn desk(rejected: Rejected) -> Arc<Desk> {
    let limit = Some(Duration::from_millis(200));
    Arc::new(Desk {
        decoder: Decoder::new(InputSettings::default()),
        pipeline: Pipeline::new(vec![Box::new(Obedient)], limit),
        encoder: Encoder::new(OutputSettings::default()),
        rejected,
        memory: None,
        duplicates: None,
        tracer: Default::default(),
    })
}

struct Scene {
    feed: Feed,
    source: MemorySource,
    outbox: Outbox,
    sink: MemorySink,
    settings: WorkerSettings,
    desk: Arc<Desk>,
}

impl Scene {
    fn new(messages: &[(i32, &str)]) -> Self {
        let (mut feed, source) = memory::source();
        for (partition, text) in messages {
            feed.push(*partition, Some(text.as_bytes()), text_headers());
        }
        let (outbox, sink) = memory::sink();
        let settings = WorkerSettings::default();
        Self { feed, source, outbox, sink, settings, desk: desk(Rejected::Forward) }
    }

    /// Runs until the source, which ends with its last message, is worked off.
    async fn run(self, threads: Threads) -> Result<Summary, Error> {
        let Self { feed, source, sink, settings, desk, .. } = self;
        drop(feed);
        let telemetry = Telemetry::default();
        let never = std::future::pending();
        worker::run(source, sink, desk, &settings, threads, &telemetry, never).await
    }
}

fn text_headers() -> Headers {
    vec![
        ("content-type".into(), Some(b"text/plain; charset=utf-8".to_vec())),
        ("trace".into(), Some(b"abc".to_vec())),
        ("nothing".into(), None),
    ]
}

fn keys(outbounds: &[Outbound], partition: i32) -> Vec<String> {
    outbounds
        .iter()
        .filter(|outbound| outbound.partition == partition)
        .map(|outbound| String::from_utf8(outbound.key.clone().unwrap()).unwrap())
        .collect()
}

fn numbered(partition: i32, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("key-{partition}-{n}")).collect()
}

fn payload(outbound: &Outbound) -> String {
    String::from_utf8(outbound.payload.clone().unwrap()).unwrap()
}

fn transient() -> TransportError {
    TransportError::Transient { attempted: "sending", why: "test".into() }
}

fn refused() -> TransportError {
    TransportError::MessageRefused { attempted: "sending", why: "test".into() }
}

#[tokio::test]
async fn articles_of_a_partition_leave_in_order_though_worked_on_in_parallel() {
    let messages: Vec<(i32, String)> = (0..120)
        .map(|n| (n % 3, if n % 7 == 0 { format!("slow {n}") } else { format!("quick {n}") }))
        .collect();
    let messages: Vec<(i32, &str)> = messages.iter().map(|(p, t)| (*p, t.as_str())).collect();
    let scene = Scene::new(&messages);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let summary = scene.run(Threads::Own(8)).await.unwrap();
    assert_eq!((summary.taken, summary.enriched, summary.unfinished), (120, 120, 0));
    for partition in 0..3 {
        assert_eq!(keys(&outbox.taken(), partition), numbered(partition, 40));
        assert_eq!(acked.offsets(partition), (0..40).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_article_that_never_looks_at_its_deadline_is_given_up_and_its_thread_replaced() {
    // The second comes back when it has been given up, and must not count twice.
    let mut scene =
        Scene::new(&[(0, "stuck"), (0, "quick"), (0, "late"), (0, "late too"), (0, "quick")]);
    scene.settings.article_deadline_millis = 50;
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let summary = scene.run(Threads::Own(2)).await.unwrap();
    assert_eq!((summary.enriched, summary.dead_lettered, summary.unfinished), (2, 3, 0));
    assert_eq!(keys(&outbox.taken(), 0), numbered(0, 5));
    assert_eq!(acked.offsets(0), [0, 1, 2, 3, 4]);
    let headers = &outbox.taken()[0].headers;
    let reason = headers.iter().find(|(name, _)| name == "copydesk-error-reason");
    assert_eq!(reason.unwrap().1.as_deref(), Some(&b"ran_away"[..]));
}

#[tokio::test]
async fn a_worker_whose_threads_are_all_lost_halts() {
    let stuck: Vec<(i32, &str)> = (0..8).map(|partition| (partition, "stuck")).collect();
    let mut scene = Scene::new(&stuck);
    scene.settings.article_deadline_millis = 20;
    let error = scene.run(Threads::Own(2)).await.unwrap_err();
    assert!(error.to_string().contains("threads are in articles that do not end"), "{error}");
}

#[tokio::test]
async fn a_slow_article_does_not_hold_up_other_partitions() {
    let scene = Scene::new(&[(0, "slow"), (0, "quick"), (1, "quick"), (1, "quick")]);
    let outbox = scene.outbox.clone();
    scene.run(Threads::Own(2)).await.unwrap();
    let partitions: Vec<i32> = outbox.taken().iter().map(|outbound| outbound.partition).collect();
    assert_eq!(partitions, [1, 1, 0, 0]);
}

/// Runs the texts, each under a key, in one partition; what comes out, as `key text`.
async fn run_in_order(order: Order, messages: &[(Option<&str>, &str)]) -> Vec<String> {
    let mut scene = Scene::new(&[]);
    for (key, text) in messages {
        let (key, text) = (key.map(str::as_bytes), Some(text.as_bytes()));
        scene.feed.push_keyed(0, key, text, text_headers());
    }
    scene.settings.order = order;
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    scene.run(Threads::Own(2)).await.unwrap();
    let mut offsets = acked.offsets(0);
    offsets.sort_unstable();
    assert_eq!(offsets, (0..messages.len() as i64).collect::<Vec<_>>(), "{order:?}");
    let shown = |outbound: &Outbound| {
        let key = String::from_utf8(outbound.key.clone().unwrap_or_default()).unwrap();
        let article: serde_json::Value =
            serde_json::from_slice(outbound.payload.as_ref().unwrap()).unwrap();
        format!("{key} {}", article["articleBody"].as_str().unwrap())
    };
    outbox.taken().iter().map(shown).collect()
}

#[tokio::test]
async fn a_slow_article_holds_up_its_partition_its_key_or_nothing_as_told() {
    let (a, b) = (Some("a"), Some("b"));
    let messages = [(a, "slow 1"), (b, "quick 2"), (a, "quick 3"), (b, "quick 4")];
    for (order, expected) in [
        (Order::Partition, ["a slow 1", "b quick 2", "a quick 3", "b quick 4"]),
        (Order::Key, ["b quick 2", "b quick 4", "a slow 1", "a quick 3"]),
        (Order::None, ["b quick 2", "a quick 3", "b quick 4", "a slow 1"]),
    ] {
        assert_eq!(run_in_order(order, &messages).await, expected, "{order:?}");
    }
}

#[tokio::test]
async fn articles_without_a_key_wait_for_none_in_key_order() {
    let messages = [(None, "slow 1"), (None, "quick 2")];
    assert_eq!(run_in_order(Order::Key, &messages).await, [" quick 2", " slow 1"]);
    assert_eq!(run_in_order(Order::Partition, &messages).await, [" slow 1", " quick 2"]);
}

#[tokio::test]
async fn the_order_of_a_key_is_kept_among_many() {
    let texts: Vec<(String, String)> = (0..150)
        .map(|number| {
            let speed = if number % 11 == 0 { "slow" } else { "quick" };
            (format!("key-{}", number % 5), format!("{speed} {number}"))
        })
        .collect();
    let messages: Vec<_> = texts.iter().map(|(key, text)| (Some(&**key), &**text)).collect();
    let came = run_in_order(Order::Key, &messages).await;
    for key in 0..5 {
        let wanted: Vec<String> = texts
            .iter()
            .filter(|(of, _)| *of == format!("key-{key}"))
            .map(|(of, text)| format!("{of} {text}"))
            .collect();
        let found: Vec<&String> =
            came.iter().filter(|it| it.starts_with(&format!("key-{key} "))).collect();
        assert_eq!(found, wanted.iter().collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_withdrawn_is_neither_acknowledged_nor_sent_again() {
    let scene = Scene::new(&[(0, "one"), (0, "two"), (0, "three")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let mut sends = 0;
    outbox.judge(move |outbound| {
        sends += 1;
        assert!(sends <= 3, "sent again");
        if outbound.key.as_deref() == Some(b"key-0-1") {
            return Err(TransportError::Withdrawn { why: "test".into() });
        }
        Ok(())
    });
    let summary = scene.run(Threads::Callers).await.unwrap();
    assert_eq!((summary.enriched, summary.withdrawn, summary.unfinished), (2, 1, 0));
    assert_eq!(acked.offsets(0), [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn key_timestamp_and_headers_are_kept() {
    let scene = Scene::new(&[(4, "one")]);
    let outbox = scene.outbox.clone();
    scene.run(Threads::Callers).await.unwrap();
    let [outbound] = &outbox.taken()[..] else { panic!("one message goes out") };
    assert_eq!(outbound.key.as_deref(), Some(&b"key-4-0"[..]));
    assert_eq!(outbound.timestamp_millis, Some(1_700_000_000_000));
    assert_eq!(outbound.partition, 4);
    assert!(outbound.headers.contains(&("trace".into(), Some(b"abc".to_vec()))));
    assert!(outbound.headers.contains(&("nothing".into(), None)));
}

#[tokio::test(start_paused = true)]
async fn a_tombstone_passes_through_as_one() {
    let mut scene = Scene::new(&[(0, "one")]);
    scene.feed.push(0, None, text_headers());
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let summary = scene.run(Threads::Callers).await.unwrap();
    assert_eq!((summary.enriched, summary.tombstones), (1, 1));
    let last = outbox.taken().pop().unwrap();
    assert_eq!((last.payload, last.destination), (None, Destination::Enriched));
    assert_eq!(acked.offsets(0), [0, 1]);
}

#[tokio::test]
async fn a_panic_and_an_endless_loop_cost_their_own_article_only() {
    let scene = Scene::new(&[(0, "one"), (0, "panic"), (0, "loop"), (0, "four")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let summary = scene.run(Threads::Own(2)).await.unwrap();
    assert_eq!((summary.enriched, summary.dead_lettered), (2, 2));
    assert_eq!(acked.offsets(0), [0, 1, 2, 3]);
    let dead: Vec<Outbound> = outbox
        .taken()
        .into_iter()
        .filter(|outbound| outbound.destination == Destination::DeadLetter)
        .collect();
    assert_eq!(dead.iter().map(payload).collect::<Vec<_>>(), ["panic", "loop"]);
    assert_eq!(reason(&dead[0]), "stage_panicked");
    assert_eq!(reason(&dead[1]), "deadline_passed");
}

fn reason(outbound: &Outbound) -> String {
    let (_, value) =
        outbound.headers.iter().find(|(name, _)| name == "copydesk-error-reason").unwrap();
    String::from_utf8(value.clone().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_acknowledged_before_its_report() {
    let scene = Scene::new(&[(0, "one"), (0, "two")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    outbox.hold();
    let mut run = Box::pin(scene.run(Threads::Callers));
    let early = tokio::time::timeout(Duration::from_secs(5), &mut run).await;
    assert!(early.is_err(), "the worker waits for the reports");
    assert_eq!(outbox.taken().len(), 2);
    assert!(acked.offsets(0).is_empty());
    outbox.release();
    assert_eq!(run.await.unwrap().enriched, 2);
    assert_eq!(acked.offsets(0), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_transient_failure_is_tried_again_in_order_with_growing_pauses() {
    let scene = Scene::new(&[(0, "one"), (0, "two"), (0, "three"), (1, "other")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let mut failures = 0;
    outbox.judge(move |outbound| {
        if outbound.key.as_deref() == Some(b"key-0-1") && failures < 3 {
            failures += 1;
            return Err(transient());
        }
        Ok(())
    });
    let started = tokio::time::Instant::now();
    let summary = scene.run(Threads::Callers).await.unwrap();
    assert_eq!((summary.enriched, summary.dead_lettered), (4, 0));
    let waited = started.elapsed().as_millis();
    assert!((350..=710).contains(&waited), "half to all of 100 + 200 + 400 ms: {waited}");
    assert_eq!(keys(&outbox.taken(), 0), numbered(0, 3));
    assert_eq!(acked.offsets(0), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_transient_failure_that_does_not_pass_halts_the_worker_in_the_end() {
    let mut scene = Scene::new(&[(0, "one")]);
    scene.settings.send_retries = 4;
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let tries = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = tries.clone();
    outbox.judge(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Err(transient())
    });
    let error = scene.run(Threads::Callers).await.unwrap_err();
    assert!(matches!(error, Error::Transport(TransportError::Transient { .. })), "{error}");
    assert_eq!(tries.load(std::sync::atomic::Ordering::Relaxed), 5, "once, and four times again");
    assert!(acked.offsets(0).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_failed_batch_is_sent_again_one_by_one_and_only_the_guilty_is_dead_lettered() {
    let scene = Scene::new(&[(0, "one"), (0, "two"), (0, "three"), (0, "four")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let mut sends = 0;
    outbox.judge(move |outbound| {
        sends += 1;
        let guilty = outbound.key.as_deref() == Some(b"key-0-2")
            && outbound.destination == Destination::Enriched;
        if sends <= 4 || guilty { Err(refused()) } else { Ok(()) }
    });
    outbox.hold();
    let mut run = Box::pin(scene.run(Threads::Callers));
    let all_sent = tokio::time::timeout(Duration::from_secs(1), &mut run).await;
    assert!(all_sent.is_err(), "the worker waits for the reports");
    outbox.release();
    let summary = run.await.unwrap();
    assert_eq!((summary.enriched, summary.dead_lettered), (3, 1));
    assert_eq!(keys(&outbox.taken(), 0), numbered(0, 4));
    let destinations: Vec<_> = outbox.taken().iter().map(|o| o.destination).collect();
    use Destination::{DeadLetter, Enriched};
    assert_eq!(destinations, [Enriched, Enriched, DeadLetter, Enriched]);
    assert_eq!(payload(&outbox.taken()[2]), "three");
    assert_eq!(reason(&outbox.taken()[2]), "output_refused");
    assert_eq!(acked.offsets(0), [0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_dead_letter_halts_and_is_not_acknowledged() {
    let scene = Scene::new(&[(0, "one"), (0, "panic"), (0, "three")]);
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    outbox.judge(|outbound| match outbound.destination {
        Destination::DeadLetter => Err(refused()),
        Destination::Enriched => Ok(()),
    });
    let error = scene.run(Threads::Callers).await.unwrap_err();
    assert_eq!(error.reason(), "dead_letter_refused");
    assert!(!acked.offsets(0).contains(&1));
}

#[tokio::test(start_paused = true)]
async fn a_full_sink_is_waited_for() {
    let messages: Vec<(i32, &str)> = (0..60).map(|n| (n % 4, "text")).collect();
    let scene = Scene::new(&messages);
    let outbox = scene.outbox.clone();
    outbox.limit(3);
    let summary = scene.run(Threads::Callers).await.unwrap();
    assert_eq!(summary.enriched, 60);
    for partition in 0..4 {
        assert_eq!(keys(&outbox.taken(), partition), numbered(partition, 15));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejected_article_is_forwarded_or_dropped_as_told() {
    for (rejected, sent) in [(Rejected::Forward, 3), (Rejected::Drop, 2)] {
        let mut scene = Scene::new(&[(0, "one"), (0, "reject"), (0, "three")]);
        scene.desk = desk(rejected);
        let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
        let summary = scene.run(Threads::Callers).await.unwrap();
        assert_eq!((summary.enriched, summary.rejected), (2, 1));
        assert_eq!(outbox.taken().len(), sent);
        let mut offsets = acked.offsets(0);
        offsets.sort_unstable();
        assert_eq!(offsets, [0, 1, 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_dead_letters_in_a_row_halt() {
    let mut scene = Scene::new(&[(0, "panic"); 10]);
    scene.settings.dead_letters_in_a_row = 4;
    let (outbox, acked) = (scene.outbox.clone(), scene.feed.acked());
    let error = scene.run(Threads::Callers).await.unwrap_err();
    let Error::Limit(limit) = error else { panic!("{error}") };
    assert_eq!(limit, LimitExceeded::ConsecutiveDeadLetters { count: 4 });
    assert_eq!(outbox.taken().len(), 3, "the one that trips the limit is not given up");
    assert_eq!(acked.offsets(0), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn too_large_a_share_of_dead_letters_halts_once_the_window_is_full() {
    let mut messages = vec![(0, "panic"), (0, "panic"), (0, "fine")];
    messages.extend([(0, "panic"), (0, "fine"), (0, "panic"), (0, "fine")]);
    let mut scene = Scene::new(&messages);
    scene.settings.dead_letter_window = 4;
    scene.settings.dead_letter_ratio = 0.5;
    let error = scene.run(Threads::Callers).await.unwrap_err();
    let Error::Limit(limit) = error else { panic!("{error}") };
    assert_eq!(limit, LimitExceeded::DeadLetterRatio { dead_letters: 3, window: 4 });
}

#[tokio::test(start_paused = true)]
async fn a_fatal_source_error_ends_the_worker_after_what_was_sent_is_safe() {
    let mut scene = Scene::new(&[(0, "one")]);
    scene.feed.fail(transient());
    scene.feed.push(0, Some(b"two"), text_headers());
    scene.feed.fail(TransportError::Fatal { attempted: "polling", why: "gone".into() });
    let acked = scene.feed.acked();
    let error = scene.run(Threads::Callers).await.unwrap_err();
    assert_eq!(error.reason(), "transport_fatal");
    assert_eq!(acked.offsets(0), [0, 1], "a transient error in between does no harm");
}

#[tokio::test(start_paused = true)]
async fn shutdown_finishes_what_is_under_way_and_takes_nothing_new() {
    let Scene { mut feed, source, outbox, sink, settings, desk } = Scene::new(&[(0, "one")]);
    let telemetry = Telemetry::default();
    outbox.hold();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        // The sender is kept until it is used.
        let _ = stopped.await;
    };
    let acked = feed.acked();
    let worker = worker::run(source, sink, desk, &settings, Threads::Callers, &telemetry, shutdown);
    let driver = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.send(()).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        feed.push(0, Some(b"late"), text_headers());
        assert!(!telemetry.health.is_ready());
        outbox.release();
    };
    let (summary, ()) = tokio::join!(worker, driver);
    let summary = summary.unwrap();
    assert_eq!((summary.taken, summary.enriched, summary.unfinished), (1, 1, 0));
    assert_eq!(acked.offsets(0), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_takes_too_long_gives_up_and_acknowledges_nothing_more() {
    let mut scene = Scene::new(&[(0, "one"), (0, "two")]);
    scene.settings.drain_timeout_millis = 3_000;
    let acked = scene.feed.acked();
    scene.outbox.hold();
    let started = tokio::time::Instant::now();
    let summary = scene.run(Threads::Callers).await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 3);
    assert_eq!((summary.enriched, summary.unfinished), (0, 2));
    assert!(acked.offsets(0).is_empty());
}
