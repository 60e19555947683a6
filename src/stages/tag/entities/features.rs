//! What the tagger sees of a token: itself and two neighbours on either side, how
//! they are written, what the lexicon knows of them, and what names of several
//! words it is a part of. Each feature is a row of the table of weights.

use super::lexicon::{Entry, Lexicon};
use super::tokens::{Form, Token, joined, tokenise};
use crate::text::hashing::fingerprint;

pub const ROW_BITS: u32 = 20;
/// Rows of the table of weights.
pub const ROWS: usize = 1 << ROW_BITS;

/// A token with what is known of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    hash: u64,
    lower: u64,
    form: u8,
    is_first: bool,
    /// [`Entry::surroundings`] of the word as it is written in names.
    around: u32,
    lowered: Entry,
    /// Kinds of the longest listed name that the token stands in, and where: 1 alone,
    /// 2 first, 3 inside, 4 last.
    listed: u16,
    place: u8,
    /// Whether the token may be a part of a name at all.
    pub is_candidate: bool,
    /// Hashes of the first two and three and last two and three letters.
    affixes: [u32; 4],
}

/// Words in small letters that join the parts of a name.
pub const JOINTS: [&str; 25] = [
    "of", "the", "and", "for", "de", "la", "del", "di", "da", "dos", "du", "van", "von", "der",
    "den", "al", "bin", "ibn", "el", "y", "e", "&", "'s", "’s", "-",
];

/// Words in small letters that names begin with.
const PARTICLES: [&str; 14] =
    ["al", "de", "van", "von", "bin", "el", "la", "le", "da", "di", "der", "den", "ten", "ibn"];

/// The longest name that is looked up, in tokens.
const LONGEST_NAME: usize = 5;

/// Looks all tokens up. `text` is what their spans are in.
pub fn know(text: &str, tokens: &[Token], lexicon: &Lexicon, known: &mut Vec<Known>) {
    known.clear();
    known.extend(tokens.iter().map(|token| {
        let exact = lexicon.entry(token.hash);
        let lowered = if token.lower == token.hash { exact } else { lexicon.entry(token.lower) };
        let is_name = match token.form {
            form if form.is_capital() => true,
            Form::Lower => exact.case() >= MOSTLY_CAPITAL,
            _ => false,
        };
        Known {
            hash: token.hash,
            lower: token.lower,
            form: token.form as u8,
            is_first: token.is_first,
            lowered,
            is_candidate: is_name,
            affixes: if is_name { affixes(&text[token.span.clone()]) } else { [0; 4] },
            around: match token.form {
                // Headlines in capitals, and names in small letters.
                Form::Capitals | Form::Lower if is_name && exact.surroundings() == 0 => {
                    lexicon.entry(capitalised_hash(&text[token.span.clone()])).surroundings()
                }
                _ => exact.surroundings(),
            },
            ..Known::default()
        }
    }));
    join(text, tokens, known);
    list(lexicon, known);
}

/// A word in small letters is looked at from this share of capitals on.
const MOSTLY_CAPITAL: u8 = 6;

/// Joints and numbers between and behind candidates become candidates.
fn join(text: &str, tokens: &[Token], known: &mut [Known]) {
    let is_joint = |index: usize| {
        let token = &tokens[index];
        match token.form {
            Form::Lower | Form::Mark => {
                token.span.len() <= 4 && JOINTS.contains(&&text[token.span.clone()])
            }
            Form::Number | Form::WithDigits => true,
            _ => false,
        }
    };
    for index in 0..known.len() {
        if !known[index].is_candidate || !tokens[index].form.is_capital() {
            continue;
        }
        for end in index + 1..(index + 4).min(known.len()) {
            if tokens[end].form.is_capital() {
                known[index + 1..end].iter_mut().for_each(|known| known.is_candidate = true);
                break;
            }
            if !is_joint(end) {
                break;
            }
        }
        if matches!(tokens.get(index + 1), Some(next) if matches!(next.form, Form::Number | Form::WithDigits))
        {
            known[index + 1].is_candidate = true;
        }
        // "van Gogh", "al - Assad"
        for before in (index.saturating_sub(2)..index).rev() {
            let word = &text[tokens[before].span.clone()];
            if word == "-" {
                continue;
            }
            if PARTICLES.contains(&word) {
                known[before..index].iter_mut().for_each(|known| known.is_candidate = true);
            }
            break;
        }
        if index > 0 && tokens[index - 1].form == Form::WithDigits {
            known[index - 1].is_candidate = true;
        }
    }
}

/// Marks the longest listed names.
fn list(lexicon: &Lexicon, known: &mut [Known]) {
    let mut start = 0;
    while start < known.len() {
        if !known[start].is_candidate {
            start += 1;
            continue;
        }
        let (mut phrase, mut best, mut length) = (0, 0, 0);
        for (offset, next) in known[start..].iter().take(LONGEST_NAME).enumerate() {
            if !next.is_candidate {
                break;
            }
            phrase = joined(phrase, next.lower);
            let kinds =
                if offset == 0 { next.lowered.kinds() } else { lexicon.entry(phrase).kinds() };
            if kinds != 0 {
                (best, length) = (kinds, offset + 1);
            }
        }
        for (offset, known) in known[start..start + length].iter_mut().enumerate() {
            known.listed = best;
            known.place = match (offset, length) {
                (_, 1) => 1,
                (0, _) => 2,
                (last, _) if last + 1 == length => 4,
                _ => 3,
            };
        }
        start += length.max(1);
    }
}

