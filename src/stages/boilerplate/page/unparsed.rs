//! What of a page never reaches the parser. Scripts and styles: they are half of a
//! page's bytes, show nothing, and the parser would copy every one of them; JSON-LD
//! stays, as does whatever looks as if it could end elsewhere. And attributes past
//! any number that a page has: the parser compares each with all before it.

use memchr::memchr;
use memchr::memmem;

/// An element may have as many attributes.
pub const MOST_ATTRIBUTES: usize = 256;

/// The parts of the page that are to be parsed, in order; together they are the
/// page without the content of its scripts and styles.
pub fn parsed_parts(html: &str) -> Vec<&str> {
    let bytes = html.as_bytes();
    let mut parts = Vec::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let tag = at + found;
        at = tag + 1;
        let rest = &bytes[tag..];
        if rest.starts_with(b"<!--") {
            let Some(end) = memmem::find(&rest[4..], b"-->") else { break };
            at = tag + 4 + end + 3;
        } else {
            match element(rest) {
                Found::Other => {
                    if let Some(long) = long_tag(rest) {
                        if let Some(surplus) = long.surplus {
                            parts.push(&html[done..tag + surplus]);
                            done = tag + long.end;
                        }
                        at = tag + long.end;
                    }
                }
                // What has no end here has none further on; looking again for each
                // would take quadratic time.
                Found::Unending => break,
                Found::Content { start, end, cut } => {
                    if cut {
                        parts.push(&html[done..tag + start]);
                        done = tag + end;
                    }
                    at = tag + end;
                }
            }
        }
    }
    parts.push(&html[done..]);
    parts
}

/// Shorter contents are parsed as fast as cut out.
const WORTHWHILE: usize = 64;

/// What a `<` begins.
enum Found {
    Other,
    /// A script or style without an end tag.
    Unending,
    /// A script or style, with the place of its content and whether it can go.
    Content {
        start: usize,
        end: usize,
        cut: bool,
    },
}

fn element(rest: &[u8]) -> Found {
    let begins = |name: &&[u8]| {
        rest.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && rest
                .get(name.len() + 1)
                .is_some_and(|next| next.is_ascii_whitespace() || *next == b'>')
    };
    let Some(name) = [&b"script"[..], b"style"].into_iter().find(begins) else {
        return Found::Other;
    };
    let Some(end_of_tag) = tag_end(&rest[..rest.len().min(LONGEST_TAG)]) else {
        return Found::Other;
    };
    let tag = &rest[..end_of_tag];
    let start = end_of_tag + 1;
    let mut end = start;
    loop {
        let Some(found) = memmem::find(&rest[end..], b"</") else { return Found::Unending };
        end += found;
        let named = rest.get(end + 2..end + 2 + name.len());
        if named.is_some_and(|named| named.eq_ignore_ascii_case(name)) {
            break;
        }
        end += 2;
    }
    let is_linked_data = memmem::find(tag, b"ld+json").is_some();
    // A script in a comment in a script ends at a later tag.
    let is_nested = memmem::find(&rest[start..end], b"<!--").is_some();
    Found::Content { start, end, cut: end - start > WORTHWHILE && !is_linked_data && !is_nested }
}

/// Bounds the search for a tag's end, which starts anew at each tag.
const LONGEST_TAG: usize = 4096;

/// The `>` that ends a start tag, past those in quoted values.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    tag.iter().position(|&byte| match (quote, byte) {
        (None, b'>') => true,
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            false
        }
        (Some(open), close) if open == close => {
            quote = None;
            false
        }
        _ => false,
    })
}

/// A tag with room for too many attributes.
struct LongTag {
    /// Where the attribute begins that is one too many.
    surplus: Option<usize>,
    /// The place of its `>`, or the end of the page.
    end: usize,
}

/// Shorter tags have no room for more than a few hundred attributes.
const SHORT_TAG: usize = 1024;

/// `None` for what is no start tag, or a short one.
fn long_tag(rest: &[u8]) -> Option<LongTag> {
    if !rest.get(1)?.is_ascii_alphabetic()
        || rest.len() <= SHORT_TAG
        || memchr(b'>', &rest[..SHORT_TAG]).is_some()
    {
        return None;
    }
    let mut state = Inside::Names;
    let mut count = 0;
    let mut surplus = None;
    for (at, &byte) in rest.iter().enumerate() {
        let follows = at > 0 && (rest[at - 1].is_ascii_whitespace() || rest[at - 1] == b'/');
        state = match (state, byte) {
            (Inside::Quoted(quote), byte) if byte == quote => Inside::Names,
            (Inside::Quoted(quote), _) => Inside::Quoted(quote),
            (_, b'>') => return Some(LongTag { surplus, end: at }),
            (Inside::BeforeValue, quote @ (b'"' | b'\'')) => Inside::Quoted(quote),
            (Inside::BeforeValue, byte) if byte.is_ascii_whitespace() => Inside::BeforeValue,
            (Inside::Names, b'=') => Inside::BeforeValue,
            (Inside::Names, byte) if follows && !byte.is_ascii_whitespace() => {
                count += 1;
                if count > MOST_ATTRIBUTES {
                    surplus = surplus.or(Some(at));
                }
                Inside::Names
            }
            _ => Inside::Names,
        };
    }
    Some(LongTag { surplus, end: rest.len() })
}

/// Where in a tag a byte stands.
#[derive(Clone, Copy)]
enum Inside {
    Names,
    BeforeValue,
    Quoted(u8),
}
