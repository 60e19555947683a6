//! `copydesk dlq replay`

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use copydesk::error::{Error, TransportError};
use copydesk::settings::{KafkaSettings, Settings};
use copydesk::transport::kafka::dead_letters::{self, Replay, Replayer};

use super::letters::{Found, Letters, failure, legible};
use super::selection::SelectionArguments;
use super::{Failure, Outcome, SettingsArguments, load};
use crate::commands::print;

mod pipeline;

/// Send dead letters on their way again, each once
///
/// The original goes to the topic it came from, or through the stages at once and to the
/// output topic: its bytes, key, timestamp and headers, with copydesk-replays to say how
/// often it went. That a letter was replayed is recorded behind it in the dead-letter
/// topic, in one transaction with the message; a letter on record is not replayed again.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Where to
    #[arg(long, value_enum)]
    to: Target,
    #[command(flatten)]
    selection: SelectionArguments,
    /// All letters that wait, where no other option selects some
    #[arg(long)]
    all: bool,
    /// Say what would be replayed, and replay nothing
    #[arg(long)]
    dry_run: bool,
    /// At most so many letters a second
    #[arg(long, value_name = "LETTERS", value_parser = rate)]
    rate: Option<f64>,
    /// Stop after so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Leave alone what came back after so many replays
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    max_replays: u32,
    /// Also letters that are on record as replayed
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    settings: SettingsArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// The topic that the letter's original came from
    Input,
    /// The stages, here and now, and then the output topic
    Pipeline,
}

const EXAMPLES: &str = "\
Examples:
  copydesk dlq replay --to input --reason deadline_passed --since 6h --dry-run
  copydesk dlq replay --to pipeline --stage repair --rate 50
  copydesk dlq replay --to input --all --max-replays 1

Exit codes: 0 done, 1 some letters could not be replayed, or the run failed; 2 settings or command
line at fault.";

/// Letters of a transaction.
const BATCH_LETTERS: usize = 100;
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Of a batch that fails for a reason that passes; the pause doubles with each.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

pub fn run(arguments: Arguments) -> Outcome {
    let settings = load(&arguments.settings)?;
    if arguments.selection.is_empty() && !arguments.all {
        let why = "nothing selects letters: give --all, or some of --reason, --stage, --host, \
                   --since, --until";
        return Err(Failure::Usage(why.into()));
    }
    if arguments.dry_run {
        return rehearse(&arguments, &settings);
    }
    // First of all: from here on no other replay of the topic can go on, so that what is
    // on record when the letters are read stays all there is.
    let replayer = Replayer::open(&settings.kafka).map_err(failure)?;
    let mut letters = Letters::open_settled(&settings)?;
    let target = Way::new(arguments.to, &settings)?;
    let mut run = Run::new(replayer, arguments.rate);
    let done = run.all(&mut letters, &arguments, target);
    print(&run.summary())?;
    done?;
    Ok(ExitCode::from(u8::from(run.failed > 0)))
}

fn rehearse(arguments: &Arguments, settings: &Settings) -> Outcome {
    let mut letters = Letters::open(settings)?;
    let mut way = Way::new(arguments.to, settings)?;
    let (mut count, mut out) = (0, String::new());
    while count < arguments.limit.unwrap_or(usize::MAX) {
        let Some(found) = letters.next()? else { break };
        if !arguments.selection.takes(&found) {
            continue;
        }
        let step = match arguments.refusal(&found) {
            Some(why) => Step::Left(why),
            None => way.step(&found)?,
        };
        out.push_str(&place(&found));
        out.push_str(&match step {
            Step::Send(replay) => {
                count += 1;
                let (topic, _) = replay.message.unzip();
                format!(" would go to {}\n", topic.as_deref().unwrap_or("nowhere, as rejected"))
            }
            Step::Left(why) => format!(" would stay: {why}\n"),
            Step::Failed(why) => format!(" would fail again: {why}\n"),
        });
    }
    out.push_str(&format!("{count} letters would be replayed; nothing was\n"));
    print(&out)
}

impl Arguments {
    /// Why a letter is not to be replayed.
    fn refusal(&self, found: &Found) -> Option<String> {
        if found.replayed && !self.again {
            return Some("it was replayed".into());
        }
        let replays = found.letter.replays;
        (replays >= self.max_replays).then(|| format!("it came back after {replays} replays"))
    }
}

/// What is to become of a letter.
enum Step {
    Send(Box<Replay>),
    Left(String),
    Failed(String),
}

/// The way that letters take.
enum Way {
    Input(Box<Origins>),
    Pipeline(Box<pipeline::Pipeline>),
}

impl Way {
    fn new(target: Target, settings: &Settings) -> Result<Self, Failure> {
        Ok(match target {
            Target::Input => {
                let (kafka, partitions) = (settings.kafka.clone(), BTreeMap::new());
                Way::Input(Box::new(Origins { kafka, partitions }))
            }
            Target::Pipeline => Way::Pipeline(Box::new(pipeline::Pipeline::new(settings)?)),
        })
    }

    fn step(&mut self, found: &Found) -> Result<Step, Failure> {
        match self {
            Way::Input(origins) => origins.step(found),
            Way::Pipeline(pipeline) => Ok(pipeline.step(found)),
        }
    }
}

