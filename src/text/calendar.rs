//! Dates as they are written: ISO 8601 and its relatives, RFC 2822, seconds of
//! the Unix epoch, and dates in words of many languages.

use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A day, with the time and the offset from UTC where they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub time: Option<TimeOfDay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    pub hour: u8,
    pub minute: u8,
    pub second: Option<u8>,
    /// Minutes east of UTC; absent if the source names no zone.
    pub offset_minutes: Option<i16>,
}

impl Moment {
    /// The day, if the calendar has it.
    pub fn day(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day, time: None })
    }

    /// Minutes since 1970 in UTC, for comparing; a time without a zone counts as UTC.
    pub fn minutes(&self) -> i64 {
        let of_day = self.time.map_or(0, |time| {
            i64::from(time.hour) * 60 + i64::from(time.minute)
                - i64::from(time.offset_minutes.unwrap_or(0))
        });
        days_since_epoch(self.year, self.month, self.day) * 1440 + of_day
    }

    /// The same instant as clocks show it that many minutes east of UTC; absent where no
    /// time is known.
    pub fn at_offset(&self, minutes_east: i16) -> Option<Self> {
        let second = self.time?.second;
        let mut there = from_epoch((self.minutes() + i64::from(minutes_east)) * 60)?;
        let time = there.time.as_mut()?;
        (time.second, time.offset_minutes) = (second, Some(minutes_east));
        Some(there)
    }
}

/// ISO 8601, as precise as the value.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(formatter, "T{:02}:{:02}", time.hour, time.minute)?;
        if let Some(second) = time.second {
            write!(formatter, ":{second:02}")?;
        }
        match time.offset_minutes {
            None => Ok(()),
            Some(0) => formatter.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let offset = offset.unsigned_abs();
                write!(formatter, "{sign}{:02}:{:02}", offset / 60, offset % 60)
            }
        }
    }
}

/// The first date in `text`, which may hold other words. Of a long text only
/// the start is read. An all-figure date whose day and month could change places
/// is read day first, unless `month_first`.
pub fn find_moment(text: &str, month_first: bool) -> Option<Moment> {
    let text = &text[..text.floor_char_boundary(READ_BYTES)];
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z')) {
        return compact(text);
    }
    if let Some(count) = text.trim().strip_prefix("/Date(") {
        return in_script(count);
    }
    let folded = fold(text);
    YEAR_FIRST
        .captures(&folded)
        .and_then(|found| year_first(&folded, &found))
        .or_else(|| in_words(&folded))
        .or_else(|| year_last(&folded))
        .or_else(|| {
            FIGURES.captures(&folded).and_then(|found| figures(&folded, &found, month_first))
        })
}

const READ_BYTES: usize = 240;

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9])((?:1[6-9]|20)\d\d)\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?:日|일|[^0-9]|$)",
    )
});

static COMPACT_ISO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?$"));

static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9])(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-/.]{0,3}(?:de |of |d['’])?(\p{L}[\p{L}\p{M}]{2,14})[\s\-/.,]{1,3}(?:de |del |พ\.ศ\. ?)?((?:1[6-9]|2[05])\d\d)",
    )
});

static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(\p{L}[\p{L}\p{M}]{2,14})[\s.\-]{1,3}(\d{1,2})(?:st|nd|rd|th)?[\s,.\-]{1,3}((?:1[6-9]|20)\d\d)",
    )
});

/// "Mon May 06 07:08:09 UTC 2024": as Unix and Java print dates.
static YEAR_LAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b([a-z]{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d(?: (?:[a-z]{3,4}|[+-]\d{4}))?) ((?:19|20)\d\d)\b",
    )
});

static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9])(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?([./\-])\s?((?:19|20)\d\d|\d\d)(?:[^0-9]|$)",
    )
});

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:오전|오후|上午|下午|午前|午後)\s?)?(\d{1,2})(?:[:.h]|\s?[시时時点點]\s?)(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([ap]\.?m\b\.?)?\s*(?:(?:(?:utc|gmt)([+-]\d\d?)|([+-]\d\d)):?(\d\d)?|(z|utc|gmt)\b|([ecmp][sd]t|bst|cest|cet|ist|eest|eet|msk|sast|pkt|wib|wita|hkt|sgt|jst|kst|aest|aedt|nzst|nzdt)\b|([+-]\d):(\d\d))?",
    )
});

static DATE_GOES_ON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[./-]\d"));

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is well-formed")
}

