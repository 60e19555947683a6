//! `copydesk man`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;

use super::{Failure, Outcome};

/// Write the manual pages into a folder
///
/// One page for copydesk and one for each of its commands, `copydesk-run.1` and so on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The folder, which must be there
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

const EXAMPLES: &str = "\
Example:
  copydesk man ~/.local/share/man/man1 && man copydesk-run";

pub fn run(arguments: Arguments, whole: Command) -> Outcome {
    let folder = &arguments.folder;
    clap_mangen::generate_to(whole, folder).map_err(|error| {
        Failure::Work(format!("could not write manual pages into {}: {error}", folder.display()))
    })?;
    Ok(ExitCode::SUCCESS)
}