/// The topics that letters came from.
struct Origins {
    kafka: KafkaSettings,
    /// Of each, once it was asked for.
    partitions: BTreeMap<String, i32>,
}

impl Origins {
    fn step(&mut self, found: &Found) -> Result<Step, Failure> {
        let kafka = &self.kafka;
        let reasons = found.letter.reasons.as_ref();
        let Some(topic) = reasons.and_then(|reasons| reasons.topic.clone()) else {
            return Ok(Step::Left("no header says where it came from".into()));
        };
        if kafka.input_taking_in(&topic).is_none() {
            let topic = legible(&topic);
            return Ok(Step::Left(format!("kafka.input_topics does not take in {topic}")));
        }
        let count = match self.partitions.get(&topic) {
            Some(count) => *count,
            None => {
                let count = dead_letters::partitions(kafka, &topic).map_err(failure)?;
                *self.partitions.entry(topic.clone()).or_insert(count)
            }
        };
        let mut message = found.letter.replay(&kafka.dead_letter_topic);
        message.partition = message.partition.filter(|it| (0..count).contains(it));
        let mark = found.letter.mark(&topic);
        Ok(Step::Send(Box::new(Replay { message: Some((topic, message)), mark })))
    }
}

struct Run {
    replayer: Replayer,
    rate: Option<f64>,
    started: Instant,
    batch: Vec<(String, Replay)>,
    batch_bytes: usize,
    replayed: usize,
    left: usize,
    failed: usize,
}

impl Run {
    fn new(replayer: Replayer, rate: Option<f64>) -> Self {
        let (batch, started) = (Vec::new(), Instant::now());
        let (batch_bytes, replayed, left, failed) = (0, 0, 0, 0);
        Self { replayer, rate, started, batch, batch_bytes, replayed, left, failed }
    }

    fn all(
        &mut self,
        letters: &mut Letters,
        arguments: &Arguments,
        mut way: Way,
    ) -> Result<(), Failure> {
        let limit = arguments.limit.unwrap_or(usize::MAX);
        while self.replayed + self.batch.len() < limit {
            let Some(found) = letters.next()? else { break };
            if !arguments.selection.takes(&found) {
                continue;
            }
            if arguments.refusal(&found).is_some() {
                self.left += 1;
                continue;
            }
            match way.step(&found)? {
                Step::Send(replay) => self.take(&found, *replay)?,
                Step::Left(why) => {
                    self.left += 1;
                    print(&format!("{} stays: {why}\n", place(&found)))?;
                }
                Step::Failed(why) => self.fail(&place(&found), &why)?,
            }
        }
        self.send()
    }

    fn take(&mut self, found: &Found, replay: Replay) -> Result<(), Failure> {
        self.batch_bytes += found.letter.payload.as_ref().map_or(0, Vec::len);
        self.batch.push((place(found), replay));
        // At most a second's worth, so that a slow replay is an even one.
        let letters = self.rate.map_or(BATCH_LETTERS, |rate| (rate as usize).max(1));
        if self.batch.len() >= letters.min(BATCH_LETTERS) || self.batch_bytes >= BATCH_BYTES {
            self.send()?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Failure> {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        if batch.is_empty() {
            return Ok(());
        }
        self.await_turn();
        let replays: Vec<Replay> = batch.iter().map(|(_, replay)| replay.clone()).collect();
        match self.try_to_send(&replays) {
            Ok(()) => self.replayed += replays.len(),
            // One of them is not taken. Alone, the guilty one shows itself.
            Err(TransportError::MessageRefused { .. }) => {
                for (place, replay) in &batch {
                    match self.try_to_send(std::slice::from_ref(replay)) {
                        Ok(()) => self.replayed += 1,
                        Err(TransportError::MessageRefused { why, .. }) => {
                            self.fail(place, &why)?
                        }
                        Err(error) => return Err(failure(error)),
                    }
                }
            }
            Err(error) => return Err(failure(error)),
        }
        Ok(())
    }

    fn try_to_send(&self, replays: &[Replay]) -> Result<(), TransportError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            match self.replayer.send(replays) {
                Err(TransportError::Transient { .. }) => std::thread::sleep(pause),
                result => return result,
            }
            pause *= 2;
        }
        self.replayer.send(replays)
    }

    /// Until what was replayed so far is no more than the rate allows.
    fn await_turn(&self) {
        let Some(rate) = self.rate else { return };
        let due = Duration::from_secs_f64(self.replayed as f64 / rate);
        std::thread::sleep(due.saturating_sub(self.started.elapsed()));
    }

    fn fail(&mut self, place: &str, why: &str) -> Result<(), Failure> {
        self.failed += 1;
        print(&format!("{place} was not replayed: {why}\n")).map(|_| ())
    }

    fn summary(&self) -> String {
        let Self { replayed, left, failed, .. } = self;
        format!("{replayed} letters replayed, {left} left alone, {failed} failed\n")
    }
}

fn place(found: &Found) -> String {
    format!("{}:{}", found.letter.place.partition, found.letter.place.offset)
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate >= 0.001);
    rate.ok_or_else(|| "expected a number, at least 0.001".into())
}

/// As the worker would tell it.
fn told(error: &Error) -> String {
    format!("{} ({})", error.reason(), legible(&error.to_string()))
}
