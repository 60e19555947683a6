//! `copydesk-chaos`: the command line of [`copydesk::chaos`].

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use copydesk::chaos::faults::Counts;
use copydesk::chaos::report::Report;
use copydesk::chaos::{Scenario, broker, driver};
use copydesk::settings::{Choice, Guarantee, Order};

/// Attacks workers while they work, and holds what comes out against what went in.
///
/// The report is JSON; its last line is `missing M duplicate D reordered R changed C`, of
/// the final reader that sees only committed messages. Exit code 0 when nothing is missing,
/// reordered or changed and, where nothing may be repeated, nothing is; 1 when something
/// is; 2 when the run could not be made.
#[derive(Parser)]
#[command(name = "copydesk-chaos", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Subcommand)]
enum Command {
    /// Hosts an embedded broker, for a run in another process.
    #[command(name = broker::HOST_COMMAND, hide = true)]
    Host { partitions: u16, topics: Vec<String> },
}

#[derive(Args)]
struct Run {
    /// A few minutes' run: 16,000 articles, three kills and one of each other fault, unless
    /// told otherwise
    #[arg(long)]
    short: bool,
    /// A real Kafka; without it, librdkafka's mock cluster in a process of its own
    #[arg(long, value_name = "HOST:PORT,…")]
    brokers: Option<String>,
    /// A shell command that takes the brokers away and brings them back
    #[arg(long, value_name = "COMMAND", requires = "brokers")]
    bounce_with: Option<String>,
    /// Of all that is left to chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many to write [default: 200000]
    #[arg(long)]
    articles: Option<u64>,
    #[arg(long, default_value_t = 24)]
    partitions: u16,
    /// Different keys in each partition
    #[arg(long, default_value_t = 1000)]
    keys: u64,
    /// Workers that are there all the time
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// What is held against the workers: at-least-once, or exactly-once, which takes a real
    /// Kafka to mean anything
    #[arg(long, default_value = "at-least-once", value_parser = choice::<Guarantee>)]
    delivery: Guarantee,
    /// What workers keep in order: partition, key or none
    #[arg(long, default_value = "partition", value_parser = choice::<Order>)]
    order: Order,
    /// SIGKILLs [default: 20]
    #[arg(long)]
    kills: Option<usize>,
    /// SIGSTOPs past the session timeout, each with its SIGCONT [default: 2]
    #[arg(long)]
    pauses: Option<usize>,
    /// SIGTERMs under load [default: 2]
    #[arg(long)]
    terminations: Option<usize>,
    /// Workers that join [default: 2]
    #[arg(long)]
    joins: Option<usize>,
    /// Outages of all brokers [default: 3 where they can be bounced]
    #[arg(long)]
    bounces: Option<usize>,
    /// A setting of the workers, over those of the harness
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// The worker [default: copydesk beside this program]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Where the workers' logs go [default: a new folder among the temporary ones]
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
}

fn main() -> ExitCode {
    let CommandLine { command, run } = CommandLine::parse();
    let done = match command {
        Some(Command::Host { partitions, topics }) => {
            broker::host(partitions, &topics).map(|()| ExitCode::SUCCESS)
        }
        None => run.scenario().and_then(|scenario| driver::run(&scenario)).map(|it| tell(&it)),
    };
    done.unwrap_or_else(|failure| {
        // There is no one left to tell if standard error is gone.
        let _ = writeln!(std::io::stderr(), "copydesk-chaos: {failure}");
        ExitCode::from(2)
    })
}

impl Run {
    fn scenario(self) -> Result<Scenario, String> {
        let binary = match self.binary {
            Some(binary) => binary,
            None => std::env::current_exe()
                .map_err(|error| format!("could not tell where the worker is: {error}"))?
                .with_file_name("copydesk"),
        };
        if !binary.is_file() {
            return Err(format!("no worker at {}", binary.display()));
        }
        let logs = self.logs.unwrap_or_else(|| {
            std::env::temp_dir().join(format!("copydesk-chaos-{}", std::process::id()))
        });
        let count = |given: Option<usize>, short, long| {
            given.unwrap_or(if self.short { short } else { long })
        };
        if self.delivery == Guarantee::ExactlyOnce && self.brokers.is_none() {
            return Err(
                "the embedded broker keeps no transactions: exactly-once needs --brokers".into()
            );
        }
        let bounces = self.brokers.is_none() || self.bounce_with.is_some();
        Ok(Scenario {
            seed: self.seed,
            articles: self.articles.unwrap_or(if self.short { 16_000 } else { 200_000 }),
            partitions: self.partitions.into(),
            keys: self.keys,
            workers: self.workers.max(1),
            delivery: self.delivery,
            order: self.order,
            faults: Counts {
                kills: count(self.kills, 3, 20),
                pauses: count(self.pauses, 1, 2),
                terminations: count(self.terminations, 1, 2),
                joins: count(self.joins, 1, 2),
                bounces: if bounces {
                    count(self.bounces, 1, 3)
                } else {
                    self.bounces.unwrap_or(0)
                },
            },
            settings: self.set,
            binary,
            brokers: self.brokers,
            bounce_with: self.bounce_with,
            logs,
        })
    }
}

fn choice<T: Choice>(name: &str) -> Result<T, String> {
    let known = T::ALL.iter().find(|(_, known)| *known == name).map(|(value, _)| *value);
    known.ok_or_else(|| {
        let names: Vec<&str> = T::ALL.iter().map(|(_, name)| *name).collect();
        format!("expected one of {}", names.join(", "))
    })
}

/// Also where the logs are, when they are needed.
fn tell(report: &Report) -> ExitCode {
    let failures = report.failures();
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{:#}", report.json());
    let _ = writeln!(output, "{}", report.summary()).and_then(|()| output.flush());
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    let mut errors = std::io::stderr().lock();
    for failure in &failures {
        let _ = writeln!(errors, "copydesk-chaos: {failure}");
    }
    let _ = writeln!(errors, "copydesk-chaos: logs are in {}", report.scenario.logs.display());
    ExitCode::FAILURE
}
