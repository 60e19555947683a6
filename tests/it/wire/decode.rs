//! From the bytes of a message to an article.

use copydesk::article::{ClueSource, Fact, Flag};
use copydesk::settings::InputSettings;
use copydesk::wire::raw::{Decoder, RawArticle};

use super::{decode, decode_with};

const PAGE: &str = "<!doctype html><title>Ferry back</title><p>The ferry is back.</p>";

fn statements(raw: &RawArticle, fact: Fact) -> Vec<&str> {
    let clues = raw.article.evidence.of(fact);
    clues.filter(|clue| clue.source == ClueSource::Message).map(|clue| clue.value.text()).collect()
}

fn passthrough(raw: &RawArticle) -> String {
    let fields: Vec<String> =
        raw.passthrough.iter().map(|(name, value)| format!("{name}={}", value.get())).collect();
    fields.join(" ")
}

#[test]
fn a_json_message_gives_its_fields() {
    let raw = decode(
        r#"{"id":"a1","url":" https://news.example/ferry ","title":"Ferry back",
            "text":"The ferry is back.\nIt was missed.","author":["Ada Example","Bo Sample"],
            "published_at":1714980612,"fetched_at":"2024-05-06T08:00:12Z",
            "source":{"id":"hp","name":"The Harbour Post"},"language":"en"}"#,
    )
    .expect("a sound message");
    assert_eq!(raw.article.id, "a1");
    assert_eq!(raw.article.url.as_deref(), Some("https://news.example/ferry"));
    assert_eq!(raw.article.text(), "The ferry is back.\nIt was missed.");
    assert_eq!(raw.article.html, None);
    assert_eq!(raw.article.blocks().len(), 2);
    assert_eq!(statements(&raw, Fact::Title), ["Ferry back"]);
    assert_eq!(statements(&raw, Fact::Author), ["Ada Example", "Bo Sample"]);
    assert_eq!(statements(&raw, Fact::Published), ["1714980612"]);
    assert_eq!(statements(&raw, Fact::Publisher), ["The Harbour Post"]);
    assert_eq!(statements(&raw, Fact::Language), ["en"]);
    assert_eq!(raw.fetched_at.as_deref(), Some("2024-05-06T08:00:12Z"));
    assert_eq!(passthrough(&raw), "");
    assert!(raw.article.flags.is_empty());
}

#[test]
fn unknown_fields_are_kept_as_they_were_written() {
    let raw = decode(
        r#"{"z":1.0e+2,"text":"x","big":123456789012345678901234567890,"s":"\u00e9\/","o":{ "b":1,
"a":[ ] },"n":null}"#,
    )
    .expect("a sound message");
    assert_eq!(
        passthrough(&raw),
        "z=1.0e+2 big=123456789012345678901234567890 s=\"\\u00e9\\/\" o={ \"b\":1,\n\"a\":[ ] } n=null"
    );
}

