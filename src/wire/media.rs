//! What a payload is: JSON, a page or flat text, by its `content-type` header
//! and by how it starts.

use crate::error::DecodeError;
use crate::transport::Headers;
use crate::wire::header_text;

/// The forms an article comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Page,
    Text,
}

/// What the `content-type` header says, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct ContentType {
    form: Option<Form>,
    pub charset: Option<String>,
}

impl ContentType {
    pub fn of(headers: &Headers) -> Self {
        let Some(value) = header_text(headers, "content-type") else {
            return Self::default();
        };
        let mut parts = value.split(';').map(str::trim);
        let form = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/json" | "text/json" => Some(Form::Json),
            kind if kind.ends_with("+json") => Some(Form::Json),
            "text/html" | "application/xhtml+xml" => Some(Form::Page),
            // `text/plain` is what many producers say when they say nothing, so
            // it is looked into like a payload that does not say what it is.
            _ => None,
        };
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        });
        Self { form, charset }
    }

    /// The form of a payload that reads `text`: the declared one, or else what
    /// its start looks like.
    pub fn form_of(&self, text: &str) -> Form {
        self.form.unwrap_or_else(|| {
            if opens_like_json(text) {
                Form::Json
            } else if opens_like_page(text) {
                Form::Page
            } else {
                Form::Text
            }
        })
    }
}

/// Files that are no text, by their first bytes and the first characters of them
/// in base64.
const FILES: [(&[u8], &str, &str); 10] = [
    (b"%PDF-", "JVBERi0", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "iVBORw0KGgo", "PNG image"),
    (b"\xff\xd8\xff", "/9j/", "JPEG image"),
    (b"GIF87a", "R0lGODdh", "GIF image"),
    (b"GIF89a", "R0lGODlh", "GIF image"),
    (b"RIFF", "UklGR", "WebP image or other RIFF file"),
    (b"PK\x03\x04", "UEsDB", "ZIP archive"),
    (b"\x1f\x8b\x08", "H4sI", "gzip file without a content-encoding header"),
    (b"\x28\xb5\x2f\xfd", "KLUv", "zstd file without a content-encoding header"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "0M8R4KGx", "Microsoft Office file"),
];

/// Refuses what is known not to be text by its first bytes.
pub(super) fn refuse_binary(payload: &[u8]) -> Result<(), DecodeError> {
    let start = payload.trim_ascii_start();
    match FILES.iter().find(|(signature, ..)| opens_file(start, signature)) {
        Some((_, _, kind)) => Err(DecodeError::WrongMedia { kind }),
        None => Ok(()),
    }
}

/// A text may open with "GIF89a" as a word; a file has binary numbers behind it.
fn opens_file(bytes: &[u8], signature: &[u8]) -> bool {
    let is_word = signature.iter().all(u8::is_ascii_alphanumeric);
    bytes.strip_prefix(signature).is_some_and(|rest| {
        !is_word || rest.iter().take(4).any(|byte| *byte < b' ' && !b"\r\n\t".contains(byte))
    })
}

/// Refuses a body that was a file's bytes before somebody took them for text: in
/// Latin-1 or Windows-1252, with replacements for what is no UTF-8, or in base64.
pub(super) fn refuse_binary_text(text: &str) -> Result<(), DecodeError> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    for (signature, in_base64, kind) in FILES {
        if opens_like(start, signature) || is_base64(start, in_base64) {
            return Err(DecodeError::WrongMedia { kind });
        }
    }
    // Damaged text has a control here and there, a file every few characters.
    const SAMPLE: usize = 4096;
    const FEWEST: usize = 8;
    const SHARE: usize = 20;
    let sample = &text.as_bytes()[..text.len().min(SAMPLE)];
    // Branchless and in small sums, so that sixteen bytes are looked at together.
    let is_control = |byte: &u8| {
        (*byte < b' ') & (*byte != b'\t') & (*byte != b'\n') & (*byte != b'\x0c') & (*byte != b'\r')
    };
    let count = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(is_control(byte))).sum::<u8>();
    let controls: usize = sample.chunks(128).map(|bytes| usize::from(count(bytes))).sum();
    if controls >= FEWEST && controls * SHARE > sample.len() {
        return Err(DecodeError::NotText);
    }
    Ok(())
}

/// Whether a text opens with a signature, the bytes of which beyond ASCII may have
/// become any character beyond ASCII.
fn opens_like(text: &str, signature: &[u8]) -> bool {
    let mut characters = text.chars();
    let fits = signature.iter().all(|byte| match characters.next() {
        Some(character) if byte.is_ascii() => character == char::from(*byte),
        Some(character) => !character.is_ascii(),
        None => false,
    });
    // A word in another script fits what is all beyond ASCII, but for what follows.
    let tells = signature.iter().any(u8::is_ascii) || characters.take(8).any(|c| c == '\0');
    let is_file = !signature.is_ascii() || opens_file(text.as_bytes(), signature);
    fits && tells && is_file
}

/// Whether a text is one long run of base64 that begins so, in a `data:` address or
/// on its own.
fn is_base64(text: &str, beginning: &str) -> bool {
    const FEWEST: usize = 48;
    let run = match text.strip_prefix("data:") {
        Some(address) => address.split_once(";base64,").map_or("", |(_, run)| run),
        None => text,
    };
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    run.starts_with(beginning) && run.bytes().take(FEWEST).filter(is_digit).count() == FEWEST
}

/// Whether a text opens with a tag that only a page, or a piece of one, opens
/// with. Angle brackets of other kinds (`<3`, `<Reuters>`) are text.
pub(super) fn opens_like_page(text: &str) -> bool {
    const OPENINGS: &str = "!doctype ?xml html head meta title link body div p article section \
        main header nav aside footer span a h1 h2 h3 h4 h5 h6 ul ol dl table figure picture img \
        iframe video blockquote pre form script style noscript br hr strong em b i center";
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = memchr::memmem::find(comment.as_bytes(), b"-->") else { return false };
        rest = comment[end + 3..].trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else { return false };
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/');
    let Some(end) = end else { return false };
    let name = &tag[..end];
    OPENINGS.split(' ').any(|opening| name.eq_ignore_ascii_case(opening))
        && tag[end..].contains('>')
}

/// Whether a text holds a tag or character reference anywhere, so that reading
/// it as a page changes something.
pub(super) fn holds_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    let last_end = memchr::memrchr(b'>', bytes).unwrap_or(0);
    memchr::memchr2_iter(b'<', b'&', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        match (bytes[at], rest.first()) {
            (b'<', Some(next)) => {
                at < last_end && (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
            }
            (_, Some(b'#')) => true,
            (_, Some(_)) => {
                let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                // Shorter ones are initials (`R&D; …`), not names.
                name >= 2 && rest.get(name) == Some(&b';')
            }
            _ => false,
        }
    })
}

/// Whether a text must be meant as JSON. Flat text may well open with a
/// bracket (`[Updated at noon]`) or a quotation mark, but not with a brace.
fn opens_like_json(text: &str) -> bool {
    let text = text.trim();
    let mut significant = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    match significant.next() {
        Some(b'{') => true,
        Some(b'[') => matches!(significant.next(), Some(b'{' | b'[' | b'"')) || text == "[]",
        _ => matches!(text, "null" | "true" | "false"),
    }
}
