//! The workers: the real binary as child processes, each with a log of its own, looked at
//! from outside (memory, open files) where Linux tells.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Failure;

pub struct Worker {
    /// The same for all that were started one in place of the other.
    pub slot: usize,
    pub state: State,
    child: Child,
    started: Instant,
    samples: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    Stopped {
        until: Instant,
    },
    /// Was told to end, and when it must have ended.
    Ending {
        deadline: Instant,
        replace: bool,
    },
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    resident_bytes: f64,
    open_files: f64,
}

/// How a process' memory and files went, after it had warmed up.
#[derive(Debug, Clone, Copy)]
pub struct Trend {
    pub seconds: f64,
    pub resident_bytes_an_hour: Slope,
    pub open_files_an_hour: Slope,
}

/// A change an hour, and how far chance may be off: two standard errors.
#[derive(Debug, Clone, Copy)]
pub struct Slope {
    pub an_hour: f64,
    pub uncertainty: f64,
}

/// How workers are started.
pub struct Recipe {
    pub binary: PathBuf,
    pub logs: PathBuf,
    /// `section.key=value`; `{slot}` stands for the number of a worker's place.
    pub settings: Vec<String>,
    started: usize,
}

/// Before which memory grows because caches fill: so many seconds, and this part of its life.
const WARM_UP_SECONDS: f64 = 10.0;
const WARM_UP_PART: f64 = 1.0 / 6.0;
/// Looks that follow each other tell the same thing again; the means of so many parts of the
/// time do so less.
const PARTS: usize = 25;

impl Recipe {
    pub fn new(binary: PathBuf, logs: PathBuf, settings: Vec<String>) -> Self {
        Self { binary, logs, settings, started: 0 }
    }

    pub fn start(&mut self, slot: usize) -> Result<Worker, Failure> {
        self.started += 1;
        let path = self.logs.join(format!("worker-{:03}-slot-{slot}.log", self.started));
        let log = File::create(&path)
            .map_err(|error| format!("could not write {}: {error}", path.display()))?;
        let mut command = Command::new(&self.binary);
        command.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        for setting in &self.settings {
            command.args(["--set", &setting.replace("{slot}", &slot.to_string())]);
        }
        let child = command
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", self.binary.display()))?;
        let samples = Vec::new();
        Ok(Worker { slot, state: State::Running, child, started: Instant::now(), samples })
    }
}

impl Worker {
    /// SIGKILL, and waits for the end of it.
    pub fn kill(&mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn stop(&mut self, pause: Duration) {
        self.signal(Signal::STOP);
        self.state = State::Stopped { until: Instant::now() + pause };
    }

    pub fn resume(&mut self) {
        self.signal(Signal::CONT);
        self.state = State::Running;
    }

    /// SIGTERM, which is to have ended it in so long.
    pub fn terminate(&mut self, limit: Duration, replace: bool) {
        if matches!(self.state, State::Stopped { .. }) {
            self.resume();
        }
        self.signal(Signal::TERM);
        self.state = State::Ending { deadline: Instant::now() + limit, replace };
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Returns how much memory it has, which is 0 where nobody tells.
    pub fn look(&mut self) -> f64 {
        let process = self.child.id();
        let Some((resident_bytes, open_files)) = resident_bytes(process).zip(open_files(process))
        else {
            return 0.0;
        };
        let seconds = self.started.elapsed().as_secs_f64();
        self.samples.push(Sample { seconds, resident_bytes, open_files });
        resident_bytes
    }

    /// `None` of a process that has not lived long enough to tell.
    pub fn trend(&self) -> Option<Trend> {
        let warm_up = (self.samples.last()?.seconds * WARM_UP_PART).max(WARM_UP_SECONDS);
        let warm: Vec<Sample> =
            self.samples.iter().copied().filter(|it| it.seconds >= warm_up).collect();
        let (first, last) = (warm.first()?, warm.last()?);
        if warm.len() < 10 {
            return None;
        }
        let slope = |of: fn(&Sample) -> f64| {
            let points: Vec<(f64, f64)> = warm.iter().map(|it| (it.seconds, of(it))).collect();
            Slope::of(&points)
        };
        Some(Trend {
            seconds: last.seconds - first.seconds,
            resident_bytes_an_hour: slope(|it| it.resident_bytes),
            open_files_an_hour: slope(|it| it.open_files),
        })
    }

    fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // One that has ended is noticed elsewhere.
        let _ = process.map(|process| kill_process(process, signal));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `exit code 1` or `signal 9`.
pub fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "ended".into(),
    }
}

impl Slope {
    /// By least squares over the means of parts of the time, in seconds.
    pub fn of(points: &[(f64, f64)]) -> Self {
        let part = points.len().div_ceil(PARTS).max(1);
        let means: Vec<(f64, f64)> = points.chunks(part).map(mean).collect();
        let (middle, level) = mean(&means);
        let square: f64 = means.iter().map(|(x, _)| (x - middle).powi(2)).sum();
        if square == 0.0 || means.len() < 3 {
            return Self { an_hour: 0.0, uncertainty: f64::INFINITY };
        }
        let both: f64 = means.iter().map(|(x, y)| (x - middle) * (y - level)).sum();
        let slope = both / square;
        let left: f64 = means.iter().map(|(x, y)| (y - level - slope * (x - middle)).powi(2)).sum();
        let error = (left / (means.len() as f64 - 2.0) / square).sqrt();
        Self { an_hour: slope * 3600.0, uncertainty: 2.0 * error * 3600.0 }
    }
}

fn mean(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    (x / count, y / count)
}

fn resident_bytes(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

fn open_files(process: u32) -> Option<f64> {
    Some(std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as f64)
}
