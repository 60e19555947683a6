//! How the elements of running text come out as text.

use copydesk::article::Article;
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::boilerplate::render_only;

fn rendered(html: &str) -> String {
    let mut article = Article::from_html(html.to_owned());
    render_only().apply(&mut article, &Deadline::never());
    article.text().to_owned()
}

fn each(cases: &[(&str, &str)]) {
    for (html, text) in cases {
        assert_eq!(rendered(html), *text, "{html}");
    }
}

#[test]
fn raised_and_lowered_numbers_do_not_run_into_the_text() {
    each(&[
        ("10<sup>6</sup> tonnes", "10⁶ tonnes"),
        ("10<sup>−15</sup> s, 400 m<sup>2</sup>", "10⁻¹⁵ s, 400 m²"),
        ("10<sup>6.5</sup>", "10^6.5"),
        ("CO<sub>2</sub> and NO<sub>x</sub>", "CO₂ and NOx"),
        ("1<sup>1/2</sup> cups", "1¹⁄₂ cups"),
        ("the 21<sup>st</sup> of May", "the 21st of May"),
        ("Brand<sup>®</sup>", "Brand®"),
        ("it rose.<sup>1</sup> Then", "it rose.¹ Then"),
        (
            "<p><sup>A line of small print that is raised as a whole, in 2031</sup></p>",
            "A line of small print that is raised as a whole, in 2031",
        ),
    ]);
}

#[test]
fn references_to_notes_are_no_text() {
    each(&[
        ("it rose.<sup><a href=\"#n1\">1</a></sup> Then", "it rose. Then"),
        ("it rose.<a href=\"#n1\"><sup>a</sup></a> Then", "it rose. Then"),
        ("it rose<sup class=reference>[4]</sup>.", "it rose."),
        ("it rose<sup><a href=\"/page\">2</a></sup>.", "it rose²."),
        ("<a href=\"#top\">10<sup>th</sup></a>", "10th"),
    ]);
}

#[test]
fn a_letter_before_its_paragraph_begins_it() {
    each(&[
        ("<span class=dropcap>T</span><p>he council met.</p>", "The council met."),
        (
            "<p>Before.</p><div class=drop-cap>“T</div> <p><b>he</b> council</p>",
            "Before.\n\n“The council",
        ),
        ("<p><span class=dropcap>T</span>he council met.</p>", "The council met."),
        ("<span class=dropcap>A</span><p> council met.</p>", "A council met."),
        ("<span class=dropcap>A</span><p>fter dark</p>", "After dark"),
        ("<p class=has-drop-cap>The council met.</p>", "The council met."),
        ("<b>T</b><p>he council met.</p>", "T\n\nhe council met."),
        ("<span class=dropcap>T</span><p>12 boats</p>", "T\n\n12 boats"),
    ]);
}

#[test]
fn quotations_have_the_marks_that_a_browser_sets() {
    each(&[
        ("said <q>never</q> and left", "said “never” and left"),
        ("said <q>“never”</q> and left", "said “never” and left"),
        ("said \"<q>never</q>\" and left", "said \"never\" and left"),
        ("said <q></q>nothing", "said nothing"),
    ]);
}

#[test]
fn preformatted_text_keeps_its_lines() {
    each(&[
        ("<pre>a\n    b\n\n  c</pre>", "a\n    b\n\n  c"),
        ("<pre><i>a</i>\n<i>\nb</i>\n</pre><p>c</p>", "a\n\nb\n\nc"),
        ("<p>one<br>two</p>", "one\ntwo"),
    ]);
}

#[test]
fn what_stands_in_for_an_embed_is_not_read() {
    each(&[
        ("<p>One.</p><amp-iframe><p placeholder>Loading the map</p></amp-iframe>", "One."),
        ("<p placeholder=\"A text\">One.</p>", "One."),
    ]);
}
