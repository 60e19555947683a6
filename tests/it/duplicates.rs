//! Articles that are nearly the text of one before.

use copydesk::desk::{Desk, Outcome};
use copydesk::duplicates::DuplicateWindow;
use copydesk::settings::Settings;
use copydesk::stage::Deadline;
use copydesk::stages::tag::fingerprints::fingerprints;

use crate::articles::delivery;

/// A text of sixty sentences; `changed` of them are others in each `version`.
fn text(version: usize, changed: usize) -> String {
    let sentence = |number: usize| {
        let version = if number < changed { version } else { 0 };
        format!("Boat {number} of the harbour fleet came home on day {version} with {number} nets.")
    };
    (0..60).map(sentence).collect::<Vec<_>>().join("\n\n")
}

fn check(window: &DuplicateWindow, id: &str, text: &str) -> Option<String> {
    let minhash = fingerprints(text, &Deadline::never()).minhash;
    window.check(id, 600, &minhash).map(|found| found.id)
}

#[test]
fn a_copy_with_changes_is_a_duplicate_of_the_first() {
    let window = DuplicateWindow::new(100, 0.7);
    assert_eq!(check(&window, "a", &text(0, 0)), None);
    assert_eq!(check(&window, "b", &text(1, 4)), Some("a".into()));
    // The first of a family stands for all.
    assert_eq!(check(&window, "c", &text(2, 4)), Some("a".into()));
    assert_eq!(window.len(), 1);
}

#[test]
fn another_text_is_none_and_neither_is_a_redelivery() {
    let window = DuplicateWindow::new(100, 0.7);
    assert_eq!(check(&window, "a", &text(0, 0)), None);
    assert_eq!(check(&window, "a", &text(0, 0)), None);
    assert_eq!(check(&window, "b", &text(3, 60)), None);
    assert_eq!(window.len(), 2);
}

#[test]
fn the_window_forgets_what_was_not_used_for_longest() {
    let window = DuplicateWindow::new(2, 0.7);
    check(&window, "a", &text(1, 60));
    check(&window, "b", &text(2, 60));
    assert_eq!(check(&window, "again", &text(1, 60)), Some("a".into()));
    check(&window, "c", &text(3, 60));
    assert_eq!(window.len(), 2);
    assert_eq!(check(&window, "b2", &text(1, 60)), Some("a".into()), "it was used");
    assert_eq!(check(&window, "b3", &text(2, 60)), None, "it was forgotten");
}

#[test]
fn the_window_stays_within_its_bound() {
    let window = DuplicateWindow::new(8, 0.7);
    for number in 0..200 {
        check(&window, &number.to_string(), &text(number + 1, 60));
        check(&window, "again", &text(number + 1, 60));
        assert!(window.len() <= 8);
    }
}

#[test]
fn a_few_words_are_alike_by_chance() {
    let window = DuplicateWindow::new(8, 0.7);
    let minhash = fingerprints("The ferry is back.", &Deadline::never()).minhash;
    assert_eq!(window.check("a", 4, &minhash), None);
    assert_eq!(window.check("b", 4, &minhash), None);
    assert!(window.is_empty());
}

fn edited(desk: &Desk, id: &str, text: &str) -> serde_json::Value {
    let payload = serde_json::json!({ "id": id, "text": text }).to_string().into_bytes();
    let Outcome::Enriched { outbound, .. } = desk.edit(&delivery(&payload)) else {
        panic!("no article")
    };
    serde_json::from_slice(&outbound.payload.expect("has a payload")).expect("is JSON")
}

#[test]
fn the_message_names_the_first_and_how_similar_it_is_only_where_it_is_asked_for() {
    let mut settings = Settings::default();
    let desk = Desk::new(&settings);
    edited(&desk, "a", &text(0, 0));
    assert_eq!(edited(&desk, "b", &text(0, 0)).get("duplicateOf"), None);
    settings.near_duplicates.window = 10;
    let desk = Desk::new(&settings);
    assert_eq!(edited(&desk, "a", &text(0, 0)).get("duplicateOf"), None);
    let expected = serde_json::json!({ "id": "a", "similarity": 1.0 });
    assert_eq!(edited(&desk, "b", &text(0, 0))["duplicateOf"], expected);
}
