//! Tables of the article stay whole: a row of numbers, or one that reads like a button
//! ("Share  12 %"), is no furniture between rows that are text.

use crate::article::BlockKind;
use crate::stages::boilerplate::segment::Segment;

/// Keeps all rows of a table, and its caption, where half of them are kept.
pub fn complete(segments: &[Segment], kept: &mut [bool]) {
    let table = |segment: &Segment| {
        let [_, table, _] = segment.place.containers;
        (segment.kind == BlockKind::TableRow).then_some(table)
    };
    let mut start = 0;
    for rows in segments.chunk_by(|one, next| table(one) == table(next)) {
        let end = start + rows.len();
        if let Some(table) = table(&rows[0]) {
            let known = kept[start..end].iter().filter(|&&kept| kept).count();
            if rows.len() > 2 && 2 * known >= rows.len() {
                let is_caption = start > 0 && segments[start - 1].place.containers[0] == table;
                kept[start - usize::from(is_caption)..end].fill(true);
            }
        }
        start = end;
    }
}
