//! Tables of an article, and tables that lay out a page.

use copydesk::article::{Article, BlockKind};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::boilerplate::Boilerplate;

const PARAGRAPHS: [&str; 4] = [
    "The council of Marwick voted on Tuesday to close the old harbour road for two years, after engineers found that the sea wall behind it had moved.",
    "Residents who spoke at the meeting said they had asked for repairs for most of a decade, and that the closure would cut the lower town off.",
    "The engineer in charge, Ada Brook, told the chamber that a temporary bridge could be ready by spring if the county paid its share.",
    "A second vote on the money is due in March, and the mayor said she would not sign any contract until the county had put its promise into writing.",
];

fn strip(page: &str) -> Article {
    let mut article = Article::from_html(page.to_owned());
    Boilerplate::default().apply(&mut article, &Deadline::never());
    article
}

/// An article with this between its paragraphs.
fn around(inside: &str) -> Article {
    let [a, b, c, d] = PARAGRAPHS;
    strip(&format!(
        "<header><a href=/>Home</a> <a href=/s>Sport</a></header><main><article>\
         <h1>Marwick closes its harbour road</h1><p>{a}</p><p>{b}</p>{inside}<p>{c}</p><p>{d}</p>\
         </article></main><footer>Imprint</footer>"
    ))
}

/// What stands between the second paragraph and the third.
fn between(article: &Article) -> Vec<&str> {
    let [_, b, c, _] = PARAGRAPHS;
    let (_, rest) = article.text().split_once(b).expect("the second paragraph stays");
    let (inside, _) = rest.split_once(c).expect("the third paragraph stays");
    inside.split("\n\n").filter(|block| !block.is_empty()).collect()
}

#[test]
fn a_table_keeps_all_its_rows_whatever_they_read_like() {
    let table = "<table><tr><th></th><th>Team</th><th>P</th><th>Pts</th></tr>\
        <tr><td>1</td><td><a href=/t/1>Harbour Rovers</a></td><td>12</td><td>26</td></tr>\
        <tr><td>2</td><td><a href=/t/2>Share</a></td><td>12</td><td>24</td></tr>\
        <tr><td>3</td><td><a href=/t/3>Mill Town</a></td><td>12</td><td>19</td></tr></table>";
    assert_eq!(
        between(&around(table)),
        ["Team\tP\tPts", "1\tHarbour Rovers\t12\t26", "2\tShare\t12\t24", "3\tMill Town\t12\t19"]
    );
}

#[test]
fn what_is_in_a_cell_does_not_divide_its_row() {
    let table = "<table><tr><td><p>Harbour Rovers&nbsp;</p></td><td><p>2</p></td></tr>\
        <tr><td><div>Mill</div><div>Town</div></td><td><div>0</div></td></tr></table>";
    let article = around(table);
    assert_eq!(between(&article), ["Harbour Rovers\t2", "Mill Town\t0"]);
}

#[test]
fn the_article_in_a_cell_of_a_layout_is_paragraphs() {
    let [a, b, c, d] = PARAGRAPHS;
    let article = strip(&format!(
        "<title>Marwick closes its harbour road</title><header><a href=/>Home</a></header>\
         <table width=600><tr><td><a href=a>Home</a><br><a href=b>News</a></td><td>\
         <font size=5><b>Marwick closes its harbour road</b></font><br>\
         <font size=2>By Ada Brook<br>March 3, 2002</font><br><br>\
         <font>{a}<br><br>{b}<br><br>{c}<br><br>{d}</font></td>\
         <td><a href=1>Fish prices fall</a><br><a href=2>Old mill sold</a></td></tr></table>\
         <footer>© 2024 The Marwick Echo. All rights reserved.</footer>"
    ));
    assert_eq!(article.text(), PARAGRAPHS.join("\n\n"));
    assert!(article.blocks().iter().all(|block| block.kind == BlockKind::Paragraph));
}

#[test]
fn an_article_in_several_elements_stays_whole() {
    let [a, b, c, d] = PARAGRAPHS;
    for heading in ["<h2>What the engineers say</h2>", "<h1>What the engineers say</h1>"] {
        let article = strip(&format!(
            "<main><article><h1>Marwick closes its harbour road</h1><p class=byline>By Ada Brook</p>\
             <p>{a}</p><p>{b}</p></article><article>{heading}<p>{c}</p><p>{d}</p></article></main>"
        ));
        for paragraph in PARAGRAPHS {
            assert!(article.text().contains(paragraph), "{heading}");
        }
    }
}
