//! Articles that a page holds as data and does not show.

use copydesk::article::{Article, Flag};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::boilerplate::Boilerplate;
use serde_json::{Value, json};

const HEADLINE: &str = "Lighthouse of Vellmar is to shine again after ninety dark years";
const PARAGRAPHS: [&str; 5] = [
    "The lighthouse on the rocks of Vellmar will be lit again in the autumn, ninety years after a storm put it out, the harbour office said on Monday.",
    "Two sisters who run the bakery on the quay have paid for the new lamp, which came by ferry last week and fills a crate as tall as a horse.",
    "“Our grandfather was the last to climb up there every evening,” said the elder, Tilda Brask. “We grew up with a dark tower and with his stories of the light.”",
    "The lamp takes no more power than a kettle and can be seen from twelve miles away, three fewer than the old one, which burned oil from whales and later gas.",
    "Pilots had asked for a light at the northern entry since a freighter ran aground there in fog in the spring, spilling nine thousand boxes of oranges onto the beach.",
];

fn strip(html: String) -> Article {
    let mut article = Article::from_html(html);
    Boilerplate::default().apply(&mut article, &Deadline::never());
    article
}

/// A page that shows the first of the paragraphs, and then a wall.
fn walled(data: &str, shown: &str) -> String {
    format!(
        "<head><title>{HEADLINE} - Vellmar Gazette</title>\
         <script type=\"application/ld+json\">{data}</script></head>\
         <body><nav><a href=\"/\">Home</a><a href=\"/sport\">Sport</a></nav><main><h1>{HEADLINE}</h1>{shown}\
         <div class=\"paywall\"><p>To read on, take out a subscription.</p><button>Subscribe</button></div></main>\
         <aside><h2>Most read</h2><a href=\"/a\">Oranges for everybody on the northern beach</a></aside>\
         <footer>Imprint</footer></body>"
    )
}

/// A page that scripts are to draw.
fn frame(script: &str) -> String {
    format!(
        "<head><title>{HEADLINE} - Vellmar Gazette</title><meta property=\"og:title\" content=\"{HEADLINE}\"></head>\
         <body><div id=\"root\"></div>{script}</body>"
    )
}

