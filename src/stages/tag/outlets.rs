//! What names of news outlets look like.

use super::lists::{AGENCIES, OUTLET_WORDS, WELL_KNOWN};

/// Letters and digits of a name in lower case, without a leading article: equal
/// for "The Daily Example", "daily-example" and "DAILY EXAMPLE".
pub fn key(name: &str) -> String {
    let folded: String = name.trim().to_lowercase();
    let rest = ["the ", "le ", "la ", "el ", "der ", "die ", "das "]
        .iter()
        .find_map(|article| folded.strip_prefix(article))
        .unwrap_or(&folded);
    rest.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether two names are of one outlet: equal, one with the other's domain
/// ending, or one the initials of the other.
pub fn same(one: &str, other: &str) -> bool {
    let (a, b) = (key(one), key(other));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let longer = a.len().max(b.len());
    let shorter = a.len().min(b.len());
    a == b
        || (shorter >= 4 && longer <= shorter + 12 && (a.starts_with(&b) || b.starts_with(&a)))
        || initials(one) == b && b.chars().count() >= 2
        || initials(other) == a && a.chars().count() >= 2
}

fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.len() < 2 {
        return String::new();
    }
    words.iter().filter_map(|word| word.chars().next()).flat_map(char::to_lowercase).collect()
}

/// Whether a domain's name is that of an outlet: "dailyexample.co.uk" of "The
/// Daily Example", "nyt" of "New York Times".
pub fn is_named_by(outlet: &str, domain_name: &str) -> bool {
    let (outlet_key, domain_key) = (key(outlet), key(domain_name));
    if outlet_key.is_empty() || domain_key.is_empty() {
        return false;
    }
    let with_article: String =
        outlet.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    outlet_key == domain_key
        || with_article == domain_key
        || outlet_key.chars().count() >= 4 && domain_key.contains(&outlet_key)
        || domain_key.chars().count() >= 4 && outlet_key.contains(&domain_key)
        || initials(outlet) == domain_key
}

/// Whether a name is, or ends like, an outlet's, with nothing else to go by.
pub fn reads_like_outlet(name: &str) -> bool {
    let folded = name.trim().to_lowercase();
    if WELL_KNOWN.contains(key(&folded).as_str()) {
        return true;
    }
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.is_empty() || words.len() > 5 {
        return false;
    }
    let capitalised = name.split_whitespace().all(|word| {
        word.chars().next().is_some_and(|c| !c.is_lowercase())
            || matches!(word, "of" | "the" | "and" | "de" | "du" | "del" | "di" | "da")
    });
    let says_so = words.last().is_some_and(|last| OUTLET_WORDS.contains(last))
        || (words.len() >= 2 && words.first().is_some_and(|first| OUTLET_WORDS.contains(first)));
    let is_domain = words.len() == 1
        && words[0].rsplit_once('.').is_some_and(|(name, top)| {
            name.len() >= 2
                && (2..=6).contains(&top.len())
                && top.bytes().all(|b| b.is_ascii_alphabetic())
        });
    (capitalised && says_so && words.len() >= 2) || is_domain
}

/// Whether a name is that of a news agency, whose credit stands where an author's
/// name would.
pub fn is_agency(name: &str) -> bool {
    AGENCIES.contains(key(name).as_str())
}
