//! `copydesk check`

use std::time::Duration;

use copydesk::schema_registry::SchemaRegistry;
use copydesk::settings::SiteMemoryMode;
use copydesk::transport::kafka::{memory, reachable};

use super::{Failure, Outcome, SettingsArguments, list, print};

/// Tell whether `copydesk run` could work: settings, brokers, topics, schema registry
///
/// Lists every fault it finds, not only the first. Takes and publishes nothing.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingsArguments,
}

const EXAMPLES: &str = "\
Examples:
  copydesk check --config copydesk.toml
  copydesk check --set kafka.brokers=kafka-1:9092

Exit codes: 0 all well, 1 brokers, topics or registry at fault, 2 settings at fault.";

/// For the brokers to answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub fn run(arguments: Arguments) -> Outcome {
    let settings = arguments.settings.load_to_connect([])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("could not start: {error}")))?;
    let memory = &settings.site_memory;
    let keeps_memory = memory.mode != SiteMemoryMode::Off && !memory.topic.is_empty();
    let faults = runtime.block_on(async {
        let mut faults = reachable::faults(&settings.kafka, PATIENCE).await;
        if keeps_memory {
            faults.extend(memory::faults(&settings.kafka, &memory.topic, PATIENCE).await);
        }
        if let Some(registry) = SchemaRegistry::of(&settings) {
            faults.extend(registry.check().await.err().map(|error| error.to_string()));
        }
        faults
    });
    if !faults.is_empty() {
        return Err(Failure::Work(list(&faults, "between here and the topics")));
    }
    let kafka = &settings.kafka;
    print(&format!(
        "all well: {} by way of {}, dead letters to {}, brokers {}\n",
        kafka.input_topics.join(", "),
        kafka.output_topic,
        kafka.dead_letter_topic,
        kafka.brokers.join(", ")
    ))
}
