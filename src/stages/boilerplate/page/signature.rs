//! How a line at the front of a page signs its article, in an element that is named for
//! nothing: "Posted on May 3, 2024 by Jane Doe in News", "Story and photos by Jane Doe",
//! "Jane Doe, Political Editor".
//!
//! Silent about "by Jane Doe" by itself, which may be of a book, unless a date is near.

use crate::text::calendar::find_moment;
use crate::text::words::is_ideographic;

/// A person's name, in bytes.
const LONGEST_NAME: usize = 60;
/// A line with a signature, in bytes.
const LONGEST_LINE: usize = 140;

/// The names that a line signs with, as it writes them, behind a date or with one.
pub fn signed(line: &str, is_behind_date: bool) -> Option<&str> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    parts(line)
        .find_map(|part| {
            said(part)
                .or_else(|| with_office(part))
                .or_else(|| by(part, || is_behind_date || is_dated(line)))
        })
        .or_else(|| in_chinese(line))
}

/// A name beside a date in one line: "Jane Doe | May 6", in any order.
pub fn beside_date(line: &str, is_date: impl Fn(&str) -> bool) -> Option<&str> {
    let is_dated = line.len() <= LONGEST_LINE && parts(line).any(&is_date);
    is_dated.then(|| parts(line).find(|part| is_shaped_like_name(part))).flatten()
}

/// Two to four words of letters, each with a capital: "Jane van Doe" is not told here.
pub fn is_shaped_like_name(text: &str) -> bool {
    let is_of_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            && word.chars().any(char::is_lowercase)
    };
    let is_initial = |word: &str| word.chars().count() == 2 && word.ends_with('.');
    text.len() <= LONGEST_NAME
        && (2..=4).contains(&text.split_whitespace().count())
        && text.split_whitespace().all(|word| is_of_name(word) || is_initial(word))
}

fn is_dated(line: &str) -> bool {
    line.bytes().any(|byte| byte.is_ascii_digit()) && find_moment(line, true).is_some()
}

fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split(['|', '•', '·']).flat_map(|part| part.split(" – ")).map(str::trim)
}

/// What says that a name follows which is the author's, whatever stands near.
const SAYING: [&str; 31] = [
    "author:",
    "written by",
    "words by",
    "words:",
    "story by",
    "story and photos by",
    "story and photography by",
    "photos and story by",
    "text by",
    "text and photos by",
    "text and photos:",
    "words and pictures by",
    "words and photos by",
    "autor:",
    "autorin:",
    "auteur :",
    "auteur:",
    "autora:",
    "texte :",
    "texto:",
    "testo:",
    "tekst:",
    "text:",
    "reporter:",
    "penulis:",
    "yazar:",
    "muhabir:",
    "kirjoittaja:",
    "teksti:",
    "Автор:",
    "Текст:",
];

fn said(part: &str) -> Option<&str> {
    let rest = SAYING.iter().find_map(|says| {
        let begin = part.get(..says.len())?;
        begin.eq_ignore_ascii_case(says).then(|| &part[says.len()..])
    })?;
    names(rest.trim_start_matches(':'))
}

/// "by Jane Doe in News" → "Jane Doe".
fn by(part: &str, is_dated: impl Fn() -> bool) -> Option<&str> {
    const WORDS: [&str; 6] = [" by ", " von ", " par ", " por ", " di ", " door "];
    let folded = part.to_ascii_lowercase();
    let (start, rest) = WORDS.iter().find_map(|word| {
        if folded.starts_with(word.trim_start()) {
            return Some((0, &part[word.len() - 1..]));
        }
        let at = folded.find(word)?;
        Some((at, &part[at + word.len()..]))
    })?;
    let is_ended = start == 0 && [" in", " on"].iter().any(|end| rest.ends_with(end));
    let names = names(rest)?;
    (is_ended || is_dated()).then_some(names)
}

/// "Jane Doe, Political Editor" → "Jane Doe".
fn with_office(part: &str) -> Option<&str> {
    const OFFICES: [&str; 12] = [
        "editor",
        "reporter",
        "correspondent",
        "writer",
        "columnist",
        "journalist",
        "critic",
        "redakteur",
        "redakteurin",
        "korrespondent",
        "korrespondentin",
        "journaliste",
    ];
    let (name, office) = part.split_once(", ")?;
    let last = office.split_whitespace().last()?.to_lowercase();
    let is_office = office.split_whitespace().count() <= 4 && OFFICES.contains(&last.as_str());
    (is_office && is_shaped_like_name(name)).then_some(name)
}

/// The names that `rest` begins with, up to what is told else.
fn names(rest: &str) -> Option<&str> {
    let rest = rest.trim();
    let ends = [" in ", " on ", " for ", " at "].iter().filter_map(|end| rest.find(end));
    let rest = rest[..ends.min().unwrap_or(rest.len())].trim();
    let rest = [" in", " on", " -", " –", " —"]
        .iter()
        .find_map(|end| rest.strip_suffix(end))
        .unwrap_or(rest)
        .trim_end();
    let first = rest.split([',', '&']).next().unwrap_or(rest);
    let first = first.split(" and ").next().unwrap_or(first).trim();
    let is_capitals = (2..=3).contains(&first.split(' ').count())
        && first.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '.' | '-' | '\''));
    (is_shaped_like_name(first) || is_capitals).then_some(rest)
}

/// "来源：海港日报 作者：李明" → "李明".
fn in_chinese(line: &str) -> Option<&str> {
    let behind = ["作者", "记者", "記者"].iter().find_map(|label| {
        let at = line.find(label)? + label.len();
        // "责任编辑" and "通讯员" are others; a label is parted from what it is of.
        line[at..].starts_with([':', '：', ' ', '\u{3000}']).then(|| &line[at..])
    })?;
    let name = behind.trim_start_matches([':', '：', ' ', '\u{3000}']);
    let end = name.find(|c: char| !is_ideographic(c)).unwrap_or(name.len());
    (2..=4).contains(&name[..end].chars().count()).then_some(&name[..end])
}
