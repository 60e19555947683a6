//! Whose the facts are that a page shows: the article's, or those of other articles, of
//! comments, of posts, of the site.

use copydesk::article::{Article, Flag};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::boilerplate::Boilerplate;
use copydesk::stages::tag::Tag;
use copydesk::tags::Tags;

const HEADING: &str = "<h1>Council to rebuild the old ferry pier</h1>";
const BODY: &str = "<p>The harbour council agreed on Tuesday to rebuild the old ferry pier before the \
    winter storms arrive, after a debate that lasted far into the night.</p>\
    <p>“We have waited long enough,” the chair, Ines Holm, said. “It will not wait for us, and \
    neither will the sea.”</p>\
    <p>Work starts in March and will cost less than the repairs of the past ten years, according \
    to a report that was given to the members last week.</p>\
    <p>Fishermen had asked for the new pier since a storm tore away its northern end, which left \
    the larger boats without a berth for two winters.</p>";

/// What is told of a page with `front` below its heading and `behind` after its article.
fn told(front: &str, behind: &str) -> Tags {
    tagged(&format!("<main><article>{HEADING}{front}{BODY}</article>{behind}</main>")).tags
}

fn tagged(main: &str) -> Article {
    let title = "<title>Council to rebuild the old ferry pier | Harbour Gazette</title>";
    let page = format!("<html lang=en><head>{title}</head><body>{main}</body></html>");
    let mut article = Article::from_html(page);
    Boilerplate::default().apply(&mut article, &Deadline::never());
    Tag.apply(&mut article, &Deadline::never());
    article
}

fn published(tags: &Tags) -> Option<&str> {
    tags.date_published.as_deref()
}

#[test]
fn a_label_in_several_elements_says_what_its_date_is_of() {
    let label = |words: &str| format!("<p>{words} <span class=date>May 6, 2024</span></p>");
    let changed = told(&label("<span>Last Updated</span> <span>on</span>"), "");
    assert_eq!((published(&changed), changed.date_modified.as_deref()), (None, Some("2024-05-06")));
    let is_published = told(&label("<span>Posted</span> <span>on</span>"), "");
    assert_eq!(published(&is_published), Some("2024-05-06"));
}

#[test]
fn dates_of_posts_comments_events_and_other_stories_are_not_the_articles() {
    let inside = [
        "<blockquote class=twitter-tweet><p>The pier is coming</p><a>May 3, 2024</a></blockquote>",
        "<div class=tweet><p>The pier is coming</p><time datetime=2024-05-03>May 3</time></div>",
        "<blockquote><p>We are happy</p>Posted by <a>Harbour Council</a> on <a>Friday, 3 May \
         2024</a></blockquote>",
        "<p>The harbour council had said on <b>Tuesday, 7 May 2024</b>, that nobody knew yet who \
         was to pay for the lamps of the old pier, or for the benches that stood on it.</p>",
    ];
    for post in inside {
        let tags = tagged(&format!("<article>{HEADING}{BODY}{post}{BODY}</article>")).tags;
        assert_eq!(published(&tags), None, "{post}");
    }
    let behind = [
        "<section class=comments><b>Jon Pike</b><time datetime=2024-05-09>9 May 2024</time>\
         <p>About time too.</p></section>",
        "<div><h3>2 replies</h3><ol><li>Jon Pike says: <a>9 May 2024 at 10:10</a>\
         <p>About time too.</p></ol></div>",
        "<div><h3>What is on</h3><ul><li><time datetime=2024-06-01>1 June 2024</time> Fair\
         <li><time datetime=2024-06-03>3 June 2024</time> Choir</ul></div>",
        "<aside><a href=/b>Boats lie idle</a> <time datetime=2024-02-01>1 Feb 2024</time></aside>",
        "<section><h2>More from the harbour</h2><a href=/b>Boats lie idle</a>\
         <span>1 Feb 2024</span></section>",
    ];
    for other in behind {
        assert_eq!(published(&told("", other)), None, "{other}");
        let tags = told("<time datetime=2024-05-03>3 May 2024</time>", other);
        assert_eq!(published(&tags), Some("2024-05-03"), "{other}");
    }
    let caption =
        "<figure><figcaption>The northern end as it stood on 3 May 2024</figcaption></figure>";
    assert_eq!(published(&told(caption, "")), None);
    let today = "<header><p>Friday, 9 May 2025</p></header>";
    let tags = tagged(&format!("{today}<main><article>{HEADING}{BODY}</article></main>")).tags;
    assert_eq!(published(&tags), None);
}

