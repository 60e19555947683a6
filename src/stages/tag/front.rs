//! The lines that stood between the title and the body before they were
//! stripped: bylines, dates, section lines. They are read off the body's log.

use super::outlets;
use crate::article::{Article, Block};

/// Lines longer than this, in bytes, say more than one fact.
const LONGEST_LINE: usize = 120;
/// How many lines before the body are its front, where no title is among them.
const NEAR_BODY: usize = 10;
/// How many short blocks may stand before the body's first paragraph.
const MOST_SHORT: usize = 3;
/// How many lines behind the title are its front.
const NEAR_TITLE: usize = 16;

/// What was stripped by these tells nothing of the article.
const NOT_OF_ARTICLE: [&str; 4] = [
    "boilerplate.layout.navigation",
    "boilerplate.media.caption",
    "boilerplate.promo.related_stories",
    "boilerplate.reader.comments",
];

/// The stripped lines of the front, in order; those behind the title if it is
/// among them, else the last before the body.
pub fn lines<'a>(article: &'a Article, headline: Option<&str>) -> Vec<&'a str> {
    let before = stripped_before_body(article);
    let wanted = headline.map(outlets::key).filter(|key| !key.is_empty());
    let title = wanted.and_then(|wanted| {
        before.iter().rposition(|(line, _)| {
            let key = outlets::key(line);
            key == wanted || (key.len() > 20 && wanted.contains(&key))
        })
    });
    let (start, most) = match title {
        Some(title) => (title + 1, NEAR_TITLE),
        None => (before.len().saturating_sub(NEAR_BODY), NEAR_BODY),
    };
    let of_article = before[start..].iter().filter(|(_, is_of_article)| *is_of_article);
    let front = of_article.map(|(line, _)| *line).take(most);
    let kept = article.blocks().iter().take(2).map(|block| article.block_text(block));
    front.chain(kept).filter(|line| line.len() <= LONGEST_LINE).collect()
}

/// The lines, and whether each may tell something of the article.
fn stripped_before_body(article: &Article) -> Vec<(&str, bool)> {
    let blocks = article.blocks();
    // A title or standfirst that stayed in the body has its date and byline behind it.
    let is_long = |block: &&Block| article.block_text(block).len() > LONGEST_LINE;
    let paragraph = blocks.iter().take(MOST_SHORT + 1).find(is_long);
    let Some(first) = paragraph.or(blocks.first()) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut drift = 0isize;
    for change in article.body().log().changes() {
        let present = change.span.start.saturating_add_signed(drift);
        if present > first.span.start {
            break;
        }
        if change.after.is_empty() {
            let is_of_article = !NOT_OF_ARTICLE.contains(&change.rule.0);
            let stripped = change.before.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.extend(stripped.map(|line| (line, is_of_article)));
        }
        drift += change.after.len() as isize - change.before.len() as isize;
    }
    lines
}
