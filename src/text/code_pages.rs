//! Single-byte character encodings, seen from the side of the characters: which
//! byte 0x80..=0xFF a character stood for, and whether that byte can open or go
//! on a UTF-8 sequence. UTF-8 that was read in a single-byte encoding consists
//! of nothing but such characters.

use std::sync::LazyLock;

use encoding_rs::Encoding;

use super::characters::is_c1_control;

/// One encoding; an index into [`CODE_PAGES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodePage(pub u8);

/// A set of code pages, a bit each.
pub type CodePageSet = u16;

/// The encodings that UTF-8 is read in by mistake, commonest first. ISO 8859-1
/// and -9 need no entry of their own: their C1 controls count as the bytes of
/// the same value in every Windows and ISO page here.
pub const CODE_PAGES: [&str; 10] = [
    "windows-1252",
    "windows-1251",
    "windows-1250",
    "macintosh",
    "iso-8859-2",
    "windows-1257",
    "windows-1254",
    "windows-1253",
    "cp437",
    "cp850",
];

/// What a character can be in UTF-8 misread in one of the code pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles {
    /// Pages in which its byte opens a sequence (0xC2..=0xF4).
    pub lead: CodePageSet,
    /// Pages in which its byte goes on a sequence (0x80..=0xBF).
    pub continuation: CodePageSet,
}

/// What `character` can be in misread UTF-8.
#[inline]
pub fn roles(character: char) -> Roles {
    TABLES.roles.get(character as usize).copied().unwrap_or_else(|| TABLES.far_roles(character))
}

impl CodePage {
    pub fn all() -> impl Iterator<Item = CodePage> {
        (0..CODE_PAGES.len() as u8).map(CodePage)
    }

    pub fn name(self) -> &'static str {
        CODE_PAGES[self.0 as usize]
    }

    pub fn bit(self) -> CodePageSet {
        1 << self.0
    }

    /// The byte from 0x80 that stands for `character` in this page.
    pub fn byte(self, character: char) -> Option<u8> {
        let bytes = &TABLES.bytes[self.0 as usize];
        bytes.binary_search_by_key(&character, |entry| entry.0).ok().map(|found| bytes[found].1)
    }

    /// Whether the page itself has another character at the byte that this C1
    /// control stands for: a sign that a different page was read. Windows-1252
    /// doubles as ISO 8859-1 and borrows none.
    pub fn borrows(self, control: char) -> bool {
        is_c1_control(control)
            && TABLES.borrowed[self.0 as usize] & 1 << (control as u32 - 0x80) != 0
    }

    /// Whether the page has the no-break space at 0xA0, so that a sequence may
    /// have lost it to an ordinary space.
    pub fn has_no_break_space_at_a0(self) -> bool {
        self.byte('\u{a0}') == Some(0xA0)
    }
}

/// The character at a byte in Windows-1252 as C1 controls are mended: `None`
/// for the five bytes that the page leaves undefined.
pub fn windows_1252(byte: u8) -> Option<char> {
    defined(encoding_rs::WINDOWS_1252, byte)
}

/// The character at a byte from 0x80 in Mac OS Roman.
pub fn mac_roman(byte: u8) -> Option<char> {
    defined(encoding_rs::MACINTOSH, byte)
}

fn defined(encoding: &'static Encoding, byte: u8) -> Option<char> {
    let character = decode(encoding, byte)?;
    (!character.is_control()).then_some(character)
}

fn decode(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding
        .decode_without_bom_handling_and_without_replacement(&[byte])
        .and_then(|text| text.chars().next())
}

/// Characters below this have their roles in a plain array.
const NEAR: usize = 0x2700;

struct Tables {
    roles: Vec<Roles>,
    /// Roles of characters from [`NEAR`] up, sorted.
    far: Vec<(char, Roles)>,
    /// For each page its characters, sorted, with their bytes.
    bytes: Vec<Vec<(char, u8)>>,
    /// For each page the C1 controls that it borrows, a bit each.
    borrowed: Vec<u32>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

impl Tables {
    fn build() -> Self {
        let bytes: Vec<Vec<(char, u8)>> = CODE_PAGES.iter().map(|name| page_bytes(name)).collect();
        let mut roles = vec![Roles::default(); NEAR];
        let mut far: Vec<(char, Roles)> = Vec::new();
        for (page, characters) in bytes.iter().enumerate() {
            for &(character, byte) in characters {
                let entry = match roles.get_mut(character as usize) {
                    Some(entry) => entry,
                    None => {
                        let at =
                            far.iter().position(|(c, _)| *c == character).unwrap_or_else(|| {
                                far.push((character, Roles::default()));
                                far.len() - 1
                            });
                        &mut far[at].1
                    }
                };
                match byte {
                    0x80..=0xBF => entry.continuation |= 1 << page,
                    0xC2..=0xF4 => entry.lead |= 1 << page,
                    _ => {}
                }
            }
        }
        far.sort_by_key(|entry| entry.0);
        let mut borrowed: Vec<u32> =
            bytes.iter().map(|characters| borrowed_controls(characters)).collect();
        borrowed[0] = 0;
        Self { roles, far, bytes, borrowed }
    }

    #[cold]
    fn far_roles(&self, character: char) -> Roles {
        self.far
            .binary_search_by_key(&character, |entry| entry.0)
            .map_or(Roles::default(), |found| self.far[found].1)
    }
}

fn borrowed_controls(characters: &[(char, u8)]) -> u32 {
    let own = |byte: u8| characters.iter().any(|(c, b)| *b == byte && !is_c1_control(*c));
    characters
        .iter()
        .filter(|(character, byte)| is_c1_control(*character) && own(*byte))
        .fold(0, |set, (_, byte)| set | 1 << (byte - 0x80))
}

fn page_bytes(name: &str) -> Vec<(char, u8)> {
    let upper_half = 0x80..=0xFFu8;
    let mut characters: Vec<(char, u8)> = match name {
        "cp437" => CP437.chars().zip(upper_half).collect(),
        "cp850" => CP850.chars().zip(upper_half).collect(),
        _ => {
            let encoding = Encoding::for_label(name.as_bytes()).expect("the labels are constants");
            let mut characters: Vec<(char, u8)> =
                upper_half.filter_map(|byte| Some((decode(encoding, byte)?, byte))).collect();
            if encoding != encoding_rs::MACINTOSH {
                // Bytes that went through ISO 8859 on the way are C1 controls.
                characters.extend((0x80..=0x9Fu8).map(|byte| (char::from(byte), byte)));
            }
            characters
        }
    };
    characters.sort_unstable();
    characters.dedup_by_key(|entry| entry.0);
    characters
}

/// IBM code page 437 from 0x80 up.
const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}\
";

/// IBM code page 850 from 0x80 up.
const CP850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}\
";