#[test]
fn the_articles_own_date_may_stand_in_many_places() {
    for front in [
        "<p>3 May 2024</p>",
        "<ul class=meta><li>Ada Quill<li><time datetime=2024-05-03>3 May 2024</time></ul>",
        "<p>By Ada Quill, Harbour Editor | 3 May 2024 | 4 minutes to read</p>",
    ] {
        assert_eq!(published(&told(front, "")), Some("2024-05-03"), "{front}");
    }
    let behind = "<p>Published on <time datetime=2024-05-03>3 May 2024</time></p>";
    assert_eq!(published(&told("", behind)), Some("2024-05-03"));
    let day = "<time datetime=2024-05-03>3 May 2024</time>";
    for main in [
        format!("<article><header>{day}{HEADING}</header>{BODY}</article>"),
        format!("<main>{HEADING}<article class='post promoted'>{day}{BODY}</article></main>"),
        format!("<article>{HEADING}{BODY}<footer>{day}</footer></article>"),
        format!("<article><h2>Council to rebuild the old ferry pier</h2>{day}{BODY}</article>"),
    ] {
        assert_eq!(published(&tagged(&main).tags), Some("2024-05-03"), "{main}");
    }
}

#[test]
fn authors_and_dates_of_other_articles_are_not_the_first_ones() {
    let story = "<p>Twelve boats lie idle in the western basin since the price of fuel went up, \
                 their owners said.</p>";
    for next in [
        "<article><h3>Boats lie idle</h3><p class=byline>By Nora Beck</p>\
         <time datetime=2024-02-01>1 Feb 2024</time></article>"
            .to_owned(),
        format!(
            "<article><h1>Boats lie idle in the western basin</h1><p class=byline>By Nora Beck</p>\
             <time datetime=2024-02-01>1 Feb 2024</time>{story}</article>"
        ),
        format!(
            "<article><h2>Boats lie idle</h2><a rel=author href=/authors/nora-beck>Nora Beck</a>\
             {story}</article>"
        ),
        format!(
            "<div itemscope itemtype=https://schema.org/NewsArticle><h2 itemprop=headline>Boats \
             lie idle</h2><span itemprop=author>Nora Beck</span><meta itemprop=datePublished \
             content=2024-02-01>{story}</div>"
        ),
        format!(
            "<div><h2>Boats lie idle</h2><p>By Nora Beck</p><p>1 February 2024</p>{story}</div>"
        ),
        "<script type=application/ld+json>{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\
         \"NewsArticle\",\"author\":{\"name\":\"Nora Beck\"},\"datePublished\":\"2024-02-01\"}]}\
         </script>"
            .to_owned(),
    ] {
        let tags = told("", &next);
        assert_eq!((tags.authors.as_slice(), published(&tags)), ([].as_slice(), None), "{next}");
        let front = "<p class=byline>By Ada Quill</p><time datetime=2024-05-03>3 May 2024</time>";
        let tags = told(front, &next);
        assert_eq!(tags.authors, ["Ada Quill"], "{next}");
        assert_eq!(published(&tags), Some("2024-05-03"), "{next}");
    }
}

#[test]
fn authors_may_stand_below_the_article() {
    let below =
        "<div class=author><h4>About the author</h4><p>Ada Quill writes on harbours.</p></div>";
    let tags = tagged(&format!("<article>{HEADING}{BODY}{below}</article>")).tags;
    assert_eq!(tags.authors, ["Ada Quill"]);
}

