//! What no article can be made of, each with a reason of its own.

use std::io::Write;

use base64::Engine;
use copydesk::desk::Outcome;
use copydesk::error::{DecodeError, Error};
use copydesk::settings::{InputSettings, OutputSettings};
use copydesk::stage::Verdict;
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::Decoder;
use proptest::prelude::*;

use super::{decode, decode_with, headers_of};

fn reason(error: DecodeError) -> &'static str {
    Error::from(error).reason()
}

fn refused(payload: impl AsRef<[u8]>) -> &'static str {
    reason(decode(payload).expect_err("should be refused"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

#[test]
fn each_fault_has_its_reason() {
    let nested = |depth: usize| {
        format!(r#"{{"text":"x","deep":{}{}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    let table: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "empty_payload"),
        (b" \r\n\t ".to_vec(), "empty_payload"),
        (b"\xef\xbb\xbf".to_vec(), "empty_payload"),
        (b"{".to_vec(), "not_json"),
        (br#"{"text":"x""#.to_vec(), "not_json"),
        (br#"{"text":"x"} {"text":"y"}"#.to_vec(), "not_json"),
        (br#"{"text":'x'}"#.to_vec(), "not_json"),
        (b"{\"text\":\"a\nb\"}".to_vec(), "not_json"),
        (br#"{"text":"\x"}"#.to_vec(), "not_json"),
        (b"null".to_vec(), "not_an_object"),
        (b" [] ".to_vec(), "not_an_object"),
        (br#"[{"text":"x"}]"#.to_vec(), "not_an_object"),
        (b"{}".to_vec(), "missing_body"),
        (br#"{"title":"x"}"#.to_vec(), "missing_body"),
        (br#"{"html":null,"text":null,"body":null}"#.to_vec(), "missing_body"),
        (br#"{"body":1}"#.to_vec(), "wrong_type"),
        (br#"{"html":["<p>"]}"#.to_vec(), "wrong_type"),
        (br#"{"text":"x","url":{}}"#.to_vec(), "wrong_type"),
        (br#"{"text":"x","id":true}"#.to_vec(), "wrong_type"),
        (nested(10_000).into_bytes(), "too_deep"),
        (nested(64).into_bytes(), "too_deep"),
        ("[".repeat(10_000).into_bytes(), "too_deep"),
        (b"The ferry\0is back.".to_vec(), "not_text"),
        (b"{\"text\":\"a\0b\"}".to_vec(), "not_text"),
        (b"\x00\x00\x00\x00\x07\x02\x0cferry".to_vec(), "not_text"),
        (b"\xff\xfe\x00\x00T\x00\x00\x00".to_vec(), "not_text"),
        (b"\x83\x01\x02\x9d\xf5\x03\x04\x81\x05\x06".to_vec(), "not_text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec(), "wrong_media"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "wrong_media"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "wrong_media"),
        (b"GIF89a\x01\0\x01\0".to_vec(), "wrong_media"),
        (b"PK\x03\x04\x14\0".to_vec(), "wrong_media"),
        (gzip(b"{}"), "wrong_media"),
    ];
    for (payload, expected) in table {
        let shown = String::from_utf8_lossy(&payload[..payload.len().min(40)]).into_owned();
        assert_eq!(refused(&payload), expected, "{shown:?}");
    }
}

/// Beginnings of files, long enough to be known for what they are.
const FILES: [&[u8]; 9] = [
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages>>\nendobj\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0\x08\x06\0\0\0\x1f\xf3\xff\x61\0\0\0\x04gAMA\0\0\xb1\x8f\x0b\xfc\x61\x05",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x48\0\x48\0\0\xff\xdb\0\x43\0\x08\x06\x06\x07\x06\x05\x08\x07\x07\x07\x09\x09\x08\x0a\x0c",
    b"\xff\xd8\xff\xe1\x1c\x45Exif\0\0\x4d\x4d\0\x2a\0\0\0\x08\0\x07\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\x01\x1a\0\x05\0\0\0",
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0\x21\xf9\x04\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b\0\0\0\0\0\0",
    b"RIFF\x24\x10\0\0WEBPVP8 \x18\x10\0\0\x30\x66\0\x9d\x01\x2a\x40\x01\xf0\0\x3e\x6d\x2e\x93\x46\xa4\x22\xa1\xa1\x28\x08\0\x80\x0d\0",
    b"PK\x03\x04\x14\0\x06\0\x08\0\0\0\x21\0\xdf\xa4\xd2\x6c\x5a\x01\0\0\x20\x05\0\0\x13\0\x08\x02[Content_Types].xml",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x4c\x4a\x06\0\xc2\x41\x24\x35\x03\0\0\0\x4b\x4c\x4a\x06\0\xc2\x41\x24\x35\x03\0\0\0\x4b\x4c\x4a\x06\0\xc2",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3e\0\x03\0\xfe\xff\x09\0\x06\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0",
];

/// Scrapers put what they fetched into a field, whatever it was, by way of whatever
/// their language makes of bytes.
#[test]
fn files_put_into_a_field_are_refused_and_their_message_is_kept() {
    let latin1 = |file: &[u8]| file.iter().map(|byte| char::from(*byte)).collect::<String>();
    let windows =
        |file: &[u8]| encoding_rs::WINDOWS_1252.decode_without_bom_handling(file).0.into_owned();
    let replaced = |file: &[u8]| String::from_utf8_lossy(file).into_owned();
    let base64 = |file: &[u8]| base64::engine::general_purpose::STANDARD.encode(file);
    let address = |file: &[u8]| format!("data:application/octet-stream;base64,{}", base64(file));
    let blank_first = |file: &[u8]| format!("\u{feff}\n {}", latin1(file));
    type Reading<'a> = &'a dyn Fn(&[u8]) -> String;
    let readings: [Reading; 6] = [&latin1, &windows, &replaced, &base64, &address, &blank_first];
    for file in FILES {
        for reading in readings {
            for field in ["html", "text"] {
                let message = serde_json::json!({ "id": "1", field: reading(file) }).to_string();
                let delivery = super::delivery(message.as_bytes(), Vec::new());
                let outcome = crate::articles::desk().edit(&delivery);
                let Outcome::DeadLetter { outbound, error } = outcome else {
                    panic!("{field} {:?} came to {outcome:?}", reading(file));
                };
                // Where bytes beyond ASCII made characters by accident, what is left
                // to see is that it is no text.
                let is_told = matches!(error.reason(), "wrong_media" | "not_text");
                assert!(is_told, "{error}: {field} {:?}", reading(file));
                assert_eq!(outbound.payload, delivery.payload);
            }
        }
        let whole = [b"\r\n", file].concat();
        assert_eq!(refused(&whole), "wrong_media");
        let html = &[("content-type", "text/html; charset=windows-1252")][..];
        let error = decode_with(html, file).expect_err("a content-type makes no page of it");
        assert_eq!(reason(error), "wrong_media");
    }
    let noise: String = (0..4000u32).map(|n| char::from((n * n * 7 % 251) as u8)).collect();
    assert_eq!(refused(serde_json::json!({ "html": noise }).to_string()), "not_text");
}

#[test]
fn texts_that_open_like_files_are_texts() {
    for text in [
        "GIF89a is the name of a format, and of a band from Kolvik.",
        "RIFF with words: the guitarist of Halvorsen on forty years of noise.",
        "PK scored twice on Sunday, and the referee looked away.",
        "%PDF is what the file began with, and nobody at the harbour could read it.",
        "JVBERi0 was written on the wall, and nobody knew why.",
        "data:image/png is how the address began, said the harbour master.",
        "ÿØÿ är inget ord, men så hette båten.",
        "The ferry\u{1}is\u{2}back\u{3} and \u{1b}[31mred\u{1b}[0m. \u{0}\u{4}",
        "Ð\u{9f}\u{97} Ñ\u{82}Ñ\u{83}Ñ\u{81}Ñ\u{82} Ñ\u{83}Ñ\u{8a} Ñ\u{87} Ð\u{9f} Ð\u{b0}Ð\u{bb}Ð\u{b5}.",
    ] {
        let raw = decode(serde_json::json!({ "text": text }).to_string()).expect(text);
        assert_eq!(raw.article.text(), text);
    }
}

#[test]
fn nesting_up_to_the_limit_is_taken_and_strings_do_not_nest() {
    let message = format!(
        r#"{{"text":"{}","quote":"\"[","deep":{}{}}}"#,
        "[{".repeat(10_000),
        "[".repeat(63),
        "]".repeat(63)
    );
    decode(message).expect("is sound");
    // Whatever the limit, depth costs memory on the heap and none on the stack.
    let decoder = Decoder::new(InputSettings { max_depth: usize::MAX, ..InputSettings::default() });
    let message = format!(
        r#"{{"text":"x","title":{}1{},"deep":{}{}}}"#,
        r#"{"name":"#.repeat(100_000),
        "}".repeat(100_000),
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let raw = decoder.decode(message.as_bytes(), &Vec::new()).expect("is sound");
    Encoder::new(OutputSettings::default()).encode(&raw, Verdict::Keep).expect("is small");
}

#[test]
fn what_is_declared_to_be_json_is_not_taken_for_text() {
    let json = &[("content-type", "application/json")][..];
    let refused = |body: &str| reason(decode_with(json, body.as_bytes()).expect_err("is no JSON"));
    assert_eq!(refused("The ferry is back."), "not_json");
    assert_eq!(refused("\"The ferry is back.\""), "not_an_object");
}

#[test]
fn errors_name_the_field_and_never_quote_the_article() {
    let error = decode(r#"{"text":{"secret":"x"}}"#).expect_err("is refused");
    assert_eq!(error.to_string(), r#"field "text" is an object, expected a string"#);
    let error = decode("{\"text\":\"x\",\n secret}").expect_err("is refused");
    assert_eq!(error.to_string(), "payload is not JSON: it breaks the syntax at line 2 column 2");
    let error =
        decode_with(&[("content-encoding", &"long".repeat(100))], b"{}").expect_err("is refused");
    assert!(error.to_string().len() < 120, "{error}");
}

#[test]
fn bad_packing_is_refused() {
    let packed = gzip(br#"{"text":"The ferry is back."}"#);
    let refused = |encoding: &str, payload: &[u8]| {
        reason(decode_with(&[("content-encoding", encoding)], payload).expect_err("bad packing"))
    };
    assert_eq!(refused("gzip", &packed[..packed.len() - 9]), "unpack_failed");
    assert_eq!(refused("gzip", &packed[..5]), "unpack_failed");
    assert_eq!(refused("gzip", br#"{"text":"not packed"}"#), "unpack_failed");
    assert_eq!(refused("zstd", &packed), "unpack_failed");
    let zstd = zstd::encode_all(&b"{}"[..], 3).expect("memory takes all");
    assert_eq!(refused("zstd", &zstd[..zstd.len() - 1]), "unpack_failed");
    assert_eq!(refused("br", &packed), "unknown_content_encoding");
    assert_eq!(refused("gzip,gzip,gzip,gzip,gzip", &packed), "unknown_content_encoding");
    assert_eq!(refused("gzip", &gzip(b"")), "empty_payload");
}

#[test]
fn a_payload_may_not_unpack_to_more_than_the_limit() {
    let limit = 1 << 20;
    let decoder = Decoder::new(InputSettings { max_bytes: limit, ..InputSettings::default() });
    let bomb = vec![b' '; 64 << 20];
    let layered = gzip(&gzip(&bomb));
    let zstd = zstd::encode_all(&bomb[..], 3).expect("memory takes all");
    for (encoding, payload) in [("gzip", gzip(&bomb)), ("zstd", zstd), ("gzip, gzip", layered)] {
        assert!(payload.len() < limit);
        assert_eq!(
            decoder.decode(&payload, &headers_of(&[("content-encoding", encoding)])).err(),
            Some(DecodeError::UnpacksTooLarge { limit }),
            "{encoding}"
        );
    }
}

#[test]
fn a_64_mb_body_is_refused_by_default_and_taken_where_the_limit_allows() {
    let message = format!(r#"{{"text":"{}"}}"#, "word ".repeat((64 << 20) / 5));
    assert_eq!(refused(&message), "too_large");
    let decoder = Decoder::new(InputSettings { max_bytes: 65 << 20, ..InputSettings::default() });
    let raw = decoder.decode(message.as_bytes(), &Vec::new()).expect("within the limit");
    assert_eq!(raw.article.text().len(), message.len() - 11);
}

proptest! {
    #[test]
    fn no_bytes_make_decode_panic(
        payload in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            r#"\{"(text|html|id|a)":("[\\a-z\u{d7ff}{}\[\]]{0,20}"|[0-9.eE+-]{0,8}|[\[\]{}]{0,9}),?.{0,20}\}"#
                .prop_map(String::into_bytes),
            r#"<?[a-z!]{0,8}[ >].{0,60}"#.prop_map(String::into_bytes),
        ],
        content_type in r#"(text/html|application/json|[a-z/;= ]{0,20})(; ?charset=[a-z0-9-]{0,12})?"#,
        content_encoding in prop_oneof![Just(""), Just("gzip"), Just("zstd"), Just("gzip,zstd"), Just("?")],
        marked in any::<bool>(),
    ) {
        let mut payload = payload;
        if marked {
            payload.splice(0..0, [0xff, 0xfe]);
        }
        let headers = [("content-type", &*content_type), ("content-encoding", content_encoding)];
        if let Ok(raw) = decode_with(&headers, &payload) {
            prop_assert!(!raw.article.id.is_empty());
        }
    }

    #[test]
    fn any_json_message_with_a_body_is_taken_whole(
        text in "\\PC{0,80}",
        name in "[a-z_]{1,9}x",
        number in any::<f64>().prop_filter("JSON has no NaN", |number| number.is_finite()),
    ) {
        let message = serde_json::json!({ "id": "1", &name: number, "body": text });
        let raw = decode(message.to_string()).expect("is sound");
        prop_assert_eq!(raw.article.html.as_deref().unwrap_or(raw.article.text()), text);
        prop_assert_eq!(raw.passthrough.len(), 1);
        prop_assert_eq!(raw.passthrough[0].1.get(), message[&name].to_string());
    }
}
