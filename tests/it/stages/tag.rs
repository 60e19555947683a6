//! Every tagged field against its fixture, `tests/rules/tag/<field>.toml`:
//!
//! ```toml
//! [[case]]
//! name = "what it shows"
//! url = "https://news.example/a"                # optional
//! text = "body"                                 # optional
//! clues = [["title", "og", "A title"]]          # optional: fact, source, value
//! expect = { headline = "A title" }             # fields that must be so
//! absent = ["alternativeHeadline"]              # fields that must not be there
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use copydesk::article::{Article, ClueSource, Fact};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::tag::{METHODS, RULES, Tag};
use serde::Deserialize;
use toml::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    url: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    clues: Vec<[String; 3]>,
    #[serde(default)]
    expect: BTreeMap<String, Value>,
    #[serde(default)]
    absent: Vec<String>,
}

fn fact(name: &str) -> Fact {
    match name {
        "title" => Fact::Title,
        "alternative_title" => Fact::AlternativeTitle,
        "author" => Fact::Author,
        "publisher" => Fact::Publisher,
        "section" => Fact::Section,
        "published" => Fact::Published,
        "modified" => Fact::Modified,
        "canonical_url" => Fact::CanonicalUrl,
        "language" => Fact::Language,
        "dateline" => Fact::Dateline,
        "notice" => Fact::Notice,
        "description" => Fact::Description,
        "page_type" => Fact::PageType,
        "fetched" => Fact::Fetched,
        _ => panic!("no such fact: {name}"),
    }
}

fn source(name: &str) -> ClueSource {
    match name {
        "message" => ClueSource::Message,
        "json_ld" => ClueSource::JsonLd,
        "microdata" => ClueSource::Microdata,
        "og" => ClueSource::OpenGraph,
        "meta" => ClueSource::Meta,
        "element" => ClueSource::Element,
        "visible" => ClueSource::VisibleText,
        "url" => ClueSource::Url,
        _ => panic!("no such source: {name}"),
    }
}

fn article_of(case: &Case) -> Article {
    let mut article = Article::from_text(case.text.as_str());
    article.url.clone_from(&case.url);
    for [about, from, value] in &case.clues {
        article.evidence.add(fact(about), source(from), value);
    }
    article
}

fn tagged(case: &Case) -> Article {
    let mut article = article_of(case);
    Tag.apply(&mut article, &Deadline::never());
    article
}

/// A field of the enriched message as the stage left it.
fn field(article: &Article, name: &str) -> Option<Value> {
    let tags = &article.tags;
    let text = |value: &Option<String>| value.clone().map(Value::String);
    let passage = |value: &Option<copydesk::passage::Passage>| {
        value.as_ref().map(|passage| Value::String(passage.text().to_owned()))
    };
    match name {
        "headline" => passage(&tags.headline),
        "alternativeHeadline" => passage(&tags.alternative_headline),
        "author" => (!tags.authors.is_empty())
            .then(|| Value::Array(tags.authors.iter().cloned().map(Value::String).collect())),
        "publisher.name" => text(&tags.publisher.name),
        "publisher.domain" => text(&tags.publisher.domain),
        "articleSection" => text(&tags.section),
        "dateline" => text(&tags.dateline),
        "datePublished" => text(&tags.date_published),
        "dateModified" => text(&tags.date_modified),
        "inLanguage" => text(&tags.language),
        "headlineLanguage" => text(&tags.headline_language),
        "people" => entities(&tags.people),
        "organisations" => entities(&tags.organisations),
        "places" => entities(&tags.places),
        "flags" => (!article.flags.is_empty()).then(|| {
            let flags = article.flags.iter().map(|flag| Value::String(flag.name().into()));
            Value::Array(flags.collect())
        }),
        "correction" => (!tags.notices.is_empty()).then(|| {
            let kinds = tags.notices.iter().map(|notice| format!("{:?}", notice.kind));
            Value::Array(kinds.map(Value::String).collect())
        }),
        "correction.text" => tags.notices.first().map(|notice| Value::String(notice.text.clone())),
        "correction.date" => tags.notices.first().and_then(|notice| text(&notice.date)),
        "quotes" => (!tags.quotes.is_empty()).then(|| {
            let speaker = |quote: &copydesk::tags::Quote| {
                format!(
                    "{}: {}",
                    quote.speaker.as_deref().unwrap_or("-"),
                    &article.text()[quote.span.clone()]
                )
            };
            Value::Array(tags.quotes.iter().map(speaker).map(Value::String).collect())
        }),
        "keywords" => (!tags.keywords.is_empty())
            .then(|| Value::Array(tags.keywords.iter().cloned().map(Value::String).collect())),
        "subjects" => (!tags.subjects.is_empty()).then(|| {
            let named = tags.subjects.iter().map(|subject| subject.uri.to_owned());
            Value::Array(named.map(Value::String).collect())
        }),
        "abstract" => text(&tags.abstract_text),
        "creditText" => text(&tags.credit),
        "timeRequired" => tags.minutes_to_read.map(|minutes| Value::Integer(minutes as i64)),
        "lix" => tags.readability.map(|it| Value::Integer(it.lix.round() as i64)),
        "flesch" => tags
            .readability
            .and_then(|it| it.flesch)
            .map(|flesch| Value::Integer(flesch.round() as i64)),
        "wordCount" => Some(Value::Integer(tags.word_count as i64)),
        _ => panic!("no such field: {name}"),
    }
}

