//! A worker that is watched as closely as one can be: its standing shown and all of it
//! scraped once a second, its happenings logged, and where the build has traces a share
//! of its articles traced to a collector. And what its telemetry costs by itself.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::desk::Desk;
use copydesk::settings::{LogSettings, Settings};
use copydesk::telemetry::events::{self, TransportStanding};
use copydesk::telemetry::metrics::Exposition;
use copydesk::telemetry::partitions::PartitionStanding;
use copydesk::telemetry::{Telemetry, logging};
use copydesk::transport::kafka::status::SourceStatus;
use copydesk::transport::{Delivery, Lane, Origin, Receipt};
use tokio::task::JoinHandle;

/// Fifteen times as often as is usual.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(1);

pub struct Watch {
    pub telemetry: Telemetry,
    scrapes: JoinHandle<()>,
}

impl Watch {
    pub fn start(settings: &Settings, status: Arc<SourceStatus>) -> Self {
        logging::start(&LogSettings::default());
        let mut settings = settings.clone();
        if cfg!(feature = "otlp") {
            settings.traces.endpoint = collector();
        }
        let telemetry = Telemetry::of(&settings);
        let watched = telemetry.clone();
        let scrapes = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(SCRAPE_INTERVAL);
            loop {
                ticks.tick().await;
                events::standing(&watched, &standing(&status));
                watched.scrape(Exposition::OpenMetrics).expect("a text can be written");
            }
        });
        Self { telemetry, scrapes }
    }

    pub async fn end(self) {
        self.scrapes.abort();
        let tracer = self.telemetry.tracer.clone();
        tokio::task::spawn_blocking(move || tracer.close()).await.expect("nobody panicked");
    }
}

fn standing(status: &SourceStatus) -> TransportStanding {
    let partitions = status.partitions().into_iter().map(|partition| PartitionStanding {
        topic: partition.topic,
        partition: partition.partition,
        lag: partition.lag,
        committed: partition.committed,
    });
    TransportStanding {
        joined: status.joined(),
        dead_letters_possible: true,
        partitions: partitions.collect(),
        lag: status.lag(),
        ..TransportStanding::default()
    }
}

/// Takes what comes and says that all is well.
fn collector() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut part = [0; 64 * 1024];
                // A request ends with a part that does not fill the room, nearly always.
                while let Ok(length @ 1..) = stream.read(&mut part) {
                    if length < part.len() {
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                }
            });
        }
    });
    endpoint
}

/// What counting costs an article, with nothing else done.
pub fn events_an_article(payload: &[u8]) -> Duration {
    const TIMES: u32 = 100_000;
    let delivery = Delivery {
        key: None,
        payload: Some(payload.to_vec()),
        headers: Vec::new(),
        timestamp_millis: Some(1_700_000_000_000),
        origin: Origin { topic: "articles.raw".into(), partition: 0, offset: 0 },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset: 0 },
    };
    let outcome = Desk::new(&Settings::default()).edit(&delivery);
    let telemetry = Telemetry::default();
    let started = Instant::now();
    for _ in 0..TIMES {
        events::taken(&telemetry, &delivery);
        events::computed(&telemetry, &delivery, &outcome);
        events::judged(&telemetry, &delivery, &outcome);
        events::completed(&telemetry, &delivery, outcome.kind());
    }
    started.elapsed() / TIMES
}

/// What a scrape takes when so many partitions are assigned: the median of 50.
pub fn scrape(partitions: i32) -> Duration {
    let telemetry = Telemetry::default();
    let topic: Arc<str> = "articles.raw".into();
    let partitions = (0..partitions).map(|partition| PartitionStanding {
        topic: topic.clone(),
        partition,
        lag: Some(1_000_000),
        committed: Some(1_000_000_000),
    });
    let standing =
        TransportStanding { partitions: partitions.collect(), ..TransportStanding::default() };
    events::standing(&telemetry, &standing);
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let started = Instant::now();
            telemetry.scrape(Exposition::OpenMetrics).expect("a text can be written");
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
