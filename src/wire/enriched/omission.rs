//! A message that is too large gives up what a reader of the article can do without, the
//! largest first, and says so.

use serde::Serialize;

use super::{Enriched, Omitted};

/// What can be done without.
#[derive(Debug, Clone, Copy)]
enum Optional {
    Removals,
    Edits,
    MinHash,
}

/// About what the note of an omission takes: less is not worth it.
const NOTE_BYTES: usize = 80;

/// Writes the message behind `prefix`, within `limit` bytes in all. `Ok(Err(bytes))` is the size of the whole
/// message where it is too large even without all that can be omitted.
pub(super) fn written(
    prefix: &[u8],
    mut message: Enriched<'_>,
    limit: usize,
) -> serde_json::Result<Result<Vec<u8>, usize>> {
    let mut bytes = Vec::with_capacity(message.article_body.len() * 2 + 2048);
    bytes.extend_from_slice(prefix);
    serde_json::to_writer(&mut bytes, &message)?;
    let whole = bytes.len();
    let mut optional = Vec::new();
    if whole > limit {
        for field in [Optional::Removals, Optional::Edits, Optional::MinHash] {
            let bytes = size(field, &message)?;
            optional.extend((bytes > NOTE_BYTES).then_some((bytes, field)));
        }
        // Stable, so that the same message always loses the same.
        optional.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    }
    let mut optional = optional.into_iter();
    while bytes.len() > limit {
        let Some((size, field)) = optional.next() else { return Ok(Err(whole)) };
        omit(field, size, &mut message);
        bytes.truncate(prefix.len());
        serde_json::to_writer(&mut bytes, &message)?;
    }
    Ok(Ok(bytes))
}

fn size(field: Optional, message: &Enriched<'_>) -> serde_json::Result<usize> {
    fn bytes(value: &impl Serialize) -> serde_json::Result<usize> {
        serde_json::to_vec(value).map(|bytes| bytes.len())
    }
    match field {
        Optional::Removals => bytes(&message.removals),
        Optional::Edits => bytes(&message.edits),
        Optional::MinHash => {
            bytes(&message.fingerprints.as_ref().map(|fingerprints| &fingerprints.minhash))
        }
    }
}

fn omit(field: Optional, bytes: usize, message: &mut Enriched<'_>) {
    let (name, items) = match field {
        Optional::Removals => ("removals", std::mem::take(&mut message.removals).len()),
        Optional::Edits => ("edits", std::mem::take(&mut message.edits).len()),
        Optional::MinHash => {
            let minhash = message.fingerprints.as_mut().map(|it| std::mem::take(&mut it.minhash));
            ("fingerprints.minhash", minhash.map_or(0, |minhash| minhash.len()))
        }
    };
    message.provenance.omitted.push(Omitted { field: name.into(), items, bytes });
}
