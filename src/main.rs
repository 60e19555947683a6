//! The command line. Each command is one file under `commands`.

mod commands;
mod heaps;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use commands::{check, completions, demo, dlq, eval, explain, man, process, run, schema, settings};

/// Reads raw scraped news from Kafka, strips boilerplate, repairs the text, tags
/// metadata, and publishes enriched articles with every change on record.
#[derive(Parser)]
#[command(name = "copydesk", version, max_term_width = 100, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Arguments),
    Process(process::Arguments),
    Demo(demo::Arguments),
    Explain(explain::Arguments),
    Eval(eval::Arguments),
    Check(check::Arguments),
    Dlq(dlq::Arguments),
    Schema(schema::Arguments),
    Settings(settings::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  copydesk demo                                    see it work, with nothing installed
  copydesk run --config copydesk.toml              the worker
  copydesk process articles.ndjson > out.ndjson    the same work on a file
  copydesk explain page.html                       what was cut, mended and tagged in one article
  copydesk dlq stats                               what could not be processed, and why

Exit codes:
  0  done, nothing dead-lettered
  1  some articles were dead-lettered, or the run failed
  2  the settings or the command line are at fault; nothing was done";

fn main() -> ExitCode {
    heaps::bound();
    let outcome = match CommandLine::parse().command {
        Command::Run(arguments) => run::run(arguments),
        Command::Process(arguments) => process::run(arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Eval(arguments) => eval::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Dlq(arguments) => dlq::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Settings(arguments) => settings::run(arguments),
        Command::Completions(arguments) => completions::run(arguments, CommandLine::command()),
        Command::Man(arguments) => man::run(arguments, CommandLine::command()),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}
