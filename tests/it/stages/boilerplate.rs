//! The boilerplate stage on whole articles and on bad input.

use copydesk::article::{Article, ClueSource, Fact, Flag};
use copydesk::stage::{Deadline, RejectReason, Stage, Verdict};
use copydesk::stages::boilerplate::{Boilerplate, render_only};

const PARAGRAPHS: [&str; 4] = [
    "The harbour council agreed on Tuesday to rebuild the old ferry pier before the winter storms arrive.",
    "“We have waited long enough,” the chair said. “It will not wait for us.”",
    "Work starts in March and will cost less than the repairs of the past ten years.",
    "Fishermen had asked for the new pier since a storm tore away its northern end.",
];

fn strip(mut article: Article) -> (Article, Verdict) {
    let verdict = Boilerplate::default().apply(&mut article, &Deadline::never());
    let original = article.body().original().expect("the log fits its text");
    assert_eq!(article.body().log().replay(&original).as_deref(), Ok(article.text()));
    (article, verdict)
}

fn clues(article: &Article, fact: Fact, source: ClueSource) -> Vec<&str> {
    article
        .evidence
        .of(fact)
        .filter(|clue| clue.source == source)
        .map(|clue| clue.value.text())
        .collect()
}

#[test]
fn clean_text_passes_byte_for_byte() {
    for separator in ["\n\n", "\n", "\r\n\r\n", "\n \n"] {
        for ending in ["", "\n", " \n\n"] {
            let text = PARAGRAPHS.join(separator) + ending;
            let (article, verdict) = strip(Article::from_text(text.as_str()));
            assert_eq!(article.text(), text);
            assert!(article.body().log().is_empty());
            assert!(article.evidence.clues.is_empty(), "{:?}", article.evidence);
            assert!(article.flags.is_empty(), "{:?}", article.flags);
            assert_eq!(verdict, Verdict::Keep);
        }
    }
}

#[test]
fn interleaved_furniture_goes_and_front_matter_becomes_evidence() {
    let [a, b, c, d] = PARAGRAPHS;
    let text = format!(
        "Advertisements\nPolitics\n\nCouncil to rebuild the ferry pier – HARBOUR GAZETTE\n\n\
         Press play to listen to this article\n\n{a}\n\nAdvertisements\n\n{b}\n\n{c}\n\n\
         Advertisements\n\n{d}\n\nThis article has been updated to add the cost.\n\nShow More\n\
         Advertisements\n\nRelated Articles\n\nLeave a Reply\n\n\
         Your email address will not be published. Fields with a star are required"
    );
    let (article, _) = strip(Article::from_text(text));
    assert_eq!(article.text(), PARAGRAPHS.join("\n\n"));
    assert_eq!(article.blocks().len(), PARAGRAPHS.len());
    let visible = |fact| clues(&article, fact, ClueSource::VisibleText);
    assert_eq!(visible(Fact::Section), ["Politics"]);
    assert_eq!(visible(Fact::Title), ["Council to rebuild the ferry pier – HARBOUR GAZETTE"]);
    assert_eq!(visible(Fact::Notice), ["This article has been updated to add the cost."]);
    assert_eq!(article.flags, [Flag::FurnitureInterleaved]);
}

#[test]
fn a_headline_is_told_from_those_of_other_stories_and_from_what_follows_it() {
    let article = "The harbour council agreed on Tuesday to rebuild the old ferry pier before the \
                   winter storms arrive.\n\nWork starts in March, the chair said, and will cost \
                   less than the repairs of the past ten years.\n\nFishermen had asked for the \
                   new pier since a storm tore away its northern end two winters ago.";
    let headline = "Council to rebuild the ferry pier that the storm tore away";
    for (above, below) in [
        ("", "Ten years of repairs are over\n\n"),
        ("", "Nora Beck, Harbour Editor\n\n"),
        ("", "The old pier in June. Picture: Nora Beck\n\n"),
        (
            "Home\n\nSport\n\nWeather\n\nSeven goals and a broken goalpost in the derby\n\n\
             Snow is expected on the passes at the weekend\n\nLive updates\n\n",
            "Nora Beck\n\nTue 12 Mar 2031 18.05 CET\n\n",
        ),
    ] {
        let text = format!("{above}{headline}\n\n{below}{article}");
        let (article, _) = strip(Article::from_text(text));
        assert_eq!(clues(&article, Fact::Title, ClueSource::VisibleText), [headline], "{below}");
    }
}

