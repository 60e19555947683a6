//! When the article was published and last changed: `datePublished`,
//! `dateModified`.
//!
//! The two are never swapped: a date stands only for what its source says it is.
//! A template's zero (1970-01-01), a date before there was news on the web's
//! calendar, and a date after the page was fetched are no dates.

use super::front;
use crate::article::{Article, Clue, ClueSource, Fact};
use crate::tags::{InferenceSource, Tags};
use crate::text::calendar::{Moment, find_moment};
use crate::text::lines::measure;

pub fn tag(article: &Article, tags: &mut Tags) {
    let limits = Limits::of(article, tags);
    let headline = tags.headline.as_ref().map(|headline| headline.text());
    let front = front_dates(article, headline, &limits);
    let shown = |wanted: Fact| {
        let date = front.iter().find(|(fact, _)| *fact == wanted);
        date.map(|(_, moment)| {
            Found::new(*moment, ClueSource::VisibleText, "line_before_body", 0.8)
        })
    };
    let in_url = in_url(article, &limits);
    let published = best(article, Fact::Published, STATED, &limits)
        .map(|stated| earlier_if_renewed(stated, article, &limits))
        .or_else(|| {
            let seen = with_time(shown(Fact::Published)?, article, &limits);
            Some(url_if_far(seen, in_url.as_ref()))
        })
        .or_else(|| in_page(article, in_url.as_ref(), &limits));
    let modified = best(article, Fact::Modified, STATED, &limits)
        .or_else(|| shown(Fact::Modified))
        .or_else(|| best(article, Fact::Modified, WEAK, &limits));
    if let Some(found) = &published {
        tags.date_published = Some(found.moment.to_string());
        let source = InferenceSource::Clue(found.source);
        tags.infer("datePublished", source, found.method, found.confidence);
    } else if let Some(moment) = tags.dateline.as_deref().and_then(|dateline| limits.read(dateline))
    {
        // "RAJSHAHI, Dec 20, 2025": where an agency's text is all there is.
        tags.date_published = Some(moment.to_string());
        tags.infer("datePublished", InferenceSource::Body, "dateline", 0.7);
    }
    // A change cannot come a day before what it changes.
    let fits = |found: &Found| {
        published
            .as_ref()
            .is_none_or(|first| found.moment.minutes() >= first.moment.minutes() - DAY)
    };
    if let Some(found) = modified.filter(fits) {
        tags.date_modified = Some(found.moment.to_string());
        let source = InferenceSource::Clue(found.source);
        tags.infer("dateModified", source, found.method, found.confidence);
    }
}

#[derive(Clone)]
struct Found {
    moment: Moment,
    source: ClueSource,
    method: &'static str,
    confidence: f32,
}

impl Found {
    fn new(moment: Moment, source: ClueSource, method: &'static str, confidence: f32) -> Self {
        Self { moment, source, method, confidence }
    }
}

/// Minutes.
const DAY: i64 = 1440;
/// Time zones and late corrections put the dates of one article less far apart.
const DAYS_APART: i64 = 2;

/// A site that writes its pages anew gives the time of writing for publication and
/// change alike; then what a reader sees is the day of publication, if it is earlier.
fn earlier_if_renewed(stated: Found, article: &Article, limits: &Limits) -> Found {
    let seen = best(article, Fact::Published, &[ClueSource::VisibleText], limits);
    let is_renewed = best(article, Fact::Modified, &[stated.source], limits)
        .is_some_and(|changed| changed.moment.minutes() <= stated.moment.minutes());
    let is_earlier =
        |seen: &Found| seen.moment.minutes() < stated.moment.minutes() - DAYS_APART * DAY;
    seen.filter(|seen| is_renewed && is_earlier(seen)).unwrap_or(stated)
}

/// Where a page has no field for its date: its first time element or dated byline.
fn in_page(article: &Article, in_url: Option<&Found>, limits: &Limits) -> Option<Found> {
    // "Updated <time>May 6</time>": the element does not say what its date is of.
    let of_change = best(article, Fact::Modified, &[ClueSource::VisibleText], limits);
    let is_of_publication = |seen: &Found| {
        seen.source != ClueSource::Element
            || of_change.as_ref().is_none_or(|change| !same_day(&change.moment, &seen.moment))
    };
    let element = best(article, Fact::Published, WEAK, limits).filter(is_of_publication);
    let byline = || {
        // Around the heading first: lines of the text may be of other articles.
        let sources = [ClueSource::Element, ClueSource::VisibleText];
        let mut bylines = sources.iter().flat_map(|&source| {
            article.evidence.of(Fact::Author).filter(move |clue| clue.source == source)
        });
        let moment = bylines.find_map(|clue| {
            let text = clue.value.text();
            (!is_of_change(text)).then(|| limits.read(text)).flatten()
        })?;
        Some(Found::new(moment, ClueSource::VisibleText, "dated_byline", 0.7))
    };
    match element.or_else(byline) {
        Some(seen) => Some(url_if_far(seen, in_url)),
        None => in_url.cloned(),
    }
}

