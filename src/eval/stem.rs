//! The stem of an English word, by the algorithm of M. F. Porter ("An algorithm for
//! suffix stripping", 1980): inflected forms of a word get the same stem.

/// Of a word in lower case.
pub fn stem(word: &str) -> String {
    if word.len() <= 2 || !word.is_ascii() {
        return word.to_owned();
    }
    let mut word = word.to_owned();
    plural(&mut word);
    past(&mut word);
    if word.ends_with('y') && has_vowel(&word[..word.len() - 1]) {
        word.replace_range(word.len() - 1.., "i");
    }
    replace(&mut word, SECOND, 0);
    replace(&mut word, THIRD, 0);
    fourth(&mut word);
    end(&mut word);
    word
}

const SECOND: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
];

const THIRD: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

const FOURTH: &[&str] = &[
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
    "ism", "ate", "iti", "ous", "ive", "ize",
];

fn plural(word: &mut String) {
    if word.ends_with("sses") || word.ends_with("ies") {
        word.truncate(word.len() - 2);
    } else if word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
}

fn past(word: &mut String) {
    if let Some(rest) = word.strip_suffix("eed") {
        if measure(rest) > 0 {
            word.pop();
        }
        return;
    }
    let Some(rest) = ["ed", "ing"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|rest| has_vowel(rest))
    else {
        return;
    };
    word.truncate(rest.len());
    let is_double = has_double_end(word);
    if ["at", "bl", "iz"].iter().any(|ending| word.ends_with(ending)) {
        word.push('e');
    } else if is_double && !word.ends_with(['l', 's', 'z']) {
        word.pop();
    } else if !is_double && measure(word) == 1 && is_short_end(word) {
        word.push('e');
    }
}

/// Replaces the first ending that fits, if what is left is long enough.
fn replace(word: &mut String, endings: &[(&str, &str)], least: usize) {
    let fits = |(ending, _): &&(&str, &str)| word.ends_with(ending);
    if let Some((ending, instead)) = endings.iter().find(fits) {
        let rest = word.len() - ending.len();
        if measure(&word[..rest]) > least {
            word.replace_range(rest.., instead);
        }
    }
}

fn fourth(word: &mut String) {
    let Some(ending) = FOURTH.iter().find(|ending| word.ends_with(**ending)) else { return };
    let rest = &word[..word.len() - ending.len()];
    if measure(rest) > 1 && (*ending != "ion" || rest.ends_with(['s', 't'])) {
        word.truncate(rest.len());
    }
}

fn end(word: &mut String) {
    if let Some(rest) = word.strip_suffix('e') {
        let count = measure(rest);
        if count > 1 || (count == 1 && !is_short_end(rest)) {
            word.pop();
        }
    }
    if word.ends_with("ll") && measure(&word[..word.len() - 1]) > 1 {
        word.pop();
    }
}

fn is_consonant(word: &[u8], at: usize) -> bool {
    match word[at] {
        b'a' | b'e' | b'i' | b'o' | b'u' => false,
        b'y' => at == 0 || !is_consonant(word, at - 1),
        _ => true,
    }
}

fn has_vowel(word: &str) -> bool {
    (0..word.len()).any(|at| !is_consonant(word.as_bytes(), at))
}

/// How often a vowel is followed by a consonant.
fn measure(word: &str) -> usize {
    let word = word.as_bytes();
    (1..word.len()).filter(|&at| is_consonant(word, at) && !is_consonant(word, at - 1)).count()
}

fn has_double_end(word: &str) -> bool {
    let bytes = word.as_bytes();
    let last = bytes.len().wrapping_sub(1);
    bytes.len() >= 2 && bytes[last] == bytes[last - 1] && is_consonant(bytes, last)
}

/// Ends consonant, vowel, consonant other than w, x and y.
fn is_short_end(word: &str) -> bool {
    let bytes = word.as_bytes();
    let last = bytes.len().wrapping_sub(1);
    bytes.len() >= 3
        && is_consonant(bytes, last)
        && !is_consonant(bytes, last - 1)
        && is_consonant(bytes, last - 2)
        && !matches!(bytes[last], b'w' | b'x' | b'y')
}
