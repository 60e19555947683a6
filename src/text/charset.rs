//! Which encoding bytes are text in, by the evidence that is hardest to fake
//! first: a byte order mark, being valid UTF-8, what the sender declared, what
//! the page says of itself, and last what the bytes look like.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that turned out to be text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub charset: Charset,
}

/// The encoding that was decided on, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    /// The encoding's name in the WHATWG Encoding Standard, e.g. `windows-1251`.
    pub name: &'static str,
    pub evidence: CharsetEvidence,
    /// Some bytes mean nothing in this encoding; U+FFFD stands for them.
    pub lossy: bool,
}

/// What decided on an encoding, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharsetEvidence {
    ByteOrderMark,
    /// Text in another encoding is hardly ever valid UTF-8 by accident.
    ValidUtf8,
    /// A label that came with the bytes.
    Declared,
    /// A `<meta charset>` or XML declaration among the bytes.
    Page,
    /// The statistics of the bytes.
    Guess,
}

impl CharsetEvidence {
    pub fn name(self) -> &'static str {
        match self {
            CharsetEvidence::ByteOrderMark => "byte_order_mark",
            CharsetEvidence::ValidUtf8 => "valid_utf8",
            CharsetEvidence::Declared => "declared",
            CharsetEvidence::Page => "page",
            CharsetEvidence::Guess => "guess",
        }
    }
}

/// Decodes `bytes`; `declared` is the label that came with them. A weaker
/// candidate is asked only when the bytes make no sense in a stronger one; a
/// few broken characters among many sound ones are replaced and the result
/// called lossy. `None`: the bytes are not text, or hold NUL characters, which
/// no text does.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Option<Decoded<'a>> {
    let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    let decoded = if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let marked = read(&bytes[length..], encoding, CharsetEvidence::ByteOrderMark);
        Some(marked).filter(makes_sense).or_else(|| candidates(&bytes[length..], declared))
    } else if memchr::memchr(0, bytes).is_some() {
        unmarked_utf16(bytes, declared)
    } else if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        shifted_ascii(bytes, declared).or_else(|| {
            let charset =
                Charset { name: UTF_8.name(), evidence: CharsetEvidence::ValidUtf8, lossy: false };
            Some(Decoded { text: Cow::Borrowed(text), charset })
        })
    } else {
        candidates(bytes, declared)
    };
    decoded.filter(|decoded| memchr::memchr(0, decoded.text.as_bytes()).is_none())
}

/// The encodings that are tried on bytes that are neither marked nor UTF-8.
fn candidates<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Option<Decoded<'a>> {
    // UTF-8 with a broken character here and there comes first: a declared
    // single-byte encoding would take it without complaint and garble it whole.
    let stated = [
        (Some(UTF_8), CharsetEvidence::ValidUtf8),
        (declared, CharsetEvidence::Declared),
        (stated_in_page(bytes), CharsetEvidence::Page),
    ];
    for (encoding, evidence) in stated {
        let Some(encoding) = encoding else { continue };
        let decoded = read(bytes, encoding, evidence);
        if makes_sense(&decoded) {
            return Some(decoded);
        }
    }
    let decoded = read(bytes, guess(bytes), CharsetEvidence::Guess);
    (!looks_binary(&decoded.text)).then_some(decoded)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // Enough to be sure; the detector is slow, and a payload may be large.
    const SAMPLE_BYTES: usize = 1 << 18;
    let from_first_foreign = &bytes[Encoding::ascii_valid_up_to(bytes)..];
    let sample = &from_first_foreign[..from_first_foreign.len().min(SAMPLE_BYTES)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == from_first_foreign.len());
    detector.guess(None, Utf8Detection::Deny)
}

fn read<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    evidence: CharsetEvidence,
) -> Decoded<'a> {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, charset: Charset { name: encoding.name(), evidence, lossy } }
}

