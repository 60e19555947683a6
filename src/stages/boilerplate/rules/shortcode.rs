//! Codes of a publishing system that nobody has resolved, alone on a line, with what they
//! hold: `[gallery ids="4,7"]`, `[embed]https://…[/embed]`, `[caption …] The pier [/caption]`.
//! Silent about a writer's brackets (`[video]`, `[sic]`).

use super::{Rule, Scene};
use crate::edit::RuleId;

pub const RULE: Rule = Rule { id: RuleId("boilerplate.media.shortcode"), clue: None, judge };

/// What shows something else than text, with attributes or about an address.
const MEDIA: [&str; 7] =
    ["audio", "caption", "embed", "gallery", "playlist", "video", "wp_caption"];

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    let line = scene.written(index);
    (line.starts_with('[') && line.ends_with(']') && (is_codes(line) || is_pair(line)))
        .then_some(0.95)
}

/// Whether a line is one code after the other.
fn is_codes(line: &str) -> bool {
    let mut codes = line.split_inclusive(']').map(str::trim);
    codes.all(|code| {
        let inside = code.strip_prefix('[').and_then(|code| code.strip_suffix(']'));
        inside.is_some_and(|inside| {
            let opening = inside.strip_prefix('/').unwrap_or(inside);
            let (name, rest) = opening.split_at(name_length(opening));
            let is_sure =
                opening.len() < inside.len() || rest.starts_with(' ') && rest.contains('=');
            MEDIA.contains(&name) && is_sure || name.trim_matches('_').contains('_')
        })
    })
}

/// Whether a line is one code, what it holds, and its end.
fn is_pair(line: &str) -> bool {
    let name = &line[1..1 + name_length(&line[1..])];
    let holds = line.strip_suffix(']').and_then(|line| line.strip_suffix(name));
    MEDIA.contains(&name)
        && holds.is_some_and(|line| line.ends_with("[/"))
        && line.bytes().filter(|&byte| byte == b'[').count() == 2
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count()
}
