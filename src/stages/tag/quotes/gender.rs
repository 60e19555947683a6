//! Whether a person is called he or she: by the first name, a form of address, a job.
//! Names that both bear, and names that are not known, tell nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    Female,
    Male,
}

pub fn of_pronoun(pronoun: &str) -> Option<Gender> {
    match pronoun {
        "he" | "He" => Some(Gender::Male),
        "she" | "She" => Some(Gender::Female),
        _ => None,
    }
}

pub fn of_name(name: &str) -> Option<Gender> {
    FIRST_NAMES.get(name.split(' ').next()?).copied()
}

/// By the form of address that the text before a name ends with.
pub fn of_title(before: &str) -> Option<Gender> {
    match before.trim_end().rsplit(char::is_whitespace).next()?.trim_end_matches('.') {
        "Mr" | "Sir" | "Lord" | "King" | "Prince" | "Congressman" => Some(Gender::Male),
        "Mrs" | "Ms" | "Miss" | "Lady" | "Dame" | "Queen" | "Princess" | "Congresswoman" => {
            Some(Gender::Female)
        }
        _ => None,
    }
}

/// By a job: "chairwoman".
pub fn of_words(words: &str) -> Option<Gender> {
    words.split_whitespace().find_map(|word| {
        let word = word.to_lowercase();
        if word.ends_with("woman")
            || matches!(word.as_str(), "actress" | "mother" | "wife" | "daughter" | "sister")
        {
            Some(Gender::Female)
        } else if matches!(word.as_str(), "actor" | "father" | "husband" | "son" | "brother") {
            Some(Gender::Male)
        } else {
            None
        }
    })
}

static FIRST_NAMES: LazyLock<HashMap<&'static str, Gender>> = LazyLock::new(|| {
    let lists =
        [(include_str!("women.txt"), Gender::Female), (include_str!("men.txt"), Gender::Male)];
    let mut names = HashMap::new();
    for (list, gender) in lists {
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        names.extend(lines.flat_map(str::split_whitespace).map(|name| (name, gender)));
    }
    names
});
