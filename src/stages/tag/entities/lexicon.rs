//! What is known of single words and of names, by the hash of the word or phrase.
//!
//! A lexicon file is a line of text that says what it was made of and how, then,
//! little-endian: the number of words (u32), each as the upper half of its hash
//! (u32) and what is known of it (u64, see [`Entry`]); then the number of names
//! (u32), each as (u32, u16): the hash and the kinds, bits as in [`Kind`].

use std::sync::LazyLock;

pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::read(include_bytes!("lexicon.bin")).expect("the file is part of the crate")
});

/// What lists say a word or name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    Given = 1,
    Surname = 1 << 1,
    Person = 1 << 2,
    City = 1 << 3,
    Country = 1 << 4,
    State = 1 << 5,
    Place = 1 << 6,
    Organisation = 1 << 7,
    /// "Inc", "University", "Ministry": what organisations are called.
    OrganisationWord = 1 << 8,
    /// "River", "Street", "County"
    PlaceWord = 1 << 9,
    /// "president", "coach": titles and jobs, in any case.
    Title = 1 << 10,
    /// "French", "Iraqi"
    Demonym = 1 << 11,
    /// "Monday", "Christmas", "Olympics": in capitals and yet none of these.
    OtherName = 1 << 12,
}

/// Bits: 0–2 how often it is written with a capital, 3–5 how common it is, 6–37 its
/// surroundings ([`Entry::surroundings`]), 40–47 what its noun or verb means, 48–63
/// [`Kind`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry(pub u64);

impl Entry {
    pub fn new(case: u8, commonness: u8, surroundings: u32, sense: u8, kinds: u16) -> Self {
        Self(
            u64::from(case & 7)
                | u64::from(commonness & 7) << 3
                | u64::from(surroundings) << 6
                | u64::from(sense) << 40
                | u64::from(kinds) << 48,
        )
    }

    /// 0 unknown, 1 never with a capital within sentences … 7 always.
    pub fn case(self) -> u8 {
        self.0 as u8 & 7
    }

    /// 0 unknown, 1 rare … 7 very common.
    pub fn commonness(self) -> u8 {
        (self.0 >> 3) as u8 & 7
    }

    /// Sixteen neighbours, two bits each: 0 unknown, 1 less often beside it than
    /// beside other words, 2 as often, 3 oftener.
    pub fn surroundings(self) -> u32 {
        (self.0 >> 6) as u32
    }

    /// The number of the word's meaning in WordNet's files, plus one.
    pub fn sense(self) -> u8 {
        (self.0 >> 40) as u8
    }

    pub fn kinds(self) -> u16 {
        (self.0 >> 48) as u16
    }

    pub fn is(self, kind: Kind) -> bool {
        self.kinds() & kind as u16 != 0
    }
}

/// An open table: a place is free where the entry is 0.
pub struct Lexicon {
    slots: Vec<Slot>,
    mask: usize,
}

/// A key and the halves of its entry, so that no room is lost between them.
#[derive(Clone, Copy, Default)]
struct Slot {
    key: u32,
    entry: [u32; 2],
}

impl Slot {
    fn entry(self) -> Entry {
        Entry(u64::from(self.entry[1]) << 32 | u64::from(self.entry[0]))
    }

    fn with(key: u32, entry: u64) -> Self {
        Self { key, entry: [entry as u32, (entry >> 32) as u32] }
    }
}

impl Lexicon {
    /// `None` if the bytes are not such a file.
    pub fn read(file: &[u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let (words, rest) = counted::<12>(file.get(header..)?)?;
        let (names, rest) = counted::<6>(rest)?;
        if !rest.is_empty() {
            return None;
        }
        let known = words.len() + names.len();
        let size = (known + known / 3).next_power_of_two();
        let mut lexicon = Self { slots: vec![Slot::default(); size], mask: size - 1 };
        for word in words {
            let (key, entry) = word.split_first_chunk::<4>()?;
            let entry = u64::from_le_bytes(*entry.first_chunk()?);
            lexicon.add(u32::from_le_bytes(*key), entry);
        }
        for name in names {
            let (key, kinds) = name.split_first_chunk::<4>()?;
            let kinds = u16::from_le_bytes(*kinds.first_chunk()?);
            lexicon.add(u32::from_le_bytes(*key), u64::from(kinds) << 48);
        }
        Some(lexicon)
    }

    /// The file of words and names, by the hashes of their tokens.
    #[cfg(feature = "train")]
    pub fn write(header: &str, words: &[(u64, Entry)], names: &[(u64, u16)]) -> Vec<u8> {
        let mut file = format!("{header}\n").into_bytes();
        file.extend((words.len() as u32).to_le_bytes());
        for (hash, entry) in words {
            file.extend(key(*hash).to_le_bytes());
            file.extend(entry.0.to_le_bytes());
        }
        file.extend((names.len() as u32).to_le_bytes());
        for (hash, kinds) in names {
            file.extend(key(*hash).to_le_bytes());
            file.extend(kinds.to_le_bytes());
        }
        file
    }

    fn add(&mut self, key: u32, entry: u64) {
        let mut place = key as usize & self.mask;
        while self.slots[place].entry != [0, 0] && self.slots[place].key != key {
            place = (place + 1) & self.mask;
        }
        self.slots[place] = Slot::with(key, self.slots[place].entry().0 | entry);
    }

    /// Of a word or phrase by its hash; nothing is known of it if it is empty.
    #[inline]
    pub fn entry(&self, hash: u64) -> Entry {
        let key = key(hash);
        let mut place = key as usize & self.mask;
        loop {
            let slot = self.slots[place];
            if slot.entry == [0, 0] || slot.key == key {
                return slot.entry();
            }
            place = (place + 1) & self.mask;
        }
    }
}

fn key(hash: u64) -> u32 {
    (hash >> 32) as u32 ^ hash as u32
}

/// A number of records of `SIZE` bytes, and what is behind them.
fn counted<const SIZE: usize>(bytes: &[u8]) -> Option<(&[[u8; SIZE]], &[u8])> {
    let (count, bytes) = bytes.split_first_chunk::<4>()?;
    let length = (u32::from_le_bytes(*count) as usize).checked_mul(SIZE)?;
    let (records, rest) = bytes.split_at_checked(length)?;
    Some((records.as_chunks::<SIZE>().0, rest))
}
