//! The log: to standard error, as JSON for collectors or as lines for people. It
//! belongs to the process, so its level does, too, and can be changed while it runs.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

use super::throttle::Throttle;
use crate::settings::{LogFormat, LogSettings};

static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    filter: reload::Handle<EnvFilter, Registry>,
    level: Mutex<String>,
}

/// Why the level stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    #[error("not a level or filter (info,librdkafka=debug): {why}")]
    NotAFilter { why: String },
    #[error("the log is not this program's own")]
    NotOwn,
}

/// Starts the log, for the whole process and once: records of the `log` crate,
/// which librdkafka's come as, are taken in, and panics become a log line.
pub fn start(settings: &LogSettings) {
    let (filter, handle) = reload::Layer::new(filter(&settings.level));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.format {
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
        LogFormat::Pretty => lines.compact().boxed(),
    };
    // Whoever uses this crate as a library and has a log of their own keeps it.
    let log = tracing_subscriber::registry().with(filter).with(Throttle::default()).with(lines);
    if log.try_init().is_ok() {
        let _ = LOG.set(Log { filter: handle, level: Mutex::new(settings.level.clone()) });
    }
    std::panic::set_hook(Box::new(log_panic));
}

/// Lines from now on are those of this level or filter. One that is none changes nothing.
pub fn set_level(level: &str) -> Result<(), LevelError> {
    let log = LOG.get().ok_or(LevelError::NotOwn)?;
    if level.trim().is_empty() {
        return Err(LevelError::NotAFilter { why: "it is empty".into() });
    }
    EnvFilter::try_new(level).map_err(|error| LevelError::NotAFilter { why: error.to_string() })?;
    log.filter.reload(filter(level)).map_err(|_| LevelError::NotOwn)?;
    level.clone_into(&mut log.level.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

/// The level or filter in effect; none where the log is not this program's own.
pub fn level() -> Option<String> {
    LOG.get().map(|log| log.level.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Of a level that has been checked. It comes last, and so has the last word: the
/// parser warns of the faults of pages, of which one can have a million.
fn filter(level: &str) -> EnvFilter {
    EnvFilter::new(format!("html5ever=off,{level}"))
}

/// Where it happened and nothing more: a panic's message can quote the article
/// (`byte index 1 is not a char boundary; it is inside 'é' of …`).
fn log_panic(panic: &PanicHookInfo) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(location, thread = thread.name().unwrap_or_default(), "panicked");
}
