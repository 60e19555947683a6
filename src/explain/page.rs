//! A proof as one page for a browser: no script, nothing fetched from anywhere,
//! and every word of the article escaped.

use std::fmt::{Display, Formatter};

use super::highlights::Piece;
use super::marks::same_rules;
use super::{HighlightKind, Highlights, Line, Mark, Note, Proof, legible};
use crate::article::BlockKind;
use crate::edit::Change;
use crate::stage::Verdict;

pub const STYLE: &str = include_str!("page.css");

/// Even if something slipped through, the browser would neither run nor fetch it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Sets a proof as a complete HTML document.
pub fn render(proof: &Proof<'_>) -> String {
    let headline = match proof.headline.is_blank() {
        true => "(no headline)".to_owned(),
        false => legible::text(&plain(&proof.headline)).into_owned(),
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>Proof: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        Escaped(&headline)
    );
    out.push_str(&fragment(proof));
    out.push_str("</body>\n</html>\n");
    out
}

/// The proof alone, for a page that has [`STYLE`].
pub fn fragment(proof: &Proof<'_>) -> String {
    let mut out = String::new();
    header(proof, &mut out);
    copy(proof, &mut out);
    record(proof, &mut out);
    highlights(proof, &mut out);
    tallies(proof, &mut out);
    timings(proof, &mut out);
    out
}

fn header(proof: &Proof<'_>, out: &mut String) {
    let (class, verdict) = match proof.verdict {
        Verdict::Keep => ("verdict", "kept".to_owned()),
        Verdict::Reject(reason) => ("verdict reject", format!("rejected: {}", reason.as_str())),
    };
    out.push_str(&format!(
        "<header>\n<p class=\"kicker\">copydesk proof <span class=\"{class}\">{verdict}</span></p>\n\
         <h1 dir=\"auto\"{}>",
        language(proof)
    ));
    if proof.headline.is_blank() {
        out.push_str("<span class=\"nothing\">no headline</span>");
    } else {
        marks(&proof.headline, &Highlights::default(), out);
    }
    out.push_str("</h1>\n");
    if let Some(url) = proof.url {
        let url = &legible::text(url);
        let shown = Escaped(url);
        // Only what a browser opens as a page; not `javascript:` and its like.
        let opens = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
        out.push_str(&match opens {
            true => format!(
                "<p class=\"source\"><a href=\"{shown}\" rel=\"noreferrer noopener nofollow\" dir=\"ltr\">{shown}</a></p>\n"
            ),
            false => format!("<p class=\"source\" dir=\"ltr\">{shown}</p>\n"),
        });
    }
    out.push_str("</header>\n");
}

fn record(proof: &Proof<'_>, out: &mut String) {
    out.push_str(
        "<section aria-labelledby=\"record\">\n<h2 id=\"record\">What was concluded</h2>\n<table>\n\
         <thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Value</th>\
         <th scope=\"col\">Found in</th><th scope=\"col\">By</th>\
         <th scope=\"col\">Confidence</th></tr></thead>\n<tbody>\n",
    );
    for field in &proof.fields {
        let confidence = field.confidence.map(|c| format!("{c:.2}")).unwrap_or_default();
        out.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td><bdi>{}</bdi></td><td class=\"aside\">{}</td>\
             <td class=\"aside\">{}</td><td class=\"aside number\">{confidence}</td></tr>\n",
            field.name,
            Escaped(&legible::text(&field.value)),
            field.origin.unwrap_or_default(),
            field
                .method
                .map(|method| format!("<code>{}</code>", Escaped(method)))
                .unwrap_or_default(),
        ));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

