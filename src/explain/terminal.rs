//! A proof for a terminal, or for a file: without colour, cuts stand in `[-…-]`
//! and what was put in their place in `{+…+}`.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::marks::same_rules;
use super::{Line, Mark, Note, Proof, legible};

const MARGIN: &str = "  ";
const NARROWEST: usize = 24;
/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 100;

const HEADLINE: Style = Style::new().bold();
const ASIDE: Style = Style::new().dimmed();
const CUT: Style =
    Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).dimmed().strikethrough();
const BEFORE: Style =
    Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).strikethrough();
const AFTER: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));

/// How changes are told from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// By brackets.
    Plain,
    /// By ANSI escapes.
    Colour,
}

/// Sets a proof in lines of at most `width` columns.
pub fn render(proof: &Proof<'_>, width: usize, ink: Ink) -> String {
    let mut sheet =
        Sheet { width: width.clamp(NARROWEST, WIDEST), ink, cells: Vec::new(), out: String::new() };
    if proof.headline.is_blank() {
        sheet.put("(no headline)", ASIDE);
    } else {
        sheet.put_line(&proof.headline, HEADLINE);
    }
    sheet.set("");
    sheet.break_line();
    sheet.fields(proof);
    sheet.break_line();
    sheet.body(&proof.lines);
    sheet.tallies(proof);
    sheet.out
}

/// A character and how it is set.
struct Cell {
    character: char,
    style: Style,
}

struct Sheet {
    width: usize,
    ink: Ink,
    /// Put, but not yet set.
    cells: Vec<Cell>,
    out: String,
}

impl Sheet {
    fn fields(&mut self, proof: &Proof<'_>) {
        let column = proof.fields.iter().map(|field| field.name.width()).max().unwrap_or_default();
        let hang = " ".repeat(MARGIN.len() + column + 2);
        for field in &proof.fields {
            self.put(MARGIN, Style::new());
            self.put(&format!("{:column$}  ", field.name), ASIDE);
            self.put(&legible::text(&field.value), Style::new());
            let origin = field.origin.into_iter().map(str::to_owned);
            let origin: Vec<String> =
                origin.chain(field.confidence.map(|c| format!("{c:.2}"))).collect();
            if !origin.is_empty() {
                self.put(&format!("  ({})", origin.join(", ")), ASIDE);
            }
            self.set(&hang);
        }
    }

    fn body(&mut self, lines: &[Line<'_>]) {
        let (mut gap, mut after_cut) = (false, true);
        for (index, line) in lines.iter().enumerate() {
            if line.is_blank() {
                gap = true;
                continue;
            }
            // Lines that were cut stand close together.
            let cut = line.is_cut();
            if std::mem::take(&mut gap) && !(cut && after_cut) {
                self.break_line();
            }
            after_cut = cut;
            self.put(MARGIN, Style::new());
            self.put_line(line, Style::new());
            let notes = line.notes();
            if cut {
                // One note under a run of lines that went for the same reason.
                let next = lines[index + 1..].iter().find(|line| !line.is_blank());
                if !next.is_some_and(|next| next.is_cut() && same_rules(&next.notes(), &notes)) {
                    self.put(&format!("  ←\u{a0}{}", rules(&notes)), ASIDE);
                }
                self.set(MARGIN);
            } else {
                self.set(MARGIN);
                if !notes.is_empty() {
                    self.put(&format!("{MARGIN}  ↳\u{a0}{}", rules(&notes)), ASIDE);
                    self.set("      ");
                }
            }
        }
        self.break_line();
    }

    fn tallies(&mut self, proof: &Proof<'_>) {
        if proof.tallies.is_empty() {
            self.put("nothing was changed", ASIDE);
            self.set("");
            return;
        }
        let column = proof.tallies.iter().map(|tally| tally.rule.0.len()).max().unwrap_or_default();
        for tally in &proof.tallies {
            let counts = [(tally.cut, "cut"), (tally.mended, "mended")];
            let counts: Vec<String> = counts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{count} {what}"))
                .collect();
            self.put(MARGIN, Style::new());
            self.put(&format!("{:column$}  ", tally.rule.0), Style::new());
            self.put(&format!("{:12}  {}", counts.join(", "), tally.sureness()), ASIDE);
            self.set(&" ".repeat(MARGIN.len() + 2));
        }
    }

    fn put(&mut self, text: &str, style: Style) {
        self.cells.extend(text.chars().map(|character| Cell { character, style }));
    }

    fn put_line(&mut self, line: &Line<'_>, kept: Style) {
        for mark in &line.marks {
            match mark {
                Mark::Kept(text) => self.put(&legible::text(text), kept),
                Mark::Cut { text, .. } => self.put_change(text, CUT, "[-", "-]"),
                Mark::Mended { before, after, .. } => {
                    self.put_change(before, BEFORE, "[-", "-]");
                    if self.ink == Ink::Colour && !before.is_empty() && !after.is_empty() {
                        self.put("→", ASIDE);
                    }
                    self.put_change(after, AFTER, "{+", "+}");
                }
            }
        }
    }

    fn put_change(&mut self, text: &str, style: Style, open: &str, close: &str) {
        if text.is_empty() {
            return;
        }
        let text = legible::changed(text);
        match self.ink {
            Ink::Plain => self.put(&format!("{open}{text}{close}"), style),
            Ink::Colour => self.put(&text, style),
        }
    }

    fn break_line(&mut self) {
        self.out.push('\n');
    }

    /// Sets what was put, in as many lines as it takes; all but the first start
    /// with `hang`.
    fn set(&mut self, hang: &str) {
        let cells = std::mem::take(&mut self.cells);
        let mut start = 0;
        let mut room = self.width;
        loop {
            let end = end_of_line(&cells[start..], room) + start;
            let line = &cells[start..end];
            let blanks = line.iter().rev().take_while(|cell| cell.character == ' ').count();
            self.write(&line[..line.len() - blanks]);
            self.break_line();
            start = end;
            if start == cells.len() {
                return;
            }
            self.out.push_str(hang);
            room = self.width.saturating_sub(hang.len()).max(NARROWEST / 2);
        }
    }

    fn write(&mut self, cells: &[Cell]) {
        let mut current = Style::new();
        for cell in cells {
            if self.ink == Ink::Colour && cell.style != current {
                self.out.push_str(&format!("{}{}", current.render_reset(), cell.style));
                current = cell.style;
            }
            self.out.push(cell.character);
        }
        self.out.push_str(&current.render_reset().to_string());
    }
}

/// How many cells fit in `room` columns: up to the last blank or beside the
/// last wide character, else as many as there is room for.
fn end_of_line(cells: &[Cell], room: usize) -> usize {
    let width = |cell: &Cell| cell.character.width().unwrap_or_default();
    let mut used = 0;
    let mut fits = 0;
    for (index, cell) in cells.iter().enumerate() {
        let columns = width(cell);
        // A blank at the end may hang over: it is not written.
        if used + columns > room && cell.character != ' ' {
            return if fits > 0 { fits } else { index.max(1) };
        }
        used += columns;
        let next_is_wide = cells.get(index + 1).is_some_and(|next| width(next) > 1);
        if cell.character == ' ' || columns > 1 || (next_is_wide && index > 0) {
            fits = index + 1;
        }
    }
    cells.len()
}

fn rules(notes: &[Note]) -> String {
    let named = notes.iter().map(|note| match note.count {
        1 => note.rule.to_string(),
        count => format!("{} ×{count}", note.rule),
    });
    named.collect::<Vec<_>>().join(", ")
}