/// "Ada Quill (mayor) ×2" of each.
fn entities(entities: &[copydesk::tags::Entity]) -> Option<Value> {
    let shown = entities.iter().map(|entity| {
        let role = entity.role.as_ref().map(|role| format!(" ({role})")).unwrap_or_default();
        Value::String(format!("{}{role} ×{}", entity.name, entity.mentions.len()))
    });
    (!entities.is_empty()).then(|| Value::Array(shown.collect()))
}

fn faults(case: &Case) -> Vec<String> {
    let article = tagged(case);
    let mut faults = Vec::new();
    for (name, expected) in &case.expect {
        let found = field(&article, name);
        if found.as_ref() != Some(expected) {
            faults.push(format!("{name}: expected {expected}, found {found:?}"));
        }
        let is_inferred = name.contains("correction.")
            || ["wordCount", "flags", "lix", "flesch"].contains(&name.as_str());
        if !is_inferred && !article.tags.inferences.iter().any(|line| line.field == name) {
            faults.push(format!("{name}: no line of provenance"));
        }
    }
    for name in &case.absent {
        if let Some(found) = field(&article, name) {
            faults.push(format!("{name}: expected none, found {found}"));
        }
    }
    if article.text() != case.text {
        faults.push("the body changed".into());
    }
    faults
}

#[test]
fn every_field_is_tagged_as_its_fixture_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/tag");
    let mut failures = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        files += 1;
        let source = std::fs::read_to_string(&path).unwrap();
        let fixture: Fixture =
            toml::from_str(&source).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &fixture.case {
            for fault in faults(case) {
                let file = path.file_stem().unwrap().to_string_lossy().into_owned();
                failures.push(format!("{file} / {}: {fault}", case.name));
            }
        }
    }
    assert!(files >= 8, "only {files} fixtures in {}", folder.display());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Mentions are where the name is written, whatever stands around it.
#[test]
fn mentions_are_spans_of_the_body() {
    let text = "“The café is open to all of us,” said Barack Obama (in Paris).\n\n\
                Obama’s aides left Paris early.";
    let article = article_with(&[], text);
    let spans = |entities: &[copydesk::tags::Entity]| -> Vec<String> {
        let mentions = entities.iter().flat_map(|entity| &entity.mentions);
        mentions.map(|span| article.text()[span.clone()].to_owned()).collect()
    };
    assert_eq!(spans(&article.tags.people), ["Barack Obama", "Obama"]);
    assert_eq!(spans(&article.tags.places), ["Paris", "Paris"]);
}

#[test]
fn what_the_article_is_about_comes_first() {
    let text = "The river in Paris rose. The bridges of Paris were closed, and all who had come \
                to Paris from Berlin went home.";
    let places = article_with(&[], text).tags.places;
    let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["Paris", "Berlin"]);
    assert!(places[0].salience > places[1].salience);
    assert!(places.iter().all(|place| (0.0..=1.0).contains(&place.salience)));
}

#[test]
fn sixty_languages_and_more_are_told() {
    let tags: BTreeSet<&str> = copydesk::stages::tag::language::model::LANGUAGES.tags().collect();
    assert!(tags.len() >= 100, "{}", tags.len());
    let one_each = [
        ("fr", "Le pont du port restera fermé jusqu'à la fin de l'été, a annoncé la ville lundi."),
        ("pt", "A ponte do porto ficará fechada até ao fim do verão, anunciou a câmara municipal."),
        (
            "gl",
            "A ponte do porto permanecerá pechada ata o final do verán, anunciou onte o concello.",
        ),
        ("uk", "Міст у порту буде закритий до кінця літа, повідомила міська влада у понеділок."),
        ("sr", "Мост у луци биће затворен до краја лета, саопштио је град у понедељак."),
        ("fa", "پل بندر تا پایان تابستان برای تعمیر بسته خواهد بود، شهرداری روز دوشنبه اعلام کرد."),
        ("mr", "बंदरातील पूल उन्हाळ्याच्या अखेरपर्यंत दुरुस्तीसाठी बंद राहील, असे शहराने सोमवारी सांगितले."),
        ("zh", "市政府周一宣布，港口大桥将关闭维修，直到夏天结束。"),
        ("vi", "Cây cầu ở cảng sẽ đóng cửa để sửa chữa cho đến hết mùa hè, thành phố cho biết."),
    ];
    for (language, text) in one_each {
        let tags = article_with(&[], text).tags;
        assert_eq!(tags.language.as_deref(), Some(language), "{text}");
    }
}

