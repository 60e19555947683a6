//! Which encoding a payload is read in, and what decides.

use copydesk::article::Flag;
use copydesk::text::charset::{CharsetEvidence, decode as decode_bytes};
use copydesk::wire::raw::RawArticle;
use encoding_rs::{
    EUC_KR, Encoding, GBK, ISO_2022_JP, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252,
};

use super::decode_with;

const FRENCH: &str = "Le bac du port est revenu après un an de réparations, à la grande joie \
    des élèves de l’île qui rentraient jusque-là par le dernier car du soir.";
const RUSSIAN: &str = "Паром вернулся в гавань после года ремонта, и жители острова снова \
    могут добираться до города без пересадок, сообщили в порту.";
const JAPANESE: &str = "一年間の修理を終えたフェリーが港に戻り、島の住民は乗り換えなしで町へ\
    行けるようになったと港の担当者が話した。";
const KOREAN: &str = "일 년 동안 수리를 마친 여객선이 항구로 돌아와 섬 주민들은 다시 갈아타지 \
    않고 시내로 갈 수 있게 되었다고 항만 관계자가 말했다.";
const CHINESE: &str = "经过一年的维修，渡轮重新回到港口，岛上的居民又可以不用换乘直接前往城里，\
    港务部门的工作人员这样说。";

fn bytes(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, had_unmappable) = encoding.encode(text);
    assert!(!had_unmappable, "{} cannot write the sample", encoding.name());
    bytes.into_owned()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

fn read(content_type: &str, payload: &[u8]) -> RawArticle {
    decode_with(&[("content-type", content_type)], payload).expect("is text")
}

fn decision(raw: &RawArticle) -> (&'static str, CharsetEvidence) {
    (raw.charset.name, raw.charset.evidence)
}

#[test]
fn legacy_text_is_read_as_declared_or_by_its_looks() {
    for (text, encoding) in [
        (FRENCH, WINDOWS_1252),
        (RUSSIAN, WINDOWS_1251),
        (RUSSIAN, KOI8_R),
        (JAPANESE, SHIFT_JIS),
        (KOREAN, EUC_KR),
        (CHINESE, GBK),
    ] {
        let payload = bytes(text, encoding);
        let declared = read(&format!("text/plain; charset=\"{}\"", encoding.name()), &payload);
        assert_eq!(declared.article.text(), text);
        assert_eq!(decision(&declared), (encoding.name(), CharsetEvidence::Declared));
        let guessed = read("text/plain", &payload);
        assert_eq!(guessed.article.text(), text);
        assert_eq!(guessed.charset.evidence, CharsetEvidence::Guess);
        assert!(guessed.article.flags.is_empty());
    }
}

#[test]
fn pages_say_their_encoding_themselves() {
    for (text, encoding, head) in [
        (FRENCH, WINDOWS_1252, "<!doctype html><meta charset=iso-8859-1>"),
        (RUSSIAN, WINDOWS_1251, "<!DOCTYPE html><META CHARSET='windows-1251'/>"),
        (
            RUSSIAN,
            KOI8_R,
            "<html><meta name=x content=y><meta http-equiv=\"Content-Type\" \
             content=\"text/html; charset=KOI8-R\">",
        ),
        (JAPANESE, SHIFT_JIS, "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><html>"),
    ] {
        let page = format!("{head}<p>{text}</p>");
        let raw = read("text/html", &bytes(&page, encoding));
        assert_eq!(raw.article.html.as_deref(), Some(page.as_str()));
        assert_eq!(decision(&raw), (encoding.name(), CharsetEvidence::Page));
    }
}

