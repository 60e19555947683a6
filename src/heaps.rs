//! Bounds what malloc keeps for itself.

#[cfg(target_env = "gnu")]
use std::time::Duration;

/// Of a worker under attack (`copydesk-chaos soak`): what it needs while it catches up it
/// would keep for ever after.
#[cfg(target_env = "gnu")]
const BETWEEN_TRIMS: Duration = Duration::from_secs(60);

/// At most one heap a core. Payloads are taken on one thread, worked on by others and
/// freed on another still; by default glibc gives nearly every thread a heap of its own,
/// up to eight a core, and what is freed into one of them serves no other.
///
/// With 60,000 articles queued on two cores (`tests/end_to_end/run.sh`) the worker's peak
/// was 156 MiB by default and 138 MiB so; an article's processor time differed by less
/// than it does between two runs.
pub fn bound() {
    #[cfg(target_env = "gnu")]
    {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let heaps = cores.max(2).try_into().unwrap_or(libc::c_int::MAX);
        // SAFETY: it takes two numbers, and no other thread runs yet.
        // It fails only for an unknown parameter, and then nothing has changed.
        unsafe { libc::mallopt(libc::M_ARENA_MAX, heaps) };
    }
}

/// Gives back to the system, once a minute from now on, what malloc has and nobody uses.
pub fn trim_regularly() {
    #[cfg(target_env = "gnu")]
    {
        let started = std::thread::Builder::new().name("heap-trim".into()).spawn(|| {
            loop {
                std::thread::sleep(BETWEEN_TRIMS);
                // SAFETY: it takes a number, and locks what it looks at.
                // Whether there was something to give back is of no interest.
                unsafe { libc::malloc_trim(0) };
            }
        });
        if let Err(error) = started {
            tracing::warn!(%error, "what malloc keeps is not given back");
        }
    }
}
