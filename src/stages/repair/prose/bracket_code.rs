//! Codes in square brackets that forums and editors of pages read, and that came
//! through as text: `[b]Harbour[/b]` → `Harbour`, `[caption id="c4" width="300"]` → ``,
//! `[vc_row]Harbour[/vc_row]` → `Harbour`.
//!
//! Codes without attributes only in pairs: `[b]uild`, `[i]t` are an editor's
//! brackets, `[sic]` and `[video]` a writer's.

use std::ops::Range;

use super::stray_markup::{LONGEST, stands_alone, with_gap};
use super::{Rule, draft::Draft};
use crate::edit::{Proposal, RuleId};
use crate::stage::Deadline;

pub(super) const RULE: Rule = Rule { id: RuleId("repair.prose.bracket_code"), propose };

/// Codes that come in pairs about words, in alphabetical order.
const PAIRED: [&str; 11] =
    ["b", "center", "color", "font", "i", "left", "quote", "right", "size", "u", "url"];

/// What the values of keys stand in; some systems set them as a printer would.
const QUOTES: [char; 5] = ['"', '\'', '“', '”', '″'];

fn propose(draft: &Draft, deadline: &Deadline) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    if !draft.holds(b'[') {
        return proposals;
    }
    for line in draft.lines() {
        deadline.check();
        let text = draft.of(&line);
        let codes: Vec<Code> = memchr::memchr_iter(b'[', text.as_bytes())
            .filter_map(|at| Code::at(text, at))
            .filter(|code| stands_alone(text, &code.span))
            .collect();
        let mut marks: Vec<Range<usize>> = Vec::new();
        let mut open: Vec<&Code> = Vec::new();
        for code in &codes {
            if code.closes {
                let counterpart = open.iter().rposition(|opening| opening.name == code.name);
                if let Some(at) = counterpart {
                    marks.extend([open[at].span.clone(), code.span.clone()]);
                    open.truncate(at);
                }
            } else if PAIRED.binary_search(&code.name).is_ok()
                || code.name.contains('_')
                || code.is_keyed
            {
                open.push(code);
            }
        }
        let lone = open.iter().filter(|code| code.is_keyed);
        marks.extend(lone.map(|code| code.span.clone()));
        marks.sort_by_key(|mark| mark.start);
        // A line that is nothing but codes is no text.
        if marks.iter().map(Range::len).sum::<usize>() >= text.len() {
            continue;
        }
        let mut done = 0;
        for mark in marks {
            let mark = with_gap(text, mark);
            let place = line.start + mark.start.max(done)..line.start + mark.end;
            done = mark.end;
            proposals.push(Proposal::edit(RULE.id, place, "", 0.92));
        }
    }
    proposals
}

struct Code<'a> {
    span: Range<usize>,
    name: &'a str,
    closes: bool,
    /// `[caption id="c4"]`: a code that is sure to be one.
    is_keyed: bool,
}

impl<'a> Code<'a> {
    fn at(text: &'a str, start: usize) -> Option<Self> {
        let to = text.floor_char_boundary((start + LONGEST).min(text.len()));
        let inside = &text[start + 1..to];
        let inside = &inside[..inside.find([']', '[', '<', '>', '{', '}'])?];
        let end = start + 1 + inside.len() + 1;
        if !text[..end].ends_with(']') {
            return None;
        }
        let (closes, rest) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
        let is_name = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
        let (name, rest) = rest.split_at(rest.bytes().take_while(is_name).count());
        if name.is_empty() {
            return None;
        }
        // [color=red] has a value, [caption id="c4"] has keys.
        let has_value = rest.strip_prefix('=').is_some_and(|value| !value.trim().is_empty());
        let key = rest.trim_start();
        let key = &key[key.bytes().take_while(is_name).count()..];
        let is_keyed = rest.starts_with(' ')
            && key.strip_prefix('=').is_some_and(|value| value.starts_with(QUOTES));
        let has_attributes = has_value && PAIRED.contains(&name) || is_keyed;
        let span = start..end;
        (rest.is_empty() || has_attributes && !closes).then_some(Self {
            span,
            name,
            closes,
            is_keyed,
        })
    }
}
