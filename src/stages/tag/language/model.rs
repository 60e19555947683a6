//! Languages by the letters of their words: a hashed table of letter sequences,
//! each with a small vector; the mean of a text's vectors, seen from each
//! language's direction, says how well the language fits. The design is that of
//! fastText's text classifier (Joulin et al. 2017), the sequences stay inside words.
//!
//! Scripts that one language alone is written in decide by themselves; of the
//! others, only the languages of the script that the text is mostly in compete.
//!
//! A model file is a line of text that says what it was made of and how, then,
//! little-endian: the number of languages (u32), each as its script (u8), the length
//! of its tag (u8), the tag, its bias (f32) and its direction ([`WIDTH`] × f32);
//! the scale of the table (f32) and the table ([`ROWS`] × [`WIDTH`] × i8).

use std::sync::LazyLock;

use crate::binary::take;
use crate::text::scripts::Script;

/// Numbers in a vector.
pub const WIDTH: usize = 16;
const ROW_BITS: u32 = 16;
/// Rows of the table.
pub const ROWS: usize = 1 << ROW_BITS;

/// Letters in the longest sequence, the ends of the word among them.
const LONGEST: usize = 5;
/// Longer words are no language: addresses, keys, lines without blanks.
const LONGEST_WORD: usize = 30;

pub static LANGUAGES: LazyLock<Model> = LazyLock::new(|| {
    Model::read(include_bytes!("languages.model")).expect("the file is part of the crate")
});

pub struct Model {
    languages: Vec<Language>,
    /// Read where the file stands.
    table: &'static [[u8; WIDTH]; ROWS],
    scale: f32,
}

/// A language that a script shares with others.
#[derive(Debug, Clone)]
pub struct Language {
    pub tag: String,
    pub script: Script,
    pub bias: f32,
    pub direction: [f32; WIDTH],
}

/// A language and how likely it is, among those of its script.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    pub tag: &'a str,
    pub probability: f32,
}

impl Model {
    /// `None` if the bytes are not such a file.
    pub fn read(file: &'static [u8]) -> Option<Self> {
        let header = file.iter().position(|&byte| byte == b'\n')? + 1;
        let mut rest = file.get(header..)?;
        let count = u32::from_le_bytes(take(&mut rest)?);
        let mut languages = Vec::new();
        for _ in 0..count {
            let [script, length] = take(&mut rest)?;
            let (tag, behind) = rest.split_at_checked(usize::from(length))?;
            rest = behind;
            let bias = f32::from_le_bytes(take(&mut rest)?);
            let mut direction = [0.0; WIDTH];
            for number in &mut direction {
                *number = f32::from_le_bytes(take(&mut rest)?);
            }
            let script = SHARED.into_iter().find(|shared| *shared as u8 == script)?;
            let tag = std::str::from_utf8(tag).ok()?.to_owned();
            languages.push(Language { tag, script, bias, direction });
        }
        let scale = f32::from_le_bytes(take(&mut rest)?);
        let (table, rest) = rest.as_chunks::<WIDTH>();
        let table = table.try_into().ok().filter(|_| rest.is_empty())?;
        Some(Self { languages, table, scale })
    }

    #[cfg(feature = "train")]
    pub fn write(
        header: &str,
        languages: &[Language],
        scale: f32,
        table: &[[i8; WIDTH]],
    ) -> Vec<u8> {
        let mut file = format!("{header}\n").into_bytes();
        file.extend((languages.len() as u32).to_le_bytes());
        for language in languages {
            file.extend([language.script as u8, language.tag.len() as u8]);
            file.extend(language.tag.as_bytes());
            file.extend(language.bias.to_le_bytes());
            file.extend(language.direction.iter().flat_map(|number| number.to_le_bytes()));
        }
        file.extend(scale.to_le_bytes());
        file.extend(table.iter().flatten().map(|number| number.cast_unsigned()));
        file
    }

