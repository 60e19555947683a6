//! What is remembered of a page: fingerprints, never text.

use crate::site::PageId;
use crate::text::fold::fold_into;
use crate::text::hashing::fingerprint;

/// A block's wording: alike where only case, accents, punctuation and the values of
/// numbers differ. Of 32 bits: two of a page's wordings collide by chance once in a
/// million pages, and one that was on several pages by the same chance never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wording(pub u32);

impl Wording {
    /// None without a letter: `2 : 1` says nothing of where it stands. `key` is scratch.
    pub fn of(text: &str, key: &mut String) -> Option<Self> {
        fold_into(text, key);
        let says_something = key.chars().any(char::is_alphabetic);
        says_something.then(|| Self::exact(key))
    }

    /// Of a text that is alike to the byte or not at all.
    pub fn exact(text: &str) -> Self {
        Self((fingerprint(text.as_bytes()) >> 32) as u32)
    }
}

/// What a page showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its short or low-prose blocks, sorted.
    blocks: Box<[Wording]>,
    /// The paragraphs of its article, sorted: those with the smallest fingerprints, so
    /// that two pages choose alike.
    story: Box<[Wording]>,
}

/// Blocks of a page that are remembered: pages have menus of hundreds.
pub const MOST_BLOCKS: usize = 256;
pub const MOST_PARAGRAPHS: usize = 8;

impl Shown {
    /// Of `blocks` the first [`MOST_BLOCKS`] count.
    pub fn new(mut blocks: Vec<Wording>, mut story: Vec<Wording>) -> Self {
        blocks.truncate(MOST_BLOCKS);
        blocks.sort_unstable();
        blocks.dedup();
        story.sort_unstable();
        story.dedup();
        story.truncate(MOST_PARAGRAPHS);
        Self { blocks: blocks.into(), story: story.into() }
    }

    pub fn blocks(&self) -> &[Wording] {
        &self.blocks
    }

    pub fn story(&self) -> &[Wording] {
        &self.story
    }

    pub fn has(&self, wording: Wording) -> bool {
        self.blocks.binary_search(&wording).is_ok()
    }

    /// Whether both tell one story: the same article at another address, its next
    /// version, a wire story that was filed twice. One paragraph in common can be
    /// furniture; half of them cannot.
    pub fn tells_same_story(&self, other: &Shown) -> bool {
        let shared = self.story.iter().filter(|one| other.story.binary_search(one).is_ok()).count();
        shared > 0 && shared * 2 >= self.story.len().min(other.story.len())
    }

    /// Whether half of its story is among these paragraphs, which are sorted.
    pub fn is_told_by(&self, paragraphs: &[Wording]) -> bool {
        let shared = self.story.iter().filter(|one| paragraphs.binary_search(one).is_ok()).count();
        shared > 0 && shared * 2 >= self.story.len()
    }
}

/// A page that the memory has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    id: PageId,
    shown: Shown,
    digest: u64,
}

impl Page {
    pub fn new(id: PageId, shown: Shown) -> Self {
        let mut bytes = Vec::with_capacity(8 + 4 * (MOST_BLOCKS + MOST_PARAGRAPHS));
        bytes.extend(id.0.to_le_bytes());
        for wording in shown.blocks.iter().chain(&shown.story) {
            bytes.extend(wording.0.to_le_bytes());
        }
        Self { id, shown, digest: fingerprint(&bytes) }
    }

    pub fn id(&self) -> PageId {
        self.id
    }

    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Alike for pages that showed the same.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// Of memory, about.
    pub fn bytes(&self) -> usize {
        /// The page, its two counters in an `Arc`, and what allocating rounds up.
        const OVERHEAD: usize = size_of::<Page>() + 48;
        OVERHEAD + size_of::<Wording>() * (self.shown.blocks.len() + self.shown.story.len())
    }
}
