//! `copydesk run`

use std::process::ExitCode;

use copydesk::desk;
use copydesk::settings::{Flag, LogSettings, Settings, StagesSettings};
use copydesk::stages::boilerplate::OwnPhrases;
use copydesk::telemetry::reload::{Reload, Reloads};
use copydesk::telemetry::{Telemetry, logging};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Failure, Outcome, SettingsArguments, flag, work};
use crate::heaps;

/// Take raw articles from Kafka and publish enriched ones, until told to stop
///
/// The worker takes messages from the input topics, and acknowledges each only when its
/// enriched article, or its dead letter, is safe in the broker. SIGTERM or Ctrl-C lets
/// the articles in flight finish, commits, and ends with exit code 0. SIGHUP, or a POST
/// to /reload, reads the settings again and takes over log.level and the phrases of
/// stages.phrases_file; the rest needs a restart.
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
    heaps::trim_regularly();
    work::runtime()?.block_on(async {
        let telemetry = Telemetry::of(&settings);
        let deaf = |error| Failure::Work(format!("could not listen for signals: {error}"));
        let stop = work::told_to_stop().map_err(deaf)?;
        let reload = signal(SignalKind::hangup()).map_err(deaf)?;
        let (ask, asked) = Reload::new(desk::phrases_of(&settings.stages));
        let reloader =
            Reloader { arguments, started_with: settings.clone(), phrases: ask.phrases.clone() };
        let reloading = tokio::spawn(reloader.serve(reload, asked));
        let worked = work::work(&settings, &telemetry, Some(ask), stop).await;
        reloading.abort();
        worked
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the settings anew, and takes over what can change in a running worker: the log's
/// level and the operator's own phrases. Settings with a fault change nothing.
struct Reloader {
    arguments: Arguments,
    started_with: Settings,
    phrases: OwnPhrases,
}

impl Reloader {
    /// At each SIGHUP, and whenever the admin port is told to.
    async fn serve(self, mut told: Signal, mut asked: Reloads) {
        loop {
            tokio::select! {
                signal = told.recv() => match signal {
                    Some(()) => drop(self.reload()),
                    None => return,
                },
                answer = asked.next() => {
                    // Whoever asked may have gone.
                    let _ = answer.send(self.reload());
                }
            }
        }
    }

    fn reload(&self) -> Result<String, String> {
        let reloaded = self.take_over();
        match &reloaded {
            Ok(told) => tracing::info!(told, "settings reloaded"),
            Err(why) => tracing::error!(why, "settings not reloaded, nothing is changed"),
        }
        reloaded
    }

    fn take_over(&self) -> Result<String, String> {
        let arguments = &self.arguments;
        let settings =
            arguments.settings.load(arguments.flags()).map_err(|faults| faults.to_string())?;
        let level = &settings.log.level;
        let before = logging::level();
        logging::set_level(level).map_err(|error| error.to_string())?;
        if let Err(why) = desk::reload_phrases(&self.phrases, &settings.stages) {
            if let Some(before) = before {
                logging::set_level(&before).map_err(|error| error.to_string())?;
            }
            return Err(why);
        }
        let started_with = Settings {
            log: LogSettings { level: level.clone(), ..self.started_with.log.clone() },
            stages: StagesSettings {
                phrases_file: settings.stages.phrases_file.clone(),
                ..self.started_with.stages.clone()
            },
            ..self.started_with.clone()
        };
        let rest = match settings == started_with {
            true => "",
            false => "; other changes need a restart",
        };
        Ok(format!("log level {level}, own phrases as in their file{rest}"))
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