#[test]
fn of_duplicate_fields_the_last_counts() {
    let raw = decode(r#"{"a":1,"text":"first","b":2,"a":3,"text":"last"}"#).expect("is sound");
    assert_eq!(raw.article.text(), "last");
    assert_eq!(passthrough(&raw), "a=3 b=2");
}

#[test]
fn fields_that_are_not_used_are_passed_on_unless_they_are_bodies() {
    let raw = decode(r#"{"html":"<p>Page</p>","text":"Flat","title":["",{"x":1}],"author":null}"#)
        .expect("a sound message");
    assert_eq!(raw.article.html.as_deref(), Some("<p>Page</p>"));
    assert_eq!(passthrough(&raw), r#"title=["",{"x":1}] author=null"#);
    assert_eq!(statements(&raw, Fact::Title), [""; 0]);
}

#[test]
fn fields_are_found_by_name_and_by_pointer_in_the_order_of_the_settings() {
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let decoder = Decoder::new(InputSettings {
        id: names(&["key", "/meta/ids/1"]),
        text: names(&["/doc/a~1b", "/doc/plain", "flat"]),
        title: names(&["/doc/~0title/rendered"]),
        ..InputSettings::default()
    });
    let message = r#"{"key":null,"meta":{"ids":[7,42]},"flat":"no",
        "doc":{"a/b":null,"plain":"yes","~title":{"rendered":"Ferry"}}}"#;
    let raw = decoder.decode(message.as_bytes(), &Vec::new()).expect("a sound message");
    assert_eq!(raw.article.id, "42");
    assert_eq!(raw.article.text(), "yes");
    assert_eq!(statements(&raw, Fact::Title), ["Ferry"]);
    let kept: Vec<&str> = raw.passthrough.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(kept, ["key", "meta", "doc"]);
}

#[test]
fn numeric_ids_are_taken_as_they_were_written() {
    for id in ["0", "-1", "1.50", "12345678901234567890", "1e400"] {
        let raw = decode(format!(r#"{{"id":{id},"text":"x"}}"#)).expect("is sound");
        assert_eq!(raw.article.id, id);
    }
}

#[test]
fn an_id_is_derived_from_address_and_content() {
    let id = |message: &str| decode(message).expect("is sound").article.id;
    let first = id(r#"{"url":"https://news.example/a","text":"one"}"#);
    assert_eq!(first.len(), 32);
    assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(first, id(r#"{"x":1,"text":"one","id":" ","url":"https://news.example/a"}"#));
    assert_ne!(first, id(r#"{"url":"https://news.example/b","text":"one"}"#));
    assert_ne!(first, id(r#"{"url":"https://news.example/a","text":"two"}"#));
    // The derivation is part of the format: it may not change between versions.
    assert_eq!(first, "625b097ff10a2f43c6f95cc33a46a82c");
}

#[test]
fn a_blank_body_field_gives_way_to_one_with_text() {
    let text = |message: &str| decode(message).expect("is sound").article.text().to_owned();
    assert_eq!(text(r#"{"html":" \n","text":"real"}"#), "real");
    assert_eq!(text(r#"{"text":"","body":"real"}"#), "real");
    // Blank all over: an article without text, which is for a stage to reject.
    assert_eq!(text(r#"{"text":""}"#), "");
    assert_eq!(text(r#"{"html":"","text":" "}"#), " ");
}

#[test]
fn a_body_is_a_page_or_text_by_what_it_holds() {
    let is_page = |field: &str, body: &str| {
        let message = serde_json::json!({ field: body }).to_string();
        decode(message).expect("is sound").article.html.is_some()
    };
    assert!(is_page("html", "<p>Page</p>"));
    assert!(is_page("html", "Salt &amp; vinegar"));
    for flat in ["Flat text, 3 < 5 & so on", "AT&T; R&D", "a <b but no end", "x<y>z&nbsp"] {
        assert_eq!(is_page("html", flat), flat == "x<y>z&nbsp", "{flat}");
    }
    assert!(is_page("text", PAGE));
    assert!(is_page("text", "\n <!-- saved --> <HTML lang=en><body>x"));
    assert!(is_page("text", "<p class=lead>Piece of a page</p>"));
    assert!(!is_page("text", "<Reuters> - flat text"));
    assert!(!is_page("text", "Flat text with <b>bold</b> in it"));
}

#[test]
fn raw_bodies_are_told_apart_by_header_and_by_their_start() {
    let html = |headers: &[(&str, &str)], body: &str| {
        decode_with(headers, body.as_bytes()).expect("is sound").article.html
    };
    assert_eq!(html(&[], PAGE).as_deref(), Some(PAGE));
    assert_eq!(html(&[("content-type", "text/plain")], PAGE).as_deref(), Some(PAGE));
    assert_eq!(html(&[], "[Updated at noon] The ferry is back."), None);
    assert_eq!(html(&[], "\"Back at last,\" she said."), None);
    let fragment = "The <b>ferry</b> is back.";
    assert_eq!(
        html(&[("Content-Type", "Text/HTML; charset=utf-8")], fragment).as_deref(),
        Some(fragment)
    );
    assert_eq!(html(&[("content-type", "text/plain")], fragment), None);
    let json = r#"{"text":"x","id":"1"}"#;
    for kind in ["application/json", "application/vnd.news+json; charset=utf-8", "text/plain"] {
        let raw = decode_with(&[("content-type", kind)], json.as_bytes()).expect("is sound");
        assert_eq!(raw.article.id, "1");
    }
}

#[test]
fn packed_payloads_are_unpacked() {
    use std::io::Write;
    let json = br#"{"id":"1","text":"The ferry is back."}"#;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(json).expect("memory takes all");
    let gzip = gzip.finish().expect("memory takes all");
    let zstd = zstd::encode_all(&json[..], 3).expect("memory takes all");
    let both = zstd::encode_all(&gzip[..], 3).expect("memory takes all");
    for (encoding, payload) in [
        ("gzip", &gzip[..]),
        ("GZip", &gzip),
        ("x-gzip", &gzip),
        ("zstd", &zstd),
        ("gzip, zstd", &both),
        ("identity", json),
        ("", json),
    ] {
        let raw = decode_with(&[("Content-Encoding", encoding)], payload).expect(encoding);
        assert_eq!(raw.article.text(), "The ferry is back.", "{encoding}");
    }
}

#[test]
fn half_a_surrogate_pair_is_replaced_and_flagged() {
    let raw =
        decode(r#"{"text":"a\ud83db\ude00c\uD83D\uDE00\\ud800","id":"1"}"#).expect("is sound");
    assert_eq!(raw.article.text(), "a\u{fffd}b\u{fffd}c\u{1f600}\\ud800");
    assert_eq!(raw.article.flags, [Flag::LossyDecoding]);
    let raw = decode(r#"{"title":"\ud800","\udc00":1,"text":"x"}"#).expect("is sound");
    assert_eq!(statements(&raw, Fact::Title), ["\u{fffd}"]);
    assert_eq!(passthrough(&raw), "\u{fffd}=1");
    // A field that nobody reads is nobody's loss.
    let raw = decode(r#"{"other":"\ud800","text":"x"}"#).expect("is sound");
    assert_eq!(passthrough(&raw), r#"other="\ud800""#);
    assert!(raw.article.flags.is_empty());
}