fn fold(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            // Arabic-Indic, Persian, Devanagari, Bengali and fullwidth digits.
            '\u{660}'..='\u{669}' => digit(character, '\u{660}'),
            '\u{6f0}'..='\u{6f9}' => digit(character, '\u{6f0}'),
            '\u{966}'..='\u{96f}' => digit(character, '\u{966}'),
            '\u{9e6}'..='\u{9ef}' => digit(character, '\u{9e6}'),
            '\u{ff10}'..='\u{ff19}' => digit(character, '\u{ff10}'),
            '\u{a0}' | '\u{202f}' | '\u{3000}' => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            _ => character,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

fn digit(character: char, zero: char) -> char {
    char::from(b'0' + (character as u32 - zero as u32) as u8)
}

/// Digits alone: a compact ISO date, or seconds or milliseconds since 1970.
fn compact(text: &str) -> Option<Moment> {
    if let Some(found) = COMPACT_ISO.captures(text) {
        let mut moment = day_of(&found, 1, 2, 3)?;
        if let (Some(hour), Some(minute)) = (number(&found, 4), number(&found, 5)) {
            moment.time = time_of_day(hour, minute, number(&found, 6), found.get(7).map(|_| 0));
        }
        return Some(moment);
    }
    let count: i64 = text.parse().ok()?;
    match text.len() {
        9..=10 => from_epoch(count),
        13 => from_epoch(count / 1000),
        _ => None,
    }
}

/// "/Date(1714979289000+0200)/": milliseconds since 1970, and an offset that changes nothing, as
/// Microsoft's scripts write dates.
fn in_script(text: &str) -> Option<Moment> {
    let sign = text.starts_with('-');
    let figures = text.trim_start_matches('-');
    let end = figures.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = figures[..end].parse().ok()?;
    from_epoch((if sign { -count } else { count }).div_euclid(1000))
}

/// From the year 1000 to the end of 9999, in seconds since 1970.
const YEARS_OF_FOUR_FIGURES: std::ops::Range<i64> = -30_610_224_000..253_402_300_800;

/// In UTC, of seconds since 1970; `None` outside the calendar's years.
pub fn from_epoch(seconds: i64) -> Option<Moment> {
    if !YEARS_OF_FOUR_FIGURES.contains(&seconds) {
        return None;
    }
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let mut moment = Moment::day(year, month, day)?;
    moment.time = time_of_day(
        (rest / 3600) as u16,
        (rest / 60 % 60) as u16,
        Some((rest % 60) as u16),
        Some(0),
    );
    Some(moment)
}

fn year_first(text: &str, found: &Captures<'_>) -> Option<Moment> {
    let mut moment = day_of(found, 1, 2, 3)?;
    let end = found.get(3)?.end();
    moment.time = clock(&text[end..]);
    Some(moment)
}

fn in_words(text: &str) -> Option<Moment> {
    let day_month = DAY_MONTH.captures_iter(text).find_map(|found| {
        let month = month_named(found.get(2)?.as_str())?;
        let day = number(&found, 1)?;
        Some((
            Moment::day(gregorian(number(&found, 3)?, &found[2])?, month, u8::try_from(day).ok()?)?,
            found.get(0)?.range(),
        ))
    });
    let (mut moment, range) = day_month.or_else(|| {
        MONTH_DAY.captures_iter(text).find_map(|found| {
            let month = month_named(found.get(1)?.as_str())?;
            let day = number(&found, 2)?;
            Some((
                Moment::day(number(&found, 3)?, month, u8::try_from(day).ok()?)?,
                found.get(0)?.range(),
            ))
        })
    })?;
    moment.time = clock(&text[range.end..]).or_else(|| clock_before(&text[..range.start]));
    Some(moment)
}

/// Thai counts years from the Buddha's death; nobody else writes of the 26th century.
fn gregorian(year: u16, month: &str) -> Option<u16> {
    match (year, month.contains(is_thai)) {
        (2500.., true) => Some(year - 543),
        (2500.., false) => None,
        _ => Some(year),
    }
}

fn is_thai(character: char) -> bool {
    ('\u{e00}'..='\u{e7f}').contains(&character)
}

fn year_last(text: &str) -> Option<Moment> {
    let found = YEAR_LAST.captures(text)?;
    let day = u8::try_from(number(&found, 2)?).ok()?;
    let mut moment = Moment::day(number(&found, 4)?, month_named(&found[1])?, day)?;
    moment.time = clock(&found[3]);
    Some(moment)
}

fn figures(text: &str, found: &Captures<'_>, month_first: bool) -> Option<Moment> {
    let (first, second) = (number(found, 1)?, number(found, 3)?);
    let year = number(found, 5)?;
    // "8.6/10" is a mark out of ten.
    if found[2] != found[4] {
        return None;
    }
    let year = if year < 100 { 2000 + year } else { year };
    // A full stop between the figures is a European habit: the day comes first.
    let month_first = month_first && &found[2] != ".";
    let (day, month) = match (first, second) {
        (13.., _) => (first, second),
        (_, 13..) => (second, first),
        _ if month_first => (second, first),
        _ => (first, second),
    };
    let mut moment = Moment::day(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    moment.time = clock(&text[found.get(5)?.end()..])
        .or_else(|| clock_before(&text[..found.get(1)?.start()]));
    Some(moment)
}

/// A time of day close behind a date.
fn clock(rest: &str) -> Option<TimeOfDay> {
    let found = CLOCK.captures(rest)?;
    let whole = found.get(0)?.range();
    // "24.05" of "2024.05.03" and of "24.05.2024" is part of another date.
    let is_of_date = rest[..whole.start].ends_with(|c: char| c.is_ascii_digit())
        || DATE_GOES_ON.is_match(&rest[whole.end..]);
    (whole.start <= 12 && !is_of_date).then(|| time_of(&found)).flatten()
}

/// A time of day close before a date: "10:15 a.m. on May 6".
fn clock_before(before: &str) -> Option<TimeOfDay> {
    let start = before.floor_char_boundary(before.len().saturating_sub(24));
    let found = CLOCK.captures(&before[start..])?;
    time_of(&found)
}

fn time_of(found: &Captures<'_>) -> Option<TimeOfDay> {
    let mut hour = number(found, 1)?;
    if let Some(half) = found.get(4) {
        hour = match (half.as_str().starts_with('p'), hour) {
            (_, 13..) | (_, 0) => return None,
            (true, 12) => 12,
            (true, _) => hour + 12,
            (false, 12) => 0,
            (false, _) => hour,
        };
    }
    // Halves of the day that stand before the hour; "午後0時30分" is half past twelve.
    if found[0].starts_with(['오', '上', '下', '午']) {
        let is_afternoon = ["오후", "下午", "午後"].iter().any(|half| found[0].starts_with(half));
        hour = match (is_afternoon, hour) {
            (true, ..12) => hour + 12,
            (false, 12) => 0,
            _ => hour,
        };
    }
    let hours = [5, 6, 10].into_iter().find_map(|group| found.get(group));
    let offset = if let Some(hours) = hours {
        let (sign, hours) = hours.as_str().split_at(1);
        let minutes = number(found, 7).or(number(found, 11)).unwrap_or(0);
        if minutes >= 60 {
            return None;
        }
        let minutes = hours.parse::<i16>().ok()? * 60 + minutes as i16;
        Some(if sign == "-" { -minutes } else { minutes })
    } else if found.get(8).is_some() {
        Some(0)
    } else {
        found.get(9).and_then(|zone| zone_offset(zone.as_str()))
    };
    time_of_day(hour, number(found, 2)?, number(found, 3), offset)
}

/// Abbreviations that mean one thing in a news byline; "ist" does not.
fn zone_offset(zone: &str) -> Option<i16> {
    Some(match zone {
        "edt" => -240,
        "est" | "cdt" => -300,
        "cst" | "mdt" => -360,
        "mst" | "pdt" => -420,
        "pst" => -480,
        "bst" | "cet" => 60,
        "cest" | "eet" | "sast" => 120,
        "eest" | "msk" => 180,
        "pkt" => 300,
        "wib" => 420,
        "wita" | "hkt" | "sgt" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        _ => return None,
    })
}

fn time_of_day(
    hour: u16,
    minute: u16,
    second: Option<u16>,
    offset_minutes: Option<i16>,
) -> Option<TimeOfDay> {
    let fits = hour < 24
        && minute < 60
        && second.is_none_or(|second| second < 61)
        && offset_minutes.is_none_or(|offset| offset.abs() <= 14 * 60);
    fits.then_some(TimeOfDay {
        hour: hour as u8,
        minute: minute as u8,
        second: second.map(|second| second.min(59) as u8),
        offset_minutes,
    })
}

fn day_of(found: &Captures<'_>, year: usize, month: usize, day: usize) -> Option<Moment> {
    let month = u8::try_from(number(found, month)?).ok()?;
    let day = u8::try_from(number(found, day)?).ok()?;
    Moment::day(number(found, year)?, month, day)
}

fn number(found: &Captures<'_>, group: usize) -> Option<u16> {
    found.get(group)?.as_str().parse().ok()
}

/// The month of a lower-case name or abbreviation, in the languages of [`MONTHS`].
pub fn month_named(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.');
    let names = |index: usize| MONTHS[index].split(' ');
    if let Some(index) = (0..12).find(|&index| names(index).any(|name| name == word)) {
        return Some(index as u8 + 1);
    }
    // Abbreviations and case endings: "sept", "janv", "января" of "январь".
    if word.chars().count() < 3 {
        return None;
    }
    let mut fitting = (0..12).filter(|&index| names(index).any(|name| name.starts_with(word)));
    match (fitting.next(), fitting.next()) {
        (Some(index), None) => Some(index as u8 + 1),
        _ => None,
    }
}

/// Month names, January first: English, German, French, Spanish, Portuguese,
/// Italian, Dutch, Scandinavian, Finnish, Polish, Czech, Russian, Ukrainian,
/// Romanian, Hungarian, Turkish, Indonesian, Croatian, Greek, Arabic, Persian
/// transcriptions, Hindi, Hebrew, Thai.
const MONTHS: [&str; 12] = [
    "january januar januari janvier enero janeiro gennaio tammikuuta tammikuu stycznia styczeń ledna leden января январь січня ianuarie január ocak siječnja ιανουαρίου ιανουάριος يناير جانفي ژانویه जनवरी ינואר בינואר jänner gener มกราคม",
    "february februar februari février fevrier febrero fevereiro febbraio helmikuuta helmikuu lutego luty února únor февраля февраль лютого februarie február şubat veljače φεβρουαρίου فبراير فوریه फ़रवरी फरवरी פברואר בפברואר feber febrer กุมภาพันธ์",
    "march mar märz maerz mars marzo março marco maart marts maaliskuuta maaliskuu marca marzec března březen марта март березня martie március mart maret ožujka μαρτίου مارس मार्च מרץ במרץ març mrz มีนาคม",
    "april avril abril aprile huhtikuuta huhtikuu kwietnia kwiecień dubna duben апреля апрель квітня aprilie április nisan travnja απριλίου أبريل ابريل آوریل अप्रैल אפריל באפריל เมษายน",
    "may mai mayo maio maggio mei maj toukokuuta toukokuu maja května květen мая май травня május mayıs svibnja μαΐου μαίου مايو مه मई מאי במאי maig พฤษภาคม",
    "june juni juin junio junho giugno kesäkuuta kesäkuu czerwca czerwiec června červen июня июнь червня iunie június haziran lipnja ιουνίου يونيو ژوئن जून יוני ביוני juny มิถุนายน",
    "july juli juillet julio julho luglio heinäkuuta heinäkuu lipca lipiec července červenec июля июль липня srpnja iulie július temmuz srpnja ιουλίου يوليو ژوئیه जुलाई יולי ביולי juliol กรกฎาคม",
    "august août aout agosto augustus elokuuta elokuu sierpnia sierpień srpna srpen августа август серпня augusztus ağustos agustus kolovoza αυγούστου أغسطس اغسطس اوت अगस्त אוגוסט באוגוסט agost สิงหาคม",
    "september septembre septiembre setembro settembre syyskuuta syyskuu września wrzesień září сентября сентябрь вересня septembrie szeptember eylül rujna σεπτεμβρίου سبتمبر سپتامبر सितंबर ספטמבר בספטמבר setembre กันยายน",
    "october oktober octobre octubre outubro ottobre lokakuuta lokakuu października październik října říjen октября октябрь жовтня octombrie október ekim οκτωβρίου أكتوبر اكتوبر اکتبر अक्टूबर אוקטובר באוקטובר okt ตุลาคม",
    "november novembre noviembre novembro marraskuuta marraskuu listopada listopad ноября ноябрь листопада noiembrie kasım studenoga νοεμβρίου نوفمبر نوامبر नवंबर נובמבר בנובמבר พฤศจิกายน",
    "december dezember décembre decembre diciembre dezembro dicembre desember joulukuuta joulukuu grudnia grudzień prosince prosinec декабря декабрь грудня decembrie aralık prosinca δεκεμβρίου ديسمبر دسامبر दिसंबर דצמבר בדצמבר desembre ธันวาคม",
];

/// Days since 1970-01-01 of a day of the Gregorian calendar.
fn days_since_epoch(year: u16, month: u8, day: u8) -> i64 {
    let shifted = i64::from(year) - i64::from(month <= 2);
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year =
        (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01.
fn civil(days: i64) -> (u16, u8, u8) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as u16, month as u8, day as u8)
}
