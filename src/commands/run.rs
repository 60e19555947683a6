//! `copydesk run`

use std::process::ExitCode;

use copydesk::settings::{Flag, LogSettings, Settings};
use copydesk::telemetry::{Telemetry, logging};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Failure, Outcome, SettingsArguments, flag, work};

/// Take raw articles from Kafka and publish enriched ones, until told to stop
///
/// The worker takes messages from the input topics, and acknowledges each only when its
/// enriched article, or its dead letter, is safe in the broker. SIGTERM or Ctrl-C lets
/// the articles in flight finish, commits, and ends with exit code 0. SIGHUP reads the
/// settings again and takes over log.level; the rest needs a restart.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Brokers to start from [setting: kafka.brokers]
    #[arg(long, value_name = "HOST:PORT,…")]
    brokers: Option<String>,
    /// Topics of raw articles; one that starts with ^ is a regular expression
    /// [setting: kafka.input_topics]
    #[arg(long, value_name = "TOPIC,…")]
    input: Option<String>,
    /// The topic of enriched articles [setting: kafka.output_topic]
    #[arg(long, value_name = "TOPIC")]
    output: Option<String>,
    /// The topic of what cannot be processed [setting: kafka.dead_letter_topic]
    #[arg(long, value_name = "TOPIC")]
    dead_letters: Option<String>,
    #[command(flatten)]
    settings: SettingsArguments,
}

const EXAMPLES: &str = "\
Examples:
  copydesk run --config copydesk.toml
  copydesk run --brokers kafka-1:9092,kafka-2:9092 --input news.raw --output news.enriched
  COPYDESK__KAFKA__SASL_PASSWORD_FILE=/run/secrets/kafka copydesk run --config copydesk.toml

`copydesk check` tells beforehand whether it can work; `copydesk settings` shows the
settings in effect.";

pub fn run(arguments: Arguments) -> Outcome {
    let settings = arguments.settings.load_to_connect(arguments.flags())?;
    logging::start(&settings.log);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        settings = settings.effective(),
        "copydesk starts"
    );
    work::runtime()?.block_on(async {
        let telemetry = Telemetry::of(&settings);
        let deaf = |error| Failure::Work(format!("could not listen for signals: {error}"));
        let stop = work::told_to_stop().map_err(deaf)?;
        let reload = signal(SignalKind::hangup()).map_err(deaf)?;
        let reloading = tokio::spawn(reload_when_told(reload, arguments, settings.clone()));
        let worked = work::work(&settings, &telemetry, stop).await;
        reloading.abort();
        worked
    })?;
    Ok(ExitCode::SUCCESS)
}

/// At each SIGHUP, reads the settings anew and takes over what can change in a running
/// worker: the log's level. Settings with a fault change nothing.
async fn reload_when_told(mut told: Signal, arguments: Arguments, started_with: Settings) {
    while told.recv().await.is_some() {
        let settings = match arguments.settings.load(arguments.flags()) {
            Ok(settings) => settings,
            Err(faults) => {
                tracing::error!(%faults, "settings not reloaded, nothing is changed");
                continue;
            }
        };
        if let Err(error) = logging::set_level(&settings.log.level) {
            tracing::error!(%error, "log level not changed");
            continue;
        }
        let started_with = Settings {
            log: LogSettings { level: settings.log.level.clone(), ..started_with.log.clone() },
            ..started_with.clone()
        };
        let restart_needed = settings != started_with;
        tracing::info!(level = settings.log.level, restart_needed, "settings reloaded");
    }
}

impl Arguments {
    fn flags(&self) -> impl Iterator<Item = Flag> {
        [
            flag("--brokers", "kafka.brokers", self.brokers.as_ref()),
            flag("--input", "kafka.input_topics", self.input.as_ref()),
            flag("--output", "kafka.output_topic", self.output.as_ref()),
            flag("--dead-letters", "kafka.dead_letter_topic", self.dead_letters.as_ref()),
        ]
        .into_iter()
        .flatten()
    }
}
