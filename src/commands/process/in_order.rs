//! Work on many threads whose results come out in the order of what went in.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

/// How much may be under way: taken from the input and not yet passed on.
#[derive(Debug, Clone, Copy)]
pub struct Ahead {
    pub threads: usize,
    pub items: usize,
    /// Of the items' sizes together; a single item may be larger.
    pub bytes: usize,
}

/// Something with a size that counts against [`Ahead::bytes`].
pub trait Weighed {
    fn bytes(&self) -> usize;
}

/// Does `work` on each of `items`. Reads no further ahead than allowed, so an
/// endless input takes bounded memory, and stops reading soon after the results
/// are dropped.
pub fn in_order<I, R>(
    items: I,
    ahead: Ahead,
    work: impl Fn(I::Item) -> R + Send + Sync + 'static,
) -> InOrder<R>
where
    I: Iterator<Item: Weighed + Send> + Send + 'static,
    R: Send + 'static,
{
    // Each item's result has a channel of its own. The channels stand in line
    // in the order of the items, and so do the results.
    let (stand_in_line, line) = bounded(ahead.items);
    let (hand_out, jobs) = bounded::<(I::Item, Sender<R>)>(ahead.threads);
    let budget = Arc::new(Budget { limit: ahead.bytes, ..Budget::default() });

    let work = Arc::new(work);
    for _ in 0..ahead.threads {
        let (jobs, work) = (jobs.clone(), work.clone());
        thread::spawn(move || {
            for (item, result) in jobs {
                // Nobody may be waiting any more.
                let _ = result.send(work(item));
            }
        });
    }
    // A thread of its own that nobody waits for: it may be blocked on a
    // terminal or pipe for good.
    thread::spawn({
        let budget = budget.clone();
        move || {
            for item in items {
                let bytes = item.bytes();
                budget.take(bytes);
                let (give, result) = bounded(1);
                let waiting = Waiting { result, bytes };
                if stand_in_line.send(waiting).is_err() || hand_out.send((item, give)).is_err() {
                    break;
                }
            }
        }
    });
    InOrder { line, budget }
}

/// The results.
pub struct InOrder<R> {
    line: Receiver<Waiting<R>>,
    budget: Arc<Budget>,
}

struct Waiting<R> {
    result: Receiver<R>,
    bytes: usize,
}

impl<R> Iterator for InOrder<R> {
    type Item = R;

    fn next(&mut self) -> Option<R> {
        let waiting = self.line.recv().ok()?;
        let result = waiting.result.recv().expect("work on every item that stands in line");
        self.budget.give_back(waiting.bytes);
        Some(result)
    }
}

#[derive(Default)]
struct Budget {
    limit: usize,
    taken: Mutex<usize>,
    given_back: Condvar,
}

impl Budget {
    /// Waits until there is room. With nothing taken there always is.
    fn take(&self, bytes: usize) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self
            .given_back
            .wait_while(taken, |taken| *taken > 0 && *taken + bytes > self.limit)
            .unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
    }

    fn give_back(&self, bytes: usize) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.given_back.notify_one();
    }
}
