//! The brokers of a run: a real Kafka that was given, or librdkafka's mock cluster in a
//! process of its own, so that it dies with nobody and costs the workers nothing.
//!
//! The mock cluster proves nothing about transactions: it answers Ok to all of them, keeps
//! no offsets in them, hides no aborted message and fences nobody. It keeps 5 MiB of a
//! partition and forgets the oldest beyond that; what it forgot is asked for at the end.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as Code};

use super::Failure;
use super::admin::Admin;
use super::faults::Fault;
use crate::transport::kafka::EmbeddedBroker;

/// How long an embedded broker is away when it is bounced.
const OUTAGE: Duration = Duration::from_secs(3);
/// How late its answers are, and how long: heartbeats are within the session timeout.
const LATE: Duration = Duration::from_secs(2);
const LATE_FOR: Duration = Duration::from_secs(15);
/// Brokers of the embedded cluster.
const ALL: i32 = -1;

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
        let admin = Admin::of(servers)?;
        for topic in topics {
            admin.create(topic, partitions, &[])?;
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

    /// What only brokers can do to workers.
    pub fn strike(&mut self, fault: Fault) -> Result<(), Failure> {
        match fault {
            Fault::Bounce => self.bounce(),
            Fault::Delay => {
                self.tell(&format!("{DELAY} {}", LATE.as_millis()))?;
                std::thread::sleep(LATE_FOR);
                self.tell(&format!("{DELAY} 0"))
            }
            Fault::ProduceErrors => self.tell(PRODUCE_ERRORS),
            Fault::CommitErrors => self.tell(COMMIT_ERRORS),
            Fault::Kill | Fault::Pause | Fault::Terminate | Fault::Join => {
                Err(format!("{} is no fault of brokers", fault.as_str()))
            }
        }
    }

    /// All brokers away and back; returns when they are.
    fn bounce(&mut self) -> Result<(), Failure> {
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
            Self::Embedded { .. } => {
                self.tell(DOWN)?;
                std::thread::sleep(OUTAGE);
                self.tell(UP)
            }
        }
    }

    fn tell(&mut self, command: &str) -> Result<(), Failure> {
        match self {
            Self::Real { .. } => Err(format!("a real broker does not {command}")),
            Self::Embedded { commands, .. } => writeln!(commands, "{command}")
                .map_err(|error| format!("the embedded broker is gone: {error}")),
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
const DELAY: &str = "delay";
const PRODUCE_ERRORS: &str = "produce-errors";
const COMMIT_ERRORS: &str = "commit-errors";

/// Refusals to store that pass, each given once. A connection that breaks is not among them:
/// this broker does not know a message by its sequence, and stores it twice.
const PASSING_PRODUCE_ERRORS: &[Code] = &[
    Code::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    Code::RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    Code::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    Code::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    Code::RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
    Code::RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
];

/// Refusals of a commit, each given once: of the coordinator, of the group, and for good.
const COMMIT_ERRORS_OF_ALL_KINDS: &[Code] = &[
    Code::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    Code::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    Code::RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    Code::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    Code::RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
    Code::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
    Code::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
    Code::RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE,
    Code::RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE,
    Code::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    Code::RD_KAFKA_RESP_ERR__TRANSPORT,
];

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
        let cluster = broker.cluster();
        let (command, argument) = command.split_once(' ').unwrap_or((&command, ""));
        let done = match command {
            DOWN => cluster.broker_down(ALL),
            UP => cluster.broker_up(ALL),
            DELAY => {
                let millis = argument.parse().map_err(|_| format!("no delay: {argument:?}"))?;
                cluster.broker_round_trip_time(ALL, Duration::from_millis(millis))
            }
            PRODUCE_ERRORS => {
                cluster.request_errors(Api::Produce, PASSING_PRODUCE_ERRORS);
                Ok(())
            }
            COMMIT_ERRORS => {
                cluster.request_errors(Api::OffsetCommit, COMMIT_ERRORS_OF_ALL_KINDS);
                Ok(())
            }
            _ => Ok(()),
        };
        done.map_err(|error| error.to_string())?;
    }
    Ok(())
}
