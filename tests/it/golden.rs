//! Files that hold what came out last time: how they are written, and how a
//! difference is shown so that a person can read it.

use std::path::Path;

use serde_json::Value;

/// Compares with the file, or rewrites it when `UPDATE` is set.
pub fn check(path: &Path, got: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, got).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return Ok(());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == got {
        return Ok(());
    }
    Err(format!(
        "{} differs (- is the file, + what came out); \
         when the change is meant: UPDATE=1 cargo test --test it articles\n{}",
        path.display(),
        difference(&expected, got)
    ))
}

/// JSON with its keys in order, a line a member, lists of numbers on one line,
/// and characters that do not show escaped.
pub fn written(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

/// With the characters escaped that do not show or cannot be told apart.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if shows(character) {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

fn shows(character: char) -> bool {
    match character {
        // Line breaks and the like are escaped by JSON itself where it matters.
        '\n' => true,
        '\u{ad}' | '\u{180e}' | '\u{feff}' | '\u{fffd}' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' => false,
        ' ' | '\u{3000}' => true,
        _ => !character.is_control() && !character.is_whitespace(),
    }
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let indent = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        Value::Array(elements) if !elements.iter().all(Value::is_number) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                indent(depth + 1, out);
                write(element, depth + 1, out);
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                indent(depth + 1, out);
                out.push_str(&escaped(&Value::from(key.as_str()).to_string()));
                out.push_str(": ");
                write(member, depth + 1, out);
            }
            indent(depth, out);
            out.push('}');
        }
        scalar => out.push_str(&escaped(&scalar.to_string())),
    }
}

/// The lines between the first and the last that differ, each cut to where it does.
fn difference(expected: &str, got: &str) -> String {
    const LINES: usize = 30;
    let expected: Vec<&str> = expected.lines().collect();
    let got: Vec<&str> = got.lines().collect();
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let before = expected.iter().zip(&got).take_while(same).count();
    let after =
        expected[before..].iter().rev().zip(got[before..].iter().rev()).take_while(same).count();
    let expected = &expected[before..expected.len() - after];
    let got = &got[before..got.len() - after];
    let mut out = format!("  line {}:\n", before + 1);
    for (sign, lines, others) in [('-', expected, got), ('+', got, expected)] {
        for (index, line) in lines.iter().take(LINES).enumerate() {
            let other = others.get(index).copied().unwrap_or_default();
            out.push_str(&format!("  {sign} {}\n", excerpt(line, other)));
        }
        if lines.len() > LINES {
            out.push_str(&format!("  {sign} … and {} lines more\n", lines.len() - LINES));
        }
    }
    out
}

/// The part of a long line around where it leaves `other`.
fn excerpt(line: &str, other: &str) -> String {
    const AROUND: usize = 80;
    let common = line.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let length = line.chars().count();
    let start = common.saturating_sub(AROUND);
    let end = (common + AROUND).min(length);
    let part: String = line.chars().skip(start).take(end.saturating_sub(start)).collect();
    format!(
        "{}{}{}",
        if start > 0 { "…" } else { "" },
        escaped(&part),
        if end < length { "…" } else { "" }
    )
}
