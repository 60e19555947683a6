//! A site's name behind (or before) a title:
//! "Talks end in a standoff – Daily Example" → "Talks end in a standoff".
//!
//! Silent where the tail could be part of the headline: "Virus is airborne – WHO"
//! credits a statement, "Budget row – minister resigns" is one headline.

use std::ops::Range;

use super::outlets;
use crate::edit::{Proposal, RuleId};
use crate::text::words::is_ideographic;

pub const RULE: RuleId = RuleId("tag.headline.site_suffix");

/// What is known about the site before its name is looked for in a title.
pub struct Site<'a> {
    pub names: Vec<&'a str>,
    /// The name in its registrable domain: "example" of "example.co.uk".
    pub domain_name: Option<&'a str>,
    pub section: Option<&'a str>,
    /// The other titles that the page gives itself.
    pub titles: Vec<&'a str>,
    pub body: &'a str,
}

/// The site's name as a title gives it, and what is to be cut for it.
#[derive(Debug, PartialEq)]
pub struct Cut {
    pub span: Range<usize>,
    pub name: Range<usize>,
    pub confidence: f32,
}

impl Cut {
    pub fn proposal(&self) -> Proposal {
        Proposal::removal(RULE, self.span.clone(), self.confidence)
    }
}

/// Finds the part of `title` that names the site. A section that stands between
/// title and site goes with it.
pub fn find(title: &str, site: &Site<'_>) -> Option<Cut> {
    behind_other_title(title, site)
        .or_else(|| without_blanks(title))
        .or_else(|| at_end(title, site))
        .or_else(|| at_start(title, site))
}

/// What stands behind another of the page's titles, whatever separates the two:
/// "Brücke gesperrt, Tageszeitung Beispiel, 6.5.2024", "다리 폐쇄-정치ㅣ한국신문".
fn behind_other_title(title: &str, site: &Site<'_>) -> Option<Cut> {
    site.titles.iter().find_map(|other| {
        let rest = title.strip_prefix(other.trim())?;
        let name = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let separated = !rest.starts_with(char::is_alphanumeric) && rest.len() > name.len();
        let names = site.names.iter().any(|site_name| {
            let key = outlets::key(site_name);
            key.chars().count() >= 2 && outlets::key(name).contains(&key)
        });
        let head_words = other.split_whitespace().count();
        let is_tail = separated && names && head_words >= 2 && name.chars().count() <= 60;
        is_tail.then(|| Cut {
            span: other.trim().len()..title.len(),
            name: title.len() - name.len()..title.len(),
            confidence: 0.95,
        })
    })
}

/// Whether a title is the name of the site, by its address, where the page has a longer one.
pub fn is_of_site(title: &str, site: &Site<'_>) -> bool {
    let count = |title: &str| title.split_whitespace().count();
    count(title) <= MOST_WORDS_OF_NAME
        && names_site(title, site)
        && site.titles.iter().any(|other| count(other) > MOST_WORDS_OF_NAME)
}

const MOST_WORDS_OF_NAME: usize = 4;

/// "标题_新闻中心_某某网", "标题-某某网": scripts that part no words part no names either. A line
/// below stands in no headline; behind a hyphen the name must end like one.
fn without_blanks(title: &str) -> Option<Cut> {
    const ENDS: [&str; 12] = [
        "网",
        "網",
        "报",
        "報",
        "新闻",
        "新聞",
        "在线",
        "频道",
        "頻道",
        "电视台",
        "周刊",
        "客户端",
    ];
    const MARKS: [char; 5] = ['-', '－', '—', '|', '｜'];
    let is_between = |character: char| character == ' ' || MARKS.contains(&character);
    let underscore = title.find('_').filter(|at| title[at + 1..].split('_').all(is_han_name));
    let hyphen = || {
        let at = title.rfind(MARKS)?;
        let name = title[at..].trim_start_matches(is_between);
        (is_han_name(name) && ENDS.iter().any(|end| name.ends_with(end))).then_some(at)
    };
    let start = underscore.or_else(hyphen)?;
    let head = title[..start].trim_end_matches(is_between);
    let is_title = head.chars().filter(|&c| is_ideographic(c)).count() >= SHORTEST_HAN_TITLE;
    let name = title.trim_end_matches(|c| c != '_' && !is_between(c)).len();
    is_title.then_some(Cut {
        span: head.len()..title.len(),
        name: name..title.len(),
        confidence: 0.9,
    })
}

const SHORTEST_HAN_TITLE: usize = 6;
const LONGEST_HAN_NAME: usize = 10;

