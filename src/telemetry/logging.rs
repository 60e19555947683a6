//! The log: to standard error, as JSON for collectors or as lines for people.

use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::Subscriber;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{LogFormat, LogSettings};

/// Starts the log, for the whole process and once: records of the `log` crate,
/// which librdkafka's come as, are taken in, and panics become a log line.
pub fn start(settings: &LogSettings) {
    // The level has been checked with the settings. It comes last, and so has the last
    // word: the parser warns of the faults of pages, of which one can have a million.
    let filter = EnvFilter::new(format!("html5ever=off,{}", settings.level));
    let log = Subscriber::builder().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.format {
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .finish()
            .try_init(),
        LogFormat::Pretty => log.compact().finish().try_init(),
    };
    // Whoever uses this crate as a library and has a log of their own keeps it.
    let _ = started;
    std::panic::set_hook(Box::new(log_panic));
}

/// Where it happened and nothing more: a panic's message can quote the article
/// (`byte index 1 is not a char boundary; it is inside 'é' of …`).
fn log_panic(panic: &PanicHookInfo) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(location, thread = thread.name().unwrap_or_default(), "panicked");
}
