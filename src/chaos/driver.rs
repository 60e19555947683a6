//! A run from start to end: brokers, writer, workers, live reader, faults, final readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::articles::Articles;
use super::broker::Brokers;
use super::faults::{Fault, Planned};
use super::ledger::Ledger;
use super::progress::Progress;
use super::reader::{self, Isolation, Topics};
use super::report::{Read, Report};
use super::workers::{Recipe, State, Trend, Worker, told};
use super::{Dice, Failure, Scenario, writer};
use crate::settings::Choice;

/// The least that a real broker allows.
const SESSION_TIMEOUT: Duration = Duration::from_secs(6);
/// Of a stopped worker: past the session timeout, so that its partitions have new owners.
const PAUSE: Duration = Duration::from_secs(9);
/// The worker's drain deadline, its close deadline on an embedded broker, and a little.
const TERMINATION_LIMIT: Duration = Duration::from_secs(38);
/// Nothing has come out for so long: what is missing will not come any more.
const PATIENCE: Duration = Duration::from_secs(120);
/// Of the writer, before the output.
const LEAST_LEAD: u64 = 500;
const TICK: Duration = Duration::from_millis(50);
const COMMIT_LOOK_TICKS: usize = 10;
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

pub fn run(scenario: &Scenario) -> Result<Report, Failure> {
    std::fs::create_dir_all(&scenario.logs)
        .map_err(|error| format!("could not make {}: {error}", scenario.logs.display()))?;
    let names = Names::of(scenario);
    let topics = [&*names.input, &*names.topics.output, &*names.topics.dead_letters];
    let brokers = match &scenario.brokers {
        Some(servers) => {
            Brokers::real(servers, scenario.bounce_with.clone(), &topics, scenario.partitions)?
        }
        None => Brokers::embedded(&topics, scenario.partitions)?,
    };
    if scenario.faults.bounces > 0 && !brokers.can_bounce() {
        return Err("brokers are to be bounced, and nothing is known that does it".into());
    }
    Driver::new(scenario, names, brokers).run()
}

/// What this run calls its topics and its group.
struct Names {
    input: String,
    topics: Topics,
    group: String,
}

impl Names {
    fn of(scenario: &Scenario) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let run = format!("chaos.{}.{}", std::process::id(), now.map_or(0, |it| it.as_millis()));
        Self {
            input: format!("{run}.raw"),
            topics: Topics {
                output: format!("{run}.enriched"),
                dead_letters: format!("{run}.dead-letter"),
                partitions: scenario.partitions,
            },
            group: run,
        }
    }
}

struct Driver<'a> {
    scenario: &'a Scenario,
    names: Names,
    brokers: Brokers,
    articles: Articles,
    progress: Arc<Progress>,
    recipe: Recipe,
    workers: Vec<Worker>,
    dice: Dice,
    next_slot: usize,
    looked: Instant,
    trends: Vec<Trend>,
    /// Ends of workers that were not asked for, or not as they should be.
    faulty_ends: Vec<String>,
    slowest_termination: Duration,
}

impl<'a> Driver<'a> {
    fn new(scenario: &'a Scenario, names: Names, brokers: Brokers) -> Self {
        let articles = Articles {
            seed: scenario.seed,
            count: scenario.articles,
            partitions: scenario.partitions,
            keys: scenario.keys,
        };
        let recipe = Recipe::new(
            scenario.binary.clone(),
            scenario.logs.clone(),
            settings(scenario, &names, &brokers),
            // As a StatefulSet would name them.
            vec![format!("kafka.transactional_id={}-{{slot}}", names.group)],
        );
        Self {
            scenario,
            names,
            brokers,
            progress: Arc::new(Progress::new(&articles)),
            articles,
            recipe,
            workers: Vec::new(),
            dice: Dice(scenario.seed.wrapping_add(1)),
            next_slot: 0,
            looked: Instant::now(),
            trends: Vec::new(),
            faulty_ends: Vec::new(),
            slowest_termination: Duration::ZERO,
        }
    }