fn is_han_name(name: &str) -> bool {
    let name = name.trim();
    (2..=LONGEST_HAN_NAME).contains(&name.chars().count()) && name.chars().all(is_ideographic)
}

fn at_end(title: &str, site: &Site<'_>) -> Option<Cut> {
    let separator = *separators(title).last()?;
    let head = title[..separator.start].trim_end();
    let name = trimmed(title, separator.end..title.len());
    let confidence = confidence(head, &title[name.clone()], separator, site)?;
    let mut start = head.len();
    // "Title | Politics | Daily Example"
    if let Some(inner) = separators(head).last() {
        let tail = head[inner.end..].trim();
        let is_section =
            site.section.is_some_and(|section| outlets::key(section) == outlets::key(tail))
                || site.names.iter().any(|name| outlets::same(name, tail))
                || (inner.strong && separator.strong && tail.split_whitespace().count() <= 2);
        let rest = head[..inner.start].trim_end();
        if is_section && rest.split_whitespace().count() >= 2 {
            start = rest.len();
        }
    }
    (start > 0).then_some(Cut { span: start..title.len(), name, confidence })
}

fn at_start(title: &str, site: &Site<'_>) -> Option<Cut> {
    let separator = *separators(title).first()?;
    let name = trimmed(title, 0..separator.start);
    let rest = title[separator.end..].trim_start();
    let start_of_rest = title.len() - rest.len();
    let text = &title[name.clone()];
    // A kicker stands before a colon, and a visible title is often without it.
    let known = names_site(text, site) || (separator.strong && is_other_title(rest, site));
    (known && !rest.is_empty() && text.split_whitespace().count() <= 5).then_some(Cut {
        span: 0..start_of_rest,
        name,
        confidence: 0.95,
    })
}

/// How sure it is that `tail` is the site's; absent if it is not sure enough.
fn confidence(head: &str, tail: &str, separator: Separator, site: &Site<'_>) -> Option<f32> {
    let (head_words, tail_words) =
        (head.split_whitespace().count(), tail.split_whitespace().count());
    if head_words == 0 || tail_words == 0 || tail.len() > 80 {
        return None;
    }
    if names_site(tail, site) {
        return Some(0.98);
    }
    if tail_words <= 6 && is_other_title(head, site) {
        return Some(0.95);
    }
    if head_words < 3 || tail_words > 5 {
        return None;
    }
    if outlets::reads_like_outlet(tail) {
        return Some(0.9);
    }
    if separator.strong && tail_words <= 4 && head_words >= 4 {
        return Some(0.8);
    }
    (is_capitals(tail)
        && tail.chars().count() >= 5
        && !is_capitals(head)
        && site.body.contains(tail))
    .then_some(0.7)
}

fn names_site(text: &str, site: &Site<'_>) -> bool {
    let key = outlets::key(text);
    !key.is_empty()
        && (site.names.iter().any(|name| outlets::same(name, text))
            || site.domain_name.is_some_and(|name| {
                outlets::is_named_by(text, name) && key.chars().count() <= 2 * name.len() + 12
            }))
}

fn is_other_title(text: &str, site: &Site<'_>) -> bool {
    let key = outlets::key(text);
    key.chars().count() >= 8 && site.titles.iter().any(|title| outlets::key(title) == key)
}

fn is_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Separator {
    start: usize,
    end: usize,
    /// Never punctuation of a sentence.
    strong: bool,
}

/// The separators in a title that stand between blanks.
fn separators(title: &str) -> Vec<Separator> {
    let mut found = Vec::new();
    let mut before_is_blank = true;
    for (at, character) in title.char_indices() {
        let strong = matches!(character, '|' | '»' | '«' | '•' | '·' | '›' | '｜' | '∣' | '⋆');
        let weak = matches!(character, '-' | '–' | '—' | '―' | ':' | '/' | '<' | '>' | '~');
        let end = at + character.len_utf8();
        let after_is_blank = title[end..].chars().next().is_none_or(char::is_whitespace);
        let fits = match character {
            '|' | '｜' => true,
            ':' => after_is_blank || title[..at].ends_with(':'),
            '—' => true,
            _ => before_is_blank && after_is_blank,
        };
        if (strong || weak) && fits && at > 0 {
            found.push(Separator { start: at, end, strong });
        }
        before_is_blank = character.is_whitespace();
    }
    // "Site :: Title": the two are one.
    found.dedup_by(|next, first| {
        let joined = first.end == next.start;
        if joined {
            first.end = next.end;
            first.strong = true;
        }
        joined
    });
    found
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inner = &text[span.clone()];
    let start = span.start + inner.len() - inner.trim_start().len();
    start..start + inner.trim().len()
}
