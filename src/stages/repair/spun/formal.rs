//! Words of formal English: spinners write them, too, and so do statutes, contracts,
//! minutes, reports and sermons, which are full of them though nobody spun them.

use std::sync::LazyLock;

use crate::text::hashing::FastSet;

static FORMAL: LazyLock<FastSet<&str>> = LazyLock::new(|| {
    include_str!("formal.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Whether a phrase has such words: `thirty days`, `shall not`.
pub fn is_formal(phrase: &str) -> bool {
    let phrase = phrase.to_lowercase();
    let starts = phrase.match_indices(' ').map(|(space, _)| space + 1);
    let ends = || phrase.match_indices(' ').map(|(space, _)| space).chain([phrase.len()]);
    std::iter::once(0)
        .chain(starts)
        .any(|start| ends().any(|end| end > start && FORMAL.contains(&phrase[start..end])))
}
