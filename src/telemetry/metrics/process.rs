//! What this process costs, as the kernel tells it, under the names that all
//! exporters of Prometheus use. Linux only; elsewhere the figures stay 0.

use std::sync::atomic::Ordering;

use super::Metrics;

/// Of the kernel's clock as it shows it to programs, `USER_HZ`: 100 on every
/// machine that this runs on.
const TICKS_A_SECOND: f64 = 100.0;
const KILOBYTE: i64 = 1024;

pub(super) fn measure(metrics: &Metrics) {
    if let Some(seconds) = processor_seconds() {
        metrics.process_cpu_seconds.inner().store(seconds.to_bits(), Ordering::Relaxed);
    }
    if let Some(kilobytes) = resident_kilobytes() {
        metrics.process_resident_bytes.set(kilobytes * KILOBYTE);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // The one that reads the directory is not counted.
        metrics.process_open_fds.set(open.count().saturating_sub(1) as i64);
    }
    if let Some(limit) = most_descriptors() {
        metrics.process_max_fds.set(limit);
    }
}

/// Of all threads, in user and kernel mode.
fn processor_seconds() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses that may hold blanks; utime and stime
    // are fields 14 and 15.
    let mut fields = line[line.rfind(')')?..].split(' ').skip(12);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) as f64 / TICKS_A_SECOND)
}

fn resident_kilobytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn most_descriptors() -> Option<i64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    // The soft limit; `unlimited` is no number.
    line.split_whitespace().next()?.parse().ok()
}