/// A day is told with the time that an element of the page has for it.
fn with_time(seen: Found, article: &Article, limits: &Limits) -> Found {
    let is_midnight =
        |moment: &Moment| moment.time.is_some_and(|it| (it.hour, it.minute) == (0, 0));
    let timed = best(article, Fact::Published, &[ClueSource::Element], limits).filter(|timed| {
        same_day(&timed.moment, &seen.moment)
            && precision(&timed.moment) > precision(&seen.moment)
            && !is_midnight(&timed.moment)
    });
    Found { moment: timed.map_or(seen.moment, |timed| timed.moment), ..seen }
}

/// The URL is believed where the two are days apart: the first date on a page may be of
/// another article, or have its day and month the other way round.
fn url_if_far(seen: Found, in_url: Option<&Found>) -> Found {
    let is_far =
        |url: &&Found| (seen.moment.minutes() - url.moment.minutes()).abs() > DAYS_APART * DAY;
    in_url.filter(is_far).cloned().unwrap_or(seen)
}

fn in_url(article: &Article, limits: &Limits) -> Option<Found> {
    let moment =
        article.url.as_deref().and_then(in_path).and_then(|moment| limits.admit(moment))?;
    Some(Found::new(moment, ClueSource::Url, "url_path", 0.8))
}

/// Dates in the lines between title and body, told apart by their wording.
fn front_dates(article: &Article, headline: Option<&str>, limits: &Limits) -> Vec<(Fact, Moment)> {
    let lines = front::lines(article, headline);
    let mut dates = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(moment) = limits.read(line).filter(|_| !is_story(line)) else { continue };
        if let Some(both) = both(line, limits) {
            dates.extend(both);
            continue;
        }
        // "Last updated:" may stand on a line of its own.
        let label = index.checked_sub(1).map_or("", |before| lines[before]);
        let is_labelled = label.ends_with(':') || label.split_whitespace().count() <= 3;
        let changed = is_of_change(line) || (is_labelled && is_of_change(label));
        dates.push((if changed { Fact::Modified } else { Fact::Published }, moment));
    }
    dates
}

/// "Posted 3 May 2024 | Updated 5 May 2024": what a line says of either, in any order; a
/// date before "updated" may do without a word.
fn both(line: &str, limits: &Limits) -> Option<[(Fact, Moment); 2]> {
    let folded = line.to_lowercase();
    // Without its own places the line cannot be parted.
    if folded.len() != line.len() {
        return None;
    }
    let first = |words: &[&str]| words.iter().filter_map(|word| folded.find(word)).min();
    let changed = first(CHANGE)?;
    let published = first(PUBLICATION).unwrap_or(0);
    let (before, behind) = line.split_at_checked(published.max(changed))?;
    let (before, behind) = (limits.read(before)?, limits.read(behind)?);
    Some(match published < changed {
        true => [(Fact::Published, before), (Fact::Modified, behind)],
        false => [(Fact::Modified, before), (Fact::Published, behind)],
    })
}

/// Whether a line is a sentence of the article, which tells when something happened: "Born
/// on 12 May 1927, she left school at fourteen."
fn is_story(line: &str) -> bool {
    let measure = measure(line);
    let flows = measure.caseless * 2 > measure.letters || measure.lowercase * 2 > measure.words;
    flows && measure.ends_sentence && measure.words >= FEWEST_OF_STORY && !is_of_writing(line)
}

/// A date that ends with a full stop has fewer words.
const FEWEST_OF_STORY: u32 = 7;

/// Whether a line speaks of publication or of a change.
fn is_of_writing(line: &str) -> bool {
    let folded = line.to_lowercase();
    PUBLICATION.iter().chain(CHANGE).any(|word| folded.contains(word))
}

/// Whether a line speaks of a change, and not of publication as well.
fn is_of_change(line: &str) -> bool {
    let folded = line.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    says(CHANGE) && !says(PUBLICATION)
}

const CHANGE: &[&str] = &[
    "updat",
    "modif",
    "aktualis",
    "mis à jour",
    "mise à jour",
    "actualiz",
    "atualiz",
    "aggiorna",
    "bijgewerkt",
    "uppdater",
    "oppdater",
    "opdater",
    "päivitetty",
    "aktualiz",
    "обновлено",
    "revised",
    "reviewed",
    "更新",
    "수정",
];