#[test]
fn menus_tell_neither_section_nor_opinion() {
    let menus = [
        "<nav><ul><li><a>News</a><li><a>Opinion</a><li><a>Sport</a></ul></nav>",
        "<div class=category-list><ul><li><a>News</a><li><a>Sport</a><li><a>Opinion</a></ul></div>",
        "<ul id=categories><li class=category><a>Opinion</a><li class=category><a>Sport</a></ul>",
        "<ul><li class='menu-item category-3'><a>Opinion</a></ul>",
    ];
    for menu in menus {
        let behind = format!("<main><article>{HEADING}{BODY}</article></main>{menu}");
        let before = format!("{menu}<main><article>{HEADING}{BODY}</article></main>");
        for page in [behind, before] {
            let article = tagged(&page);
            assert_eq!(article.tags.section, None, "{page}");
            assert!(!article.flags.contains(&Flag::Opinion), "{page}");
        }
        let kicker = format!("<div class=kicker>Opinion</div>{HEADING}{BODY}");
        let article = tagged(&format!("{menu}<main><article>{kicker}</article></main>"));
        assert_eq!(article.tags.section.as_deref(), Some("Opinion"), "{menu}");
        assert!(article.flags.contains(&Flag::Opinion), "{menu}");
    }
}

#[test]
fn lines_of_a_heading_are_not_glued_and_words_not_parted() {
    let title = "Council to rebuild the old ferry pier";
    for heading in [
        "Council to rebuild<br>the old ferry pier",
        "Council to rebuild<br/>\nthe old ferry pier",
        "<div>Council to rebuild</div><div>the old ferry pier</div>",
        "<span style='display: block'>Council to rebuild</span><span>the old ferry pier</span>",
        "Council to re<b>build</b> the old ferry pier",
        "Council to re<wbr>build the old ferry pier",
    ] {
        let tags = tagged(&format!("<article><h1>{heading}</h1>{BODY}</article>")).tags;
        assert_eq!(
            tags.headline.map(|it| it.text().to_owned()).as_deref(),
            Some(title),
            "{heading}"
        );
    }
    let parted = "<h1><div>Council to rebuild</div><div>: the old ferry pier</div></h1>";
    let tags = tagged(&format!("<article>{parted}{BODY}</article>")).tags;
    let headline = tags.headline.map(|it| it.text().to_owned());
    assert_eq!(headline.as_deref(), Some("Council to rebuild: the old ferry pier"));
}

#[test]
fn lines_that_sign_an_article_name_its_authors() {
    for line in [
        "Posted on May 3, 2024 by Nora Beck",
        "3 May 2024 by Nora Beck in News",
        "Published 3 May 2024 | Author: Nora Beck",
        "Nora Beck • May 3, 2024",
        "May 3, 2024 | Nora Beck",
        "Story and photos by Nora Beck",
        "Text and photos: NORA BECK",
        "Nora Beck, Political Editor",
        "By NORA BECK Associated Press",
        "By Nora Beck Harbour Gazette",
        "Penulis: Nora Beck",
        "Yazar: Nora Beck | 3 May 2024",
        "Text: Nora Beck",
    ] {
        for front in [format!("<p>{line}</p>"), format!("<div class=post-meta>{line}</div>")] {
            assert_eq!(told(&front, "").authors, ["Nora Beck"], "{front}");
        }
    }
    let two = "<p>Posted on May 3, 2024 by Nora Beck and Jon Pike in News</p>";
    assert_eq!(told(two, "").authors, ["Nora Beck", "Jon Pike"]);
    assert_eq!(told("<p>Автор: Нора Бек</p>", "").authors, ["Нора Бек"]);
    for line in [
        "来源：海港日报\u{3000}作者：李明",
        "来源：海港日报 记者 李明",
        "作者：李明 2024-05-03 15:12",
    ] {
        assert_eq!(told(&format!("<p>{line}</p>"), "").authors, ["李明"], "{line}");
    }
}

#[test]
fn lines_that_sign_nothing_name_nobody() {
    for line in [
        "The Old Pier by Nora Beck",
        "Kuala Lumpur, Malaysia",
        "Home | Harbour News | 3 May 2024",
        "3 May 2024, Harbour Editor",
        "Posted on May 3, 2024 by the harbour office",
        "The pier, seen by Nora Beck",
        "Text: The pier in May",
        "来源：海港日报",
        "责任编辑：李明",
    ] {
        assert_eq!(told(&format!("<p>{line}</p>"), "").authors, [] as [&str; 0], "{line}");
    }
    let quoted = "<blockquote>Nora Beck, Harbour Editor</blockquote>";
    assert_eq!(told(quoted, "").authors, [] as [&str; 0]);
}

