//! Which letters a command is about.

use std::time::{Duration, SystemTime};

use clap::Args;
use copydesk::text::calendar;

use super::letters::Found;

#[derive(Args)]
#[command(next_help_heading = "Which letters")]
pub struct SelectionArguments {
    /// Only letters with one of these reasons
    #[arg(long, value_name = "REASON,…", value_delimiter = ',')]
    reason: Vec<String>,
    /// Only letters of these parts of copydesk: decode, boilerplate, repair, …
    #[arg(long, value_name = "STAGE,…", value_delimiter = ',')]
    stage: Vec<String>,
    /// Only articles of these hosts, without www.
    #[arg(long, value_name = "HOST,…", value_delimiter = ',')]
    host: Vec<String>,
    /// Only messages from then on, by their own timestamp: 2026-05-06T07:00Z, or 90m, 12h,
    /// 3d ago
    #[arg(long, value_name = "TIME", value_parser = millis)]
    since: Option<i64>,
    /// Only messages before then
    #[arg(long, value_name = "TIME", value_parser = millis)]
    until: Option<i64>,
}

impl SelectionArguments {
    pub fn is_empty(&self) -> bool {
        self.reason.is_empty()
            && self.stage.is_empty()
            && self.host.is_empty()
            && self.since.is_none()
            && self.until.is_none()
    }

    pub fn takes(&self, found: &Found) -> bool {
        let reasons = found.letter.reasons.as_ref();
        let named = |wanted: &[String], value: Option<&str>| {
            wanted.is_empty()
                || value.is_some_and(|value| wanted.iter().any(|it| it.eq_ignore_ascii_case(value)))
        };
        // A message without a timestamp is within no range.
        let time = found.letter.timestamp_millis;
        named(&self.reason, reasons.map(|reasons| &*reasons.reason))
            && named(&self.stage, reasons.and_then(|reasons| reasons.stage.as_deref()))
            && named(&self.host, found.host.as_deref())
            && self.since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && self.until.is_none_or(|until| time.is_some_and(|time| time < until))
    }
}

/// Milliseconds since 1970 of a time, or of so long ago.
fn millis(text: &str) -> Result<i64, String> {
    ago(text)
        .or_else(|| Some(calendar::find_moment(text, false)?.minutes() * 60_000))
        .ok_or_else(|| "expected a time like 2026-05-06T07:00Z, or 90m, 12h, 3d ago".into())
}

fn ago(text: &str) -> Option<i64> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let ago = Duration::from_secs(count.parse::<u64>().ok()?.checked_mul(seconds)?);
    let then = SystemTime::now().checked_sub(ago)?;
    let since = then.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