    fn run(mut self) -> Result<Report, Failure> {
        let writer = self.start_writer();
        let end = Arc::new(AtomicBool::new(false));
        let live = self.start_live_reader(end.clone());
        for _ in 0..self.scenario.workers {
            self.start_worker()?;
        }
        let schedule = self.scenario.faults.schedule(self.scenario.seed, self.scenario.articles);
        let mut struck = 0;
        for planned in &schedule {
            if !self.wait_for(planned.after, &writer)? {
                break;
            }
            self.strike(*planned)?;
            struck += 1;
        }
        self.wait_for(self.articles.count, &writer)?;
        let seconds = self.progress.elapsed().as_secs_f64();
        self.wait_for_commits()?;
        self.end_workers()?;
        let sent = writer.join().map_err(|_| "the writer panicked")??;
        end.store(true, Ordering::Relaxed);
        let live = live.join().map_err(|_| "the live reader panicked")??;
        self.report(sent, seconds, struck == schedule.len(), live)
    }

    fn start_writer(&self) -> JoinHandle<Result<u64, Failure>> {
        let (servers, topic) = (self.brokers.servers().to_owned(), self.names.input.clone());
        let (articles, progress) = (self.articles.clone(), self.progress.clone());
        // Half of the distance between two faults.
        let faults = self.scenario.faults.total() as u64;
        let lead = (articles.count / (faults + 1) / 2).max(LEAST_LEAD);
        std::thread::spawn(move || writer::write(&servers, &topic, &articles, &progress, lead))
    }

    fn start_live_reader(&self, end: Arc<AtomicBool>) -> JoinHandle<Result<Read, Failure>> {
        let (servers, topics) = (self.brokers.servers().to_owned(), self.names.topics.clone());
        let mut ledger = Ledger::new(&self.articles, self.scenario.order);
        let progress = self.progress.clone();
        std::thread::spawn(move || {
            reader::follow(&servers, &topics, &mut ledger, &progress, &end)?;
            Ok(Read::of(&ledger))
        })
    }

    fn start_worker(&mut self) -> Result<(), Failure> {
        let slot = self.next_slot;
        self.next_slot += 1;
        let worker = self.recipe.start(slot)?;
        self.workers.push(worker);
        Ok(())
    }

    /// Until so many different articles have come out; false when they will not.
    fn wait_for(
        &mut self,
        distinct: u64,
        writer: &JoinHandle<Result<u64, Failure>>,
    ) -> Result<bool, Failure> {
        while self.progress.distinct() < distinct {
            let lost = self.progress.still_for() > PATIENCE;
            if lost && writer.is_finished() {
                return Ok(false);
            }
            self.tick()?;
        }
        Ok(true)
    }

