//! The news agency that an article is from: `creditText`.
//!
//! A dateline says it ("KIEL (dpa) - …", "(Reuters) — …"), as does a byline that is an
//! agency's name, and a last line ("© AFP", "With material from dpa", "dpa-infocom").
//! An article that only tells of an agency ("Reuters reported") has no credit.

use std::sync::LazyLock;

use regex::Regex;

use super::outlets;
use crate::article::{Article, Fact};
use crate::tags::{InferenceSource, Tags};

pub fn tag(article: &Article, tags: &mut Tags) {
    let found = article
        .evidence
        .of(Fact::Author)
        .find_map(|clue| {
            let name = of_byline(clue.value.text())?;
            Some((name, InferenceSource::Clue(clue.source), "agency_byline", 0.95))
        })
        .or_else(|| {
            let first = article.blocks().first()?;
            let text = article.block_text(first);
            let head = &text[..text.floor_char_boundary(DATELINE_BYTES)];
            let name = DATELINE.captures(head)?.get(1)?.as_str();
            Some((written(name)?, InferenceSource::Body, "agency_dateline", 0.95))
        })
        .or_else(|| {
            let last = article.blocks().last()?;
            let text = article.block_text(last);
            let name =
                (text.len() <= CREDIT_BYTES).then(|| CREDIT.captures(text))??.get(1)?.as_str();
            Some((written(name)?, InferenceSource::Body, "agency_credit_line", 0.9))
        })
        .or_else(|| {
            let removed = article.body().log().changes().iter().rev().take(LAST_CHANGES);
            let mut lines = removed.filter(|change| change.after.is_empty()).flat_map(|change| {
                change.before.lines().map(str::trim).filter(|line| line.len() <= CREDIT_BYTES)
            });
            let name = lines.find_map(|line| Some(CREDIT.captures(line)?.get(1)?.as_str()))?;
            let source = InferenceSource::Clue(crate::article::ClueSource::VisibleText);
            Some((written(name)?, source, "agency_credit_line", 0.8))
        });
    if let Some((name, source, method, confidence)) = found {
        tags.credit = Some(name.to_owned());
        tags.infer("creditText", source, method, confidence);
    }
}

const DATELINE_BYTES: usize = 120;
const CREDIT_BYTES: usize = 120;
/// How many of the last removals may hold a credit line.
const LAST_CHANGES: usize = 12;

/// The agencies' names as they write them, by the forms that credits have.
const AGENCIES: [(&str, &str); 44] = [
    ("reuters", "Reuters"),
    ("thomsonreuters", "Reuters"),
    ("ap", "AP"),
    ("associatedpress", "AP"),
    ("apnews", "AP"),
    ("afp", "AFP"),
    ("agencefrancepresse", "AFP"),
    ("dpa", "dpa"),
    ("dpainfocom", "dpa"),
    ("deutschepresseagentur", "dpa"),
    ("efe", "EFE"),
    ("agenciaefe", "EFE"),
    ("ansa", "ANSA"),
    ("adnkronos", "Adnkronos"),
    ("apa", "APA"),
    ("upi", "UPI"),
    ("pressassociation", "PA Media"),
    ("pamedia", "PA Media"),
    ("tass", "TASS"),
    ("interfax", "Interfax"),
    ("xinhua", "Xinhua"),
    ("pti", "PTI"),
    ("ani", "ANI"),
    ("ians", "IANS"),
    ("aap", "AAP"),
    ("kyodo", "Kyodo"),
    ("jiji", "Jiji"),
    ("jijipress", "Jiji"),
    ("yonhap", "Yonhap"),
    ("belga", "Belga"),
    ("anp", "ANP"),
    ("ntb", "NTB"),
    ("tt", "TT"),
    ("ritzau", "Ritzau"),
    ("stt", "STT"),
    ("lusa", "Lusa"),
    ("sid", "SID"),
    ("kna", "KNA"),
    ("epd", "epd"),
    ("bloomberg", "Bloomberg"),
    ("canadianpress", "The Canadian Press"),
    ("ukrinform", "Ukrinform"),
    ("anadolu", "Anadolu"),
    ("anadoluagency", "Anadolu"),
];

fn written(name: &str) -> Option<&'static str> {
    // "dpa/epd", "Reuters/AP": the first.
    let name = name.split(['/', ',', ';']).next()?;
    let key = outlets::key(name);
    AGENCIES.iter().find(|(form, _)| *form == key).map(|(_, written)| *written)
}

/// Of a byline that is an agency's name, or ends with it: "By Ada Quill, Reuters".
fn of_byline(byline: &str) -> Option<&'static str> {
    let parts = byline.split([',', '|', '/', ';', '(', ')']).map(str::trim);
    parts.filter(|part| !part.is_empty()).find_map(|part| {
        let name = part.strip_prefix("By ").or_else(|| part.strip_prefix("by ")).unwrap_or(part);
        written(name).filter(|_| name.len() <= 40)
    })
}

/// "WELLINGTON, May 6 (Reuters) -", "(AFP) -", "Kiel (dpa/lno) -".
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\p{Lu}[^()\n]{0,60})?\(([\p{L} /]{2,24})\)\s*(?:[-–—:]|\.\s?-)")
        .expect("the pattern is well-formed")
});

/// "© AFP", "© dpa-infocom, dpa:240506", "(Reuters)", "Mit Material von dpa", "Source: AP".
static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W{0,3}(?:©|\(c\)|copyright|source|quelle|fuente|fonte|bron|credit|with (?:reporting|material|files|information|agencies) (?:from|by)|",
        r"mit material (?:von|der)|avec|con información de|con informazioni di|reporting by)\s*:?\s*(?:\d{4}\s+)?(?:the )?",
        r"([\p{L}][\p{L} \-]{1,24}?)(?:[,.;|/)\d:]|\s\d|\s*$)",
    ))
    .expect("the pattern is well-formed")
});