const PUBLICATION: &[&str] = &[
    "publish",
    "veröffentlicht",
    "publié",
    "publicad",
    "pubblicat",
    "gepubliceerd",
    "publicerad",
    "publisert",
    "julkaistu",
    "opublikowan",
    "опубликован",
    "posted",
    "created",
    "erstellt",
    "发布",
    "發布",
    "公開",
    "掲載",
    "입력",
    "등록",
];

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
        let latest = fetched.map(|moment| moment.minutes() + 2 * DAY);
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

    fn read(&self, text: &str) -> Option<Moment> {
        find_moment(text, self.month_first).and_then(|moment| self.admit(moment))
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
fn best(article: &Article, fact: Fact, sources: &[ClueSource], limits: &Limits) -> Option<Found> {
    let dated: Vec<(Moment, ClueSource)> = article
        .evidence
        .clues
        .iter()
        .filter(|clue| matches!(clue.fact, Fact::Published | Fact::Modified))
        .take(MOST_CLUES * 2)
        .filter_map(|clue| read(clue, fact, limits).map(|moment| (moment, clue.source)))
        .collect();
    let (first, source) = sources
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
    let precise = in_own_zone(precise, &dated, article, limits);
    Some(Found::new(precise, source, "stated_date", confidence))
}

/// The date that a clue gives for a fact: a text that a page shows says in its own words
/// what it is about.
fn read(clue: &Clue, fact: Fact, limits: &Limits) -> Option<Moment> {
    let text = clue.value.text();
    let is_shown = clue.source == ClueSource::VisibleText && clue.fact == Fact::Published;
    if let Some(both) = is_shown.then(|| both(text, limits)).flatten() {
        return both.iter().find(|(told, _)| *told == fact).map(|(_, moment)| *moment);
    }
    let told = if is_shown && is_of_change(text) { Fact::Modified } else { clue.fact };
    (told == fact).then(|| limits.read(text)).flatten()
}

/// The same instant in the page's own time zone, where that can be told: what a reader
/// takes for the day.
fn in_own_zone(
    moment: Moment,
    dated: &[(Moment, ClueSource)],
    article: &Article,
    limits: &Limits,
) -> Moment {
    if offset(&moment) != Some(0) {
        return moment;
    }
    let stated = || {
        let is_same = |other: &&(Moment, ClueSource)| {
            offset(&other.0).is_some_and(|offset| offset != 0)
                && other.0.minutes() == moment.minutes()
        };
        dated.iter().find(is_same).map(|(local, _)| *local)
    };
    let mut shown = dated.iter().filter(|(_, source)| *source == ClueSource::VisibleText);
    let clock = || shown.find_map(|(shown, _)| by_clock(moment, shown));
    stated().or_else(clock).or_else(|| by_day(moment, dated, article, limits)).unwrap_or(moment)
}

fn offset(moment: &Moment) -> Option<i16> {
    moment.time.and_then(|time| time.offset_minutes)
}

/// "22 December, 10:00 PM" beside 03:00 of the 23rd in UTC: five hours west.
fn by_clock(moment: Moment, shown: &Moment) -> Option<Moment> {
    let is_local = shown.time.is_some_and(|time| time.offset_minutes.is_none());
    let apart = shown.minutes() - moment.minutes();
    let is_zone = is_local
        && (apart % 60 == 0 && ZONES.contains(&(apart / 60)) && apart != 0
            || BROKEN_ZONES.contains(&apart));
    moment.at_offset(i16::try_from(apart).ok()?).filter(|_| is_zone)
}

/// In a zone that another date of the page is stated in, where the day there is the one
/// that the page shows or the URL holds.
fn by_day(
    moment: Moment,
    dated: &[(Moment, ClueSource)],
    article: &Article,
    limits: &Limits,
) -> Option<Moment> {
    let shown = dated.iter().find(|(_, source)| *source == ClueSource::VisibleText);
    let day = shown.map(|(day, _)| *day).or_else(|| in_url(article, limits).map(|url| url.moment));
    let day = day.filter(|day| !same_day(day, &moment))?;
    let of_time =
        |clue: &&Clue| matches!(clue.fact, Fact::Published | Fact::Modified | Fact::Alongside);
    let clues = article.evidence.clues.iter().filter(of_time).take(MOST_CLUES * 2);
    let mut there = clues.filter_map(|clue| {
        let zone = offset(&limits.read(clue.value.text())?).filter(|zone| *zone != 0)?;
        moment.at_offset(zone)
    });
    there.find(|local| same_day(local, &day))
}

/// Hours east of UTC. Twelve to the west is open sea, and a clock that leaves out "p.m.".
const ZONES: std::ops::RangeInclusive<i64> = -11..=14;
/// Minutes east of UTC: Newfoundland, summer and winter, Iran, Afghanistan, India, Nepal,
/// Myanmar, the middle of Australia, winter and summer.
const BROKEN_ZONES: [i64; 9] = [-150, -210, 210, 270, 330, 345, 390, 570, 630];

const MOST_CLUES: usize = 32;

/// Fields that say what the date is of.
const STATED: &[ClueSource] =
    &[ClueSource::JsonLd, ClueSource::OpenGraph, ClueSource::Meta, ClueSource::Microdata];

/// Dates that stand on the page, the article's or another's, and what the
/// message says.
const WEAK: &[ClueSource] =
    &[ClueSource::VisibleText, ClueSource::Element, ClueSource::Message, ClueSource::Url];

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
                let (name, rest) = path.get(at + 5..)?.split_once('/')?;
                let month = crate::text::calendar::month_named(&name.to_ascii_lowercase())?;
                let day = rest.split('/').next().filter(|day| (1..=2).contains(&day.len()))?;
                (u16::from(month), day.parse().ok()?)
            }
            _ => return None,
        };
        Moment::day(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    })
}
