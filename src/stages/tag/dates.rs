//! When the article was published and last changed: `datePublished`,
//! `dateModified`.
//!
//! The two are never swapped: a date stands only for what its source says it is.
//! A template's zero (1970-01-01), a date before there was news on the web's
//! calendar, and a date after the page was fetched are no dates.

use crate::article::{Article, Clue, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};
use crate::text::calendar::{Moment, find_moment};

pub fn tag(article: &Article, tags: &mut Tags) {
    let limits = Limits::of(article, tags);
    let published = best(article, Fact::Published, &limits).or_else(|| {
        let moment = in_path(article.url.as_deref()?)?;
        limits.admit(moment).map(|moment| (moment, ClueSource::Url, 0.8))
    });
    let modified = best(article, Fact::Modified, &limits);
    if let Some((moment, source, confidence)) = published {
        tags.date_published = Some(moment.to_string());
        let method = if source == ClueSource::Url { "url_path" } else { "stated_date" };
        tags.infer("datePublished", InferenceSource::Clue(source), method, confidence);
    }
    if let Some((moment, source, confidence)) = modified {
        // A change cannot come a day before what it changes.
        let fits = published.is_none_or(|(first, ..)| moment.minutes() >= first.minutes() - 1440);
        if fits {
            tags.date_modified = Some(moment.to_string());
            tags.infer("dateModified", InferenceSource::Clue(source), "stated_date", confidence);
        }
    }
}

/// What a date may be.
struct Limits {
    /// Minutes since 1970 that no date lies behind.
    latest: Option<i64>,
    month_first: bool,
}

impl Limits {
    fn of(article: &Article, tags: &Tags) -> Self {
        let fetched = article
            .evidence
            .of(Fact::Fetched)
            .find_map(|clue| find_moment(clue.value.text(), false));
        // Two days: the fetcher's clock and the page's time zone may differ.
        let latest = fetched.map(|moment| moment.minutes() + 2 * 1440);
        let english =
            tags.language.as_deref().is_some_and(|tag| tag == "en" || tag.starts_with("en-"));
        let american = tags.language.as_deref() == Some("en-US");
        let british_domain = tags.publisher.domain.as_deref().is_some_and(|domain| {
            ["uk", "ie", "au", "nz", "in", "za", "ng", "ke", "sg"]
                .iter()
                .any(|country| domain.ends_with(&format!(".{country}")))
        });
        Self { latest, month_first: american || (english && !british_domain) }
    }

    fn admit(&self, moment: Moment) -> Option<Moment> {
        let is_zero = (moment.year, moment.month, moment.day) == (1970, 1, 1)
            || (moment.year, moment.month, moment.day) == (1969, 12, 31);
        let in_range = (EARLIEST_YEAR..=LATEST_YEAR).contains(&moment.year);
        let past = self.latest.is_none_or(|latest| moment.minutes() <= latest);
        (!is_zero && in_range && past).then_some(moment)
    }
}

/// Newspaper archives go on-line with their true dates; earlier years are slips.
const EARLIEST_YEAR: u16 = 1850;
/// The stage reads no clock: without the time of fetching, this catches slips
/// of the pen, not every date in the future.
const LATEST_YEAR: u16 = 2099;

/// The most trustworthy date for a fact; of the same day, the most precise.
fn best(article: &Article, fact: Fact, limits: &Limits) -> Option<(Moment, ClueSource, f32)> {
    let read = |clue: &Clue| {
        find_moment(clue.value.text(), limits.month_first).and_then(|moment| limits.admit(moment))
    };
    let dated: Vec<(Moment, ClueSource)> = article
        .evidence
        .of(fact)
        .take(MOST_CLUES)
        .filter_map(|clue| read(clue).map(|moment| (moment, clue.source)))
        .collect();
    let (first, source) = SOURCES
        .iter()
        .find_map(|wanted| dated.iter().copied().find(|(_, source)| source == wanted))?;
    let agreeing = dated.iter().filter(|(moment, _)| same_day(moment, &first)).count();
    let confidence = match (agreeing, source) {
        (2.., _) => 0.97,
        (_, ClueSource::JsonLd | ClueSource::OpenGraph | ClueSource::Meta) => 0.93,
        (_, ClueSource::Message) => 0.75,
        _ => 0.85,
    };
    let precise = dated
        .iter()
        .filter(|(moment, _)| same_day(moment, &first))
        .max_by_key(|(moment, _)| precision(moment))
        .filter(|(moment, _)| precision(moment) > precision(&first))
        .map_or(first, |(moment, _)| *moment);
    Some((precise, source, confidence))
}

const MOST_CLUES: usize = 32;

const SOURCES: [ClueSource; 8] = [
    ClueSource::JsonLd,
    ClueSource::OpenGraph,
    ClueSource::Meta,
    ClueSource::Microdata,
    ClueSource::Element,
    ClueSource::VisibleText,
    ClueSource::Message,
    ClueSource::Url,
];

fn same_day(one: &Moment, other: &Moment) -> bool {
    (one.year, one.month, one.day) == (other.year, other.month, other.day)
}

fn precision(moment: &Moment) -> u8 {
    match moment.time {
        None => 0,
        Some(time) if time.offset_minutes.is_none() => 1,
        Some(_) => 2,
    }
}

/// A date in a URL's path: "/2024/05/06/", "/2024-05-06/", "-20240506".
fn in_path(url: &str) -> Option<Moment> {
    let path = super::domain::path(url);
    let bytes = path.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let is_start = bytes[at..].starts_with(b"20") || bytes[at..].starts_with(b"19");
        let after_digit = at > 0 && bytes[at - 1].is_ascii_digit();
        if !is_start || after_digit {
            return None;
        }
        let digits = |from: usize, count: usize| -> Option<u16> {
            let part = path.get(from..from + count)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        let ends = |at: usize| bytes.get(at).is_none_or(|byte| !byte.is_ascii_digit());
        let year = digits(at, 4)?;
        let (month, day) = match bytes.get(at + 4)? {
            b'/' | b'-' | b'_' if bytes.get(at + 7) == bytes.get(at + 4) && ends(at + 10) => {
                (digits(at + 5, 2)?, digits(at + 8, 2)?)
            }
            byte if byte.is_ascii_digit() && ends(at + 8) => {
                (digits(at + 4, 2)?, digits(at + 6, 2)?)
            }
            b'/' => {
                let name = path.get(at + 5..at + 8)?;
                let month = crate::text::calendar::month_named(&name.to_ascii_lowercase())?;
                let day =
                    bytes.get(at + 8).filter(|b| **b == b'/').and_then(|_| digits(at + 9, 2))?;
                (u16::from(month), day)
            }
            _ => return None,
        };
        Moment::day(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    })
}
