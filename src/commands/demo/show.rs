//! A published message in short.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};
use copydesk::transport::Delivery;
use copydesk::wire::enriched::Enriched;

const HEADLINE: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const CUT: Style = AnsiColor::Red.on_default();
const MENDED: Style = AnsiColor::Green.on_default();
/// Of removals, and of edits, that are shown of one article.
const SHOWN: usize = 4;
const SNIPPET_CHARACTERS: usize = 56;

pub fn delivery(delivery: &Delivery, dead_letter_topic: &str) {
    if &*delivery.origin.topic == dead_letter_topic {
        dead_letter(delivery);
    } else if let Some(payload) = &delivery.payload {
        match serde_json::from_slice(payload) {
            Ok(article) => enriched(&article),
            Err(error) => anstream::println!("not an enriched article: {error}\n"),
        }
    } else {
        anstream::println!("{HEADLINE}tombstone{HEADLINE:#} of {}\n", key(delivery));
    }
}

fn enriched(article: &Enriched<'_>) {
    let headline = article.headline.as_deref().unwrap_or("(no headline)");
    anstream::println!("{HEADLINE}{}{HEADLINE:#}", snippet(headline, 100));
    anstream::println!("  {FAINT}{}{FAINT:#}", slug_line(article));

    let mut removals = BTreeMap::<_, Vec<_>>::new();
    for removal in &article.removals {
        removals.entry(&*removal.rule).or_default().push(&*removal.text);
    }
    for (rule, texts) in removals.iter().take(SHOWN) {
        anstream::println!(
            "  {CUT}cut{CUT:#}    {} {FAINT}{rule}{FAINT:#}{}",
            snippet(texts[0], SNIPPET_CHARACTERS),
            times(texts.len()),
        );
    }
    more(removals.len(), "rules cut text");
    for edit in article.edits.iter().take(SHOWN) {
        anstream::println!(
            "  {MENDED}mended{MENDED:#} {} → {} {FAINT}{}{FAINT:#}",
            snippet(&edit.before, SNIPPET_CHARACTERS / 2),
            snippet(&edit.after, SNIPPET_CHARACTERS / 2),
            edit.rule,
        );
    }
    more(article.edits.len(), "edits");
    anstream::println!();
}

fn slug_line(article: &Enriched<'_>) -> String {
    let publisher = article.publisher.as_ref();
    let mut parts: Vec<String> = [
        publisher.and_then(|publisher| publisher.name.as_deref().or(publisher.domain.as_deref())),
        article.article_section.as_deref(),
        article.in_language.as_deref(),
        article.reject_reason.as_deref(),
    ]
    .into_iter()
    .flatten()
    .map(str::to_owned)
    .collect();
    parts.push(format!("{} words", article.word_count));
    parts.extend(
        article.correction.iter().map(|notice| {
            format!("{:?}: {}", notice.kind, snippet(&notice.text, SNIPPET_CHARACTERS))
        }),
    );
    parts.extend(article.quality.flags.iter().map(|flag| flag.replace('_', " ")));
    parts.join(" · ")
}

fn dead_letter(delivery: &Delivery) {
    let header = |wanted: &str| {
        let value = delivery.headers.iter().find(|(name, _)| name == wanted);
        let bytes = value.and_then(|(_, value)| value.as_deref()).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    };
    anstream::println!(
        "{CUT}dead letter{CUT:#} of {}: {} {FAINT}{}{FAINT:#}\n",
        key(delivery),
        header("copydesk-error-message"),
        header("copydesk-error-reason"),
    );
}

fn key(delivery: &Delivery) -> String {
    String::from_utf8_lossy(delivery.key.as_deref().unwrap_or_default()).into_owned()
}

fn times(count: usize) -> String {
    if count > 1 { format!(" ×{count}") } else { String::new() }
}

fn more(count: usize, what: &str) {
    if count > SHOWN {
        anstream::println!("         {FAINT}… {count} {what} in all{FAINT:#}");
    }
}

/// One line of at most so many characters; what cannot be seen is spelled out.
fn snippet(text: &str, characters: usize) -> String {
    let mut shown = String::from("“");
    let mut left = characters;
    for character in text.trim().chars() {
        if left == 0 {
            shown.push('…');
            break;
        }
        left -= 1;
        match character {
            '\n' => shown.push('⏎'),
            _ if character.is_control() || is_invisible(character) => {
                shown.extend(character.escape_unicode());
            }
            _ => shown.push(character),
        }
    }
    shown.push('”');
    shown
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
