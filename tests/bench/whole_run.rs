//! The real worker between two topics of the embedded broker, against a copy
//! that only takes, sends and acknowledges, in the same run: articles a second
//! and processor time an article. And the worker watched against the same worker that
//! nobody watches.
//!
//! `cargo bench --bench whole_run`, with `-- 100000` for another number of articles

mod samples;
mod watched;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use copydesk::desk::{Desk, Rejected};
use copydesk::error::TransportError;
use copydesk::pipeline::Pipeline;
use copydesk::settings::{InputSettings, OutputSettings, Settings};
use copydesk::stage::StageName;
use copydesk::stages;
use copydesk::transport::kafka::embedded::{EmbeddedBroker, StoredMessage, publish};
use copydesk::transport::kafka::{KafkaSink, KafkaSource};
use copydesk::transport::{
    Delivery, Destination, NotSent, Outbound, Receipt, Sink, Source, Ticket,
};
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;
use copydesk::worker::{self, Threads};

const ARTICLES: usize = 20_000;
const ROUNDS: usize = 3;
const ARTICLE_BYTES: usize = 4 * 1024;
/// The embedded broker forgets what a partition holds beyond 5 MiB.
const PARTITION_BYTES: usize = 3 * 1024 * 1024;
const RAW_TOPIC: &str = "articles.raw";
const HOST: &str = "host-broker";

fn main() {
    // Cargo adds `--bench`.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let articles = arguments.last().and_then(|number| number.parse().ok()).unwrap_or(ARTICLES);
    if arguments.first().is_some_and(|argument| argument == HOST) {
        host_broker(messages(articles));
    } else {
        measure(articles);
    }
}

/// What is measured, each against the one before.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    Copy,
    WorkerWithoutStages,
    Worker,
    WatchedWorker,
}

impl Subject {
    const ALL: [Subject; 4] =
        [Subject::Copy, Subject::WorkerWithoutStages, Subject::Worker, Subject::WatchedWorker];

    fn name(self) -> &'static str {
        match self {
            Subject::Copy => "copy",
            Subject::WorkerWithoutStages => "worker without stages",
            Subject::Worker => "worker",
            Subject::WatchedWorker => "worker, watched",
        }
    }
}

/// From the first delivery to the last acknowledgement.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
}

