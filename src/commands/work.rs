//! The worker put together from its settings: source, sink, desk, telemetry.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use copydesk::desk::Desk;
use copydesk::error::Error;
use copydesk::explain::serve::Proofs;
use copydesk::schema_registry::SchemaRegistry;
use copydesk::settings::{Guarantee, Settings};
use copydesk::site::SiteMemory;
use copydesk::telemetry::events::{self, TransportStanding};
use copydesk::telemetry::partitions::PartitionStanding;
use copydesk::telemetry::reload::Reload;
use copydesk::telemetry::{Telemetry, http};
use copydesk::transport::kafka::presence::DeadLetterWatch;
use copydesk::transport::kafka::status::{PartitionStatus, SinkStatus, SourceStatus};
use copydesk::transport::kafka::{KafkaMemory, KafkaSink, KafkaSource, KafkaTransactions};
use copydesk::worker::{self, Summary, Threads};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;

/// How often lag, readiness and the like are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// In looks: between two questions after the dead-letter topic, and two summaries.
const LOOKS_A_QUESTION: u64 = 30;
const LOOKS_A_SUMMARY: u64 = 60;

/// How long an answer of the admin port may hold up the end: its reader may be slow.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Works until `shutdown` resolves or nothing can be done any more.
pub async fn work(
    settings: &Settings,
    telemetry: &Telemetry,
    reload: Option<Reload>,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Failure> {
    let desk = match &reload {
        Some(reload) => Desk::with_phrases(settings, &reload.phrases),
        None => Desk::new(settings),
    };
    let desk = desk.traced(telemetry.tracer.clone());
    desk.warm_up();
    let (ended, end) = watch::channel(());
    let proofs = Proofs::new(settings);
    let admin = serve(settings, telemetry, proofs.clone(), reload, end.clone()).await?;
    // Before the first article, so that it is not decided blindly.
    let shared = share_memory(settings, &desk).await?;
    let desk = match &shared {
        Some(memory) => desk.sharing(Arc::new(memory.share())),
        None => desk,
    };
    let desk = register(settings, desk).await?;
    let memory = desk.memory.as_ref().map(|memory| memory.sites.clone());
    let watch = DeadLetterWatch::start(&settings.kafka).map_err(failure)?;
    let threads = Threads::Own(threads(settings));
    let (kafka, worker) = (&settings.kafka, &settings.worker);
    let open = || KafkaSource::open(kafka, worker.in_flight_bytes).map_err(failure);
    let look = |source: &KafkaSource, sink| {
        tokio::spawn(look(telemetry.clone(), source.status(), sink, watch, memory, end))
    };
    let (outcome, look) = match kafka.delivery {
        Guarantee::AtLeastOnce => {
            let sink = KafkaSink::open(kafka).await.map_err(failure)?;
            let source = open()?;
            let sink = sink.of(&source);
            let look = look(&source, sink.status());
            let desk = Arc::new(desk.within(sink.largest_message()));
            proofs.open(desk.clone());
            (worker::run(source, sink, desk, worker, threads, telemetry, shutdown).await, look)
        }
        Guarantee::ExactlyOnce => {
            let source = open()?;
            let sink = KafkaTransactions::open(kafka, &source).await.map_err(failure)?;
            let look = look(&source, sink.status());
            let desk = Arc::new(desk.within(sink.largest_message()));
            proofs.open(desk.clone());
            (worker::run(source, sink, desk, worker, threads, telemetry, shutdown).await, look)
        }
    };
    drop(ended);
    if let Some(memory) = shared {
        memory.close().await;
    }
    for task in [Some(look), admin].into_iter().flatten() {
        // Both end with `ended`; what they were doing no longer matters.
        let _ = tokio::time::timeout(LAST_ANSWERS, task).await;
    }
    close_traces(telemetry).await;
    outcome.map_err(failure)
}

async fn close_traces(telemetry: &Telemetry) {
    let tracer = telemetry.tracer.clone();
    // It only fails where the process is ending anyway.
    let _ = tokio::task::spawn_blocking(move || tracer.close()).await;
}

/// The memory of sites that all workers share, where there is one.
pub async fn share_memory(
    settings: &Settings,
    desk: &Desk,
) -> Result<Option<KafkaMemory>, Failure> {
    if desk.memory.is_none() || settings.site_memory.topic.is_empty() {
        return Ok(None);
    }
    let opened = KafkaMemory::open(&settings.kafka, &settings.site_memory).await;
    opened.map(Some).map_err(failure)
}

/// The desk with the registry's id of what it publishes, where there is a registry.
pub async fn register(settings: &Settings, desk: Desk) -> Result<Desk, Failure> {
    let Some(registry) = SchemaRegistry::of(settings) else { return Ok(desk) };
    let id = registry.schema_id().await.map_err(|error| Failure::Work(error.to_string()))?;
    tracing::info!(id, "schema registered");
    Ok(desk.registered(id))
}

fn threads(settings: &Settings) -> usize {
    match settings.worker.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

fn failure(error: impl Into<Error>) -> Failure {
    Failure::Work(error.into().to_string())
}

async fn serve(
    settings: &Settings,
    telemetry: &Telemetry,
    proofs: Proofs,
    reload: Option<Reload>,
    mut end: watch::Receiver<()>,
) -> Result<Option<tokio::task::JoinHandle<()>>, Failure> {
    let address = &settings.http.address;
    if address.is_empty() {
        return Ok(None);
    }
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::Work(format!("could not listen on http.address {address}: {error}"))
    })?;
    let telemetry = telemetry.clone();
    let stall_timeout = Duration::from_millis(settings.worker.stall_timeout_millis);
    let token = settings.http.token.clone();
    Ok(Some(tokio::spawn(async move {
        let until_end = async move {
            let _ = end.changed().await;
        };
        if let Err(error) =
            http::serve(listener, telemetry, stall_timeout, token, proofs, reload, until_end).await
        {
            tracing::error!(%error, "admin port failed");
        }
    })))
}

