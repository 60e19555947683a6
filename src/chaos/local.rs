//! A worker in this process, between real topics, with a stage in place of its own: for what
//! no article brings about.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Failure;
use super::names::Names;
use crate::desk::{Desk, Rejected};
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::settings::{InputSettings, KafkaSettings, OutputSettings, WorkerSettings};
use crate::stage::Stage;
use crate::telemetry::Telemetry;
use crate::transport::kafka::{KafkaSink, KafkaSource};
use crate::wire::enriched::Encoder;
use crate::wire::raw::Decoder;
use crate::worker::{self, Summary, Threads};

pub struct LocalWorker {
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    working: JoinHandle<Result<Summary, Error>>,
}

impl LocalWorker {
    pub fn start(
        servers: &str,
        names: &Names,
        stage: Box<dyn Stage>,
        settings: WorkerSettings,
        threads: usize,
    ) -> Result<Self, Failure> {
        let kafka = KafkaSettings {
            brokers: servers.split(',').map(str::to_owned).collect(),
            group_id: names.group.clone(),
            input_topics: vec![names.input.clone()],
            output_topic: names.topics.output.clone(),
            dead_letter_topic: names.topics.dead_letters.clone(),
            ..KafkaSettings::default()
        };
        let deadline = Duration::from_millis(settings.article_deadline_millis);
        let desk = Arc::new(Desk {
            decoder: Decoder::new(InputSettings::default()),
            pipeline: Pipeline::new(vec![stage], Some(deadline)),
            encoder: Encoder::new(OutputSettings::default()),
            rejected: Rejected::Forward,
            memory: None,
            duplicates: None,
            tracer: Default::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| format!("could not start a worker here: {error}"))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let working = runtime.spawn(async move {
            let sink = KafkaSink::open(&kafka).await?;
            let source = KafkaSource::open(&kafka, settings.in_flight_bytes)?;
            let sink = sink.of(&source);
            let (telemetry, threads) = (Telemetry::default(), Threads::Own(threads));
            let shutdown = async {
                // Whoever is gone wants no more work either.
                let _ = stopped.await;
            };
            worker::run(source, sink, desk, &settings, threads, &telemetry, shutdown).await
        });
        Ok(Self { runtime, stop, working })
    }

    /// As SIGTERM would.
    pub fn end(self) -> Result<Summary, Failure> {
        // It may have ended by itself, which is told next.
        let _ = self.stop.send(());
        let ended = self.runtime.block_on(self.working);
        self.runtime.shutdown_background();
        ended
            .map_err(|error| format!("the worker panicked: {error}"))?
            .map_err(|error| format!("the worker ended with {error}"))
    }
}