/// UTF-16 without a mark shows by its NUL bytes: ASCII characters, of which
/// every text has some, put them all on one side of the pairs.
fn unmarked_utf16<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Option<Decoded<'a>> {
    const SAMPLE_BYTES: usize = 1 << 16;
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let mut zeros = [0usize; 2];
    for position in memchr::memchr_iter(0, sample) {
        zeros[position % 2] += 1;
    }
    let [first, second] = zeros;
    let (encoding, majority, minority) =
        if first > second { (UTF_16BE, first, second) } else { (UTF_16LE, second, first) };
    let is_lopsided = minority * 20 <= majority && majority * 40 >= sample.len();
    // The high bytes of most alphabets are controls when taken for ASCII, those
    // of Chinese are not UTF-8; a stray NUL in other text changes neither.
    let controls = sample.iter().filter(|byte| **byte < b' ' && !b"\n\r".contains(byte)).count();
    let is_no_ascii = controls * 4 >= sample.len() || simdutf8::basic::from_utf8(bytes).is_err();
    let decoded = if is_lopsided && is_no_ascii {
        read(bytes, encoding, CharsetEvidence::Guess)
    } else {
        let encoding = declared.filter(|e| *e == UTF_16LE || *e == UTF_16BE)?;
        read(bytes, encoding, CharsetEvidence::Declared)
    };
    (!decoded.charset.lossy && !looks_binary(&decoded.text)).then_some(decoded)
}

/// ISO-2022-JP is made of ASCII bytes, and so valid UTF-8, but for its escapes.
fn shifted_ascii<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Option<Decoded<'a>> {
    memchr::memmem::find(bytes, b"\x1b$")?;
    let evidence = match declared {
        Some(encoding) if encoding == ISO_2022_JP => CharsetEvidence::Declared,
        _ => CharsetEvidence::Guess,
    };
    let decoded = read(bytes, ISO_2022_JP, evidence);
    (!decoded.charset.lossy).then_some(decoded)
}

/// The encoding that `<meta charset=…>`, `<meta http-equiv content="…charset=…">`
/// or an XML declaration names near the start.
fn stated_in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    // The HTML standard looks at 1,024 bytes; pages in the wild need more.
    const HEAD_BYTES: usize = 4096;
    let head = bytes[..bytes.len().min(HEAD_BYTES)].to_ascii_lowercase();
    let declaration = |tag: &[u8], attribute: &[u8]| {
        memchr::memmem::find_iter(&head, tag).find_map(|start| {
            let tag = &head[start..];
            let tag = &tag[..memchr::memchr(b'>', tag).unwrap_or(tag.len())];
            let value = &tag[memchr::memmem::find(tag, attribute)? + attribute.len()..];
            let value = value.trim_ascii_start().strip_prefix(b"=")?;
            // Inside JSON the quotes are escaped.
            let is_quoting = |byte: &u8| b"\"'\\ \t\r\n".contains(byte);
            let start = value.iter().position(|byte| !is_quoting(byte))?;
            let value = &value[start..];
            let end = value
                .iter()
                .position(|byte| is_quoting(byte) || b";/?".contains(byte))
                .unwrap_or(value.len());
            Encoding::for_label(&value[..end])
        })
    };
    declaration(b"<meta", b"charset")
        .or_else(|| declaration(b"<?xml", b"encoding"))
        // Who can read an ASCII tag is not reading UTF-16.
        .filter(|encoding| encoding.is_ascii_compatible())
}

/// Whether no characters are broken, or so many beyond ASCII are sound that the
/// encoding is right and the broken ones are damage.
fn makes_sense(decoded: &Decoded) -> bool {
    // Legacy encodings taken for UTF-8 gave at most one sound character for one
    // broken in 14,000 sentences of twenty languages (Thai came closest).
    const SOUND_PER_BROKEN: usize = 4;
    if !decoded.charset.lossy {
        return true;
    }
    let (mut sound, mut broken) = (0, 0);
    for character in decoded.text.chars().filter(|c| !c.is_ascii()) {
        if character == char::REPLACEMENT_CHARACTER {
            broken += 1;
        } else {
            sound += 1;
        }
    }
    sound >= broken * SOUND_PER_BROKEN
}

/// Whether too many characters are controls or replacements for it to be text.
fn looks_binary(text: &str) -> bool {
    const TEXT_PER_CONTROL: usize = 50;
    let (mut all, mut strange) = (0, 0);
    for character in text.chars() {
        all += 1;
        let is_layout = matches!(character, '\t' | '\n' | '\x0c' | '\r');
        if (character.is_control() && !is_layout) || character == char::REPLACEMENT_CHARACTER {
            strange += 1;
        }
    }
    strange * TEXT_PER_CONTROL > all
}