fn copy(proof: &Proof<'_>, out: &mut String) {
    out.push_str(
        "<section aria-labelledby=\"copy\">\n<h2 id=\"copy\">Copy</h2>\n\
         <label><input type=\"checkbox\" id=\"result\"> Show the result only</label>\n\
         <label><input type=\"checkbox\" id=\"names\" checked> Mark names and quotes</label>\n",
    );
    out.push_str(&format!("<div{}>\n", language(proof)));
    let lines: Vec<&Line<'_>> = proof.lines.iter().filter(|line| !line.is_blank()).collect();
    for (index, line) in lines.iter().enumerate() {
        let notes = line.notes();
        let class = if line.is_cut() { "row cut" } else { "row" };
        let (open, close) = match line.kind {
            Some(BlockKind::Subhead) => ("<h3", "</h3>"),
            Some(BlockKind::Quotation) => ("<blockquote", "</blockquote>"),
            Some(BlockKind::Preformatted) => ("<pre", "</pre>"),
            Some(BlockKind::ListItem) => ("<p class=\"item\"", "</p>"),
            Some(BlockKind::Paragraph | BlockKind::TableRow) | None => ("<p", "</p>"),
        };
        out.push_str(&format!("<div class=\"{class}\">{open} dir=\"auto\">"));
        marks(line, &proof.highlights, out);
        out.push_str(close);
        // One note beside a run of lines that went for the same reason.
        let repeats = index > 0
            && line.is_cut()
            && lines[index - 1].is_cut()
            && same_rules(&lines[index - 1].notes(), &notes);
        if !notes.is_empty() && !repeats {
            note(&notes, out);
        }
        out.push_str("</div>\n");
    }
    out.push_str("</div>\n");
    if lines.is_empty() {
        out.push_str("<p class=\"nothing\">There is no text.</p>\n");
    }
    out.push_str("</section>\n");
}

fn note(notes: &[Note], out: &mut String) {
    out.push_str("<p class=\"note\" lang=\"en\">");
    for (index, note) in notes.iter().enumerate() {
        let times = if note.count > 1 { format!(" ×{}", note.count) } else { String::new() };
        out.push_str(&format!(
            "{}<code>{}</code>{times} <span class=\"sure\">{:.2}</span>",
            if index > 0 { "<br>" } else { "" },
            Escaped(note.rule.0),
            note.confidence
        ));
    }
    out.push_str("</p>");
}

fn marks(line: &Line<'_>, highlights: &Highlights, out: &mut String) {
    // In the result.
    let mut at = line.start;
    for mark in &line.marks {
        match mark {
            Mark::Kept(text) => {
                for piece in highlights.pieces(at..at + text.len()) {
                    let text = &text[piece.span.start - at..piece.span.end - at];
                    highlighted(&piece, out, |out| out.push_str(&shown(text)));
                }
                at += text.len();
            }
            Mark::Cut { text, change } => element("del", text, &[*change], out),
            Mark::Mended { before, after, changes } => {
                highlighted(&highlights.around(at..at + after.len()), out, |out| {
                    element("del", before, changes, out);
                    element("ins", after, changes, out);
                });
                at += after.len();
            }
        }
    }
}

/// Article text that stands as it is.
fn shown(text: &str) -> String {
    Escaped(&legible::text(text)).to_string()
}

fn highlighted(piece: &Piece<'_>, out: &mut String, set: impl FnOnce(&mut String)) {
    for (element, highlight) in [("span", piece.quote), ("mark", piece.name)] {
        if let Some(highlight) = highlight {
            let detail = match (highlight.kind, &highlight.detail) {
                (HighlightKind::Quote, None) => String::new(),
                (HighlightKind::Quote, Some(speaker)) => format!(": {speaker}"),
                (_, None) => format!(": {}", highlight.text),
                (_, Some(role)) => format!(": {}, {role}", highlight.text),
            };
            out.push_str(&format!(
                "<{element} class=\"{kind}\" title=\"{kind}{} ({:.2})\">",
                shown(&detail),
                highlight.confidence,
                kind = highlight.kind.name(),
            ));
        }
    }
    set(out);
    for (element, highlight) in [("mark", piece.name), ("span", piece.quote)] {
        if highlight.is_some() {
            out.push_str(&format!("</{element}>"));
        }
    }
}