fn stated(body: &str) -> String {
    json!({"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, "articleBody": body})
        .to_string()
}

fn text(run: &str) -> Value {
    json!({"type": "text", "text": run})
}

#[test]
fn what_a_wall_hides_is_read_from_the_stated_body() {
    let [first, ..] = PARAGRAPHS;
    for between in ["\n", "\n\n", " "] {
        let article = strip(walled(
            &stated(&PARAGRAPHS.join(between)),
            &format!("<p class=\"lead\">{first}</p>"),
        ));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(article.text()), words(&PARAGRAPHS.join(" ")), "{between:?}");
        assert!(article.flags.contains(&Flag::NotShown));
    }
}

#[test]
fn a_text_without_spaces_has_words_too() {
    let paragraphs = [
        "岬の灯台に九十年ぶりに明かりがともることになった。港湾事務所が月曜日に発表した。秋の初めに点灯式が行われるという。",
        "新しい電球の代金は、波止場でパン屋を営む姉妹が支払った。電球は先週フェリーで届き、馬の背丈ほどもある木箱に入っていた。",
        "「祖父は毎晩あの塔に登った最後の人でした」と姉は話す。「私たちは暗い塔と、明かりの思い出話とともに育ちました」",
        "春には霧の中で貨物船が北の入り口で座礁し、みかん九千箱が浜に流れ着いた。水先人たちは以前から灯台の再開を求めていた。",
    ];
    let shown = format!("<p>{}</p>", paragraphs[0]);
    let article = strip(walled(&stated(&paragraphs.join("\n")), &shown));
    assert_eq!(article.text(), paragraphs.join("\n\n"));
    assert!(article.flags.contains(&Flag::NotShown));
    let queries = json!({"story": {"title": HEADLINE, "paragraphs": paragraphs}});
    let script = format!("<script type=\"application/json\">{queries}</script>");
    assert_eq!(strip(frame(&script)).text(), paragraphs.join("\n\n"));
}

#[test]
fn a_teaser_that_ends_in_an_offer_goes_on_where_it_stopped() {
    let [first, ..] = PARAGRAPHS;
    let (teaser, _) = first.split_at(first.find("harbour").expect("it is there"));
    let shown =
        format!("<p class=\"lead\">{teaser}<a href=\"/offer\">… Read the whole story</a></p>");
    let article = strip(walled(&stated(&PARAGRAPHS.join(" ")), &shown));
    assert!(article.text().contains("harbour office said on Monday."), "{}", article.text());
    assert_eq!(article.text().matches("The lighthouse on the rocks").count(), 1);
}

#[test]
fn a_pull_quote_of_a_later_paragraph_hides_none_before_it() {
    let [first, .., last] = PARAGRAPHS;
    let mut held: Vec<&str> = PARAGRAPHS.to_vec();
    held.insert(2, "That was in May.");
    let article = strip(walled(&stated(&held.join("\n")), &format!("<p>{first}</p><p>{last}</p>")));
    for paragraph in held {
        assert!(article.text().contains(paragraph), "{paragraph}: {}", article.text());
    }
}

#[test]
fn what_a_page_shows_is_not_taken_from_its_data() {
    let shown: String = PARAGRAPHS.iter().map(|text| format!("<p>{text}</p>")).collect();
    let article = strip(walled(&stated(&PARAGRAPHS.join("\n")), &shown));
    assert_eq!(article.text(), PARAGRAPHS.join("\n\n"));
    assert!(!article.flags.contains(&Flag::NotShown), "{:?}", article.flags);
}

#[test]
fn a_stated_body_may_hold_markup_and_entities() {
    let markup: String = PARAGRAPHS.iter().map(|text| format!("<p>{text}</p>")).collect();
    let escaped = PARAGRAPHS.join("\n").replace('“', "&ldquo;").replace('”', "&rdquo;");
    for body in [markup, escaped] {
        let article = strip(walled(&stated(&body), ""));
        assert_eq!(article.text(), PARAGRAPHS.join("\n\n"));
    }
}

#[test]
fn a_stated_body_in_other_words_is_not_added_to_a_text_that_is_shown() {
    let shown: String = PARAGRAPHS.iter().map(|text| format!("<p>{text}</p>")).collect();
    let summary = "A tower on the coast gets its lamp back, paid for by two bakers, and ships are glad of it. ";
    let article = strip(walled(&stated(&summary.repeat(6)), &shown.repeat(3)));
    assert!(!article.text().contains("two bakers"), "{}", article.text());
    assert!(!article.flags.contains(&Flag::NotShown), "{:?}", article.flags);
}

#[test]
fn the_text_of_a_page_that_scripts_draw_is_read_from_their_data() {
    let [a, b, c, d, e] = PARAGRAPHS;
    let (before, behind) = c.split_at(40);
    // As ProseMirror has it, in Next.js' state.
    let tree = json!({"props": {"pageProps": {
    "menu": [{"label": "Home"}, {"label": "Sport"}],
    "story": {"headline": HEADLINE, "body": {"type": "doc", "content": [
        {"type": "paragraph", "content": [text(a)]},
        {"type": "image", "content": [text("The tower of Vellmar. Photo: Ane Holt")]},
        {"type": "paragraph", "content": [text(b)]},
        {"type": "heading", "content": [text("Stories of the light")]},
        {"type": "paragraph", "content": [
            text(before),
            {"type": "link", "data": {"href": "https://example.org/brask"}, "content": [text(behind)]},
        ]},
        {"type": "paragraph", "content": [text(d)]},
        {"type": "paragraph", "content": [text(e)]},
    ]}}}}});
    let with_subhead = [a, b, "Stories of the light", c, d, e].join("\n\n");
    // As Arc has it: an assignment among others, paragraphs with markup.
    let elements: Vec<Value> = PARAGRAPHS
        .iter()
        .map(|text| json!({"type": "text", "content": format!("<b></b>{text}")}))
        .collect();
    let arc = json!({"headlines": {"basic": HEADLINE}, "content_elements": elements});
    let markup: String = PARAGRAPHS.iter().map(|text| format!("<p>{text}</p>")).collect();
    let one_string = json!({"queries": [{"data": {"title": HEADLINE, "contentHtml": markup}}]});
    for (script, expected) in [
        (
            format!("<script id=\"__NEXT_DATA__\" type=\"application/json\">{tree}</script>"),
            with_subhead,
        ),
        (
            format!(
                "<script>window.Fusion = window.Fusion || {{}}; Fusion.arcSite=\"vg\"; Fusion.globalContent = {arc}; Fusion.globalContentConfig={{}};</script>"
            ),
            PARAGRAPHS.join("\n\n"),
        ),
        (
            format!(
                "<script>(self.__state = self.__state || []).push({})</script>",
                one_string.to_string().replace('<', "\\u003c")
            ),
            PARAGRAPHS.join("\n\n"),
        ),
    ] {
        let article = strip(frame(&script));
        assert_eq!(article.text(), expected, "{script}");
        assert!(article.flags.contains(&Flag::NotShown), "{script}");
    }
}

#[test]
fn the_data_of_another_article_is_not_read() {
    let other =
        json!({"headline": "Oranges for everybody on the northern beach", "body": PARAGRAPHS});
    let article = strip(frame(&format!("<script type=\"application/json\">{other}</script>")));
    assert!(!article.flags.contains(&Flag::NotShown));
    assert!(!article.text().contains("lighthouse"), "{}", article.text());
}

#[test]
fn style_sheets_and_codes_beside_the_headline_are_no_text() {
    let shown: String = PARAGRAPHS[..3].iter().map(|text| format!("<p>{text}</p>")).collect();
    let sheet = "@font-face {\nfont-family: HarbourSerif;\nfont-weight: 300;\nsrc: url(\"/static/harbour.woff2\") format(\"woff2\");\n}\n";
    let codes = "ad_x:HML,js_y:HM,em_z:L,";
    for held in [sheet.repeat(40), codes.repeat(40)] {
        let data = json!({"headline": HEADLINE, "held": held, "list": [held, held]});
        let script = format!("<script type=\"application/json\">{data}</script>");
        let article = strip(walled("{}", &(shown.clone() + &script)));
        assert_eq!(article.text(), PARAGRAPHS[..3].join("\n\n"));
        assert!(!article.flags.contains(&Flag::NotShown), "{:?}", article.flags);
    }
}

#[test]
fn the_stated_bodies_of_a_list_are_those_of_other_pages() {
    let list = json!({"@type": "ItemList", "itemListElement": [
        {"@type": "NewsArticle", "headline": HEADLINE, "articleBody": PARAGRAPHS.join("\n")},
    ]});
    let article = strip(walled(&list.to_string(), ""));
    assert!(!article.flags.contains(&Flag::NotShown));
    assert!(!article.text().contains("bakery"), "{}", article.text());
}
