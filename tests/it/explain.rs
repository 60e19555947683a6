//! How a proof is set, for a terminal and as a page.

use std::time::Duration;

use copydesk::article::{Article, ClueSource, Flag};
use copydesk::edit::{Proposal, RuleId};
use copydesk::explain::terminal::Ink;
use copydesk::explain::{Mark, Proof, page, terminal};
use copydesk::passage::Passage;
use copydesk::pipeline::Run;
use copydesk::stage::{RejectReason, StageName, Verdict};
use copydesk::tags::{Entity, Inference, InferenceSource, Quote};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

const CUT: RuleId = RuleId("boilerplate.ads.label");
const MENDED: RuleId = RuleId("repair.spun.phrase");

/// Changes every `before` that stands in the text: to nothing by a removal.
fn proposals(text: &str, changes: &[(&str, &str)]) -> Vec<Proposal> {
    changes
        .iter()
        .map(|(before, after)| {
            let start = text.find(before).expect("the text holds it");
            let span = start..start + before.len();
            match after.is_empty() {
                true => Proposal::removal(CUT, span, 0.99),
                false => Proposal::edit(MENDED, span, *after, 0.8),
            }
        })
        .collect()
}

fn article(text: &str, changes: &[(&str, &str)]) -> Article {
    let mut article = Article::from_text(text);
    article.apply(proposals(text, changes));
    article
}

fn headline(text: &str, changes: &[(&str, &str)]) -> Passage {
    let mut headline = Passage::new(text);
    headline.apply(proposals(text, changes));
    headline
}

fn plain(article: &Article, width: usize) -> String {
    terminal::render(&Proof::new(article, Verdict::Keep), width, Ink::Plain)
}

fn sample() -> Article {
    let mut article = article(
        "Advertisement\nSign up\n\nThe navy strike was an accident, the Council said.\n\nIt was late.",
        &[("Advertisement\nSign up\n\n", ""), ("navy", "military")],
    );
    article.url = Some("https://www.harbourpost.example/a?b=1&c=2".into());
    article.tags.headline =
        Some(headline("Council: strike no accident – Post", &[(" – Post", "")]));
    article.tags.publisher.name = Some("Harbour Post".into());
    article.tags.word_count = 12;
    article.flag(Flag::FurnitureInterleaved);
    article
}

#[test]
fn a_proof_without_colour_reads_by_its_brackets() {
    assert_eq!(
        plain(&sample(), 60),
        "\
Council: strike no accident[- – Post-]

  verdict    keep
  headline   Council: strike no accident
  publisher  Harbour Post
  words      12
  flags      furniture_interleaved

  [-Advertisement-]
  [-Sign up-]  ←\u{a0}boilerplate.ads.label

  The [-navy-]{+military+} strike was an accident, the
  Council said.
    ↳\u{a0}repair.spun.phrase

  It was late.

  boilerplate.ads.label  2 cut         0.99
  repair.spun.phrase     1 mended      0.80
"
    );
}

#[test]
fn colour_says_the_same_without_brackets() {
    let article = sample();
    let coloured = terminal::render(&Proof::new(&article, Verdict::Keep), 60, Ink::Colour);
    let bare = anstream::adapter::strip_str(&coloured).to_string();
    assert_ne!(coloured, bare);
    assert!(bare.contains("The navy→military strike"), "{bare}");
    assert!(!bare.contains("[-") && !bare.contains("+}"), "{bare}");
}

#[test]
fn blanks_and_what_does_not_show_can_be_seen_where_they_changed() {
    let text = "a\u{a0}b co\u{ad}op one\ntwo";
    let mut article = Article::from_text(text);
    let hyphen = text.find('\u{ad}').expect("the text holds it");
    let mut proposals = proposals(text, &[("\u{a0}", " "), ("\n", " ")]);
    proposals.push(Proposal::edit(MENDED, hyphen..hyphen + '\u{ad}'.len_utf8(), "", 1.0));
    article.apply(proposals);
    let proof = plain(&article, 100);
    assert!(
        proof.contains("a[-⟨U+00A0⟩-]{+␣+}b [-co⟨U+00AD⟩op-]{+coop+} one[-↵-]{+␣+}two"),
        "{proof}"
    );
}

