//! `[input]`

use crate::settings::check::{at_least, between, field_paths};
use crate::settings::section::section;

section! {
    /// What a raw message may be, and where in a JSON message the article's fields
    /// stand: for each, names of top-level fields or JSON pointers (`/data/html`), of
    /// which the first that is there wins.
    InputSettings = "input" {
        /// Payloads larger than this, packed or unpacked, are dead-lettered.
        max_bytes: usize = 16 * 1024 * 1024, at_least(1);
        /// JSON that is nested deeper than this is dead-lettered.
        max_depth: usize = 64, between(1, 128);
        /// The article's own id. Without one, an id is derived from the content.
        id: Vec<String> = &["id"], field_paths();
        /// The page's address.
        url: Vec<String> = &["url"], field_paths();
        /// The page. Where there is a page, a text beside it is not used.
        html: Vec<String> = &["html"], field_paths();
        /// The flat text.
        text: Vec<String> = &["text", "body", "content"], field_paths();
        /// The headline as the scraper took it.
        title: Vec<String> = &["title"], field_paths();
        /// A name, or a list of names.
        author: Vec<String> = &["author"], field_paths();
        /// When the article was published.
        published_at: Vec<String> = &["published_at"], field_paths();
        /// When the article was fetched.
        fetched_at: Vec<String> = &["fetched_at"], field_paths();
        /// The publisher's name.
        source: Vec<String> = &["source"], field_paths();
        /// The language, as a BCP 47 tag.
        language: Vec<String> = &["language"], field_paths();
    }
}