    /// The tags of the languages that the model or their script tells.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let own = self.languages.iter().map(|language| language.tag.as_str());
        own.chain(OWN_SCRIPT.iter().map(|(_, tag)| *tag)).chain(["ja", "zh"])
    }

    /// The languages that `text` may be in, likeliest first; none if it has no words.
    pub fn candidates(&self, text: &str) -> Vec<Candidate<'_>> {
        let mut candidates = self.weighed(text);
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        candidates
    }

    /// The first of the candidates.
    pub fn likeliest(&self, text: &str) -> Option<Candidate<'_>> {
        self.weighed(text).into_iter().reduce(|best, other| {
            if other.probability.total_cmp(&best.probability).is_gt() { other } else { best }
        })
    }

    /// The candidates in the model's order.
    fn weighed(&self, text: &str) -> Vec<Candidate<'_>> {
        let letters = Letters::count(text);
        let Some(script) = letters.dominant() else { return Vec::new() };
        if let Some(tag) = alone(script, &letters) {
            return vec![Candidate { tag, probability: letters.share(script) }];
        }
        let mut sum = [0i32; WIDTH];
        let mut count = 0;
        features(text, script, |rows| {
            // Sixteen-bit sums are twice as fast, and hold the rows of a word.
            let mut of_word = [0i16; WIDTH];
            for row in rows {
                for (sum, number) in of_word.iter_mut().zip(&self.table[usize::from(*row)]) {
                    *sum += i16::from(number.cast_signed());
                }
            }
            for (sum, of_word) in sum.iter_mut().zip(of_word) {
                *sum += i32::from(of_word);
            }
            count += rows.len();
        });
        if count == 0 {
            return Vec::new();
        }
        let mean = sum.map(|sum| sum as f32 * self.scale / count as f32);
        let mut candidates: Vec<Candidate> = self
            .languages
            .iter()
            .filter(|language| language.script == script)
            .map(|language| Candidate { tag: &language.tag, probability: language.fit(&mean) })
            .collect();
        softmax(&mut candidates);
        candidates
    }
}

impl Language {
    fn fit(&self, mean: &[f32; WIDTH]) -> f32 {
        self.bias + self.direction.iter().zip(mean).map(|(a, b)| a * b).sum::<f32>()
    }
}

fn softmax(candidates: &mut [Candidate]) {
    let most = candidates.iter().map(|c| c.probability).fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for candidate in candidates.iter_mut() {
        candidate.probability = (candidate.probability - most).exp();
        total += candidate.probability;
    }
    for candidate in candidates {
        candidate.probability /= total;
    }
}

/// Scripts that several languages are written in.
const SHARED: [Script; 7] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Arabic,
    Script::Hebrew,
    Script::Devanagari,
    Script::Bengali,
    Script::Ethiopic,
];

/// Scripts of one language's news.
const OWN_SCRIPT: [(Script, &str); 18] = [
    (Script::Greek, "el"),
    (Script::Armenian, "hy"),
    (Script::Georgian, "ka"),
    (Script::Thai, "th"),
    (Script::Lao, "lo"),
    (Script::Khmer, "km"),
    (Script::Myanmar, "my"),
    (Script::Sinhala, "si"),
    (Script::Tamil, "ta"),
    (Script::Telugu, "te"),
    (Script::Kannada, "kn"),
    (Script::Malayalam, "ml"),
    (Script::Gujarati, "gu"),
    (Script::Gurmukhi, "pa"),
    (Script::Oriya, "or"),
    (Script::Tibetan, "bo"),
    (Script::Thaana, "dv"),
    (Script::Hangul, "ko"),
];

fn alone(script: Script, letters: &Letters) -> Option<&'static str> {
    match script {
        // Japanese writes a third of its characters and more in kana.
        Script::Han | Script::Kana => {
            let kana = letters.of(Script::Kana);
            let is_japanese = kana * KANA_SHARE >= letters.of(Script::Han);
            Some(if is_japanese { "ja" } else { "zh" })
        }
        _ => OWN_SCRIPT.iter().find(|(own, _)| *own == script).map(|(_, tag)| *tag),
    }
}

const KANA_SHARE: u32 = 12;

/// How many letters of each script a text has.
pub struct Letters([u32; Script::COUNT]);

impl Letters {
    pub fn count(text: &str) -> Self {
        let mut counts = [0; Script::COUNT];
        // Most texts are ASCII for the most part.
        let ascii = text.bytes().filter(u8::is_ascii_alphabetic).count();
        counts[Script::Latin as usize] = u32::try_from(ascii).unwrap_or(u32::MAX);
        for character in text.chars().filter(|character| !character.is_ascii()) {
            if let Some(script) = Script::of(character) {
                let count = &mut counts[script as usize];
                *count = count.saturating_add(WEIGHTS[script as usize]);
            }
        }
        Self(counts)
    }