#[test]
fn a_word_mended_in_pieces_is_shown_whole() {
    let mended = article(
        "In GÃ¶teborg, crÃ¨me brÃ»lÃ©e isnâ€™t â€œlateâ€\u{9d}. 港の駅",
        &[
            ("Ã¶", "ö"),
            ("Ã¨", "è"),
            ("Ã»", "û"),
            ("Ã©", "é"),
            ("â€™", "’"),
            ("â€œ", "“"),
            ("â€\u{9d}", "”"),
        ],
    );
    let proof = plain(&mended, 200);
    assert!(
        proof.contains(
            "In [-GÃ¶teborg-]{+Göteborg+}, [-crÃ¨me-]{+crème+} [-brÃ»lÃ©e-]{+brûlée+} \
             [-isnâ€™t-]{+isn’t+}\n  [-â€œ-]{+“+}late[-â€⟨U+009D⟩-]{+”+}. 港の駅"
        ),
        "{proof}"
    );
    assert!(proof.contains("repair.spun.phrase ×7"), "{proof}");
}

#[test]
fn a_line_is_no_wider_than_the_terminal() {
    let text = "港の駅舎が四日、パン屋として再び扉を開けた。用意した二百個のパンは一時間で売り切れた。\n\
                A word of great length: Donaudampfschifffahrtselektrizitätenhauptbetriebswerk, and on.";
    for width in [24, 40, 73] {
        let set = plain(&article(text, &[("売り切れた", "残った"), ("great", "some")]), width);
        for line in set.lines() {
            assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
        }
    }
}

#[test]
fn a_rejected_article_says_so_and_shows_what_was_cut() {
    let article = article("Advertisement", &[("Advertisement", "")]);
    let verdict = Verdict::Reject(RejectReason::Empty);
    let proof = Proof::new(&article, verdict);
    let text = terminal::render(&proof, 80, Ink::Plain);
    assert!(text.contains("reject: empty") && text.contains("[-Advertisement-]"), "{text}");
    let html = page::render(&proof);
    assert!(html.contains("rejected: empty") && html.contains(">Advertisement</del>"), "{html}");
}

#[test]
fn a_page_names_the_rule_at_each_change() {
    let html = page::render(&Proof::new(&sample(), Verdict::Keep));
    for part in [
        "The <del title=\"repair.spun.phrase (0.80)\">navy</del>\
         <ins title=\"repair.spun.phrase (0.80)\">military</ins> strike",
        "<del title=\"boilerplate.ads.label (0.99)\">Sign up</del>",
        "<title>Proof: Council: strike no accident</title>",
        "<a href=\"https://www.harbourpost.example/a?b=1&amp;c=2\"",
    ] {
        assert!(html.contains(part), "no {part} in\n{html}");
    }
}

#[test]
fn a_page_gives_the_article_its_language_and_direction() {
    let mut article = Article::from_text("عادت المكتبة العائمة");
    article.tags.language = Some("ar".into());
    let html = page::render(&Proof::new(&article, Verdict::Keep));
    assert!(html.contains("<div lang=\"ar\">\n<div class=\"row\"><p dir=\"auto\">عادت"), "{html}");
    assert!(html.contains("<html lang=\"en\">"), "{html}");
}

/// Where the `nth` of `words` stands in the article's text.
fn place(article: &Article, words: &str, nth: usize) -> std::ops::Range<usize> {
    let (start, _) = article.text().match_indices(words).nth(nth).expect("the text holds it");
    start..start + words.len()
}

fn named(article: &Article, name: &str, role: Option<&str>, times: usize) -> Entity {
    Entity {
        name: name.into(),
        role: role.map(str::to_owned),
        mentions: (0..times).map(|nth| place(article, name, nth)).collect(),
        salience: 0.5,
        confidence: 0.9,
    }
}

