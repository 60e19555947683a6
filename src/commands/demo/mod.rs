//! `copydesk demo`

mod samples;
mod show;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use copydesk::settings::{LogFormat, Settings};
use copydesk::telemetry::{Telemetry, logging};
use copydesk::transport::kafka::status::SourceStatus;
use copydesk::transport::kafka::{EmbeddedBroker, KafkaSource, embedded};
use copydesk::transport::{Delivery, Source};
use tokio::sync::oneshot;

use super::{Failure, Outcome, work};

/// The samples are sent so often that the rate is not that of starting up; the
/// embedded broker's limit of 5 MiB a partition is far away.
const ROUNDS: usize = 20;
const PARTITIONS: u16 = 8;
/// For what must have happened by then, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the whole of it work, with nothing installed
///
/// Starts a broker inside this process, publishes copydesk's sample articles, runs the
/// real worker on them through a real consumer and producer, and shows each enriched
/// article in short with what was cut and mended.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave broker and worker running, and say how to send more
    #[arg(long)]
    keep: bool,
}

/// What came out so far.
#[derive(Default)]
struct Tally {
    sent: usize,
    enriched: usize,
    rejected: usize,
    tombstones: usize,
    dead_lettered: usize,
}

pub fn run(arguments: Arguments) -> Outcome {
    let broker = EmbeddedBroker::start(1).map_err(failure)?;
    let settings = settings(&broker);
    logging::start(&settings.log);
    let kafka = &settings.kafka;
    for topic in &kafka.input_topics {
        broker.create_topic(topic, PARTITIONS).map_err(failure)?;
    }
    broker.create_topic(&kafka.output_topic, PARTITIONS).map_err(failure)?;
    broker.create_topic(&kafka.dead_letter_topic, 1).map_err(failure)?;

    anstream::println!("embedded broker at {}", kafka.brokers.join(", "));
    work::runtime()?.block_on(watch(&settings, arguments.keep))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the worker and reads what it publishes.
async fn watch(settings: &Settings, keep: bool) -> Result<(), Failure> {
    let interrupted = work::told_to_stop()
        .map_err(|error| Failure::Work(format!("could not listen for signals: {error}")))?;
    let telemetry = Telemetry::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let until_stopped = async {
        // Dropped or used, either ends the worker.
        let _ = stopped.await;
    };
    let worker = work::work(settings, &telemetry, None, until_stopped);
    let reader = async {
        let mut output = output_of(settings)?;
        let watched = send_and_show(&mut output, settings, &telemetry).await;
        if watched.is_ok() && keep {
            say_how_to_send(settings);
            tokio::select! {
                shown = show_forever(&mut output, settings) => shown?,
                () = interrupted => {}
            }
        }
        drop(stop);
        watched
    };
    let (worked, watched) = tokio::join!(worker, reader);
    worked?;
    let (tally, rate) = watched?;
    anstream::println!(
        "in {} · enriched {} · rejected {} · tombstones {} · dead-lettered {} · {rate:.0} articles/s",
        tally.sent,
        tally.enriched,
        tally.rejected,
        tally.tombstones,
        tally.dead_lettered,
    );
    Ok(())
}

/// Sends the samples when both ends are there, shows the first round of what
/// comes out, counts all, and returns the rate from the first in to the last out.
async fn send_and_show(
    output: &mut KafkaSource,
    settings: &Settings,
    telemetry: &Telemetry,
) -> Result<(Tally, f64), Failure> {
    wait_for_members(&output.status(), telemetry).await?;
    let messages = samples::messages(ROUNDS);
    let topic = &settings.kafka.input_topics[0];
    anstream::println!(
        "{} samples go to {topic}, {ROUNDS} times over; the first round is shown\n",
        messages.len() / ROUNDS
    );
    let started = Instant::now();
    tokio::task::block_in_place(|| {
        embedded::publish(&settings.kafka.brokers, topic, &messages).map_err(failure)
    })?;
    let mut tally = Tally { sent: messages.len(), ..Tally::default() };
    let mut shown = Vec::new();
    for _ in 0..messages.len() {
        let delivery = next(output, PATIENCE).await?;
        output.ack(delivery.receipt);
        tally.count(&delivery, &settings.kafka.dead_letter_topic);
        if samples::is_first_round(&delivery) {
            shown.push(delivery);
        }
    }
    let rate = messages.len() as f64 / started.elapsed().as_secs_f64();
    for delivery in &shown {
        show::delivery(delivery, &settings.kafka.dead_letter_topic);
    }
    Ok((tally, rate))
}

/// Worker and reader have their partitions.
async fn wait_for_members(reader: &SourceStatus, telemetry: &Telemetry) -> Result<(), Failure> {
    let joined = async {
        while !(reader.joined() && telemetry.health.is_ready()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, joined).await.map_err(|_| {
        Failure::Work(format!("worker and reader had no partitions after {} s", PATIENCE.as_secs()))
    })
}

async fn show_forever(output: &mut KafkaSource, settings: &Settings) -> Result<(), Failure> {
    loop {
        let delivery = next(output, Duration::MAX).await?;
        show::delivery(&delivery, &settings.kafka.dead_letter_topic);
        output.ack(delivery.receipt);
    }
}

async fn next(output: &mut KafkaSource, patience: Duration) -> Result<Delivery, Failure> {
    let next = tokio::time::timeout(patience, output.next()).await;
    next.map_err(|_| Failure::Work(format!("nothing came out for {} s", patience.as_secs())))?
        .map_err(failure)?
        .ok_or_else(|| Failure::Work("the output ended".into()))
}

impl Tally {
    fn count(&mut self, delivery: &Delivery, dead_letter_topic: &str) {
        let verdict = delivery.headers.iter().find(|(name, _)| name == "copydesk-verdict");
        let count = if &*delivery.origin.topic == dead_letter_topic {
            &mut self.dead_lettered
        } else if delivery.payload.is_none() {
            &mut self.tombstones
        } else if verdict.is_some_and(|(_, value)| value.as_deref() != Some(b"keep")) {
            &mut self.rejected
        } else {
            &mut self.enriched
        };
        *count += 1;
    }
}

/// The defaults, but for the broker, the admin port, which may be taken, and
/// the log, which must leave the screen to the articles.
fn settings(broker: &EmbeddedBroker) -> Settings {
    let mut settings = Settings::default();
    settings.kafka.brokers = broker.brokers();
    settings.http.address = String::new();
    settings.log.format = LogFormat::Pretty;
    settings.log.level = "error".into();
    // Samples that must fail are a part of the show.
    settings.worker.dead_letter_ratio = 1.0;
    settings
}

/// A reader of both topics that the worker writes to.
fn output_of(settings: &Settings) -> Result<KafkaSource, Failure> {
    let mut kafka = settings.kafka.clone();
    kafka.group_id = "copydesk-demo-reader".into();
    kafka.input_topics = vec![kafka.output_topic.clone(), kafka.dead_letter_topic.clone()];
    KafkaSource::open(&kafka, settings.worker.in_flight_bytes).map_err(failure)
}

fn say_how_to_send(settings: &Settings) {
    let kafka = &settings.kafka;
    anstream::println!(
        "broker and worker go on until Ctrl-C; send an article of your own with\n  \
         kcat -P -b {} -t {} article.json\n",
        kafka.brokers.join(","),
        kafka.input_topics.join(","),
    );
}

fn failure(error: copydesk::error::TransportError) -> Failure {
    Failure::Work(error.to_string())
}