fn affixes(word: &str) -> [u32; 4] {
    let bytes = word.as_bytes();
    let cut = |from: usize, to: usize| {
        bytes.get(from..to).map_or(0, |part| {
            part.iter().fold(7, |hash: u32, byte| {
                (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
            })
        })
    };
    let end = bytes.len();
    [cut(0, 2), cut(0, 3), cut(end.saturating_sub(2), end), cut(end.saturating_sub(3), end)]
}

/// "TAMPA", "tampa" → the hash of "Tampa".
fn capitalised_hash(word: &str) -> u64 {
    let mut buffer = [0u8; 32];
    match buffer.get_mut(..word.len()) {
        Some(buffer) if word.is_ascii() => {
            buffer.copy_from_slice(word.as_bytes());
            buffer.make_ascii_lowercase();
            buffer[..1].make_ascii_uppercase();
            fingerprint(buffer)
        }
        _ => 0,
    }
}

/// A token has no more rows: 46 questions, three of them asked for each of sixteen kinds.
pub const MOST_ROWS: usize = 43 + 3 * 16;

/// Calls `row` with each row of the token at `index`. The numbers tell apart what is
/// asked.
#[inline]
pub fn rows(known: &[Known], index: usize, mut row: impl FnMut(u32)) {
    let none = Known { form: 15, ..Known::default() };
    let at = |offset: isize| {
        index.checked_add_signed(offset).and_then(|at| known.get(at)).unwrap_or(&none)
    };
    let (a, b, here, d, e) = (at(-2), at(-1), at(0), at(1), at(2));
    let mut feature = |question: u64, value: u64| {
        let hash = (value ^ question.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(MIX);
        let hash = (hash ^ hash >> 32).wrapping_mul(MIX);
        row((hash >> (64 - ROW_BITS)) as u32);
    };
    // Itself.
    feature(0, 0);
    feature(1, here.hash);
    feature(2, here.lower);
    for (number, affix) in here.affixes.into_iter().enumerate() {
        feature(3 + number as u64, u64::from(affix));
    }
    let form = u64::from(here.form) | u64::from(here.is_first) << 4;
    let case = u64::from(here.lowered.case()) | u64::from(here.lowered.commonness()) << 3;
    feature(7, form);
    feature(8, form | case << 8);
    feature(9, u64::from(here.lowered.sense()) | form << 8);
    let place = u64::from(here.place);
    let listed = u64::from(here.listed) | place << 16;
    feature(10, listed);
    feature(11, listed | form << 20 | case << 26);
    feature(12, u64::from(here.lowered.kinds()) << 4 | u64::from(here.form));
    each_bit(here.listed, |kind| feature(13, kind | place << 8 | form << 16));
    // Its surroundings elsewhere.
    let around = u64::from(here.around);
    feature(14, around & 0xff);
    feature(15, around >> 8 & 0xff);
    feature(16, around >> 16 & 0xff);
    feature(17, around >> 24 & 0xff);
    feature(18, around & 0xffff);
    feature(19, around >> 16);
    // Its neighbours.
    feature(20, b.lower);
    feature(21, d.lower);
    feature(22, a.lower);
    feature(23, e.lower);
    feature(24, joined(b.lower, here.lower));
    feature(25, joined(here.lower, d.lower));
    feature(26, joined(a.lower, b.lower));
    feature(27, joined(d.lower, e.lower));
    let forms = u64::from(b.form) | form << 4 | u64::from(d.form) << 12;
    feature(28, forms);
    feature(29, forms << 4 | u64::from(a.form) | u64::from(e.form) << 24);
    feature(30, b.lower ^ form.wrapping_mul(MIX));
    feature(31, d.lower ^ form.wrapping_mul(MIX));
    let kinds = |known: &Known| u64::from(known.lowered.kinds() | known.listed);
    let sense = |known: &Known| u64::from(known.lowered.sense());
    feature(32, kinds(b) | u64::from(b.place) << 16 | u64::from(b.form) << 20);
    feature(33, kinds(d) | u64::from(d.place) << 16 | u64::from(d.form) << 20);
    each_bit(kinds(b) as u16, |kind| feature(34, kind | u64::from(b.form) << 8));
    each_bit(kinds(d) as u16, |kind| feature(35, kind | u64::from(d.form) << 8));
    feature(36, sense(b) | u64::from(b.form) << 8);
    feature(37, sense(d) | u64::from(d.form) << 8);
    feature(38, sense(a) | sense(b) << 8);
    feature(39, sense(d) | sense(e) << 8);
    feature(40, kinds(b) << 16 | kinds(d));
    feature(41, kinds(b) << 16 | kinds(here));
    feature(42, kinds(here) << 16 | kinds(d));
    let cases = |known: &Known| u64::from(known.lowered.case());
    feature(43, cases(b) | case << 3 | cases(d) << 9 | forms << 12);
    // The neighbours' surroundings: a rare surname behind a known given name.
    feature(44, u64::from(b.around) & 0xffff | u64::from(b.form) << 32);
    feature(45, u64::from(d.around) & 0xffff | u64::from(d.form) << 32);
}

const MIX: u64 = 0xd6e8_feb8_6659_fd93;

fn each_bit(mut bits: u16, mut call: impl FnMut(u64)) {
    while bits != 0 {
        call(u64::from(bits.trailing_zeros()));
        bits &= bits - 1;
    }
}

/// For lists: the hash of a name by its tokens in lower case.
pub fn name_hash(name: &str) -> u64 {
    let mut tokens = Vec::new();
    tokenise(name, 0..name.len(), &mut tokens);
    tokens.iter().fold(0, |phrase, token| joined(phrase, token.lower))
}