#[test]
fn stronger_evidence_wins() {
    // A byte order mark over the header.
    let marked = [b"\xef\xbb\xbf", RUSSIAN.as_bytes()].concat();
    let raw = read("text/plain; charset=windows-1251", &marked);
    assert_eq!(raw.article.text(), RUSSIAN);
    assert_eq!(decision(&raw), ("UTF-8", CharsetEvidence::ByteOrderMark));
    // Being valid UTF-8 over the header.
    let raw = read("text/plain; charset=windows-1251", RUSSIAN.as_bytes());
    assert_eq!(raw.article.text(), RUSSIAN);
    assert_eq!(decision(&raw), ("UTF-8", CharsetEvidence::ValidUtf8));
    // The header over the page; but not where the bytes make no sense in it.
    let page = format!("<!doctype html><meta charset=windows-1251><p>{JAPANESE}</p>");
    let payload = bytes(&page, SHIFT_JIS);
    let raw = read("text/html; charset=Shift_JIS", &payload);
    assert_eq!(decision(&raw), ("Shift_JIS", CharsetEvidence::Declared));
    let page = format!("<!doctype html><meta charset=windows-1251><p>{RUSSIAN}</p>");
    let raw = read("text/html; charset=utf-8", &bytes(&page, WINDOWS_1251));
    assert_eq!(decision(&raw), ("windows-1251", CharsetEvidence::Page));
    assert_eq!(raw.article.html.as_deref(), Some(page.as_str()));
    // A label that no standard knows is none.
    let raw = read("text/plain; charset=klingon", FRENCH.as_bytes());
    assert_eq!(decision(&raw), ("UTF-8", CharsetEvidence::ValidUtf8));
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    for text in [FRENCH, RUSSIAN, "परिवहन नौका एक वर्ष की मरम्मत के बाद बंदरगाह लौट आई है।"]
    {
        for (to_bytes, mark, name) in [
            (u16::to_le_bytes as fn(u16) -> [u8; 2], b"\xff\xfe", "UTF-16LE"),
            (u16::to_be_bytes, b"\xfe\xff", "UTF-16BE"),
        ] {
            let plain = utf16(text, to_bytes);
            let marked = read("text/plain", &[&mark[..], &plain].concat());
            assert_eq!(marked.article.text(), text);
            assert_eq!(decision(&marked), (name, CharsetEvidence::ByteOrderMark));
            let unmarked = read("text/plain", &plain);
            assert_eq!(unmarked.article.text(), text);
            assert_eq!(decision(&unmarked), (name, CharsetEvidence::Guess));
        }
    }
    let page = format!("<html><p>{CHINESE}</p></html>");
    let raw = read("text/html", &utf16(&page, u16::to_le_bytes));
    assert_eq!(raw.article.html.as_deref(), Some(page.as_str()));
    let raw = read("text/plain; charset=utf-16le", &utf16(CHINESE, u16::to_le_bytes));
    assert_eq!(raw.article.text(), CHINESE);
    assert_eq!(decision(&raw), ("UTF-16LE", CharsetEvidence::Declared));
}

#[test]
fn json_may_come_in_any_encoding() {
    let json = format!(r#"{{"id":"1","text":"{JAPANESE}"}}"#);
    for payload in [bytes(&json, SHIFT_JIS), utf16(&json, u16::to_be_bytes)] {
        for content_type in ["application/json", "application/json; charset=shift_jis"] {
            assert_eq!(read(content_type, &payload).article.text(), JAPANESE);
        }
    }
}

#[test]
fn escaped_japanese_is_not_taken_for_ascii() {
    let payload = bytes(JAPANESE, ISO_2022_JP);
    assert!(payload.is_ascii());
    assert_eq!(read("text/plain", &payload).article.text(), JAPANESE);
    let raw = read("text/plain; charset=iso-2022-jp", &payload);
    assert_eq!(decision(&raw), ("ISO-2022-JP", CharsetEvidence::Declared));
    // A terminal's escape is no shift.
    let raw = read("text/plain", b"The \x1b$ferry");
    assert_eq!(decision(&raw), ("UTF-8", CharsetEvidence::ValidUtf8));
}

#[test]
fn a_broken_character_among_sound_ones_is_replaced_and_flagged() {
    let mut payload = RUSSIAN.as_bytes().to_vec();
    payload.remove(41);
    for content_type in ["text/plain", "text/plain; charset=windows-1251"] {
        let raw = read(content_type, &payload);
        assert_eq!(raw.article.text().matches('\u{fffd}').count(), 1);
        assert_eq!(raw.article.text().chars().count(), RUSSIAN.chars().count());
        assert_eq!(decision(&raw), ("UTF-8", CharsetEvidence::ValidUtf8));
        assert_eq!(raw.article.flags, [Flag::LossyDecoding]);
    }
    let mut payload = bytes(JAPANESE, SHIFT_JIS);
    payload.splice(20..20, [0xff]);
    let raw = read("text/plain; charset=shift_jis", &payload);
    assert_eq!(raw.article.text().replace('\u{fffd}', ""), JAPANESE);
    assert_eq!(raw.article.flags, [Flag::LossyDecoding]);
}

#[test]
fn a_mark_that_the_bytes_belie_is_no_evidence() {
    let payload = [b"\xef\xbb\xbf", &bytes(FRENCH, WINDOWS_1252)[..]].concat();
    let raw = read("text/plain", &payload);
    assert_eq!(raw.article.text(), FRENCH);
    assert_eq!(decision(&raw), ("windows-1252", CharsetEvidence::Guess));
}

#[test]
fn what_a_lone_byte_beyond_ascii_means_is_guessed() {
    let raw = read("text/plain; charset=utf-8", b"The caf\xe9 on the quay is open again.");
    assert_eq!(raw.article.text(), "The café on the quay is open again.");
    assert_eq!(decision(&raw), ("windows-1252", CharsetEvidence::Guess));
}

#[test]
fn text_has_no_nul() {
    for payload in [
        &b"The ferry\0 is back."[..],
        b"\0The ferry is back.",
        b"\xef\xbb\xbfThe ferry\0",
        b"\xff\xfeT\0\0\0h\0",
        b"\0\0\0\0",
    ] {
        assert_eq!(decode_bytes(payload, None), None, "{payload:?}");
    }
}