#[test]
fn text_wrapped_at_any_width_is_what_it_was() {
    let paragraphs = [
        "Pier to be rebuilt",
        "The harbour council agreed on Tuesday to rebuild the old ferry pier before the winter \
         storms arrive.",
        "“It is better than a ruin,” said Nora Beck, 81, who sold tickets there as a girl and \
         still has the key.",
        "Work starts in March. The northern end will be of stone, the chair said, and the rest \
         of oak, as it was when the pier was built in 1874; nobody knows yet who will pay for \
         the lamps.",
        "Hall & Sons, who built the quay, have sent an offer of £1.2 million, and so have two \
         others.",
        "The vote was seven to two.",
    ];
    let body = paragraphs[1..].join("\n\n");
    for width in 45..=110 {
        let wrapped: Vec<String> = paragraphs.iter().map(|text| wrap(text, width)).collect();
        let (article, _) = strip(Article::from_text(wrapped.join("\n\n")));
        assert_eq!(article.text(), body, "at {width}");
    }
}

/// As many words a line as there is room for.
fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn lists_of_lines_about_as_long_are_not_taken_for_wrapped_text() {
    let list = [
        "Council to rebuild the ferry pier before the winter",
        "Seven goals and a broken goalpost in the Sunday derby",
        "Snow is expected on the passes at the weekend, again",
        "Minister wants longer trains for the northern towns",
        "Old mill by the weir will be turned into thirty flats",
    ];
    let (article, _) = strip(Article::from_text(list.join("\n")));
    let joined =
        article.body().log().changes().iter().any(|change| change.rule.0.contains("hard_wrap"));
    assert!(!joined);
}

#[test]
fn furniture_alone_is_an_empty_article() {
    let (article, verdict) = strip(Article::from_text("Advertisements\n\nShow More\n\nShare"));
    assert_eq!(article.text(), "");
    assert_eq!(verdict, Verdict::Reject(RejectReason::Empty));
}

fn page() -> String {
    let [a, b, c, d] = PARAGRAPHS;
    format!(
        r#"<!doctype html><html lang="en"><head><title>Ferry pier – Harbour Gazette</title>
        <meta property="og:title" content="Ferry pier to be rebuilt">
        <link rel="canonical" href="https://gazette.example/pier">
        <script type="application/ld+json">{{"@context":"https://schema.org","@graph":[
          {{"@type":"WebSite","name":"Gazette"}},
          {{"@type":"NewsArticle","headline":"Pier to be rebuilt","author":[{{"@type":"Person","name":"Ada Marsh"}}],
            "datePublished":"2031-03-04","publisher":{{"name":"Harbour Gazette"}}}}]}}</script>
        <style>p {{ color: red }}</style></head><body>
        <nav><ul><li><a href="/">Home</a></li><li><a href="/l">Local</a></li></ul></nav>
        <article><h1>Ferry pier to be rebuilt</h1><p class="byline">By <a rel="author" href="/a">Ada Marsh</a></p>
        <time datetime="2031-03-04T08:00">4 March</time>
        <p>{a}</p><figure><img src="x"><figcaption>The pier</figcaption></figure>
        <p>{b}</p><div class="newsletter-box"><p>Get the tide in your inbox</p></div>
        <h2>What it costs</h2><p>{c}</p><ul><li>Posts: <b>40</b>,000</li><li>Planks<br>and nails</li></ul><p>{d}</p></article>
        <aside><h3>Related</h3><a href="/x">Cat found</a></aside>
        <noscript>Turn on scripts</noscript><p hidden>Unseen</p><footer>Imprint</footer></body></html>"#
    )
}

#[test]
fn a_page_is_rendered_stripped_and_read() {
    let [a, b, c, d] = PARAGRAPHS;
    let (article, verdict) = strip(Article::from_html(page()));
    assert_eq!(verdict, Verdict::Keep);
    assert_eq!(
        article.text(),
        [a, b, "What it costs", c, "Posts: 40,000", "Planks\nand nails", d].join("\n\n")
    );
    assert_eq!(clues(&article, Fact::Title, ClueSource::JsonLd), ["Pier to be rebuilt"]);
    assert_eq!(clues(&article, Fact::Title, ClueSource::OpenGraph), ["Ferry pier to be rebuilt"]);
    assert_eq!(
        clues(&article, Fact::Title, ClueSource::Element),
        ["Ferry pier – Harbour Gazette", "Ferry pier to be rebuilt"]
    );
    assert_eq!(clues(&article, Fact::Author, ClueSource::JsonLd), ["Ada Marsh"]);
    assert_eq!(
        clues(&article, Fact::Author, ClueSource::Element),
        ["By\nAda Marsh", "Ada Marsh"],
        "the byline, and the link to the author's page"
    );
    assert_eq!(clues(&article, Fact::Published, ClueSource::Element), ["2031-03-04T08:00"]);
    assert_eq!(clues(&article, Fact::Publisher, ClueSource::JsonLd), ["Harbour Gazette"]);
    assert_eq!(clues(&article, Fact::Language, ClueSource::Element), ["en"]);
    let original = article.body().original().expect("the log fits");
    for unseen in ["Unseen", "Turn on", "color", "headline"] {
        assert!(!original.contains(unseen), "{unseen} is not visible text");
    }
}

