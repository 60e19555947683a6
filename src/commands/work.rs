//! The worker put together from its settings: source, sink, desk, telemetry.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use copydesk::desk::Desk;
use copydesk::error::Error;
use copydesk::explain::serve::Proofs;
use copydesk::settings::Settings;
use copydesk::site::SiteMemory;
use copydesk::telemetry::events::{self, TransportStanding};
use copydesk::telemetry::{Telemetry, http};
use copydesk::transport::kafka::status::{SinkStatus, SourceStatus};
use copydesk::transport::kafka::{KafkaMemory, KafkaSink, KafkaSource};
use copydesk::worker::{self, Summary, Threads};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;

/// How often lag, readiness and the like are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Works until `shutdown` resolves or nothing can be done any more.
pub async fn work(
    settings: &Settings,
    telemetry: &Telemetry,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Failure> {
    let desk = Desk::new(settings);
    desk.warm_up();
    let (ended, end) = watch::channel(());
    let proofs = Proofs::new(settings);
    let admin = serve(settings, telemetry, proofs.clone(), end.clone()).await?;
    let sink = KafkaSink::open(&settings.kafka).await.map_err(failure)?;
    let desk = desk.within(sink.largest_message());
    // Before the first article, so that it is not decided blindly.
    let shared = share_memory(settings, &desk).await?;
    let desk = match &shared {
        Some(memory) => desk.sharing(Arc::new(memory.share())),
        None => desk,
    };
    let desk = Arc::new(desk);
    proofs.open(desk.clone());
    let memory = desk.memory.as_ref().map(|memory| memory.sites.clone());
    let source =
        KafkaSource::open(&settings.kafka, settings.worker.in_flight_bytes).map_err(failure)?;
    let look = tokio::spawn(look(telemetry.clone(), source.status(), sink.status(), memory, end));

    let threads = Threads::Own(threads(settings));
    let outcome =
        worker::run(source, sink, desk, &settings.worker, threads, telemetry, shutdown).await;
    drop(ended);
    if let Some(memory) = shared {
        memory.close().await;
    }
    for task in [Some(look), admin].into_iter().flatten() {
        // Both end with `ended`; what they were doing no longer matters.
        let _ = task.await;
    }
    outcome.map_err(failure)
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
            http::serve(listener, telemetry, stall_timeout, token, proofs, until_end).await
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
    memory: Option<Arc<dyn SiteMemory>>,
    mut end: watch::Receiver<()>,
) {
    let mut ticks = tokio::time::interval(LOOK_INTERVAL);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = end.changed() => return,
        }
        let standing = TransportStanding {
            joined: source.joined(),
            partitions: source.assigned(),
            lag: source.lag(),
            in_flight_bytes: source.bytes_in_flight(),
            paused: source.paused(),
            rebalances: source.rebalances(),
            commit_failures: source.commit_failures(),
            output_queue: sink.queued_messages(),
        };
        events::standing(&telemetry, &standing);
        if let Some(memory) = &memory {
            events::remembering(&telemetry, &memory.standing());
        }
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
