//! The threads that work on articles, one a core by default: articles are
//! bound by the processor, and the runtime's threads must stay free to move
//! messages.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel as channel;
use tokio::sync::mpsc;

use super::watchdog::{Post, Watchdog};
use crate::desk::{Desk, Outcome};
use crate::error::TransportError;
use crate::transport::{Delivery, Ticket};

pub(super) struct Compute {
    jobs: Jobs,
    threads: usize,
    done: mpsc::UnboundedReceiver<Result<Done, TransportError>>,
}

pub(super) struct Done {
    pub ticket: Ticket,
    pub outcome: Outcome,
}

/// To the worker: what is done, or why no more can be.
pub(super) type DoneSender = mpsc::UnboundedSender<Result<Done, TransportError>>;

enum Jobs {
    Threads {
        jobs: channel::Sender<Job>,
        _watchdog: Watchdog,
    },
    /// On the caller's thread: for tests that stop the clock, which runs on
    /// while only foreign threads are busy.
    Here {
        desk: Arc<Desk>,
        done: DoneSender,
    },
}

/// Who works on the articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    Own(usize),
    Callers,
}

#[derive(Clone)]
pub(super) struct Job {
    pub ticket: Ticket,
    pub delivery: Arc<Delivery>,
}

/// What every thread has.
#[derive(Clone)]
pub(super) struct Crew {
    pub desk: Arc<Desk>,
    jobs: channel::Receiver<Job>,
    pub done: DoneSender,
}

impl Compute {
    /// An article that has not come back after `runaway` is given up.
    pub fn start(desk: Arc<Desk>, threads: Threads, runaway: Duration) -> std::io::Result<Self> {
        let (done_sender, done) = mpsc::unbounded_channel();
        let count = match threads {
            Threads::Callers => 1,
            Threads::Own(count) => count,
        };
        let jobs = match threads {
            Threads::Callers => Jobs::Here { desk, done: done_sender },
            Threads::Own(_) => {
                let (jobs, job_receiver) = channel::unbounded();
                let crew = Crew { desk, jobs: job_receiver, done: done_sender };
                Jobs::Threads { jobs, _watchdog: Watchdog::start(crew, count, runaway)? }
            }
        };
        Ok(Self { jobs, threads: count, done })
    }

    /// How many articles are worked on at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The number of jobs is bounded by the caller: it submits what it holds.
    pub fn submit(&mut self, ticket: Ticket, delivery: Arc<Delivery>) {
        match &self.jobs {
            Jobs::Threads { jobs, .. } => {
                jobs.send(Job { ticket, delivery })
                    .expect("the threads end only when `jobs` is dropped");
            }
            Jobs::Here { desk, done } => {
                let outcome = desk.edit(&delivery);
                done.send(Ok(Done { ticket, outcome })).expect("the receiver is in `self`");
            }
        }
    }

    /// The next finished job. Pending while there is none. Safe to cancel.
    pub async fn next(&mut self) -> Result<Done, TransportError> {
        match self.done.recv().await {
            Some(done) => done,
            None => std::future::pending().await,
        }
    }
}

impl Crew {
    /// A thread that works on articles until there are none, or until one took it too long.
    pub fn start_thread(&self, post: Arc<Post>) -> std::io::Result<()> {
        let crew = self.clone();
        std::thread::Builder::new().name("article".into()).spawn(move || crew.work(&post))?;
        Ok(())
    }

    fn work(self, post: &Post) {
        for job in &self.jobs {
            let ticket = job.ticket;
            post.begin(job.clone());
            let outcome = self.desk.edit(&job.delivery);
            // Given up meanwhile: another thread has this one's place, and what
            // became of the article has been told.
            if post.end().is_none() {
                return;
            }
            // The worker went away with this article unacknowledged; it will be
            // delivered again.
            if self.done.send(Ok(Done { ticket, outcome })).is_err() {
                return;
            }
        }
    }
}