#[test]
fn parts_of_a_page_that_came_late_stand_in_their_places() {
    let [a, b, c, d] = PARAGRAPHS;
    let html = format!(
        r#"<body><div hidden=""></div><nav><a href="/">Home</a></nav><main><h1>Ferry pier to be rebuilt</h1>
        <p>{a}</p><!--$?--><template id="B:0"></template><p>Loading</p><!--/$--><p>{d}</p></main>
        <footer>Imprint</footer>
        <div hidden id="S:0"><p>{b}</p><template id="P:1a"></template></div>
        <div hidden id="S:1a"><p>{c}</p></div>
        <div hidden id="S:menu"><p>No part of the page.</p></div></body>"#
    );
    let (article, _) = strip(Article::from_html(html));
    assert_eq!(article.text(), [a, b, c, d].join("\n\n"));
    let original = article.body().original().expect("the log fits");
    assert!(!original.contains("No part of the page"), "{original}");
}

#[test]
fn parts_that_are_to_stand_in_each_other_end() {
    let [a, b, c, d] = PARAGRAPHS;
    let html = format!(
        r#"<body><p>{a}</p><p>{b}</p><p>{c}</p><p>{d}</p>
        <div hidden id="S:0"><template id="B:0"></template><template id="B:1"></template></div>
        <div hidden id="S:1"><template id="P:0"></template></div></body>"#
    );
    let (article, _) = strip(Article::from_html(html));
    assert_eq!(article.text(), [a, b, c, d].join("\n\n"));
}

#[test]
fn what_a_page_keeps_for_subscribers_is_read_unless_it_is_encrypted() {
    let [a, b, c, d] = PARAGRAPHS;
    let html = format!(
        r#"<body><h1>Ferry pier to be rebuilt</h1><div class="body"><p>{a}</p><p>{b}</p></div>
        <div class="subscriber-only" style="display:none"><p>{c}</p></div>
        <div class="subscriber-only encrypted-content" style="display: none"><p>%96 A:6C :D 4=@D65 7@C H:?E6C</p></div>
        <div class="subscriber-only" style="display:none"><p>{d}</p></div>
        <div class="offer" style="display:none"><p>Have you an account? Then sign in here.</p></div></body>"#
    );
    let (article, _) = strip(Article::from_html(html));
    assert_eq!(article.text(), [a, b, c, d].join("\n\n"));
}