    fn of(&self, script: Script) -> u32 {
        self.0[script as usize]
    }

    fn share(&self, script: Script) -> f32 {
        let own = match script {
            Script::Han | Script::Kana => self.of(Script::Han) + self.of(Script::Kana),
            _ => self.of(script),
        };
        own as f32 / self.0.iter().sum::<u32>().max(1) as f32
    }

    fn dominant(&self) -> Option<Script> {
        let (index, most) = self.0.iter().enumerate().max_by_key(|(_, count)| **count)?;
        let all = SHARED.into_iter().chain(OWN_SCRIPT.map(|(script, _)| script));
        let mut all = all.chain([Script::Kana, Script::Han]);
        (*most > 0).then(|| all.find(|script| *script as usize == index)).flatten()
    }
}

/// A character of Han, kana or Hangul says as much as some letters.
const WEIGHTS: [u32; Script::COUNT] = {
    let mut weights = [1; Script::COUNT];
    weights[Script::Han as usize] = 3;
    weights[Script::Kana as usize] = 2;
    weights[Script::Hangul as usize] = 2;
    weights
};

/// The rows of all letter sequences in the words of `text` that are in `script`, those of
/// one word at a time.
#[inline]
pub fn features(text: &str, script: Script, mut rows: impl FnMut(&[u16])) {
    let mut word = [END; LONGEST_WORD + 2];
    let mut length = 0;
    for character in text.chars() {
        let letter = letter(character, script);
        if letter != 0 {
            length += 1;
            if length <= LONGEST_WORD {
                word[length] = letter;
            }
        } else if length > 0 {
            word_features(&mut word, length, &mut rows);
            length = 0;
        }
    }
    if length > 0 {
        word_features(&mut word, length, &mut rows);
    }
}

/// What stands at both ends of a word.
const END: u32 = 1;

/// The letter in lower case; 0 if it is none of the script's.
#[inline]
fn letter(character: char, script: Script) -> u32 {
    match character {
        'a'..='z' if script == Script::Latin => u32::from(character),
        'A'..='Z' if script == Script::Latin => u32::from(character) | 0x20,
        '\0'..='\u{bf}' => 0,
        // Accents that stand by themselves belong to the word.
        '\u{300}'..='\u{36f}' => u32::from(character),
        _ if Script::of(character) == Some(script) => {
            u32::from(character.to_lowercase().next().unwrap_or(character))
        }
        _ => 0,
    }
}

/// A word has no more rows: five sequences from each letter or end on, and the whole.
const MOST_ROWS: usize = (LONGEST_WORD + 2) * LONGEST + 1;

#[inline]
fn word_features(word: &mut [u32; LONGEST_WORD + 2], length: usize, call: &mut impl FnMut(&[u16])) {
    if length > LONGEST_WORD {
        return;
    }
    word[length + 1] = END;
    let word = &word[..length + 2];
    // They are gathered before they are looked up, so that no look-up waits for another.
    let mut rows = [0u16; MOST_ROWS];
    let mut count = 0;
    for start in 0..word.len() {
        let mut hash = SEED;
        for (taken, letter) in word[start..].iter().take(LONGEST).enumerate() {
            hash = (hash ^ letter).wrapping_mul(FACTOR);
            hash ^= hash >> 15;
            rows[count] = row(hash);
            // An end by itself says nothing.
            count += usize::from(taken > 0 || *letter != END);
        }
    }
    if word.len() > LONGEST {
        let hash = word.iter().fold(!SEED, |hash, letter| {
            let hash = (hash ^ letter).wrapping_mul(FACTOR);
            hash ^ hash >> 15
        });
        rows[count] = row(hash);
        count += 1;
    }
    call(&rows[..count]);
}

#[inline]
fn row(hash: u32) -> u16 {
    (hash.wrapping_mul(LAST_FACTOR) >> (32 - ROW_BITS)) as u16
}

const SEED: u32 = 0x811c_9dc5;
const FACTOR: u32 = 0x2c1b_3c6d;
const LAST_FACTOR: u32 = 0x297a_2d39;
