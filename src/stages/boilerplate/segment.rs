//! What the stage judges: a stretch of text that is kept or removed as a whole.
//! A line (or several rejoined lines) of flat text, a block of a page.

use std::ops::Range;

use crate::article::BlockKind;
use crate::stages::boilerplate::phrases::Phrase;
use crate::text::lines::Measure;

#[derive(Debug, Clone)]
pub struct Segment {
    /// Byte offsets in the body's text; never empty, no white space at its ends.
    pub span: Range<usize>,
    pub kind: BlockKind,
    pub measure: Measure,
    /// What the wording says, when it is a known one.
    pub phrase: Option<Phrase>,
    pub place: Place,
}

/// Where a segment stands in its page; in flat text all absent but for the signature.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub marks: Marks,
    /// Characters inside of links.
    pub linked_chars: u32,
    /// Elements around the segment.
    pub depth: u16,
    /// A number for each kind of element that segments come from.
    pub tag: u8,
    /// The outermost article element around, 0 without one.
    pub article: u32,
    /// The three block elements around the segment's own, innermost first.
    pub containers: [u32; 3],
    /// Alike for segments whose elements have the same names and classes; in flat text, for
    /// lines that begin and end alike and are about as long.
    pub signature: u64,
}

impl Segment {
    /// The share of characters inside links, 0 to 1.
    pub fn linked_share(&self) -> f32 {
        self.place.linked_chars as f32 / self.measure.chars.max(1) as f32
    }

    /// Whether the text reads like sentences rather than like a label.
    pub fn is_prose(&self) -> bool {
        self.measure.is_prose()
    }
}

/// What the elements around a segment say about it, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks(u64);

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Marks {
            $($(#[$doc])* pub const $name: Marks = Marks(1 << $bit);)*
        }
    };
}

marks! {
    NAVIGATION = 0;
    HEADER = 1;
    FOOTER = 2;
    ASIDE = 3;
    FORM = 4;
    CAPTION = 5;
    ARTICLE = 6;
    MAIN = 7;
    /// `itemprop=articleBody` or a class that says the same.
    ARTICLE_BODY = 8;
    MAIN_HEADING = 9;
    HEADING = 10;
    BUTTON = 11;
    PARAGRAPH = 12;
    LIST = 13;
    TABLE = 14;
    QUOTATION = 15;
    TIME = 16;
    // What class and id names say.
    NAMED_NAVIGATION = 20;
    NAMED_RELATED = 21;
    NAMED_NEWSLETTER = 22;
    NAMED_SHARE = 23;
    NAMED_COMMENTS = 24;
    NAMED_ADVERTISEMENT = 25;
    NAMED_CAPTION = 26;
    NAMED_BYLINE = 27;
    NAMED_DATE = 28;
    NAMED_COOKIE = 29;
    NAMED_PAYWALL = 30;
    NAMED_BIOGRAPHY = 31;
    NAMED_TAGS = 32;
    NAMED_SECTION = 33;
    NAMED_HIDDEN = 34;
    NAMED_FOOTER = 35;
    NAMED_SIDEBAR = 36;
    NAMED_PLAYER = 37;
    NAMED_COPYRIGHT = 38;
}

impl Marks {
    pub const fn union(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// How many bits are in use.
    pub const COUNT: u32 = 39;

    /// 1 where the mark with this number is in the set.
    pub fn bit(self, number: u32) -> f32 {
        (self.0 >> number & 1) as f32
    }

    pub fn has(self, any_of: Marks) -> bool {
        self.0 & any_of.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn add(&mut self, other: Marks) {
        self.0 |= other.0;
    }
}
