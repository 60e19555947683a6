//! `copydesk process`

use super::{Failure, Outcome};

/// Do the worker's work on a file
#[derive(clap::Args)]
pub struct Arguments {}

pub fn run(_arguments: Arguments) -> Outcome {
    Err(Failure::Work("process is not built in yet".into()))
}
