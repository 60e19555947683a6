//! Holds back warnings and errors that repeat: a broker that is down for an hour, or
//! a day's dead letters, must not fill the log. What is held back is counted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

const WINDOW: Duration = Duration::from_secs(60);
/// Of one place in the code within a window: enough to see what is wrong, and of
/// which messages.
const LINES_A_WINDOW: u32 = 30;

/// Since the start, over the whole process, as the log is.
static WITHHELD: AtomicU64 = AtomicU64::new(0);

pub(super) fn withheld() -> u64 {
    WITHHELD.load(Ordering::Relaxed)
}

/// Lets so many lines through a window and place.
#[derive(Default)]
pub(super) struct Throttle {
    windows: Mutex<HashMap<Identifier, Window>>,
}

struct Window {
    since: Instant,
    lines: u32,
}

impl Throttle {
    fn lets_through(&self, place: Identifier, now: Instant) -> bool {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(place).or_insert(Window { since: now, lines: 0 });
        if now.duration_since(window.since) >= WINDOW {
            *window = Window { since: now, lines: 0 };
        }
        window.lines = window.lines.saturating_add(1);
        window.lines <= LINES_A_WINDOW
    }
}

/// For the whole log, not for one of its layers: a filter of a layer that refuses an
/// event so late leaves its state behind for the thread's next one.
impl<S: Subscriber> Layer<S> for Throttle {
    fn event_enabled(&self, event: &Event<'_>, _context: Context<'_, S>) -> bool {
        let metadata = event.metadata();
        // Levels order by how much they say.
        if *metadata.level() > Level::WARN || self.lets_through(metadata.callsite(), Instant::now())
        {
            return true;
        }
        WITHHELD.fetch_add(1, Ordering::Relaxed);
        false
    }
}
