//! How a memory is written down outside of the process: one record a place.
//!
//! The key is the host, `/` and the number of the place. The value is, in little-endian
//! bytes: the version (1), the page (8), how many paragraphs of its story follow (1),
//! these (4 each), and to the end its blocks (4 each). No value is longer than
//! [`MOST_BYTES`]; a null one empties the place.

use crate::site::{
    MOST_BLOCKS, MOST_PARAGRAPHS, Page, PageId, Place, Shown, VERSION, Wording, place_of,
};

pub const MOST_BYTES: usize = HEAD_BYTES + WORDING_BYTES * (MOST_PARAGRAPHS + MOST_BLOCKS);

const HEAD_BYTES: usize = 1 + 8 + 1;
const WORDING_BYTES: usize = size_of::<Wording>();

pub fn key(place: &Place) -> String {
    format!("{}/{}", place.host, place.number)
}

pub fn value(page: &Page) -> Vec<u8> {
    let (story, blocks) = (page.shown().story(), page.shown().blocks());
    let mut value = Vec::with_capacity(HEAD_BYTES + WORDING_BYTES * (story.len() + blocks.len()));
    value.push(VERSION);
    value.extend(page.id().0.to_le_bytes());
    value.push(story.len() as u8);
    for wording in story.iter().chain(blocks) {
        value.extend(wording.0.to_le_bytes());
    }
    value
}

/// The place that a key names.
pub fn place(key: &[u8]) -> Option<Place> {
    let (host, number) = std::str::from_utf8(key).ok()?.rsplit_once('/')?;
    Some(Place { host: host.into(), number: number.parse().ok()? })
}

/// None for what another version has written, or what is damaged.
pub fn page(place: &Place, value: &[u8]) -> Option<Page> {
    let (&version, rest) = value.split_first()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (&paragraphs, rest) = rest.split_first()?;
    let (wordings, left) = rest.as_chunks::<WORDING_BYTES>();
    let id = PageId(u64::from_le_bytes(*id));
    let sound = version == VERSION
        && value.len() <= MOST_BYTES
        && left.is_empty()
        && usize::from(paragraphs) <= wordings.len()
        && place_of(id) == place.number;
    sound.then(|| {
        let mut story: Vec<Wording> =
            wordings.iter().map(|bytes| Wording(u32::from_le_bytes(*bytes))).collect();
        let blocks = story.split_off(usize::from(paragraphs));
        Page::new(id, Shown::new(blocks, story))
    })
}
