//! Passes over scripts and styles before the page is parsed: they are half of a
//! page's bytes, show nothing, and the parser would copy every one of them.
//! JSON-LD stays, as does whatever looks as if it could end elsewhere.

use memchr::memchr;
use memchr::memmem;

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
                Found::Other => {}
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