/// Reports how the transport stands until the worker has ended.
async fn look(
    telemetry: Telemetry,
    source: Arc<SourceStatus>,
    sink: Arc<SinkStatus>,
    dead_letters: DeadLetterWatch,
    memory: Option<Arc<dyn SiteMemory>>,
    mut end: watch::Receiver<()>,
) {
    let mut ticks = tokio::time::interval(LOOK_INTERVAL);
    let mut last = events::Interval::begin(&telemetry);
    for looks in 1.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = end.changed() => return,
        }
        if looks % LOOKS_A_QUESTION == 0 {
            dead_letters.ask();
        }
        let standing = TransportStanding {
            joined: source.joined(),
            dead_letters_possible: dead_letters.is_there(),
            partitions: source.partitions().into_iter().map(standing_of).collect(),
            lag: source.lag(),
            in_flight_bytes: source.bytes_in_flight(),
            paused: source.paused(),
            unowned: source.unowned(),
            rebalances: source.rebalances(),
            commit_failures: source.commit_failures(),
            output_queue: sink.queued_messages(),
            output_queue_bytes: sink.queued_bytes(),
            transactions: sink
                .take_transactions()
                .into_iter()
                .map(|ended| (ended.took, ended.committed))
                .collect(),
        };
        events::standing(&telemetry, &standing);
        if let Some(memory) = &memory {
            events::remembering(&telemetry, &memory.standing());
        }
        if looks % LOOKS_A_SUMMARY == 0 {
            last = last.end(&telemetry);
        }
    }
}

fn standing_of(partition: PartitionStatus) -> PartitionStanding {
    PartitionStanding {
        topic: partition.topic,
        partition: partition.partition,
        lag: partition.lag,
        committed: partition.committed,
    }
}

/// Resolves at the first SIGTERM or SIGINT from now on.
pub fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The runtime of the control plane; articles are worked on elsewhere.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("could not start the runtime: {error}")))
}
