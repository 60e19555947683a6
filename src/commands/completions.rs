//! `copydesk completions`

use clap::Command;
use clap_complete::Shell;

use super::{Outcome, print};

/// Print what completes this command line in a shell
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Which shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  source <(copydesk completions bash)                          for this session
  copydesk completions zsh > ~/.zfunc/_copydesk                with ~/.zfunc in fpath
  copydesk completions fish > ~/.config/fish/completions/copydesk.fish";

pub fn run(arguments: Arguments, mut whole: Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut whole, "copydesk", &mut script);
    print(&String::from_utf8_lossy(&script))
}
