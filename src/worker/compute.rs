//! The threads that work on articles, one a core by default: articles are
//! bound by the processor, and the runtime's threads must stay free to move
//! messages.

use std::sync::Arc;

use crossbeam_channel as channel;
use tokio::sync::mpsc;

use crate::desk::{Desk, Outcome};
use crate::transport::{Delivery, Ticket};

pub(super) struct Compute {
    jobs: Jobs,
    done: mpsc::UnboundedReceiver<Done>,
}

pub(super) struct Done {
    pub ticket: Ticket,
    pub outcome: Outcome,
}

enum Jobs {
    Threads(channel::Sender<(Ticket, Arc<Delivery>)>),
    /// On the caller's thread: for tests that stop the clock, which runs on
    /// while only foreign threads are busy.
    Here {
        desk: Arc<Desk>,
        done: mpsc::UnboundedSender<Done>,
    },
}

/// Who works on the articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    Own(usize),
    Callers,
}

impl Compute {
    pub fn start(desk: Arc<Desk>, threads: Threads) -> std::io::Result<Self> {
        let (done_sender, done) = mpsc::unbounded_channel();
        let jobs = match threads {
            Threads::Callers => Jobs::Here { desk, done: done_sender },
            Threads::Own(count) => {
                let (job_sender, job_receiver) = channel::unbounded();
                for index in 0..count {
                    let (desk, jobs, done) =
                        (desk.clone(), job_receiver.clone(), done_sender.clone());
                    std::thread::Builder::new()
                        .name(format!("article-{index}"))
                        .spawn(move || work(&desk, &jobs, &done))?;
                }
                Jobs::Threads(job_sender)
            }
        };
        Ok(Self { jobs, done })
    }

    /// The number of jobs is bounded by the caller: it submits what it holds.
    pub fn submit(&mut self, ticket: Ticket, delivery: Arc<Delivery>) {
        match &self.jobs {
            Jobs::Threads(jobs) => {
                jobs.send((ticket, delivery)).expect("the threads end only when `jobs` is dropped");
            }
            Jobs::Here { desk, done } => {
                let outcome = desk.edit(&delivery);
                done.send(Done { ticket, outcome }).expect("the receiver is in `self`");
            }
        }
    }

    /// The next finished job. Pending while there is none. Safe to cancel.
    pub async fn next(&mut self) -> Done {
        match self.done.recv().await {
            Some(done) => done,
            None => std::future::pending().await,
        }
    }
}

fn work(
    desk: &Desk,
    jobs: &channel::Receiver<(Ticket, Arc<Delivery>)>,
    done: &mpsc::UnboundedSender<Done>,
) {
    for (ticket, delivery) in jobs {
        let outcome = desk.edit(&delivery);
        // The worker went away with this article unacknowledged; it will be
        // delivered again.
        if done.send(Done { ticket, outcome }).is_err() {
            return;
        }
    }
}