fn element(name: &str, text: &str, changes: &[&Change], out: &mut String) {
    if text.is_empty() {
        return;
    }
    let mut rules: Vec<&str> = Vec::new();
    for rule in changes.iter().flat_map(|change| change.also.iter().chain([&change.rule])) {
        if !rules.contains(&rule.0) {
            rules.push(rule.0);
        }
    }
    let confidence = changes.iter().map(|change| change.confidence).fold(1.0, f32::min);
    out.push_str(&format!(
        "<{name} title=\"{} ({confidence:.2})\">{}</{name}>",
        Escaped(&rules.join(", ")),
        Escaped(&legible::changed(text))
    ));
}

fn tallies(proof: &Proof<'_>, out: &mut String) {
    out.push_str("<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">Rules</h2>\n");
    if proof.tallies.is_empty() {
        out.push_str("<p class=\"nothing\">Nothing was changed.</p>\n</section>\n");
        return;
    }
    out.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Cut</th>\
         <th scope=\"col\">Mended</th><th scope=\"col\">Confidence</th></tr></thead>\n<tbody>\n",
    );
    for tally in &proof.tallies {
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        out.push_str(&format!(
            "<tr><td><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"aside number\">{}</td></tr>\n",
            Escaped(tally.rule.0),
            count(tally.cut),
            count(tally.mended),
            tally.sureness(),
        ));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

fn highlights(proof: &Proof<'_>, out: &mut String) {
    let list = proof.highlights.list();
    if list.is_empty() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"highlights\">\n<h2 id=\"highlights\">Names and quotes</h2>\n\
         <table>\n<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">Words</th>\
         <th scope=\"col\">Role or speaker</th><th scope=\"col\">Times</th>\
         <th scope=\"col\">Confidence</th></tr></thead>\n<tbody>\n",
    );
    for highlight in list {
        let kind = highlight.kind.name();
        out.push_str(&format!(
            "<tr><td><span class=\"kind {kind}\">{kind}</span></td><td><bdi{}>{}</bdi></td>\
             <td><bdi>{}</bdi></td><td class=\"aside number\">{}</td>\
             <td class=\"aside number\">{:.2}</td></tr>\n",
            language(proof),
            shown(&highlight.text),
            shown(highlight.detail.as_deref().unwrap_or_default()),
            highlight.count,
            highlight.confidence,
        ));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

fn timings(proof: &Proof<'_>, out: &mut String) {
    if proof.timings.is_empty() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"timings\">\n<h2 id=\"timings\">Time</h2>\n<table>\n\
         <thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Milliseconds</th></tr></thead>\n\
         <tbody>\n",
    );
    for (stage, time) in &proof.timings {
        out.push_str(&format!(
            "<tr><td>{}</td><td class=\"number\">{:.2}</td></tr>\n",
            stage.as_str(),
            time.as_secs_f64() * 1e3
        ));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

/// The `lang` attribute of what is the article's, if its language is a tag at all.
fn language(proof: &Proof<'_>) -> String {
    let is_tag = |tag: &&str| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    proof.language.filter(is_tag).map(|tag| format!(" lang=\"{tag}\"")).unwrap_or_default()
}

/// What is left of a line.
fn plain(line: &Line<'_>) -> String {
    line.marks
        .iter()
        .map(|mark| match mark {
            Mark::Kept(text) => *text,
            Mark::Cut { .. } => "",
            Mark::Mended { after, .. } => after.as_ref(),
        })
        .collect()
}

/// Text for the content of an element or a quoted attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let mut done = 0;
        for (index, byte) in self.0.bytes().enumerate() {
            let entity = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                // A browser takes NUL for a broken character.
                0 => "\u{fffd}",
                _ => continue,
            };
            formatter.write_str(&self.0[done..index])?;
            formatter.write_str(entity)?;
            done = index + 1;
        }
        formatter.write_str(&self.0[done..])
    }
}
