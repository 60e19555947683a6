//! Speech between single marks, ‘…’ or '…': ‘It is a sad day,’ said Quill.
//!
//! An apostrophe looks the same. A mark opens behind a blank, before a letter; it is
//! closed by one behind the punctuation of speech and before a blank or punctuation.

use super::marks::Place;

pub fn may_open(mark: char, place: Place) -> bool {
    matches!(mark, '‘' | '\'')
        && place.before.is_whitespace()
        && place.next.is_some_and(|next| next.is_alphabetic() || matches!(next, '“' | '"'))
}

/// Where the mark stands that closes the speech that begins at `start`. None where
/// another opens before, or where one of the double marks between is left open.
pub fn closing(paragraph: &str, start: usize) -> Option<usize> {
    let mut before = ' ';
    let mut characters = paragraph[start..].char_indices().peekable();
    let (mut opened, mut closed, mut straight) = (0, 0, 0);
    while let Some((at, mark)) = characters.next() {
        let place = Place { before, next: characters.peek().map(|(_, next)| *next) };
        match mark {
            '“' => opened += 1,
            '”' => closed += 1,
            '"' => straight += 1,
            '’' | '\'' if ",.!?…".contains(before) && place.is_at_end() => {
                return (opened == closed && straight % 2 == 0).then_some(start + at);
            }
            // The first mark of the speech itself has no blank before it.
            '‘' | '\'' if at > 0 && may_open(mark, place) => return None,
            _ => {}
        }
        before = mark;
    }
    None
}
