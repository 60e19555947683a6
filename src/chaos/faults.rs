//! Which faults strike, and when: after how many articles have come out, so that each
//! strikes under load however fast the machine is.

use super::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL, and another worker in its place at once.
    Kill,
    /// SIGSTOP until its partitions have gone to others, then SIGCONT.
    Pause,
    /// SIGTERM, which must end it with exit code 0 in time; then another in its place.
    Terminate,
    /// One worker more; it leaves again, by SIGTERM, with the next fault but one.
    Join,
    /// All brokers away and back; of several real ones, one.
    Bounce,
    /// Every answer of the embedded broker is late, for as long as a new generation takes.
    Delay,
    /// The embedded broker refuses to store, once for each reason that passes.
    ProduceErrors,
    /// The same for commits of offsets.
    CommitErrors,
}

/// How often each strikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub kills: usize,
    pub pauses: usize,
    pub terminations: usize,
    pub joins: usize,
    pub bounces: usize,
    pub delays: usize,
    pub produce_errors: usize,
    pub commit_errors: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub fault: Fault,
    /// Strikes when so many different articles have come out.
    pub after: u64,
}

impl Fault {
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::Kill => "kill",
            Fault::Pause => "pause",
            Fault::Terminate => "terminate",
            Fault::Join => "join",
            Fault::Bounce => "bounce",
            Fault::Delay => "delay",
            Fault::ProduceErrors => "produce errors",
            Fault::CommitErrors => "commit errors",
        }
    }

    /// Whether at-least-once delivery may repeat something after it: one that lets the
    /// worker finish may not.
    pub fn may_repeat(self) -> bool {
        !matches!(self, Fault::Terminate | Fault::Join | Fault::ProduceErrors)
    }
}

impl Counts {
    pub fn each(self) -> [(Fault, usize); 8] {
        [
            (Fault::Kill, self.kills),
            (Fault::Pause, self.pauses),
            (Fault::Terminate, self.terminations),
            (Fault::Join, self.joins),
            (Fault::Bounce, self.bounces),
            (Fault::Delay, self.delays),
            (Fault::ProduceErrors, self.produce_errors),
            (Fault::CommitErrors, self.commit_errors),
        ]
    }

    pub fn total(self) -> usize {
        self.each().iter().map(|(_, count)| count).sum()
    }

    pub fn may_repeat(self) -> bool {
        self.each().iter().any(|(fault, count)| *count > 0 && fault.may_repeat())
    }

    /// In an order and at distances that follow from the seed, the last well before the end.
    pub fn schedule(self, seed: u64, articles: u64) -> Vec<Planned> {
        let mut faults = self
            .each()
            .into_iter()
            .flat_map(|(fault, count)| std::iter::repeat_n(fault, count))
            .collect::<Vec<_>>();
        let mut dice = Dice(seed);
        for last in (1..faults.len()).rev() {
            faults.swap(last, dice.below(last as u64 + 1) as usize);
        }
        let distance = articles / (faults.len() as u64 + 1);
        let spread = (distance / 2).max(1);
        (1..)
            .zip(faults)
            .map(|(place, fault)| Planned { fault, after: place * distance - dice.below(spread) })
            .collect()
    }
}
