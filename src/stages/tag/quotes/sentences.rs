//! Where sentences begin, well enough to tell what a quote's sentence names.

/// The start of the sentence that `end` stands in or behind; a line break parts too.
pub fn start(text: &str, end: usize) -> usize {
    let floor = text.ceil_char_boundary(end.saturating_sub(REACH));
    // What ends right before `end` is the sentence meant.
    let words = text[floor..end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut at = words.len();
    while let Some(found) = words[..at].rfind(['.', '!', '?', '\n', '…']) {
        let behind = &words[found..];
        let mark = behind.chars().next().map_or(1, char::len_utf8);
        let rest = behind[mark..].trim_start_matches(['”', '"', ')', '’', '\'']);
        let is_break = behind.starts_with('\n')
            || (rest.starts_with(char::is_whitespace)
                && !behind[mark..].starts_with(')')
                && !is_abbreviation(&words[..found]));
        if is_break {
            let skipped = rest.len() - rest.trim_start().len();
            return floor + words.len() - rest.len() + skipped;
        }
        at = found;
    }
    floor
}

/// The end of the sentence that starts at `start`, at most `end`.
pub fn end(text: &str, start: usize, end: usize) -> usize {
    let words = &text[start..text.floor_char_boundary(end.min(start + REACH))];
    for (at, mark) in words.match_indices(['.', '!', '?', '\n', ';', '…']) {
        let rest = words[at + mark.len()..].trim_start_matches(['”', '"', ')', '’']);
        let is_inside = words[at + mark.len()..].starts_with(')');
        let ends = !is_inside && (rest.is_empty() || rest.starts_with(char::is_whitespace));
        if mark == "\n" || mark == ";" || (ends && !is_abbreviation(&words[..at])) {
            return start + at;
        }
    }
    start + words.len()
}

/// In bytes: sentences are shorter.
const REACH: usize = 600;

/// Whether a full stop behind these words does not end them.
fn is_abbreviation(words: &str) -> bool {
    let last = words
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '“' | '"'))
        .next()
        .unwrap_or_default();
    let is_initial = last.chars().count() == 1 && last.starts_with(char::is_uppercase);
    is_initial
        || last.contains('.')
        || matches!(
            last,
            "Mr" | "Mrs"
                | "Ms"
                | "Dr"
                | "Prof"
                | "St"
                | "Sen"
                | "Sens"
                | "Rep"
                | "Reps"
                | "Gov"
                | "Gen"
                | "Lt"
                | "Col"
                | "Sgt"
                | "Capt"
                | "Adm"
                | "Rev"
                | "Hon"
                | "Pres"
                | "Jr"
                | "Sr"
                | "Inc"
                | "Corp"
                | "Co"
                | "Ltd"
                | "No"
                | "vs"
                | "Del"
                | "Atty"
                | "Maj"
                | "Jan"
                | "Feb"
                | "Aug"
                | "Sept"
                | "Oct"
                | "Nov"
                | "Dec"
                | "Va"
                | "Calif"
                | "Fla"
        )
}
