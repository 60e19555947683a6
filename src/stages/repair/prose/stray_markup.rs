//! What the rules for leftovers of markup share: all are runs of a line between
//! two brackets, and are taken out only where no other bracket is open.

use std::ops::Range;

/// The longest piece of markup that is looked at, in bytes.
pub(super) const LONGEST: usize = 400;

/// Whether no bracket of markup is open before the piece. What stands inside of
/// another one would make that one whole by going, and so on without end.
pub(super) fn stands_alone(line: &str, piece: &Range<usize>) -> bool {
    let from = line.floor_char_boundary(piece.start.saturating_sub(LONGEST));
    let mut before = line[from..piece.start].bytes().rev();
    !before
        .find(|byte| matches!(byte, b'<' | b'>' | b'[' | b']' | b'{' | b'}'))
        .is_some_and(|byte| matches!(byte, b'<' | b'[' | b'{'))
}

/// The piece with one of the spaces about it, where it stands between two or at an
/// end of the line: what is left has no gap.
pub(super) fn with_gap(line: &str, piece: Range<usize>) -> Range<usize> {
    let (before, behind) = (&line[..piece.start], &line[piece.end..]);
    if before.ends_with(' ') && (behind.is_empty() || behind.starts_with([' ', '.', ',', ';'])) {
        piece.start - 1..piece.end
    } else if before.is_empty() && behind.starts_with(' ') {
        piece.start..piece.end + 1
    } else {
        piece
    }
}
