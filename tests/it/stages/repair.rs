//! What rule fixtures cannot say about the repair stage: laws on any text, and
//! which texts of an article are mended.

use copydesk::article::{Article, ClueSource, Fact};
use copydesk::eval::repair::evaluate;
use copydesk::stage::{Deadline, Stage, Verdict};
use copydesk::stages::repair::Repair;
use proptest::prelude::*;

fn repaired(text: &str) -> Article {
    let mut article = Article::from_text(text);
    assert_eq!(Repair::default().apply(&mut article, &Deadline::never()), Verdict::Keep);
    article
}

/// What misread, invisible and escaped text is made of, beside plain words.
fn damaged_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ,.\n]{1,8}",
        "[\u{80}-\u{ff}]{1,4}",
        "[‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸÃÂâ€]{1,5}",
        "[А-яЂ-џ]{1,5}",
        "[─-▟√≤∂π]{1,4}",
        "[\u{0}-\u{1f}\u{7f}]{1,2}",
        "[\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{ad}\u{61c}]{1,2}",
        "[ﬀ-ﬆĲĳŉǄ-ǌ]{1,2}",
        "[a-o\u{300}-\u{32f}\u{1100}-\u{11ff}가-힣]{1,4}",
        "&(amp;)?(amp;)?(lt|gt|quot|eacute|#8217|#x27|#0|nbsp|bogus);?",
        "[\u{fffd}?]",
        "(ã€|Ã|ðŸ|â€|Ð){1,6}[\u{fffd}? ]{0,2}",
        "</?(b|i|p|br)( class=\"a\")?/?>|\\[/?(b|i|url)\\]|\\{\\{|\\}\\}|\\*\\*|\\]\\(http://a.b\\)|[<>\\[\\]{}]",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_can_be_replayed_and_undone(text in damaged_text()) {
        let article = repaired(&text);
        let log = article.body().log();
        prop_assert_eq!(log.replay(&text), Ok(article.text().to_owned()));
        prop_assert_eq!(log.undo(article.text()), Ok(text));
    }

    #[test]
    fn mending_twice_is_mending_once(text in damaged_text()) {
        let once = repaired(&text);
        let twice = repaired(once.text());
        prop_assert_eq!(twice.text(), once.text());
    }

    #[test]
    fn no_text_grows_beyond_bounds(text in damaged_text()) {
        // Normal form C at most triples a character; all else shortens.
        prop_assert!(repaired(&text).text().len() <= 3 * text.len());
    }

    #[test]
    fn the_characters_of_plain_text_pass(text in "[ -%'-~\n\t]{0,200}") {
        let article = repaired(&text);
        let mut rules = article.body().log().changes().iter().map(|change| change.rule.0);
        prop_assert!(!rules.any(|rule| rule.starts_with("repair.characters.")));
    }
}

#[test]
fn clues_that_are_text_are_mended_and_others_are_not() {
    let mut article = Article::from_text("A plain body.");
    article.evidence.add(Fact::Title, ClueSource::Message, "A cafÃ© reopens");
    article.evidence.add(Fact::CanonicalUrl, ClueSource::Message, "https://news.example/cafÃ©");
    Repair::default().apply(&mut article, &Deadline::never());
    let values: Vec<&str> = article.evidence.clues.iter().map(|clue| clue.value.text()).collect();
    assert_eq!(values, ["A café reopens", "https://news.example/cafÃ©"]);
    let title = &article.evidence.clues[0].value;
    assert_eq!(title.original(), Ok("A cafÃ© reopens".to_owned()));
}

#[test]
fn a_title_is_one_line() {
    for (given, wanted) in [
        (
            "Council to rebuild \r\n\t the old pier\n\nthis\nwinter",
            "Council to rebuild the old pier this winter",
        ),
        ("Council to  rebuild\tthe old pier", "Council to  rebuild\tthe old pier"),
    ] {
        let mut article = Article::from_text("A plain body.");
        article.evidence.add(Fact::Title, ClueSource::Message, given);
        article.evidence.add(Fact::Description, ClueSource::Message, given);
        Repair::default().apply(&mut article, &Deadline::never());
        let [title, description] = &article.evidence.clues[..] else { panic!("two clues") };
        assert_eq!(title.value.text(), wanted);
        assert_eq!(title.value.original().as_deref(), Ok(given));
        assert_eq!(description.value.text(), given);
    }
}

/// A lost byte would complete the sequence before it, which would then be the lost
/// byte of the one before that: hundreds of turns, to a single character.
#[test]
fn sequences_that_wait_for_one_another_are_left_alone() {
    for (piece, end) in [("ã€", "\u{fffd}"), ("Ã", "©"), ("ðŸ", "\u{fffd}\u{fffd}")] {
        let text = format!("{}{end}", piece.repeat(400));
        let once = repaired(&text);
        assert_eq!(repaired(once.text()).text(), once.text(), "{piece}{end}");
    }
    assert_eq!(repaired("Ellery ã€\u{fffd} Sound").text(), "Ellery \u{fffd} Sound");
}

#[test]
fn one_long_line_takes_linear_time() {
    // Each would take hours if any rule were quadratic.
    for piece in
        ["Ã©", "â€œword â€\u{9d}", "ÃƒÂ©", "а́", "&amp;", "\u{200b}x", "мії", "e\u{301}\u{323}"]
    {
        let text = piece.repeat(1_000_000 / piece.len());
        repaired(&text);
    }
}

#[test]
fn an_evaluation_counts_what_passes_and_says_what_does_not() {
    let cases = r#"[
        {"label": "accent", "original": "CafÃ© Lund", "fixed": "Café Lund"},
        {"label": "style", "original": "itâ€™s", "fixed": "it's", "fixed-encoding": "it’s"},
        {"label": "beyond repair", "original": "plain", "fixed": "other"}
    ]"#;
    let report = evaluate(cases.as_bytes(), &Repair::default()).unwrap();
    assert_eq!((report.cases, report.passed()), (3, 2));
    assert_eq!(report.failures[0].label, "beyond repair");
    let line = r#"{"original": "a", "fixed": "a"}"#;
    assert_eq!(evaluate(line.as_bytes(), &Repair::default()).unwrap().passed(), 1);
    assert!(evaluate("".as_bytes(), &Repair::default()).is_err());
    assert!(evaluate("{".as_bytes(), &Repair::default()).is_err());
}

/// The text is looked through in strides, on the borders of which nothing may be lost.
#[test]
fn damage_is_mended_wherever_it_stands() {
    for stretch in 0..100 {
        let before = "a".repeat(stretch);
        let behind = "ferry to the island ".repeat(4);
        let text = format!("{before} voilÃ la {behind}");
        assert_eq!(repaired(&text).text(), format!("{before} voilà la {behind}"), "at {stretch}");
    }
}
