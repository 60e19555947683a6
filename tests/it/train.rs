//! What makes the models: word forms, and a table from small lists.

use std::fs;

use copydesk::train::spun::inflection::{adverb, plural, verb_forms};
use copydesk::train::spun::table::{Sources, make};

#[test]
fn verbs_take_their_forms() {
    let forms = |verb| verb_forms(verb).join(" ");
    assert_eq!(forms("stop"), "stops stopped stopped stopping");
    assert_eq!(forms("carry"), "carries carried carried carrying");
    assert_eq!(forms("die"), "dies died died dying");
    assert_eq!(forms("give up"), "gives up gave up given up giving up");
    assert_eq!(forms("watch"), "watches watched watched watching");
    assert_eq!(forms("develop"), "develops developed developed developing");
    assert_eq!(forms("submit"), "submits submitted submitted submitting");
}

#[test]
fn nouns_take_their_plurals() {
    assert_eq!(plural("city"), "cities");
    assert_eq!(plural("point of view"), "points of view");
    assert_eq!(plural("legal professional"), "legal professionals");
    assert_eq!(plural("businessman"), "businessmen");
}

#[test]
fn adverbs_follow_their_adjectives() {
    assert_eq!(adverb("careful"), "carefully");
    assert_eq!(adverb("easy"), "easily");
    assert_eq!(adverb("comfortable"), "comfortably");
    assert_eq!(adverb("basic"), "basically");
}

#[test]
fn a_table_holds_what_news_supports_and_leaves_sites_out() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    for (name, text) in [
        ("words.plain.txt", "# a heading\n"),
        ("words.verbs.txt", "attack: assault\n"),
        ("words.nouns.txt", "harbour: harbor\nharbour: port\n"),
        ("words.adjectives.txt", ""),
        ("words.names.txt", "court: courtroom\n"),
        ("names.txt", "River Court\n"),
        ("phrases.txt", ""),
        ("pairs.txt", "prepare supper|cook\n"),
    ] {
        write(name, text);
    }
    let sentence = "They attack the harbour. A port can assault. River Court sat. ";
    let news = write("news.txt", &sentence.repeat(50));
    let seen = write(
        "seen.tsv",
        "spun\toriginal\tsource_site\ttimes_seen\nhowever\tbut\tone.example\t3\n\
         extra\tmore\ttwo.example\t2\n",
    );
    let sources = Sources {
        lists: folder.path().into(),
        news,
        seen: vec![seen],
        without: vec!["two.example".to_owned()],
    };
    let table = make(&sources).unwrap();
    let pairs: Vec<String> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').take(3).collect::<Vec<_>>().join("|"))
        .collect();
    // Not "assaults", which the news does not have; not another spelling; no site left out.
    assert_eq!(
        pairs,
        [
            "assault|attack|0.50",
            "however|but|3.00",
            "port|harbour|0.50",
            "River Courtroom|River Court|0.50",
        ]
    );
}
