//! What class names, ids and their like say about an element.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::stages::boilerplate::segment::Marks;

/// Parts of names, each at the start of a word of the name ("post-comments",
/// "postComments"), and what they say.
const NAMES: &[(&str, Marks)] = &[
    ("nav", Marks::NAMED_NAVIGATION),
    ("menu", Marks::NAMED_NAVIGATION),
    ("breadcrumb", Marks::NAMED_NAVIGATION),
    ("pagination", Marks::NAMED_NAVIGATION),
    ("pager", Marks::NAMED_NAVIGATION),
    ("masthead", Marks::NAMED_NAVIGATION),
    ("toolbar", Marks::NAMED_NAVIGATION),
    ("topbar", Marks::NAMED_NAVIGATION),
    ("related", Marks::NAMED_RELATED),
    ("recirc", Marks::NAMED_RELATED),
    ("recommend", Marks::NAMED_RELATED),
    ("more-stories", Marks::NAMED_RELATED),
    ("morestories", Marks::NAMED_RELATED),
    ("more-from", Marks::NAMED_RELATED),
    ("read-more", Marks::NAMED_RELATED),
    ("readmore", Marks::NAMED_RELATED),
    ("read-also", Marks::NAMED_RELATED),
    ("readalso", Marks::NAMED_RELATED),
    ("read-next", Marks::NAMED_RELATED),
    ("up-next", Marks::NAMED_RELATED),
    ("popular", Marks::NAMED_RELATED),
    ("trending", Marks::NAMED_RELATED),
    ("most-read", Marks::NAMED_RELATED),
    ("mostread", Marks::NAMED_RELATED),
    ("latest", Marks::NAMED_RELATED),
    ("teaser", Marks::NAMED_RELATED),
    ("outbrain", Marks::NAMED_RELATED),
    ("taboola", Marks::NAMED_RELATED),
    ("you-may", Marks::NAMED_RELATED),
    ("see-also", Marks::NAMED_RELATED),
    ("promo", Marks::NAMED_RELATED),
    ("newsletter", Marks::NAMED_NEWSLETTER),
    ("signup", Marks::NAMED_NEWSLETTER),
    ("sign-up", Marks::NAMED_NEWSLETTER),
    ("subscribe", Marks::NAMED_NEWSLETTER),
    ("subscription", Marks::NAMED_PAYWALL),
    ("optin", Marks::NAMED_NEWSLETTER),
    ("mailchimp", Marks::NAMED_NEWSLETTER),
    ("donat", Marks::NAMED_NEWSLETTER),
    ("cta", Marks::NAMED_NEWSLETTER),
    ("share", Marks::NAMED_SHARE),
    ("sharing", Marks::NAMED_SHARE),
    ("social", Marks::NAMED_SHARE),
    ("addtoany", Marks::NAMED_SHARE),
    ("follow", Marks::NAMED_SHARE),
    ("comment", Marks::NAMED_COMMENTS),
    ("disqus", Marks::NAMED_COMMENTS),
    ("respond", Marks::NAMED_COMMENTS),
    ("ad", Marks::NAMED_ADVERTISEMENT),
    ("ads", Marks::NAMED_ADVERTISEMENT),
    ("advert", Marks::NAMED_ADVERTISEMENT),
    ("sponsor", Marks::NAMED_ADVERTISEMENT),
    ("dfp", Marks::NAMED_ADVERTISEMENT),
    ("banner", Marks::NAMED_ADVERTISEMENT),
    ("caption", Marks::NAMED_CAPTION),
    ("credit", Marks::NAMED_CAPTION),
    ("figcaption", Marks::NAMED_CAPTION),
    ("figure", Marks::NAMED_CAPTION),
    ("gallery", Marks::NAMED_CAPTION),
    ("slideshow", Marks::NAMED_CAPTION),
    ("photo", Marks::NAMED_CAPTION),
    ("byline", Marks::NAMED_BYLINE),
    ("author", Marks::NAMED_BYLINE),
    ("writer", Marks::NAMED_BYLINE),
    ("contributor", Marks::NAMED_BYLINE),
    ("date", Marks::NAMED_DATE),
    ("timestamp", Marks::NAMED_DATE),
    ("published", Marks::NAMED_DATE),
    ("dateline", Marks::NAMED_DATE),
    ("posted", Marks::NAMED_DATE),
    ("meta", Marks::NAMED_DATE),
    ("cookie", Marks::NAMED_COOKIE),
    ("consent", Marks::NAMED_COOKIE),
    ("gdpr", Marks::NAMED_COOKIE),
    ("onetrust", Marks::NAMED_COOKIE),
    ("paywall", Marks::NAMED_PAYWALL),
    ("piano", Marks::NAMED_PAYWALL),
    ("regwall", Marks::NAMED_PAYWALL),
    ("bio", Marks::NAMED_BIOGRAPHY),
    ("about-author", Marks::NAMED_BIOGRAPHY),
    ("tag", Marks::NAMED_TAGS),
    ("tags", Marks::NAMED_TAGS),
    ("topic", Marks::NAMED_TAGS),
    ("keyword", Marks::NAMED_TAGS),
    ("categor", Marks::NAMED_SECTION),
    ("kicker", Marks::NAMED_SECTION),
    ("section-name", Marks::NAMED_SECTION),
    ("eyebrow", Marks::NAMED_SECTION),
    ("visually-hidden", Marks::NAMED_HIDDEN),
    ("visuallyhidden", Marks::NAMED_HIDDEN),
    ("sr-only", Marks::NAMED_HIDDEN),
    ("screen-reader", Marks::NAMED_HIDDEN),
    ("noprint", Marks::NAMED_HIDDEN),
    ("no-print", Marks::NAMED_HIDDEN),
    ("modal", Marks::NAMED_HIDDEN),
    ("popup", Marks::NAMED_HIDDEN),
    ("overlay", Marks::NAMED_HIDDEN),
    ("tooltip", Marks::NAMED_HIDDEN),
    ("footer", Marks::NAMED_FOOTER),
    ("colophon", Marks::NAMED_FOOTER),
    ("sidebar", Marks::NAMED_SIDEBAR),
    ("widget", Marks::NAMED_SIDEBAR),
    ("rail", Marks::NAMED_SIDEBAR),
    ("aside", Marks::NAMED_SIDEBAR),
    ("player", Marks::NAMED_PLAYER),
    ("video", Marks::NAMED_PLAYER),
    ("audio", Marks::NAMED_PLAYER),
    ("copyright", Marks::NAMED_COPYRIGHT),
    ("disclaimer", Marks::NAMED_COPYRIGHT),
    ("article-body", Marks::ARTICLE_BODY),
    ("articlebody", Marks::ARTICLE_BODY),
    ("article__body", Marks::ARTICLE_BODY),
    ("article-content", Marks::ARTICLE_BODY),
    ("articlecontent", Marks::ARTICLE_BODY),
    ("article__content", Marks::ARTICLE_BODY),
    ("article-text", Marks::ARTICLE_BODY),
    ("article_text", Marks::ARTICLE_BODY),
    ("articletext", Marks::ARTICLE_BODY),
    ("entry-content", Marks::ARTICLE_BODY),
    ("post-content", Marks::ARTICLE_BODY),
    ("post-body", Marks::ARTICLE_BODY),
    ("story-body", Marks::ARTICLE_BODY),
    ("storybody", Marks::ARTICLE_BODY),
    ("story-content", Marks::ARTICLE_BODY),
    ("story__content", Marks::ARTICLE_BODY),
    ("body-content", Marks::ARTICLE_BODY),
    ("body-text", Marks::ARTICLE_BODY),
    ("bodytext", Marks::ARTICLE_BODY),
    ("content-body", Marks::ARTICLE_BODY),
    ("content__body", Marks::ARTICLE_BODY),
    ("richtext", Marks::ARTICLE_BODY),
    ("rich-text", Marks::ARTICLE_BODY),
    ("caas-body", Marks::ARTICLE_BODY),
];

/// Short names that must be a whole word, for the words that begin like them.
const WHOLE: usize = 4;

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(NAMES.iter().map(|(name, _)| name))
        .expect("a fixed list of short names builds")
});

/// What the value of a `class`, `id` or like attribute says.
pub fn marks(value: &str) -> Marks {
    let bytes = value.as_bytes();
    let mut marks = Marks::default();
    for found in AUTOMATON.find_overlapping_iter(value) {
        let (name, mark) = NAMES[found.pattern().as_usize()];
        let starts_word = found.start() == 0
            || !bytes[found.start() - 1].is_ascii_alphabetic()
            || bytes[found.start()].is_ascii_uppercase()
                && bytes[found.start() - 1].is_ascii_lowercase();
        let ends_word = bytes.get(found.end()).is_none_or(|&next| {
            !next.is_ascii_alphabetic()
                || next.is_ascii_uppercase() && bytes[found.end() - 1].is_ascii_lowercase()
        });
        if starts_word && (ends_word || name.len() > WHOLE) {
            marks.add(mark);
        }
    }
    marks
}
