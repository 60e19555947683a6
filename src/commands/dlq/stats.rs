//! `copydesk dlq stats`

use std::collections::BTreeMap;
use std::fmt::Write;

use super::letters::Letters;
use super::selection::SelectionArguments;
use super::{Outcome, SettingsArguments, load};
use crate::commands::print;

/// Count dead letters by reason, stage and host
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    settings: SettingsArguments,
}

/// Hosts named; the others are counted together.
const HOSTS_SHOWN: usize = 20;

#[derive(Default, Clone, Copy)]
struct Count {
    letters: usize,
    replayed: usize,
}

#[derive(Default)]
struct Counts(BTreeMap<String, Count>);

pub fn run(arguments: Arguments) -> Outcome {
    let settings = load(&arguments.settings)?;
    let mut letters = Letters::open(&settings)?;
    let mut all = Count::default();
    let [mut reasons, mut stages, mut hosts] = [(); 3].map(|()| Counts::default());
    while let Some(found) = letters.next()? {
        if arguments.selection.takes(&found) {
            all.count(found.replayed);
            reasons.count(found.reason(), found.replayed);
            stages.count(found.stage(), found.replayed);
            hosts.count(found.host(), found.replayed);
        }
    }
    let mut out = format!("{} letters, {} of them replayed\n", all.letters, all.replayed);
    reasons.show("reason", usize::MAX, &mut out);
    stages.show("stage", usize::MAX, &mut out);
    hosts.show("host", HOSTS_SHOWN, &mut out);
    print(&out)
}

impl Count {
    fn count(&mut self, replayed: bool) {
        self.letters += 1;
        self.replayed += usize::from(replayed);
    }
}

impl Counts {
    fn count(&mut self, name: String, replayed: bool) {
        self.0.entry(name).or_default().count(replayed);
    }

    /// The most frequent first.
    fn show(self, title: &str, most: usize, out: &mut String) {
        let mut sorted: Vec<(String, Count)> = self.0.into_iter().collect();
        // Stable: names that are as frequent stay in order.
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(count.letters));
        if sorted.is_empty() {
            return;
        }
        out.push('\n');
        let mut line = |name: &str, letters: &str, replayed: &str| {
            // A string takes all that is written to it.
            let _ = writeln!(out, "{name:<32} {letters:>9} {replayed:>9}");
        };
        line(&format!("by {title}"), "letters", "replayed");
        let rest = sorted.split_off(sorted.len().min(most));
        for (name, count) in &sorted {
            line(name, &count.letters.to_string(), &count.replayed.to_string());
        }
        if !rest.is_empty() {
            let sum = |of: fn(&Count) -> usize| rest.iter().map(|(_, it)| of(it)).sum::<usize>();
            let name = format!("{} others", rest.len());
            line(&name, &sum(|it| it.letters).to_string(), &sum(|it| it.replayed).to_string());
        }
    }
}