fn measure(articles: usize) {
    let bytes: usize = messages(articles).iter().map(size).sum();
    println!("{articles} articles of {} bytes on average, {ROUNDS} rounds", bytes / articles);
    // In a process of its own, so that its work is not counted.
    let mut host = Command::new(std::env::current_exe().expect("this program has a path"))
        .args([HOST, &articles.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    let mut brokers = String::new();
    BufReader::new(host.stdout.take().expect("it is piped"))
        .read_line(&mut brokers)
        .expect("the broker's process says where it listens");
    assert!(!brokers.trim().is_empty(), "the broker did not start");

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts");
    let mut costs = [const { Vec::new() }; Subject::ALL.len()];
    for round in 0..ROUNDS {
        for (subject, costs) in Subject::ALL.into_iter().zip(&mut costs) {
            let settings = settings(brokers.trim(), subject, round);
            costs.push(runtime.block_on(run(subject, &settings, articles)));
        }
    }
    report(&costs, articles);
    report_telemetry(&costs);
    // The broker ends with its input.
    drop(host.stdin.take());
    host.wait().expect("the broker's process ends");
}

fn report(costs: &[Vec<Cost>; Subject::ALL.len()], articles: usize) {
    println!("{:24}{:>14}{:>20}{:>12}", "", "articles/s", "CPU µs an article", "× copy");
    let mut copy = None;
    for (subject, costs) in Subject::ALL.into_iter().zip(costs) {
        let wall = median(costs.iter().map(|cost| cost.wall));
        let processor = median(costs.iter().map(|cost| cost.processor));
        let copy = *copy.get_or_insert(processor);
        println!(
            "{:24}{:>14.0}{:>20.1}{:>12.2}",
            subject.name(),
            articles as f64 / wall.as_secs_f64(),
            processor.as_secs_f64() * 1e6 / articles as f64,
            processor.as_secs_f64() / copy.as_secs_f64(),
        );
    }
    println!("peak resident memory {} MB", peak_resident_kilobytes() / 1000);
}

/// Each round's two workers are compared with each other: they met the same machine.
fn report_telemetry(costs: &[Vec<Cost>; Subject::ALL.len()]) {
    let [.., worker, watched] = costs;
    let mut ratios: Vec<f64> = worker
        .iter()
        .zip(watched)
        .map(|(worker, watched)| watched.processor.as_secs_f64() / worker.processor.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("watched × worker, CPU: {ratios:.3?}");
    let sample = samples::samples().swap_remove(0).to_string();
    println!("counting an article takes {:?}", watched::events_an_article(sample.as_bytes()));
    println!("a scrape with 500 partitions takes {:?}", watched::scrape(500));
}

fn median(durations: impl Iterator<Item = Duration>) -> Duration {
    let mut sorted: Vec<Duration> = durations.collect();
    sorted.sort();
    sorted[sorted.len() / 2]
}

async fn run(subject: Subject, settings: &Settings, articles: usize) -> Cost {
    let start = Arc::<Mutex<Option<Clocks>>>::default();
    let source = KafkaSource::open(&settings.kafka, settings.worker.in_flight_bytes)
        .expect("the embedded broker is there");
    let watch = (subject == Subject::WatchedWorker)
        .then(|| watched::Watch::start(settings, source.status()));
    let telemetry = watch.as_ref().map(|watch| watch.telemetry.clone()).unwrap_or_default();
    let source = First { source, left: articles, start: start.clone() };
    let sink = KafkaSink::open(&settings.kafka).await.expect("the embedded broker is there");
    if subject == Subject::Copy {
        copy(source, sink).await;
    } else {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let summary = worker::run(
            source,
            sink,
            Arc::new(desk(subject).traced(telemetry.tracer.clone())),
            &settings.worker,
            Threads::Own(threads),
            &telemetry,
            std::future::pending(),
        )
        .await
        .expect("nothing fails on the embedded broker");
        assert_eq!((summary.taken, summary.unfinished), (articles as u64, 0));
        assert_eq!(summary.dead_lettered, 0, "samples can be processed");
    }
    let start = start.lock().expect("nobody panicked").expect("there was a delivery");
    let cost = start.elapsed();
    if let Some(watch) = watch {
        watch.end().await;
    }
    cost
}

fn desk(subject: Subject) -> Desk {
    let stages = if matches!(subject, Subject::Worker | Subject::WatchedWorker) {
        StageName::ALL.into_iter().map(stages::named).collect()
    } else {
        Vec::new()
    };
    Desk {
        decoder: Decoder::new(InputSettings::default()),
        pipeline: Pipeline::new(stages, Some(Duration::from_secs(5))),
        encoder: Encoder::new(OutputSettings::default()),
        rejected: Rejected::Forward,
        memory: None,
        duplicates: None,
        tracer: Default::default(),
    }
}

/// The least that is at-least-once and keeps order.
async fn copy(mut source: impl Source, mut sink: impl Sink) {
    let mut receipts: Vec<Receipt> = Vec::new();
    let mut reported = 0;
    let mut ended = false;
    while !ended || reported < receipts.len() {
        tokio::select! {
            biased;
            report = sink.next_report(), if reported < receipts.len() => {
                report.result.expect("nothing fails on the embedded broker");
                reported += 1;
                source.ack(receipts[report.ticket.0]);
            }
            next = source.next(), if !ended => match next {
                Ok(Some(delivery)) => {
                    let (ticket, receipt) = (Ticket(receipts.len()), delivery.receipt);
                    receipts.push(receipt);
                    let outbound = forward(delivery);
                    while let Err(refused) = sink.send(ticket, receipt, &outbound) {
                        assert!(matches!(refused, NotSent::Full), "{refused:?}");
                        let report = sink.next_report().await;
                        reported += 1;
                        source.ack(receipts[report.ticket.0]);
                    }
                }
                Ok(None) => ended = true,
                Err(error) => assert!(matches!(error, TransportError::Transient { .. }), "{error}"),
            },
        }
    }
    sink.close().await;
    source.close().await.expect("what was acknowledged can be committed");
}

fn forward(delivery: Delivery) -> Outbound {
    Outbound {
        destination: Destination::Enriched,
        key: delivery.key,
        payload: delivery.payload,
        headers: delivery.headers,
        timestamp_millis: delivery.timestamp_millis,
        partition: delivery.origin.partition,
    }
}

/// The first deliveries of a source, and when the very first came: joining the
/// group is not what is measured.
struct First<S> {
    source: S,
    left: usize,
    start: Arc<Mutex<Option<Clocks>>>,
}

impl<S: Source> Source for First<S> {
    async fn next(&mut self) -> Result<Option<Delivery>, TransportError> {
        if self.left == 0 {
            return Ok(None);
        }
        let next = self.source.next().await?;
        self.left -= 1;
        self.start.lock().expect("nobody panicked").get_or_insert_with(Clocks::now);
        Ok(next)
    }

    fn ack(&mut self, receipt: Receipt) {
        self.source.ack(receipt);
    }

    fn stop(&mut self) {
        self.source.stop();
    }

    async fn close(self) -> Result<(), TransportError> {
        self.source.close().await
    }
}

#[derive(Clone, Copy)]
struct Clocks {
    wall: Instant,
    processor: Duration,
}

impl Clocks {
    fn now() -> Self {
        Self { wall: Instant::now(), processor: processor_time() }
    }

    fn elapsed(self) -> Cost {
        Cost { wall: self.wall.elapsed(), processor: processor_time() - self.processor }
    }
}

/// Of all threads of this process, in steps of 10 ms. Linux only, as is
/// [`peak_resident_kilobytes`].
fn processor_time() -> Duration {
    let line = std::fs::read_to_string("/proc/self/stat").expect("this bench runs on Linux");
    // The second field is a name in parentheses that may hold blanks.
    let fields: Vec<&str> = line[line.rfind(')').expect("a name")..].split(' ').collect();
    let ticks = |index: usize| fields[index].parse::<u64>().expect("a number of ticks");
    // utime and stime are fields 14 and 15 from one on, 12 and 13 from the name on.
    Duration::from_millis((ticks(12) + ticks(13)) * 10)
}

fn peak_resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this bench runs on Linux");
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse().ok())
        .expect("Linux says so")
}

fn settings(brokers: &str, subject: Subject, round: usize) -> Settings {
    let mut settings = Settings::default();
    settings.kafka.brokers = brokers.split(',').map(str::to_owned).collect();
    settings.kafka.group_id = format!("{}-{round}", subject as usize);
    settings.kafka.input_topics = vec![RAW_TOPIC.into()];
    settings.kafka.output_topic = output_topic(subject, round);
    settings.kafka.dead_letter_topic = "articles.dead-letter".into();
    settings
}

fn output_topic(subject: Subject, round: usize) -> String {
    format!("articles.enriched.{}.{round}", subject as usize)
}

/// The samples over and over, each time under another id.
fn messages(articles: usize) -> Vec<StoredMessage> {
    let samples = samples::samples();
    (0..articles)
        .map(|number| {
            let mut article = samples[number % samples.len()].clone();
            article["id"] = format!("article-{number}").into();
            // The samples are of many sizes; a field that is passed on evens out the
            // smaller ones, so that the cost of moving them is that of 4 KB.
            let missing = ARTICLE_BYTES.saturating_sub(article.to_string().len());
            article["crawl_log"] = "x".repeat(missing).into();
            StoredMessage {
                key: Some(format!("key-{number}").into_bytes()),
                payload: Some(article.to_string().into_bytes()),
                ..StoredMessage::default()
            }
        })
        .collect()
}

fn size(message: &StoredMessage) -> usize {
    message.payload.as_ref().map_or(0, Vec::len)
}

/// Runs the broker, with the articles in its topic, until its input ends.
fn host_broker(mut messages: Vec<StoredMessage>) {
    let bytes: usize = messages.iter().map(size).sum();
    let partitions = u16::try_from(bytes / PARTITION_BYTES + 2).expect("so many articles fit");
    for (message, partition) in messages.iter_mut().zip((0..i32::from(partitions)).cycle()) {
        message.partition = Some(partition);
    }
    let broker = EmbeddedBroker::start(1).expect("the embedded broker starts");
    broker.create_topic(RAW_TOPIC, partitions).expect("a new topic");
    broker.create_topic("articles.dead-letter", partitions).expect("a new topic");
    for subject in Subject::ALL {
        for round in 0..ROUNDS {
            broker.create_topic(&output_topic(subject, round), partitions).expect("a new topic");
        }
    }
    publish(&broker.brokers(), RAW_TOPIC, &messages).expect("the broker takes the articles");
    let evicted = broker.evicted(&[RAW_TOPIC]).expect("the broker answers");
    assert!(evicted.is_empty(), "the broker has forgotten articles of {evicted:?}");
    println!("{}", broker.brokers().join(","));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
