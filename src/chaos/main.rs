//! `copydesk-chaos`: the command line of [`copydesk::chaos`].

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use copydesk::chaos::faults::Counts;
use copydesk::chaos::report::Report;
use copydesk::chaos::scenarios::Outcome;
use copydesk::chaos::table::Row;
use copydesk::chaos::{Attack, Ground, broker, driver, ordering, scenarios, table, throughput};
use copydesk::settings::{Choice, Guarantee, Order};
use serde_json::{Value, json};

/// Attacks workers while they work, and holds what comes out against what went in.
///
/// The report is JSON; its last line is `missing M duplicate D reordered R changed C`, of
/// the final reader that sees only committed messages. Exit code 0 when nothing is missing,
/// reordered or changed and, where nothing may be repeated, nothing is; 1 when something
/// is; 2 when the run could not be made. Commands measure more than one run.
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
    /// Run the scenarios in which a worker must hold, each by its name
    Scenarios {
        /// Only these
        names: Vec<String>,
        #[command(flatten)]
        ground: GroundArguments,
    },
    /// Measure what exactly-once costs, in rounds that take turns
    Throughput {
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..))]
        rounds: u8,
        #[command(flatten)]
        ground: GroundArguments,
    },
    /// Measure what a slow article costs the others in each order
    Ordering {
        #[command(flatten)]
        ground: GroundArguments,
    },
    /// A steady rate and a fault every 30 seconds, to see how memory and files go
    Soak {
        #[arg(long, default_value_t = table::SOAK_MINUTES)]
        minutes: u64,
        #[command(flatten)]
        ground: GroundArguments,
    },
    /// All that the guarantees are to be worth, line by line: about an hour
    Table {
        #[command(flatten)]
        ground: GroundArguments,
    },
}

#[derive(Args)]
struct GroundArguments {
    /// A real Kafka; without it, librdkafka's mock cluster in a process of its own
    #[arg(long, value_name = "HOST:PORT,…")]
    brokers: Option<String>,
    /// A shell command that takes the brokers away and brings them back
    #[arg(long, value_name = "COMMAND", requires = "brokers")]
    bounce_with: Option<String>,
    /// The folder of a broker that asks who is there, which tests/kafka/secured.sh makes
    #[arg(long, value_name = "FOLDER")]
    secured: Option<PathBuf>,
    /// Of all that is left to chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The worker [default: copydesk beside this program]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Where the workers' logs go [default: a new folder among the temporary ones]
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    ground: GroundArguments,
    /// A few minutes' run: 16,000 articles, three kills and one of each other fault, unless
    /// told otherwise
    #[arg(long)]
    short: bool,
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
    /// Outages of brokers [default: 3 where they can be bounced]
    #[arg(long)]
    bounces: Option<usize>,
    /// A setting of the workers, over those of the harness
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
}

fn main() -> ExitCode {
    let CommandLine { command, run } = CommandLine::parse();
    let done = match command {
        Some(Command::Host { partitions, topics }) => {
            broker::host(partitions, &topics).map(|()| ExitCode::SUCCESS)
        }
        Some(Command::Scenarios { names, ground }) => run_scenarios(&names, ground),
        Some(Command::Throughput { rounds, ground }) => measure_throughput(rounds, ground),
        Some(Command::Ordering { ground }) => measure_ordering(ground),
        Some(Command::Soak { minutes, ground }) => soak(minutes, ground),
        Some(Command::Table { ground }) => fill_table(ground),
        None => run.attack().and_then(|attack| driver::run(&attack)).map(|it| tell(&it)),
    };
    done.unwrap_or_else(|failure| {
        complain(&failure);
        ExitCode::from(2)
    })
}

