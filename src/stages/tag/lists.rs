//! Word lists, a file each: words apart by blanks or line breaks, lines that
//! begin with `#` are comments.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

/// Words inside a person's name that may be in lower case.
pub static PARTICLES: Words = LazyLock::new(|| words(include_str!("lists/name_particles.txt")));
/// Titles that stand before a name.
pub static HONORIFICS: Words = LazyLock::new(|| words(include_str!("lists/honorifics.txt")));
/// Degrees and licences that stand behind a name.
pub static DEGREES: Words = LazyLock::new(|| words(include_str!("lists/degrees.txt")));
/// Words that end the name of a group that signs together.
pub static COLLECTIVES: Words = LazyLock::new(|| words(include_str!("lists/collectives.txt")));
/// Offices of a newsroom and other jobs; the words before one name its field.
pub static ROLES: Words = LazyLock::new(|| words(include_str!("lists/roles.txt")));
/// What an office is about, where it stands behind a name.
pub static FIELDS: Words = LazyLock::new(|| words(include_str!("lists/role_fields.txt")));
/// Words that no person is called by.
pub static NOT_IN_NAMES: Words = LazyLock::new(|| words(include_str!("lists/not_in_names.txt")));
/// News agencies, as outlets::key gives them.
pub static AGENCIES: Words = LazyLock::new(|| words(include_str!("lists/agencies.txt")));
/// Outlets known by one word or a short form, which nothing else would give away, as outlets::key gives them.
pub static WELL_KNOWN: Words = LazyLock::new(|| words(include_str!("lists/outlets.txt")));
/// Words that begin or end the names of outlets.
pub static OUTLET_WORDS: Words = LazyLock::new(|| words(include_str!("lists/outlet_words.txt")));
/// Segments of a URL's path that are a section's name by themselves.
pub static PATH_SECTIONS: Words = LazyLock::new(|| words(include_str!("lists/path_sections.txt")));
/// Sections that say nothing, as outlets::key gives them.
pub static NOT_SECTIONS: Words = LazyLock::new(|| words(include_str!("lists/not_sections.txt")));
/// Words in capitals before a dash that are no place.
pub static LABELS: Words = LazyLock::new(|| words(include_str!("lists/labels.txt")));

fn words(list: &'static str) -> HashSet<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}