#[test]
fn a_day_is_told_with_the_time_that_an_element_has_for_it() {
    let front =
        "<p>May 3, 2024</p><ul><li><time datetime=2024-05-03T08:57:25-05:00>Friday</time></ul>";
    assert_eq!(published(&told(front, "")), Some("2024-05-03T08:57:25-05:00"));
    let other =
        "<p>May 3, 2024</p><ul><li><time datetime=2024-05-04T08:57:25-05:00>Saturday</time></ul>";
    assert_eq!(published(&told(other, "")), Some("2024-05-03"));
}

#[test]
fn a_headline_ends_where_its_block_goes_on_with_the_byline() {
    let broken = format!(
        "<table><tr><td><font size=5><b>Council to rebuild the old ferry pier</b></font><br>\
         By ADA QUILL<br>May 3, 2024<br><br>{BODY}</td></tr></table>"
    );
    let tags = tagged(&broken).tags;
    let headline = |tags: &Tags| tags.headline.as_ref().map(|it| it.text().to_owned());
    assert_eq!(headline(&tags).as_deref(), Some("Council to rebuild the old ferry pier"));
    assert_eq!(published(&tags), Some("2024-05-03"));
    let flat = flat_tags(&["# Council to rebuild the old ferry pier"]);
    assert_eq!(headline(&flat).as_deref(), Some("Council to rebuild the old ferry pier"));
    let numbered = flat_tags(&["#Harbour: council to rebuild the old ferry pier"]);
    assert_eq!(
        headline(&numbered).as_deref(),
        Some("#Harbour: council to rebuild the old ferry pier")
    );
}

/// A post of a blog whose main heading, a link to its front, is `heading`, and the text left.
fn post(heading: &str) -> (Option<String>, String) {
    let page = format!(
        "<html lang=en><head><title>Harbour Notes: Council to rebuild the old ferry pier</title>\
         </head><body><div id=header><h1 class=title>{heading}</h1></div><div class=main>\
         <h2 class=date-header><span>Friday, 3 May 2024</span></h2><div class='post hentry'>\
         <h3 class='post-title entry-title'>Council to rebuild the old ferry pier</h3>\
         <div class='post-body entry-content'>{BODY}</div></div></div></body></html>"
    );
    let mut article = Article::from_html(page);
    Boilerplate::default().apply(&mut article, &Deadline::never());
    Tag.apply(&mut article, &Deadline::never());
    let headline = article.tags.headline.as_ref().map(|headline| headline.text().to_owned());
    (headline, article.text().to_owned())
}

#[test]
fn the_main_heading_of_a_blog_is_not_its_posts() {
    for front in ["/", "https://notes.example", "https://notes.example/"] {
        let (headline, text) = post(&format!("<a href='{front}'>Harbour Notes</a>"));
        assert_eq!(headline.as_deref(), Some("Council to rebuild the old ferry pier"));
        assert!(text.starts_with("The harbour council agreed"), "{text}");
    }
}

#[test]
fn a_date_behind_a_standfirst_that_stays_is_read() {
    let tags = flat_tags(&[
        "Council to rebuild the old ferry pier",
        "Two winters after the storm",
        "3 May 2024",
    ]);
    assert_eq!(published(&tags), Some("2024-05-03"));
    let none = flat_tags(&["Council to rebuild the old ferry pier", "Two winters after the storm"]);
    assert_eq!(published(&none), None);
}

/// What is told of flat text with `front` above its article.
fn flat_tags(front: &[&str]) -> Tags {
    let body = BODY.replace("<p>", "").replace("</p>", "\n\n");
    let mut article = Article::from_text(format!("{}\n\n{body}", front.join("\n\n")));
    Boilerplate::default().apply(&mut article, &Deadline::never());
    Tag.apply(&mut article, &Deadline::never());
    article.tags
}
