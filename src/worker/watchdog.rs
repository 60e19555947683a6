//! The last resort against an article that does not come back: one that is in a loop
//! which never looks at the deadline. A thread cannot be stopped from outside, so it is
//! left to the article and another takes its place; the article becomes a dead letter.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel as channel;

use super::compute::{Crew, Done, Job};
use crate::error::{PipelineError, TransportError};

const SHORTEST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// Ends its thread when it is dropped.
pub(super) struct Watchdog {
    _alive: channel::Sender<()>,
}

/// Where a thread says what it works on, and the watch how often it has seen it at that.
/// Looks are counted rather than time: a process that was stopped, or a machine that had
/// no time for it, is not the article's fault.
#[derive(Default)]
pub(super) struct Post(Mutex<Option<(Job, u32)>>);

impl Post {
    pub fn begin(&self, job: Job) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((job, 0));
    }

    /// What the thread was at; `None` where it was given up.
    pub fn end(&self) -> Option<Job> {
        let at = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        at.map(|(job, _)| job)
    }

    /// The same, where the thread has been seen at it more than so often.
    fn give_up(&self, looks: u32) -> Option<Job> {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |(_, seen): &mut (Job, u32)| {
            *seen += 1;
            *seen > looks
        };
        at.take_if(seen).map(|(job, _)| job)
    }
}

impl Watchdog {
    /// Starts `count` threads and a watch over them.
    pub fn start(crew: Crew, count: usize, runaway: Duration) -> std::io::Result<Self> {
        let mut posts = Vec::with_capacity(count);
        for _ in 0..count {
            let post = Arc::<Post>::default();
            crew.start_thread(post.clone())?;
            posts.push(post);
        }
        let (alive, end) = channel::bounded(0);
        let watch = Watch { crew, posts, left: Vec::new(), runaway };
        std::thread::Builder::new().name("watchdog".into()).spawn(move || watch.run(&end))?;
        Ok(Self { _alive: alive })
    }
}

struct Watch {
    crew: Crew,
    posts: Vec<Arc<Post>>,
    /// Of threads that were left to an article; a thread that is still in it holds its post.
    left: Vec<Arc<Post>>,
    runaway: Duration,
}

impl Watch {
    fn run(mut self, end: &channel::Receiver<()>) {
        let pause = (self.runaway / 8).clamp(SHORTEST_LOOK, LONGEST_LOOK);
        let looks = self.runaway.as_millis().div_ceil(pause.as_millis());
        let looks = u32::try_from(looks).unwrap_or(u32::MAX);
        while end.recv_timeout(pause) == Err(channel::RecvTimeoutError::Timeout) {
            if let Err(error) = self.look(looks) {
                // The worker is gone only when nobody waits for articles.
                let _ = self.crew.done.send(Err(error));
                return;
            }
        }
    }

    fn look(&mut self, looks: u32) -> Result<(), TransportError> {
        let lost = |why: String| TransportError::Fatal { attempted: "work on articles", why };
        for index in 0..self.posts.len() {
            let Some(job) = self.posts[index].give_up(looks) else { continue };
            let error = PipelineError::RanAway { millis: self.runaway.as_millis() };
            let outcome = self.crew.desk.give_up(&job.delivery, error.into());
            let _ = self.crew.done.send(Ok(Done { ticket: job.ticket, outcome }));
            let post = Arc::<Post>::default();
            self.left.push(std::mem::replace(&mut self.posts[index], post.clone()));
            self.left.retain(|post| Arc::strong_count(post) > 1);
            // As many again as work: the machine has no more to give them.
            if self.left.len() > self.posts.len() {
                let why = format!("{} threads are in articles that do not end", self.left.len());
                return Err(lost(why));
            }
            self.crew.start_thread(post).map_err(|error| lost(error.to_string()))?;
        }
        Ok(())
    }
}
