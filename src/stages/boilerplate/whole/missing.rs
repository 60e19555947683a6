//! Error pages: what a server answers where there is no article.
//! Silent where more text stands than an excuse needs.

use super::wordings::{self, Wording};
use super::{Whole, parts};

/// An excuse, a search hint and a few links are shorter.
const MOST_WORDS: u32 = 60;

pub fn is(whole: &Whole) -> bool {
    whole.kept_words() <= MOST_WORDS
        && (whole.is_titled(Wording::Missing) || whole.headings().any(is_status))
}

/// Whether a heading is a status code of HTTP and not much more: "404", "Error 503",
/// "404 Seite nicht gefunden". Codes need no translation.
fn is_status(heading: &str) -> bool {
    const CODES: [&str; 11] =
        ["400", "401", "403", "404", "410", "429", "451", "500", "502", "503", "504"];
    let is_code = |word: &&str| CODES.contains(word);
    heading.len() <= super::LONGEST_HEADING
        && parts(heading).any(|part| {
            let mut words: Vec<&str> = part
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let all = words.len();
            words.retain(|word| !is_code(word));
            let rest = words.join(" ");
            words.len() < all
                && (words.is_empty()
                    || wordings::is(&rest, Wording::Status)
                    || wordings::is(&rest, Wording::Missing))
        })
}
