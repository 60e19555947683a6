//! `copydesk run`

use std::process::ExitCode;

use copydesk::settings::Flag;
use copydesk::telemetry::{Telemetry, logging};

use super::{Failure, Outcome, SettingsArguments, flag, work};

/// Take raw articles from Kafka and publish enriched ones, until told to stop
///
/// The worker takes messages from the input topics, and acknowledges each only when its
/// enriched article, or its dead letter, is safe in the broker. SIGTERM or Ctrl-C lets
/// the articles in flight finish, commits, and ends with exit code 0.
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
    let telemetry = Telemetry::default();
    work::runtime()?.block_on(async {
        let stop = work::told_to_stop()
            .map_err(|error| Failure::Work(format!("could not listen for signals: {error}")))?;
        work::work(&settings, &telemetry, stop).await
    })?;
    Ok(ExitCode::SUCCESS)
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
