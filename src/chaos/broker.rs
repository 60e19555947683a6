//! The brokers of a run: a real Kafka that was given, or librdkafka's mock cluster in a
//! process of its own, so that it dies with nobody and costs the workers nothing.
//!
//! The mock cluster proves nothing about transactions: it answers Ok to all of them, keeps
//! no offsets in them, hides no aborted message and fences nobody. It keeps 5 MiB of a
//! partition and forgets the oldest beyond that; what it forgot is asked for at the end.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;

use super::Failure;
use crate::transport::kafka::EmbeddedBroker;

/// How long an embedded broker is away when it is bounced.
const OUTAGE: Duration = Duration::from_secs(3);
/// Leaves the number of copies to the brokers' own setting.
const DEFAULT_REPLICATION: i32 = -1;

pub enum Brokers {
    Real { servers: String, bounce_with: Option<String> },
    Embedded { servers: String, host: Child, commands: ChildStdin },
}

impl Brokers {
    /// A real Kafka, in which the topics are made.
    pub fn real(
        servers: &str,
        bounce_with: Option<String>,
        topics: &[&str],
        partitions: u32,
    ) -> Result<Self, Failure> {
        let failed = |why: String| format!("could not make the topics on {servers}: {why}");
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", servers)
            .create()
            .map_err(|error| failed(error.to_string()))?;
        let new: Vec<NewTopic<'_>> = topics
            .iter()
            .map(|topic| {
                let replication = TopicReplication::Fixed(DEFAULT_REPLICATION);
                NewTopic::new(topic, partitions.cast_signed(), replication)
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let made = runtime
            .block_on(admin.create_topics(&new, &AdminOptions::new()))
            .map_err(|error| failed(error.to_string()))?;
        for topic in made {
            topic.map_err(|(topic, code)| failed(format!("{topic}: {code}")))?;
        }
        Ok(Self::Real { servers: servers.to_owned(), bounce_with })
    }

    /// This program again, as the host of an embedded broker.
    pub fn embedded(topics: &[&str], partitions: u32) -> Result<Self, Failure> {
        let failed = |why: String| format!("could not start the embedded broker: {why}");
        let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
        let mut host = Command::new(program)
            .arg(HOST_COMMAND)
            .arg(partitions.to_string())
            .args(topics)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (Some(commands), Some(output)) = (host.stdin.take(), host.stdout.take()) else {
            return Err(failed("its streams are not there".into()));
        };
        let mut servers = String::new();
        BufReader::new(output)
            .read_line(&mut servers)
            .map_err(|error| failed(error.to_string()))?;
        match servers.trim() {
            "" => Err(failed("it ended at once".into())),
            servers => Ok(Self::Embedded { servers: servers.to_owned(), host, commands }),
        }
    }

    pub fn servers(&self) -> &str {
        match self {
            Self::Real { servers, .. } | Self::Embedded { servers, .. } => servers,
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Real { .. } => "kafka",
            Self::Embedded { .. } => "embedded",
        }
    }

    pub fn can_bounce(&self) -> bool {
        !matches!(self, Self::Real { bounce_with: None, .. })
    }

    /// All brokers away and back; returns when they are.
    pub fn bounce(&mut self) -> Result<(), Failure> {
        match self {
            Self::Real { bounce_with: None, .. } => {
                Err("nothing is known that bounces them".into())
            }
            Self::Real { bounce_with: Some(command), .. } => {
                let status = Command::new("sh")
                    .args(["-c", command])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .map_err(|error| format!("could not run {command:?}: {error}"))?;
                if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
            }
            Self::Embedded { commands, .. } => {
                let told = |error: std::io::Error| format!("the embedded broker is gone: {error}");
                writeln!(commands, "{DOWN}").map_err(told)?;
                std::thread::sleep(OUTAGE);
                writeln!(commands, "{UP}").map_err(told)
            }
        }
    }
}

impl Drop for Brokers {
    fn drop(&mut self) {
        if let Self::Embedded { host, .. } = self {
            // It may have ended by itself.
            let _ = host.kill();
            let _ = host.wait();
        }
    }
}

/// The hidden command of `copydesk-chaos` that [`host`] is.
pub const HOST_COMMAND: &str = "host-broker";
const DOWN: &str = "down";
const UP: &str = "up";

/// Runs an embedded broker: says where it listens, then takes commands until there are no more.
pub fn host(partitions: u16, topics: &[String]) -> Result<(), Failure> {
    let failed = |error: crate::error::TransportError| error.to_string();
    let broker = EmbeddedBroker::start(1).map_err(failed)?;
    for topic in topics {
        broker.create_topic(topic, partitions).map_err(failed)?;
    }
    let mut output = std::io::stdout();
    let told = writeln!(output, "{}", broker.brokers().join(",")).and_then(|()| output.flush());
    told.map_err(|error| error.to_string())?;
    for command in std::io::stdin().lock().lines() {
        let Ok(command) = command else { break };
        let done = match command.as_str() {
            DOWN => broker.cluster().broker_down(-1),
            UP => broker.cluster().broker_up(-1),
            _ => Ok(()),
        };
        done.map_err(|error| error.to_string())?;
    }
    Ok(())
}
