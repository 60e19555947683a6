//! What kind of article it is that no report is: the flags `opinion`, `live_blog`,
//! `press_release` and `sponsored`.
//!
//! The page's own statements (schema.org types), the section, the folders of the
//! address, and lines that say so by themselves ("Sponsored content").

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::{domain, front};
use crate::article::{Article, Fact, Flag};
use crate::tags::Tags;

/// After headline and section are known.
pub fn flag(article: &mut Article, tags: &Tags) {
    let headline = tags.headline.as_ref().map(|headline| headline.text());
    let mut flags: Vec<Flag> = Vec::new();
    for clue in article.evidence.of(Fact::PageType) {
        flags.extend(match clue.value.text() {
            "OpinionNewsArticle" | "ReviewNewsArticle" => Some(Flag::Opinion),
            "LiveBlogPosting" => Some(Flag::LiveBlog),
            "AdvertiserContentArticle" => Some(Flag::Sponsored),
            _ => None,
        });
    }
    if let Some(section) = &tags.section {
        flags.extend(by_name(&section.to_lowercase()));
    }
    if let Some(url) = article.url.as_deref() {
        let path = domain::path(url).to_lowercase();
        let folders: Vec<&str> = path.split('/').filter(|folder| !folder.is_empty()).collect();
        let all_but_last = folders.split_last().map_or(&[][..], |(_, rest)| rest);
        flags.extend(all_but_last.iter().filter_map(|folder| by_name(&folder.replace('-', " "))));
    }
    if let Some(headline) = headline {
        flags.extend(
            HEADLINES.iter().filter(|(_, form)| form.is_match(headline)).map(|(flag, _)| *flag),
        );
    }
    let mut lines = front::lines(article, headline);
    lines.extend(article.blocks().iter().take(2).map(|block| article.block_text(block)));
    for line in lines {
        flags.extend(LINES.iter().filter(|(_, form)| form.is_match(line)).map(|(flag, _)| *flag));
    }
    flags.into_iter().for_each(|flag| article.flag(flag));
}

/// By the name of a section, or of a folder with blanks for hyphens.
fn by_name(name: &str) -> Option<Flag> {
    match name {
        "opinion" | "opinions" | "editorial" | "editorials" | "op ed" | "comment"
        | "commentary" | "commentisfree" | "comment is free" | "columns" | "columnists"
        | "letters" | "ideas" | "viewpoint" | "views" | "meinung" | "kommentar" | "kommentare"
        | "leitartikel" | "kolumne" | "kolumnen" | "debatte" | "opinión" | "tribuna"
        | "tribune" | "tribunes" | "idées" | "chroniques" | "éditos" | "editoriales"
        | "opinioni" | "opinie" | "opinião" | "debatt" | "ledare" | "mening" | "mielipide"
        | "debat" | "мнения" => Some(Flag::Opinion),
        "live blog" | "liveblog" | "live updates" | "live news" | "liveticker" | "news ticker"
        | "en direct" | "en vivo" | "in diretta" => Some(Flag::LiveBlog),
        "press release"
        | "press releases"
        | "news releases"
        | "news release"
        | "pressreleases"
        | "pressemitteilung"
        | "pressemitteilungen"
        | "communiqué de presse"
        | "comunicados de prensa"
        | "comunicati stampa"
        | "prnewswire" => Some(Flag::PressRelease),
        "sponsored" | "sponsored content" | "partner content" | "paid content" | "paidpost"
        | "paid post" | "brandvoice" | "brand studio" | "brandstudio" | "advertorial"
        | "advertorials" | "branded content" | "anzeige" | "sponsorisé" | "patrocinado" => {
            Some(Flag::Sponsored)
        }
        _ => None,
    }
}

/// What a headline begins with.
static HEADLINES: LazyLock<[(Flag, Regex); 2]> = LazyLock::new(|| {
    [
        (
            Flag::Opinion,
            form(
                r"^(?:opinion|op-ed|editorial|commentary|letters? to the editor|kommentar|meinung|leitartikel|opini[óo]n|tribune|[ée]ditorial|opinie|opinião)\s?[|:]",
            ),
        ),
        (
            Flag::LiveBlog,
            form(
                r"^(?:live blog|liveblog|live updates?|as it happened|liveticker|newsticker|en direct|en vivo|direct|live)\s?[|:]|[:–—-] (?:live updates?|live blog|as it happened)$|\b(?:liveblog|liveticker)\b",
            ),
        ),
    ]
});

/// Whole lines before the body, or of its start.
static LINES: LazyLock<[(Flag, Regex); 3]> = LazyLock::new(|| {
    [
        (
            Flag::Sponsored,
            form(
                r"^(?:sponsored(?: content| post| by .{1,40})?|paid (?:content|post|partnership)|partner content|advertorial|advertisement feature|brand(?:ed)? content|in partnership with .{1,40}|presented by .{1,40}|this (?:article|post|content) (?:is|was) (?:sponsored|paid for|brought to you) by .{1,60}|anzeige|contenu sponsorisé|contenido patrocinado)[.:]?$",
            ),
        ),
        (
            Flag::PressRelease,
            form(
                r"^(?:for immediate release\b.{0,40}|press release\b.{0,30}|news provided by\b.{0,60}|pressemitteilung\b.{0,30}|communiqué de presse\b.{0,30}|.{0,80}\((?:PR ?NEWSWIRE|BUSINESS WIRE|GLOBE ?NEWSWIRE|ACCESSWIRE|EIN PRESSWIRE|ots)\).{0,500}|.{0,80}/(?:PR ?NEWSWIRE|CNW|PRNewswire)[^/]{0,30}/.{0,500})$",
            ),
        ),
        (
            Flag::Opinion,
            form(
                r"^(?:opinion|op-ed|editorial|commentary|guest essay|kommentar|meinung|leitartikel|opinión|tribune|opinie|opinião)$",
            ),
        ),
    ]
});

fn form(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .dot_matches_new_line(true)
        .build()
        .expect("the pattern is well-formed")
}
