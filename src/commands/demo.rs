//! `copydesk demo`

use super::{Failure, Outcome};

/// See the whole of it work, with nothing installed
///
/// Starts a broker inside this process, publishes copydesk's sample articles, runs the
/// real worker on them, and shows each enriched article in short with what was cut and
/// mended.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave broker and worker running, and say how to send more
    #[arg(long)]
    keep: bool,
}

pub fn run(arguments: Arguments) -> Outcome {
    let _ = arguments.keep;
    Err(Failure::Work("the demo is not built in yet".into()))
}