#[test]
fn names_and_quotes_are_marked_where_they_stand_in_the_result() {
    let mut article = article(
        "Share\nIn Hillton, Ann Dahl said: “Tell Hillton\nthat teh Post Ltd is late.”",
        &[("Share\n", ""), ("teh", "the")],
    );
    article.tags.people = vec![named(&article, "Ann Dahl", Some("mayor"), 1)];
    article.tags.places = vec![named(&article, "Hillton", None, 2)];
    let start = place(&article, "Tell", 0).start;
    let end = place(&article, "late.", 0).end;
    article.tags.quotes = vec![Quote {
        span: start..end,
        speaker: Some("Ann Dahl".into()),
        named: None,
        cue: None,
        confidence: 0.8,
    }];
    let html = page::render(&Proof::new(&article, Verdict::Keep));
    let hillton = "<mark class=\"place\" title=\"place: Hillton (0.90)\">Hillton</mark>";
    let quote = "<span class=\"quote\" title=\"quote: Ann Dahl (0.80)\">";
    for part in [
        &format!(
            "In {hillton}, <mark class=\"person\" title=\"person: Ann Dahl, mayor (0.90)\">Ann Dahl\
             </mark> said: “{quote}Tell </span>{quote}{hillton}</span></p>"
        ),
        &format!("{quote}that </span>{quote}<del"),
        &format!("the</ins></span>{quote} Post Ltd is late.</span>”"),
        "<td><bdi>Hillton</bdi></td><td><bdi></bdi></td><td class=\"aside number\">2</td>",
    ] {
        assert!(html.contains(part), "no {part} in\n{html}");
    }
}

#[test]
fn a_page_says_how_a_field_was_come_by_and_how_long_the_stages_took() {
    let mut article = sample();
    article.tags.inferences = vec![Inference {
        field: "publisher",
        source: InferenceSource::Clue(ClueSource::JsonLd),
        method: "publisher.stated",
        confidence: 0.97,
    }];
    let timings = vec![(StageName::Repair, Duration::from_micros(1234))];
    let run = Run { verdict: Verdict::Keep, timings };
    let html = page::render(&Proof::of_run(&article, &run));
    for part in [
        "<bdi>Harbour Post</bdi></td><td class=\"aside\">JSON-LD</td><td class=\"aside\">\
         <code>publisher.stated</code></td><td class=\"aside number\">0.97</td>",
        "<tr><td>repair</td><td class=\"number\">1.23</td></tr>",
    ] {
        assert!(html.contains(part), "no {part} in\n{html}");
    }
}

const HOSTILE: &str =
    "</title></style><script>alert(1)</script><img src=x onerror='a'> \" ' & \u{1b}[2J\0\u{202e}";

fn hostile() -> Article {
    let mut article = article(
        &format!("{HOSTILE}\ncut{HOSTILE}\n{HOSTILE}mend"),
        &[(&format!("cut{HOSTILE}"), ""), (&format!("{HOSTILE}mend"), HOSTILE)],
    );
    article.url = Some(format!("javascript:alert(1)//{HOSTILE}"));
    article.tags.headline = Some(Passage::new(HOSTILE));
    article.tags.authors = vec![HOSTILE.into()];
    article.tags.section = Some(HOSTILE.into());
    article.tags.language = Some(HOSTILE.into());
    article.tags.people = vec![named(&article, "alert", Some(HOSTILE), 1)];
    let span = place(&article, HOSTILE, 0);
    let speaker = Some(HOSTILE.to_owned());
    article.tags.quotes = vec![Quote { span, speaker, named: None, cue: None, confidence: 1.0 }];
    article
}

