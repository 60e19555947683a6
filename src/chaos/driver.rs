//! A run from start to end: brokers, writer, workers, live reader, faults, final readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::articles::Articles;
use super::broker::Brokers;
use super::faults::{Fault, Planned};
use super::ledger::Ledger;
use super::names::Names;
use super::progress::Progress;
use super::reader::{self, Isolation};
use super::report::{Read, Report};
use super::workers::{Recipe, State, Trend, Worker, told};
use super::{Attack, Dice, Failure, Pace, writer};
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

pub fn run(attack: &Attack) -> Result<Report, Failure> {
    let ground = &attack.ground;
    std::fs::create_dir_all(&ground.logs)
        .map_err(|error| format!("could not make {}: {error}", ground.logs.display()))?;
    let names = Names::new(attack.partitions);
    let topics = [&*names.input, &*names.topics.output, &*names.topics.dead_letters];
    let brokers = match &ground.brokers {
        Some(servers) => {
            Brokers::real(servers, ground.bounce_with.clone(), &topics, attack.partitions)?
        }
        None => Brokers::embedded(&topics, attack.partitions)?,
    };
    if attack.faults.bounces > 0 && !brokers.can_bounce() {
        return Err("brokers are to be bounced, and nothing is known that does it".into());
    }
    Driver::new(attack, names, brokers).run()
}

struct Driver<'a> {
    attack: &'a Attack,
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
    /// Of any worker.
    peak_resident_bytes: f64,
    /// Ends of workers that were not asked for, or not as they should be.
    faulty_ends: Vec<String>,
    slowest_termination: Duration,
}

impl<'a> Driver<'a> {
    fn new(attack: &'a Attack, names: Names, brokers: Brokers) -> Self {
        let articles = Articles {
            seed: attack.ground.seed,
            count: attack.articles,
            partitions: attack.partitions,
            keys: attack.keys,
            first_timestamp_millis: now_millis(),
        };
        let recipe = Recipe::new(
            attack.ground.binary.clone(),
            attack.ground.logs.clone(),
            settings(attack, &names, &brokers),
        );
        Self {
            attack,
            names,
            brokers,
            progress: Arc::new(Progress::new(&articles)),
            articles,
            recipe,
            workers: Vec::new(),
            dice: Dice(attack.ground.seed.wrapping_add(1)),
            next_slot: 0,
            looked: Instant::now(),
            trends: Vec::new(),
            peak_resident_bytes: 0.0,
            faulty_ends: Vec::new(),
            slowest_termination: Duration::ZERO,
        }
    }

    fn run(mut self) -> Result<Report, Failure> {
        let writer = self.start_writer();
        if self.attack.pace == Pace::Burst {
            while !writer.is_finished() {
                std::thread::sleep(TICK);
            }
        }
        let end = Arc::new(AtomicBool::new(false));
        let live = self.start_live_reader(end.clone());
        for _ in 0..self.attack.workers {
            self.start_worker()?;
        }
        let schedule = self.attack.faults.schedule(self.attack.ground.seed, self.attack.articles);
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
        let pace = self.attack.pace;
        // Half of the distance between two faults.
        let faults = self.attack.faults.total() as u64;
        let lead = (articles.count / (faults + 1) / 2).max(LEAST_LEAD);
        let may_go_on = move |number: u64| match pace {
            Pace::Ahead => number < progress.distinct() + lead,
            Pace::Burst => true,
            Pace::Rate(rate) => number < progress.elapsed().as_millis() as u64 * rate / 1_000,
        };
        std::thread::spawn(move || writer::write(&servers, &topic, &articles, may_go_on))
    }

    fn start_live_reader(&self, end: Arc<AtomicBool>) -> JoinHandle<Result<Read, Failure>> {
        let (servers, topics) = (self.brokers.servers().to_owned(), self.names.topics.clone());
        let mut ledger = Ledger::new(&self.articles, self.attack.order);
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
                self.peak_resident_bytes = self.peak_resident_bytes.max(worker.look());
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

    fn strike(&mut self, Planned { fault, .. }: Planned) -> Result<(), Failure> {
        if matches!(
            fault,
            Fault::Bounce | Fault::Delay | Fault::ProduceErrors | Fault::CommitErrors
        ) {
            let struck = self.brokers.strike(fault);
            // Recovery is of the workers, and begins when there are brokers again.
            self.progress.struck(fault.as_str());
            return struck;
        }
        self.progress.struck(fault.as_str());
        if fault == Fault::Join {
            // The one that joined before leaves.
            if let Some(extra) = self
                .workers
                .iter_mut()
                .find(|worker| worker.slot >= self.attack.workers && worker.state == State::Running)
            {
                extra.terminate(TERMINATION_LIMIT, false);
            }
            return self.start_worker();
        }
        let spared =
            |worker: &Worker| self.attack.spares_first && worker.slot == 0 && fault != Fault::Pause;
        let running: Vec<usize> = (0..self.workers.len())
            .filter(|index| {
                let worker = &self.workers[*index];
                worker.state == State::Running && !spared(worker)
            })
            .collect();
        if running.is_empty() {
            return Ok(());
        }
        let victim = running[self.dice.below(running.len() as u64) as usize];
        let worker = &mut self.workers[victim];
        match fault {
            Fault::Kill => {
                worker.kill();
                self.trends.extend(worker.trend());
                let next = self.recipe.start(worker.slot)?;
                *worker = next;
            }
            Fault::Pause => worker.stop(PAUSE),
            Fault::Terminate => worker.terminate(TERMINATION_LIMIT, true),
            _ => {}
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
            let mut ledger = Ledger::new(&self.articles, self.attack.order);
            reader::read_all(servers, topics, isolation, &mut ledger)?;
            Ok(Read::of(&ledger))
        };
        let all = [&*self.names.input, &topics.output, &topics.dead_letters];
        Ok(Report {
            attack: self.attack.clone(),
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
            peak_resident_bytes: self.peak_resident_bytes,
            seconds,
            busiest_second: self.progress.busiest_second(),
            steady_rate: self.progress.steady_rate(),
            standstill: self.progress.standstill(),
        })
    }
}

fn now_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Later ones win, so those of the attack do.
fn settings(attack: &Attack, names: &Names, brokers: &Brokers) -> Vec<String> {
    let mut settings = names.settings(brokers.servers());
    settings.extend([
        format!("kafka.delivery={}", attack.delivery.as_str()),
        format!("worker.order={}", attack.order.as_str()),
    ]);
    let embedded = matches!(brokers, Brokers::Embedded { .. });
    let faults = attack.faults;
    // Where nothing waits for the end of a session, it is as by default, and an outage of
    // brokers ends none.
    if embedded || faults.pauses > 0 || faults.joins > 0 {
        let millis = SESSION_TIMEOUT.as_millis();
        settings.push(format!("kafka.session_timeout_millis={millis}"));
    }
    // Under the newer protocol that is the brokers' to say.
    if !attack.settings.iter().any(|setting| setting == "kafka.group_protocol=consumer") {
        settings.push("kafka.consumer_properties.heartbeat.interval.ms=500".into());
    }
    if embedded {
        // A group there waits out the session timeout of members that are gone, and a worker
        // cannot leave it before.
        settings.push(format!("kafka.close_timeout_millis={}", 2 * SESSION_TIMEOUT.as_millis()));
    } else {
        // A worker that takes another's place is given its partitions at once.
        settings.push(format!("kafka.group_instance_id={}-{{slot}}", names.group));
    }
    settings.extend(attack.settings.iter().cloned());
    settings
}
