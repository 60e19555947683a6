//! From an article to the bytes of its enriched message.

use copydesk::article::{Article, ClueSource, Flag};
use copydesk::edit::{Proposal, RuleId};
use copydesk::error::EncodeError;
use copydesk::passage::Passage;
use copydesk::settings::OutputSettings;
use copydesk::stage::{RejectReason, Verdict};
use copydesk::tags::{
    DuplicateOf, Entity, Fingerprints, Inference, InferenceSource, Notice, NoticeKind, Publisher,
    Quote, Readability, Subject, Tags,
};
use copydesk::wire::enriched::{Encoder, Enriched};
use copydesk::wire::raw::RawArticle;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{decode, schema};

const MOJIBAKE: RuleId = RuleId("repair.characters.mojibake");
const NEWSLETTER: RuleId = RuleId("boilerplate.promo.newsletter_box");

fn encode(raw: &RawArticle, verdict: Verdict) -> String {
    let bytes = Encoder::new(OutputSettings::default()).encode(raw, verdict).expect("it is small");
    schema::assert_enriched(&bytes);
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn span_of(text: &str, part: &str) -> std::ops::Range<usize> {
    let start = text.find(part).expect("the part is there");
    start..start + part.len()
}

fn full_article() -> RawArticle {
    let mut raw = decode(
        "{\"id\":\"a1\",\"url\":\"https://news.example/ferry\",\
         \"fetched_at\":\"2024-05-06T08:00:12Z\",\"crawl\":{\"depth\": 1.50},\"tags\":[ ],\
         \"text\":\"😀 The cafÃ© on the quay is open.\\nSign up for our newsletter\\nThe end…\"}",
    )
    .expect("a sound message");
    let article = &mut raw.article;
    article.apply(vec![
        Proposal::edit(MOJIBAKE, span_of(article.text(), "Ã©"), "é", 0.987_654_3),
        Proposal::removal(NEWSLETTER, span_of(article.text(), "Sign up for our newsletter\n"), 0.9),
    ]);
    article.flag(Flag::Truncated);
    let mut headline = Passage::new("CafÃ© open | The Harbour Post");
    let span = span_of(headline.text(), " | The Harbour Post");
    headline.apply(vec![
        Proposal::edit(MOJIBAKE, span_of(headline.text(), "Ã©"), "é", 1.0),
        Proposal::removal(RuleId("boilerplate.headline.site_name"), span, 0.8),
    ]);
    article.tags = Tags {
        headline: Some(headline),
        alternative_headline: Some(Passage::new("On the quay")),
        authors: vec!["Ada Example".into(), "Bo Sample".into()],
        publisher: Publisher {
            name: Some("The Harbour Post".into()),
            domain: Some("news.example".into()),
        },
        section: Some("Local".into()),
        dateline: Some("HARBOUR TOWN".into()),
        date_published: Some("2024-05-06T07:30:00+02:00".into()),
        date_modified: Some("2024-05-07".into()),
        language: Some("en".into()),
        headline_language: Some("fr".into()),
        people: vec![],
        organisations: vec![],
        places: vec![Entity {
            name: "The café".into(),
            role: None,
            mentions: vec![span_of(article.text(), "The café"), span_of(article.text(), "The end")],
            salience: 0.5,
            confidence: 0.75,
        }],
        notices: vec![Notice {
            kind: NoticeKind::EditorsNote,
            text: "Editor's note: names have been changed.".into(),
            date: None,
        }],
        quotes: vec![Quote {
            span: span_of(article.text(), "The end"),
            speaker: Some("Ada Example".into()),
            named: Some(span_of(article.text(), "The café")),
            cue: None,
            confidence: 0.93,
        }],
        keywords: vec!["café".into()],
        subjects: vec![Subject {
            name: "lifestyle and leisure",
            uri: "medtop:10000000",
            confidence: 0.95,
        }],
        abstract_text: Some("A café is open.".into()),
        minutes_to_read: Some(1),
        readability: Some(Readability { lix: 31.5, flesch: None }),
        credit: Some("AFP".into()),
        quality: None,
        duplicate_of: Some(DuplicateOf { id: "a0".into(), similarity: 0.875 }),
        word_count: 9,
        fingerprints: Some(Fingerprints {
            sha256: [0xab; 32],
            simhash64: 0x0123_4567_89ab_cdef,
            minhash: vec![7, u32::MAX],
        }),
        inferences: vec![
            Inference {
                field: "headline",
                source: InferenceSource::Clue(ClueSource::JsonLd),
                method: "agreement_of_sources",
                confidence: 0.9,
            },
            Inference {
                field: "inLanguage",
                source: InferenceSource::Body,
                method: "letter_sequences",
                confidence: 1.0,
            },
        ],
    };
    raw
}

/// The digest changes with every rule; its own test holds it.
fn without_ruleset(message: &str) -> String {
    let digest = message.split_once("\"ruleset\":\"").expect("has a digest").1;
    message.replace(&digest[..64], "…")
}

#[test]
fn a_full_message_looks_like_this() {
    let message = encode(&full_article(), Verdict::Keep);
    let expected = concat!(
        r#"{"id":"a1","url":"https://news.example/ferry","headline":"Café open","#,
        r#""alternativeHeadline":"On the quay","author":["Ada Example","Bo Sample"],"#,
        r#""publisher":{"name":"The Harbour Post","domain":"news.example"},"#,
        r#""articleSection":"Local","dateline":"HARBOUR TOWN","#,
        r#""datePublished":"2024-05-06T07:30:00+02:00","dateModified":"2024-05-07","#,
        r#""inLanguage":"en","headlineLanguage":"fr","abstract":"A café is open.","creditText":"AFP","#,
        r#""articleBody":"😀 The café on the quay is open.\nThe end…","wordCount":9,"#,
        r#""timeRequired":"PT1M","readability":{"lix":31.5},"subjects":[{"#,
        r#""name":"lifestyle and leisure","uri":"medtop:10000000","confidence":0.95}],"#,
        r#""keywords":["café"],"#,
        r#""people":[],"organisations":[],"places":[{"name":"The café","#,
        r#""mentions":[[2,10],[32,39]],"count":2,"salience":0.5,"confidence":0.75}],"#,
        r#""correction":[{"kind":"editors_note","#,
        r#""text":"Editor's note: names have been changed."}],"#,
        r#""quotes":[{"text":"The end","start":32,"end":39,"speaker":"Ada Example","#,
        r#""speakerAs":"The café","confidence":0.93}],"#,
        r#""fingerprints":{"sha256":"abababababababababababababababababababababababababababababababab","#,
        r#""simhash64":"0123456789abcdef","minhash":[7,4294967295]},"#,
        r#""duplicateOf":{"id":"a0","similarity":0.875},"quality":{"flags":["truncated"]},"#,
        r#""removals":[{"rule":"boilerplate.promo.newsletter_box","start":33,"#,
        r#""text":"Sign up for our newsletter\n","confidence":0.9},"#,
        r#"{"rule":"boilerplate.headline.site_name","start":10,"#,
        r#""text":" | The Harbour Post","confidence":0.8,"field":"headline"}],"#,
        r#""edits":[{"rule":"repair.characters.mojibake","start":9,"end":11,"#,
        r#""before":"Ã©","after":"é","confidence":0.988},"#,
        r#"{"rule":"repair.characters.mojibake","start":3,"end":5,"#,
        r#""before":"Ã©","after":"é","confidence":1.0,"field":"headline"}],"#,
        r#""provenance":{"version":"0.1.0","ruleset":"…","#,
        r#""charset":{"name":"UTF-8","source":"valid_utf8"},"#,
        r#""fetchedAt":"2024-05-06T08:00:12Z","inferred":["#,
        r#"{"field":"headline","source":"json_ld","method":"agreement_of_sources","confidence":0.9},"#,
        r#"{"field":"inLanguage","source":"body","method":"letter_sequences","confidence":1.0}]},"#,
        r#""verdict":"keep","input":{"crawl":{"depth": 1.50},"tags":[ ]}}"#,
    )
    .replace("0.1.0", env!("CARGO_PKG_VERSION"));
    assert_eq!(without_ruleset(&message), expected);
}

#[test]
fn a_bare_message_leaves_out_what_is_not_known() {
    let raw = decode(r#"{"id":"a1","text":""}"#).expect("a sound message");
    let message = encode(&raw, Verdict::Reject(RejectReason::Empty));
    let expected = concat!(
        r#"{"id":"a1","author":[],"articleBody":"","wordCount":0,"subjects":[],"keywords":[],"people":[],"organisations":[],"places":[],"correction":[],"#,
        r#""quotes":[],"quality":{"flags":[]},"removals":[],"edits":[],"#,
        r#""provenance":{"version":"0.1.0","ruleset":"…","#,
        r#""charset":{"name":"UTF-8","source":"valid_utf8"},"inferred":[]},"#,
        r#""verdict":"rejected","rejectReason":"empty"}"#,
    )
    .replace("0.1.0", env!("CARGO_PKG_VERSION"));
    assert_eq!(without_ruleset(&message), expected);
}

#[test]
fn a_message_read_and_written_again_is_the_same() {
    let message = encode(&full_article(), Verdict::Keep);
    let read: Enriched = serde_json::from_str(&message).expect("is a message");
    assert_eq!(serde_json::to_string(&read).expect("has a JSON form"), message);
    assert_eq!(
        read.original_body().expect("the log fits"),
        "😀 The cafÃ© on the quay is open.\nSign up for our newsletter\nThe end…"
    );
}

#[test]
fn the_ruleset_digest_is_over_version_and_rules() {
    use sha2::{Digest, Sha256};
    let message = encode(&full_article(), Verdict::Keep);
    let read: Enriched = serde_json::from_str(&message).expect("is a message");
    let mut listing = env!("CARGO_PKG_VERSION").to_owned();
    let tag = copydesk::stages::tag::RULES.iter().map(ToString::to_string);
    let methods = copydesk::stages::tag::METHODS.iter().map(ToString::to_string);
    let rules = copydesk::stages::rules().map(|rule| rule.to_string());
    for rule in rules.chain(tag).chain(methods) {
        listing = format!("{listing}\n{rule}");
    }
    let digest: String = Sha256::digest(listing).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(read.provenance.ruleset, digest);
}

fn within(max_bytes: usize) -> Encoder {
    Encoder::new(OutputSettings { max_bytes, ..OutputSettings::default() })
}

#[test]
fn a_message_over_the_limit_goes_without_its_largest_lists_and_says_so() {
    let mut raw = full_article();
    let fingerprints = raw.article.tags.fingerprints.as_mut().expect("it has some");
    fingerprints.minhash = (1_000..1_128).collect();
    let whole = encode(&raw, Verdict::Keep);
    let bytes = whole.len();
    let fits = within(bytes).encode(&raw, Verdict::Keep).expect("it is just as large");
    assert_eq!(String::from_utf8(fits).expect("JSON is UTF-8"), whole);

    let mut omitted: Vec<String> = Vec::new();
    let mut smaller = bytes - 1;
    while let Ok(message) = within(smaller).encode(&raw, Verdict::Keep) {
        assert!(message.len() <= smaller);
        schema::assert_enriched(&message);
        let read: Enriched = serde_json::from_slice(&message).expect("is a message");
        assert_eq!(read.article_body, raw.article.text());
        let sizes: Vec<usize> = read.provenance.omitted.iter().map(|it| it.bytes).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
        let fields: Vec<String> =
            read.provenance.omitted.iter().map(|it| it.field.to_string()).collect();
        assert!(fields.starts_with(&omitted), "what is gone stays gone: {fields:?}");
        let gone = |name: &str| fields.iter().any(|field| field == name);
        assert_eq!(read.edits.is_empty(), gone("edits"));
        assert_eq!(read.removals.is_empty(), gone("removals"));
        assert_eq!(
            read.fingerprints.expect("has some").minhash.is_empty(),
            gone("fingerprints.minhash")
        );
        omitted = fields;
        smaller = message.len() - 1;
    }
    omitted.sort();
    assert_eq!(omitted, ["edits", "fingerprints.minhash", "removals"]);
    // What is left is the article. It is not cut short.
    assert_eq!(
        within(smaller).encode(&raw, Verdict::Keep),
        Err(EncodeError::TooLarge { bytes, limit: smaller })
    );
}

#[test]
fn the_original_cannot_be_had_from_a_message_without_its_edits() {
    let raw = full_article();
    let whole = encode(&raw, Verdict::Keep);
    let read: Enriched = serde_json::from_str(&whole).expect("is a message");
    let original = raw.article.body().original().expect("the log holds");
    assert_eq!(read.original_body().expect("all is there"), original);
    let least = within(whole.len() - 1).encode(&raw, Verdict::Keep).expect("lists go");
    let read: Enriched = serde_json::from_slice(&least).expect("is a message");
    assert!(read.provenance.omitted.iter().any(|it| it.field != "fingerprints.minhash"));
    assert!(read.original_body().is_err());
}

#[test]
fn key_and_headers_count_towards_what_the_topic_takes() {
    let raw = full_article();
    let bytes = encode(&raw, Verdict::Keep).len();
    let encoder = within(usize::MAX).within(bytes + 100);
    let omitted = |others| {
        let message = encoder.encode_beside(others, &raw, Verdict::Keep).expect("lists go");
        let read: Enriched = serde_json::from_slice(&message).expect("is a message");
        read.provenance.omitted.len()
    };
    assert_eq!((omitted(100), omitted(101)), (0, 1));
}

#[test]
fn a_message_bears_headers_to_route_by() {
    let raw = full_article();
    let headers = |verdict| -> Vec<String> {
        let headers = Encoder::new(OutputSettings::default()).headers(&raw, verdict);
        let text = |value: Option<Vec<u8>>| String::from_utf8(value.unwrap_or_default());
        headers
            .into_iter()
            .map(|(name, value)| format!("{name}: {}", text(value).expect("is UTF-8")))
            .collect()
    };
    let version = concat!("copydesk-version: ", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        headers(Verdict::Keep),
        ["content-type: application/json", "copydesk-id: a1", version, "copydesk-verdict: keep"]
    );
    assert_eq!(
        headers(Verdict::Reject(RejectReason::Empty))[3],
        "copydesk-verdict: rejected empty"
    );
}

#[test]
fn a_log_that_does_not_fit_is_found_out() {
    let message = encode(&full_article(), Verdict::Keep);
    for (found, replaced) in [
        ("\"start\":9,", "\"start\":8,"),
        ("\"start\":33,", "\"start\":3300,"),
        ("\"after\":\"é\"", "\"after\":\"è\""),
    ] {
        let broken = message.replacen(found, replaced, 1);
        assert_ne!(broken, message);
        let read: Enriched = serde_json::from_str(&broken).expect("is a message");
        assert!(read.original_body().is_err(), "{replaced}");
    }
}

/// Rounds of proposals, each (place, length, replacement, is it a removal).
fn rounds() -> impl Strategy<Value = Vec<Vec<(Index, usize, String, bool)>>> {
    let proposal = (any::<Index>(), 0usize..6, "[aé😀\n]{0,3}", any::<bool>());
    proptest::collection::vec(proptest::collection::vec(proposal, 0..6), 0..4)
}

proptest! {
    #[test]
    fn the_original_body_can_be_had_back_from_the_message(
        text in "[a-cé😀Ж\n ]{0,40}",
        rounds in rounds(),
    ) {
        let message = serde_json::json!({ "id": "1", "text": text }).to_string();
        let mut raw = decode(message).expect("a sound message");
        for round in rounds {
            let article: &mut Article = &mut raw.article;
            let characters: Vec<usize> =
                article.text().char_indices().map(|(at, _)| at).chain([article.text().len()]).collect();
            let proposals = round.into_iter().map(|(place, length, after, is_removal)| {
                let start = place.index(characters.len());
                let end = (start + length).min(characters.len() - 1);
                let span = characters[start]..characters[end];
                if is_removal {
                    Proposal::removal(NEWSLETTER, span, 0.5)
                } else {
                    Proposal::edit(MOJIBAKE, span, after, 0.5)
                }
            });
            let proposals = proposals.collect();
            article.apply(proposals);
        }
        let message = encode(&raw, Verdict::Keep);
        let read: Enriched = serde_json::from_str(&message).expect("is a message");
        prop_assert_eq!(read.original_body().expect("the log fits"), text.as_str());
        for edit in &read.edits {
            let before: String = text.chars().skip(edit.start).take(edit.end - edit.start).collect();
            prop_assert_eq!(&before, &edit.before);
        }
        for removal in &read.removals {
            let length = removal.text.chars().count();
            let before: String = text.chars().skip(removal.start).take(length).collect();
            prop_assert_eq!(&before, &removal.text);
        }
    }
}