fn article_with(clues: &[(Fact, ClueSource, &str)], text: &str) -> Article {
    let mut article = Article::from_text(text);
    for (fact, source, value) in clues {
        article.evidence.add(*fact, *source, value);
    }
    Tag.apply(&mut article, &Deadline::never());
    article
}

#[test]
fn a_suffix_that_is_cut_stands_in_the_headlines_log() {
    let title = "Harbour bridge closes for repairs | Coast Courier";
    let clues = [
        (Fact::Title, ClueSource::Element, title),
        (Fact::Publisher, ClueSource::OpenGraph, "Coast Courier"),
    ];
    let article = article_with(&clues, "The bridge closed.");
    let headline = article.tags.headline.as_ref().unwrap();
    assert_eq!(headline.text(), "Harbour bridge closes for repairs");
    assert_eq!(headline.original().unwrap(), title);
    assert!(headline.log().changes().iter().all(|change| RULES.contains(&change.rule)));
}

#[test]
fn ten_titles_give_one_headline() {
    let titles: Vec<String> = (0..10).map(|n| format!("Story number {n} of the day")).collect();
    let clues: Vec<_> =
        titles.iter().map(|title| (Fact::Title, ClueSource::Meta, title.as_str())).collect();
    let article = article_with(&clues, "");
    assert_eq!(article.tags.headline.as_ref().unwrap().text(), "Story number 0 of the day");
}

#[test]
fn an_article_without_anything_gets_no_tags() {
    let article = article_with(&[], "");
    let tags = &article.tags;
    assert!(tags.headline.is_none() && tags.authors.is_empty() && tags.language.is_none());
    assert!(tags.date_published.is_none() && tags.notices.is_empty() && tags.word_count == 0);
    let fingerprints = tags.fingerprints.as_ref().unwrap();
    assert!(fingerprints.minhash.is_empty());
}

#[test]
fn fingerprints_of_a_near_copy_are_near() {
    let paragraphs: Vec<String> = (0..60)
        .map(|n| {
            format!("Paragraph {n} tells how crew {} mended the pier in week {}.", n * 7, n * 3)
        })
        .collect();
    let whole = paragraphs.join("\n\n");
    let shorter = paragraphs[..56].join("\n\n");
    let other: Vec<String> = (0..60)
        .map(|n| format!("In round {n} the away side scored {} goals at home.", n % 5))
        .collect();
    let of = |text: &str| article_with(&[], text).tags.fingerprints.unwrap();
    let (one, near, far) = (of(&whole), of(&shorter), of(&other.join("\n\n")));
    let equal = |a: &[u32], b: &[u32]| a.iter().zip(b).filter(|(x, y)| x == y).count();
    assert_eq!(one.minhash.len(), 112);
    assert!(equal(&one.minhash, &near.minhash) > 90, "{}", equal(&one.minhash, &near.minhash));
    assert!(equal(&one.minhash, &far.minhash) < 5);
    assert!((one.simhash64 ^ near.simhash64).count_ones() <= 8);
    assert!((one.simhash64 ^ far.simhash64).count_ones() > 14);
    assert_ne!(one.sha256, near.sha256);
}

#[test]
fn fingerprints_stay_what_they_are() {
    // Consumers store these: a change here is a change of the published format.
    let fingerprints =
        article_with(&[], "The quick tram passes the slow bus at noon.").tags.fingerprints.unwrap();
    let value = format!(
        "{:016x} {:08x} {:08x}",
        fingerprints.simhash64, fingerprints.minhash[0], fingerprints.minhash[111]
    );
    assert_eq!(value, "e99ae4d48b80a646 13a1809a 68fe230c");
}

#[test]
fn a_long_text_of_one_line_is_tagged_in_time() {
    let text = "BY A, B AND C — 12/12/2012, ".repeat(200_000);
    let clues = [
        (Fact::Title, ClueSource::Meta, text.as_str()),
        (Fact::Author, ClueSource::Meta, text.as_str()),
        (Fact::Published, ClueSource::Meta, text.as_str()),
        (Fact::Notice, ClueSource::VisibleText, text.as_str()),
    ];
    let article = article_with(&clues, &text);
    assert!(article.tags.headline.is_none());
    assert!(article.tags.authors.is_empty());
}

/// The digest of the rules is over these, so a method that is not listed would change
/// what articles say without changing it.
#[test]
fn every_conclusion_is_by_a_listed_method() {
    let mut used = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/tag");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("can be read").path();
        let source = std::fs::read_to_string(&path).expect("can be read");
        let fixture: Fixture = toml::from_str(&source).expect("is a fixture");
        for case in &fixture.case {
            let inferences = tagged(case).tags.inferences;
            used.extend(inferences.iter().map(|line| format!("{}.{}", line.field, line.method)));
        }
    }
    let listed: BTreeSet<String> = METHODS.iter().map(ToString::to_string).collect();
    let unlisted: Vec<_> = used.difference(&listed).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}