    /// What a worker had published and not committed when it was killed is to come again
    /// before the end, or nobody would see it.
    fn wait_for_commits(&mut self) -> Result<(), Failure> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && self.uncommitted()? > 0 {
            for _ in 0..COMMIT_LOOK_TICKS {
                self.tick()?;
            }
        }
        Ok(())
    }

    fn uncommitted(&self) -> Result<u64, Failure> {
        let Names { input, topics, group } = &self.names;
        reader::uncommitted(self.brokers.servers(), group, input, topics.partitions)
    }

    /// Looks after the workers, and at them.
    fn tick(&mut self) -> Result<(), Failure> {
        std::thread::sleep(TICK);
        let looks = self.looked.elapsed() >= LOOK_INTERVAL;
        if looks {
            self.looked = Instant::now();
        }
        for mut worker in std::mem::take(&mut self.workers) {
            if looks {
                worker.look();
            }
            if let State::Stopped { until } = worker.state
                && until <= Instant::now()
            {
                worker.resume();
            }
            if let Some(next) = self.follow_up(worker)? {
                self.workers.push(next);
            }
        }
        Ok(())
    }

    /// The worker, or the one in its place where it has ended and is to have one.
    fn follow_up(&mut self, mut worker: Worker) -> Result<Option<Worker>, Failure> {
        let ended = worker.ended();
        let place = format!("the worker in slot {}", worker.slot);
        let replace = match (worker.state, ended) {
            (State::Ending { deadline, replace }, Some(status)) => {
                let took = TERMINATION_LIMIT - deadline.saturating_duration_since(Instant::now());
                self.slowest_termination = self.slowest_termination.max(took);
                if !status.success() {
                    self.faulty_ends.push(format!("{place}: {} after SIGTERM", told(status)));
                }
                replace
            }
            (State::Ending { deadline, replace }, None) if deadline < Instant::now() => {
                worker.kill();
                let limit = TERMINATION_LIMIT.as_secs();
                self.faulty_ends.push(format!("{place} had not ended {limit} s after SIGTERM"));
                replace
            }
            (_, Some(status)) => {
                self.faulty_ends.push(format!("{place}: {} by itself", told(status)));
                true
            }
            (_, None) => return Ok(Some(worker)),
        };
        self.trends.extend(worker.trend());
        if replace { self.recipe.start(worker.slot).map(Some) } else { Ok(None) }
    }

    fn strike(&mut self, planned: Planned) -> Result<(), Failure> {
        self.progress.struck(planned.fault.as_str());
        if planned.fault == Fault::Bounce {
            return self.brokers.bounce();
        }
        if planned.fault == Fault::Join {
            // The one that joined before leaves.
            if let Some(extra) = self.workers.iter_mut().find(|worker| {
                worker.slot >= self.scenario.workers && worker.state == State::Running
            }) {
                extra.terminate(TERMINATION_LIMIT, false);
            }
            return self.start_worker();
        }
        let running: Vec<usize> = (0..self.workers.len())
            .filter(|index| self.workers[*index].state == State::Running)
            .collect();
        if running.is_empty() {
            return Ok(());
        }
        let victim = running[self.dice.below(running.len() as u64) as usize];
        let worker = &mut self.workers[victim];
        match planned.fault {
            Fault::Kill => {
                worker.kill();
                self.trends.extend(worker.trend());
                let next = self.recipe.start(worker.slot)?;
                *worker = next;
            }
            Fault::Pause => worker.stop(PAUSE),
            Fault::Terminate => worker.terminate(TERMINATION_LIMIT, true),
            Fault::Join | Fault::Bounce => {}
        }
        Ok(())
    }

    fn end_workers(&mut self) -> Result<(), Failure> {
        for worker in &mut self.workers {
            worker.terminate(TERMINATION_LIMIT, false);
        }
        while !self.workers.is_empty() {
            self.tick()?;
        }
        Ok(())
    }

    fn report(
        self,
        sent: u64,
        seconds: f64,
        struck_all: bool,
        live: Read,
    ) -> Result<Report, Failure> {
        let (servers, topics) = (self.brokers.servers(), &self.names.topics);
        let read = |isolation| -> Result<Read, Failure> {
            let mut ledger = Ledger::new(&self.articles, self.scenario.order);
            reader::read_all(servers, topics, isolation, &mut ledger)?;
            Ok(Read::of(&ledger))
        };
        let all = [&*self.names.input, &topics.output, &topics.dead_letters];
        Ok(Report {
            scenario: self.scenario.clone(),
            brokers: self.brokers.kind(),
            sent,
            committed: read(Isolation::ReadCommitted)?,
            uncommitted: read(Isolation::ReadUncommitted)?,
            live,
            not_committed: self.uncommitted()?,
            thrown_away: reader::thrown_away(servers, &all, topics.partitions)?,
            recoveries: self.progress.recoveries(),
            struck_all,
            faulty_ends: self.faulty_ends,
            slowest_termination: self.slowest_termination,
            trends: self.trends,
            seconds,
            busiest_second: self.progress.busiest_second(),
        })
    }
}

/// Later ones win, so those of the command line do.
fn settings(scenario: &Scenario, names: &Names, brokers: &Brokers) -> Vec<String> {
    let servers = brokers.servers();
    let mut settings = vec![
        format!("kafka.brokers={servers}"),
        format!("kafka.group_id={}", names.group),
        format!("kafka.input_topics={}", names.input),
        format!("kafka.output_topic={}", names.topics.output),
        format!("kafka.dead_letter_topic={}", names.topics.dead_letters),
        format!("kafka.session_timeout_millis={}", SESSION_TIMEOUT.as_millis()),
        "kafka.consumer_properties.heartbeat.interval.ms=500".into(),
        format!("kafka.delivery={}", scenario.delivery.as_str()),
        format!("worker.order={}", scenario.order.as_str()),
        "http.address=".into(),
        "log.format=json".into(),
    ];
    if let Brokers::Embedded { .. } = brokers {
        // A group there waits out the session timeout of members that are gone, and a worker
        // cannot leave it before.
        settings.push(format!("kafka.close_timeout_millis={}", 2 * SESSION_TIMEOUT.as_millis()));
    }
    settings.extend(scenario.settings.iter().cloned());
    settings
}
