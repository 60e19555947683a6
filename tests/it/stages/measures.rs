//! The measures of the tag stage on small labelled sets.

use copydesk::eval::{quotes, subjects};
use copydesk::stages::tag::Tag;

#[test]
fn subjects_are_counted_as_answered_and_as_right() {
    let rows = concat!(
        r#"{"text":"It rained on the roof.","section":"Sport","iptc_top":"sport","source":"a"}"#,
        "\n",
        r#"{"text":"It rained on the roof.","section":"Sport","iptc_top":"health","source":"a"}"#,
        "\n",
        r#"{"text":"It rained.","url":"https://a.example/business/x","iptc_top":"economy,business&finance","source":"b"}"#,
        "\n",
        r#"{"text":"It rained.","iptc_top":"politics","source":"b"}"#,
        "\n",
    );
    let report = subjects::evaluate(rows.as_bytes(), &Tag).unwrap();
    let all = report.all();
    assert_eq!((all.texts, all.answered, all.right), (4, 3, 2), "{report}");
    assert_eq!(report.sources["a"].right, 1);
    assert_eq!(report.mistaken[&("health".to_owned(), "sport".to_owned())], 1);
    assert!(subjects::evaluate("".as_bytes(), &Tag).is_err());
    assert!(subjects::evaluate("{}".as_bytes(), &Tag).is_err());
}

#[test]
fn a_pronoun_is_the_speaker_only_where_the_source_is_no_more() {
    let text = "Ada Quill opened the bridge in May. “The bridge is open to all,” she said.";
    let speaker = |source: &str| {
        let at = text.rfind(source).expect("the source stands in the text");
        let from = text[..at].chars().count();
        let quote = text.chars().position(|c| c == '“').unwrap() + 1;
        let row = serde_json::json!({
            "text": text,
            "attributions": [{"source": [[from, from + source.chars().count()]], "content": [[quote, quote + 27]]}],
        });
        let report = quotes::evaluate(row.to_string().as_bytes(), &Tag).unwrap();
        assert_eq!((report.direct, report.recalled, report.sourced), (1, 1, 1));
        (report.right, report.pronouns)
    };
    assert_eq!(speaker("Ada Quill"), (1, 0), "resolved");
    assert_eq!(speaker("she"), (1, 1), "the words that name the speaker");
    assert_eq!(speaker("May"), (0, 0), "another's");
}