#[test]
fn markup_in_an_article_stays_text_on_the_page() {
    let html = page::render(&Proof::new(&hostile(), Verdict::Keep));
    for forbidden in [
        "<script",
        "<img",
        "javascript:alert(1)//</",
        "href=\"javascript",
        "\u{1b}",
        "\0",
        "\u{202e}",
    ] {
        assert!(!html.contains(forbidden), "{forbidden:?} in\n{html}");
    }
    // Every tag on the page is one of the page's own.
    let own = [
        "html", "head", "meta", "title", "style", "body", "header", "section", "div", "p", "span",
        "h1", "h2", "table", "thead", "tbody", "tr", "th", "td", "bdi", "code", "label", "input",
        "del", "ins", "mark",
    ];
    for tag in html.split('<').skip(1).filter(|tag| !tag.starts_with('!')) {
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_alphanumeric()).next();
        assert!(name.is_some_and(|name| own.contains(&name)), "<{tag}");
    }
    assert_eq!(html.matches("</title>").count(), 1);
    assert_eq!(html.matches("</style>").count(), 1);
}

#[test]
fn an_article_cannot_drive_the_terminal() {
    let article = hostile();
    let text = plain(&article, 80);
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(hidden), "{}", text.escape_debug());
    let coloured = terminal::render(&Proof::new(&article, Verdict::Keep), 80, Ink::Colour);
    assert!(!anstream::adapter::strip_str(&coloured).to_string().contains(hidden));
    assert!(!coloured.contains("\u{1b}[2J"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The marks hold both texts whole, but for the line breaks between lines.
    #[test]
    fn marks_lose_nothing(
        text in "[ab \né]{0,20}",
        changes in prop::collection::vec((0..24usize, 0..6usize, "[c\n]{0,2}"), 0..5),
    ) {
        let mut article = Article::from_text(text.as_str());
        for (start, length, after) in changes {
            let span = start..start + length;
            article.apply(vec![match after.is_empty() {
                true => Proposal::removal(CUT, span, 1.0),
                false => Proposal::edit(MENDED, span, after, 1.0),
            }]);
        }
        let proof = Proof::new(&article, Verdict::Keep);
        let (mut before_all, mut after_all) = (String::new(), String::new());
        for mark in proof.lines.iter().flat_map(|line| &line.marks) {
            let (before, after) = match mark {
                Mark::Kept(text) => (*text, *text),
                Mark::Cut { text, .. } => (*text, ""),
                Mark::Mended { before, after, .. } => (before.as_ref(), after.as_ref()),
            };
            before_all.push_str(before);
            after_all.push_str(after);
        }
        let joined = |text: &str| text.replace('\n', "");
        prop_assert_eq!(joined(&before_all), joined(&text));
        prop_assert_eq!(joined(&after_all), joined(article.text()));
    }
}

fn run(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .arg("explain")
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the binary runs")
}

#[test]
fn the_command_shows_a_sample_without_escapes_in_a_pipe() {
    let output = run(&["tests/articles/clean/raw.json"]);
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("The judge who keeps bees\n"), "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
    assert!(!text.contains('\u{1b}'), "{}", text.escape_debug());
}

#[test]
fn the_command_writes_one_page() {
    let output = run(&["--html", "tests/articles/markup-in-title/raw.json"]);
    let html = String::from_utf8(output.stdout).expect("it is text");
    assert_eq!(output.status.code(), Some(0), "{html}");
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"), "{html}");
    assert!(html.contains("The &lt;blink&gt; tag was removed"), "{html}");
}

#[test]
fn the_command_says_why_an_article_would_be_a_dead_letter() {
    let output = run(&["--format", "json", "tests/articles/_bad/no-body.json"]);
    let errors = String::from_utf8(output.stderr).expect("it is text");
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("none of the body fields holds text"), "{errors}");
}

#[test]
fn the_command_runs_only_the_stages_named() {
    let output = run(&["--only", "tag", "tests/articles/flat-furniture/raw.json"]);
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(text.contains("Advertisement") && !text.contains("[-Advertisement-]"), "{text}");
    assert_eq!(run(&["--only", "spelling", "-"]).status.code(), Some(2));
}