#[test]
fn who_and_when_are_read_around_the_heading() {
    let [a, b, ..] = PARAGRAPHS;
    let front = |front: &str| {
        let (article, _) = strip(Article::from_html(format!(
            "<title>Pier</title><div><h1>Ferry pier to be rebuilt</h1>{front}<p>{a}</p><p>{b}</p></div>\
             <div class=\"comments\"><p class=\"comment-author\">Bea Reader</p></div>\
             <div class=\"related-card\"><span class=\"author\">Cy Other</span></div>"
        )));
        let authors = clues(&article, Fact::Author, ClueSource::Element).join("|");
        let dates = clues(&article, Fact::Published, ClueSource::VisibleText).join("|");
        (authors, dates)
    };
    let named = |authors: &str| (authors.to_owned(), String::new());
    assert_eq!(front(""), named(""), "comments and cards have authors of their own");
    assert_eq!(
        front(
            r#"<div class="post-meta__author"><span>Ada Marsh</span><span>Town editor</span></div>"#
        ),
        named("Ada Marsh\nTown editor"),
    );
    assert_eq!(
        front(
            r#"<p>By <a href="/authors/ada-marsh/">Ada Marsh</a> and <a href="/authors/b">Ben Quay</a></p>"#
        ),
        named("By\nAda Marsh\nand\nBen Quay"),
    );
    assert_eq!(
        front(
            r#"<p class="author">Ada Marsh</p><p class="author">Ben Quay</p><p>A walk</p><p class="author">Cy Roe</p>"#
        ),
        named("Ada Marsh,\nBen Quay|Cy Roe"),
        "one byline, until other words come"
    );
    assert_eq!(front("<p>Written by:</p><p>Ada Marsh</p>"), named("Ada Marsh"));
    assert_eq!(
        front(r#"<div class="photo-credit"><span class="author">Dee Lens</span></div>"#),
        named(""),
        "who took the picture"
    );
    assert_eq!(
        front(&format!("<p>{a}</p><p>{b}</p><h3>Article by</h3><p>Ada Marsh</p>")),
        named("Ada Marsh"),
        "far from the heading, but it says so"
    );
    assert_eq!(front("<p>Written by</p><p>our readers</p>").0, "our readers");
    assert_eq!(
        front("<form><p>Author</p><p>Your Name</p></form>"),
        named(""),
        "a form asks for names"
    );
    let (_, dates) = front("<div><b>Last updated</b> <i>4 March 2031</i></div>");
    assert!(dates.contains("Last updated 4 March 2031"), "{dates}");
}

#[test]
fn what_holds_the_heading_does_not_tell_where_a_byline_stands() {
    let [a, b, ..] = PARAGRAPHS;
    let page = |outer: &str, inner: &str| {
        let (article, _) = strip(Article::from_html(format!(
            "<title>Pier</title><{outer}><h1>Ferry pier to be rebuilt</h1>\
             <{inner}><p class=\"byline\">By Ada Marsh</p></{inner}><p>{a}</p><p>{b}</p></{outer}>"
        )));
        clues(&article, Fact::Author, ClueSource::Element).join("|")
    };
    assert_eq!(page("form", "div"), "By Ada Marsh", "the whole page is a form");
    assert_eq!(page("div", "aside"), "");
}

#[test]
fn a_name_beside_a_date_by_the_heading_is_a_byline_that_does_not_say_so() {
    let [a, b, ..] = PARAGRAPHS;
    let visible = |front: &str| {
        let (article, _) = strip(Article::from_html(format!(
            "<title>Pier</title><div><h1>Ferry pier to be rebuilt</h1>{front}<p>{a}</p><p>{b}</p></div>"
        )));
        clues(&article, Fact::Author, ClueSource::VisibleText).concat()
    };
    assert!(visible("<p>Ada Marsh</p><p>4 March 2031</p>").contains("Ada Marsh"));
    assert!(visible("<p>4 March 2031</p><p>Ada Marsh</p>").contains("Ada Marsh"));
    assert!(!visible("<p>Read in the harbour</p><p>4 March 2031</p>").contains("Read in"));
    assert!(visible("<p>Ada Marsh | Senior Writer | 4 March 2031</p>").contains("Ada Marsh"));
}

#[test]
fn authors_and_dates_with_a_label_are_found_far_from_the_heading() {
    let [a, b, ..] = PARAGRAPHS;
    let long = format!("<p>{a}</p><p>{b}</p>").repeat(16);
    let facts = |behind: &str| {
        let (article, _) = strip(Article::from_html(format!(
            "<title>Pier</title><h1>Ferry pier to be rebuilt</h1>{long}{behind}"
        )));
        let of = |fact, source| clues(&article, fact, source).join("|");
        let authors = of(Fact::Author, ClueSource::Element);
        (authors, of(Fact::Published, ClueSource::VisibleText))
    };
    let aside = "<aside><h3>Authors</h3><p>Ada Marsh</p><p>Ben Quay</p><h3>Tags</h3><p>Sea Wall</p></aside>";
    assert_eq!(facts(aside).0, "Ada Marsh,\nBen Quay");
    let linked = "<p><span>by </span><a href='/authors/ada-marsh'>Ada Marsh</a></p>";
    assert_eq!(facts(linked).0, "Ada Marsh");
    assert_eq!(facts("<nav><span>by </span><a href='/authors/ada'>Ada Marsh</a></nav>").0, "");
    assert_eq!(
        facts("<aside><h3>Published</h3><p>4 March 2031</p></aside>").1,
        "Published 4 March 2031"
    );
    assert_eq!(facts("<div class='related'><p>Published</p><p>4 March 2031</p></div>").1, "");
}

#[test]
fn by_is_of_the_article_only_between_its_facts() {
    let [a, b, ..] = PARAGRAPHS;
    let bylines = |front: &str| {
        let (article, _) = strip(Article::from_html(format!(
            "<title>Pier</title><h1>Ferry pier to be rebuilt</h1>{front}<p>{a}</p><p>{b}</p>"
        )));
        clues(&article, Fact::Author, ClueSource::Element).join("|")
    };
    assert_eq!(
        bylines("<p><time>4 March 2031</time> by Ada Marsh in <a href='/h'>Harbour</a></p>"),
        "Ada Marsh"
    );
    assert_eq!(bylines("<p><i>The Tide</i> <span>by Ada Marsh</span></p>"), "", "a book's");
}

#[test]
fn authors_are_found_wherever_a_page_states_them() {
    let stated = |head: &str| {
        let page = format!("<head>{head}</head><body><p>{}</p></body>", PARAGRAPHS[0]);
        let (article, _) = strip(Article::from_html(page));
        let of = |source| clues(&article, Fact::Author, source).join("|");
        (of(ClueSource::JsonLd), of(ClueSource::Meta))
    };
    let json = |author: &str| {
        let (json, _) = stated(&format!(
            r#"<script type="application/ld+json">{{"@graph":[{{"@type":"Article","author":{author}}},
            {{"@type":"Person","@id":"/#ada","name":"Ada Marsh"}}]}}</script>"#
        ));
        json
    };
    assert_eq!(json(r##"{"@id":"/#ada"}"##), "Ada Marsh");
    assert_eq!(json(r##"{"@id":"/#nobody"}"##), "");
    assert_eq!(json(r#"[{"givenName":"Ben","familyName":"Quay"}]"#), "Ben Quay");
    assert_eq!(json(r##"[{"name":"Ben Quay"},{"@id":"/#ada"}]"##), "Ben Quay");
    let card = |label: &str| {
        let (_, meta) = stated(&format!(
            r#"<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Ada Marsh">"#
        ));
        meta
    };
    assert_eq!(card("Written by"), "Ada Marsh");
    assert_eq!(card("Est. reading time"), "");
}

#[test]
fn scripts_go_and_what_stands_around_them_stays() {
    let script = format!("if (a < b && c > '</p>') {{ {} }}", "x = \"<b>\"; ".repeat(20));
    let page = format!(
        "<p>One</p><script src='a>b'>{script}</script><p>Two</p><!-- <script> --><p>Three</p>\
         <STYLE>{}</STYLE ><p>Four</p><script>{script}<!-- <script>{script}</script> --></script><p>Five</p>\
         <scripture>Six</scripture><p>Seven</p><script>{script}",
        "p { color: red } ".repeat(20)
    );
    let mut article = Article::from_html(page);
    render_only().apply(&mut article, &Deadline::never());
    let words: Vec<&str> = article.text().split_whitespace().collect();
    assert_eq!(words, ["One", "Two", "Three", "Four", "Five", "Six", "Seven"]);
}

#[test]
fn rendering_alone_keeps_all_visible_text() {
    let mut article = Article::from_html(page());
    render_only().apply(&mut article, &Deadline::never());
    assert!(article.body().log().is_empty());
    for seen in ["Home", "By Ada Marsh", "Get the tide in your inbox", "Imprint"] {
        assert!(article.text().contains(seen), "{seen} is visible text");
    }
    let text = article.text().to_owned();
    render_only().apply(&mut article, &Deadline::never());
    assert_eq!(article.text(), text);
}

#[test]
fn own_phrases_go_before_those_of_the_program_and_are_on_record() {
    const LETTER: &str = "The harbour letter, written by those who wait on the quay, goes out to \
        everybody who cares about ferries and the sea.";
    let text = format!(
        "The ferry to the islands was late again on Monday, and nobody at the harbour office \
         could say why it was.\n\n{LETTER}\n\nPassengers had waited since the early morning, and \
         many of them went home."
    );
    let stage = Boilerplate::default();
    let strip = || {
        let mut article = Article::from_text(text.as_str());
        stage.apply(&mut article, &Deadline::never());
        (article.text().contains(LETTER), article.own_phrases)
    };
    assert_eq!(strip(), (true, None));
    stage.own_phrases.replace("# ours\n[newsletter]\n^ the {harbour|harbor} letter\n").unwrap();
    let (kept, digest) = strip();
    assert!(!kept && digest.is_some());
    for (source, fault) in [
        ("the harbour letter", "line 1: a phrase stands below"),
        ("[newsletters]", "line 1: this label"),
        ("[newsletter]\n\n~ ---", "line 3: no words"),
        ("[newsletter]\n{a|b", "line 2: no words, or a brace"),
    ] {
        let faults = stage.own_phrases.replace(source).unwrap_err();
        assert!(faults[0].contains(fault), "{source}: {faults:?}");
        assert_eq!(strip(), (false, digest), "a file with a fault changes nothing");
    }
    stage.own_phrases.clear();
    assert_eq!(strip(), (true, None));
}