fn run_scenarios(names: &[String], ground: GroundArguments) -> Result<ExitCode, String> {
    let ground = ground.ground()?;
    let outcomes = scenarios::run(&ground, names, |outcome| {
        let name = outcome.scenario.name;
        complain(&format!("{name} {} ({:.0} s)", outcome.verdict(), outcome.seconds));
    })?;
    print(&format!("{:#}", json!(outcomes.iter().map(Outcome::json).collect::<Vec<_>>())));
    let count = |verdict| outcomes.iter().filter(|it| it.verdict() == verdict).count();
    let (held, failed, not_run) = (count("held"), count("failed"), count("not run"));
    print(&format!("held {held} failed {failed} not run {not_run}"));
    for outcome in outcomes.iter().filter(|outcome| !outcome.held()) {
        let name = outcome.scenario.name;
        outcome.finding.lacking.iter().for_each(|it| complain(&format!("{name}: needs {it}")));
        outcome.finding.failures.iter().for_each(|it| complain(&format!("{name}: {it}")));
    }
    Ok(match (failed, not_run) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    })
}

fn measure_throughput(rounds: u8, ground: GroundArguments) -> Result<ExitCode, String> {
    let throughput = throughput::measure(&ground.real()?.0, rounds.into())?;
    print(&format!("{:#}", throughput.json()));
    Ok(ExitCode::SUCCESS)
}

fn measure_ordering(ground: GroundArguments) -> Result<ExitCode, String> {
    let (ground, brokers) = ground.real()?;
    let paces = ordering::measure(&ground, &brokers)?;
    let one = paces[0].articles_a_second;
    let paces: Vec<Value> = paces.iter().map(|pace| pace.json(one)).collect();
    print(&format!("{:#}", json!(paces)));
    Ok(ExitCode::SUCCESS)
}

fn soak(minutes: u64, ground: GroundArguments) -> Result<ExitCode, String> {
    let report = driver::run(&Attack::soak(&ground.ground()?, minutes))?;
    print(&format!("{:#}", report.json()));
    let row = table::soaked(&report)?;
    print(&row.line());
    report.failures().iter().for_each(|failure| complain(failure));
    Ok(if row.held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn fill_table(ground: GroundArguments) -> Result<ExitCode, String> {
    let rows = table::measure(&ground.ground()?, |row| complain(&row.line()))?;
    print(&format!("{:#}", json!(rows.iter().map(Row::json).collect::<Vec<_>>())));
    print("| | target | found | held |\n|---|---|---|---|");
    rows.iter().for_each(|row| print(&row.line()));
    let held = rows.iter().all(|row| row.held);
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl GroundArguments {
    fn ground(self) -> Result<Ground, String> {
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
        Ok(Ground {
            seed: self.seed,
            binary,
            brokers: self.brokers,
            bounce_with: self.bounce_with,
            secured: self.secured,
            logs,
        })
    }

    /// For what means nothing on the embedded broker.
    fn real(self) -> Result<(Ground, String), String> {
        let ground = self.ground()?;
        let brokers = ground.brokers.clone().ok_or("it takes a real Kafka: --brokers")?;
        Ok((ground, brokers))
    }
}

impl Run {
    fn attack(self) -> Result<Attack, String> {
        let ground = self.ground.ground()?;
        let count = |given: Option<usize>, short, long| {
            given.unwrap_or(if self.short { short } else { long })
        };
        if self.delivery == Guarantee::ExactlyOnce && ground.brokers.is_none() {
            return Err(
                "the embedded broker keeps no transactions: exactly-once needs --brokers".into()
            );
        }
        let (short_bounces, long_bounces) = if ground.can_bounce() { (1, 3) } else { (0, 0) };
        let articles = self.articles.unwrap_or(if self.short { 16_000 } else { 200_000 });
        Ok(Attack {
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
                bounces: count(self.bounces, short_bounces, long_bounces),
                ..Counts::default()
            },
            settings: self.set,
            ..Attack::new(&ground, articles)
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
    print(&format!("{:#}", report.json()));
    print(&report.summary());
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    failures.iter().for_each(|failure| complain(failure));
    complain(&format!("logs are in {}", report.attack.ground.logs.display()));
    ExitCode::FAILURE
}

fn print(line: &str) {
    let mut output = std::io::stdout().lock();
    // Whoever is no longer there to read has read enough.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

fn complain(line: &str) {
    // There is no one left to tell if standard error is gone.
    let _ = writeln!(std::io::stderr(), "copydesk-chaos: {line}");
}
