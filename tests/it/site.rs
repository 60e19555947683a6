//! The memory of sites: what it counts, what it forgets, and what it may not decide.

use std::collections::BTreeSet;
use std::sync::Arc;

use copydesk::desk::{Desk, Outcome};
use copydesk::settings::{Settings, SiteMemoryMode};
use copydesk::site::{
    Address, Bounds, Hosts, LocalMemory, MOST_BLOCKS, MOST_PARAGRAPHS, PLACES, Page, PageId, Place,
    Shown, SiteMemory, SiteView, Wording, place_of, record,
};
use copydesk::transport::{Delivery, Lane, Origin, Receipt};
use serde_json::{Value, json};

const ROOMY: Bounds = Bounds { hosts: 1_000, bytes: 100_000_000 };

fn address(url: &str) -> Address {
    Address::of(url).unwrap_or_else(|| panic!("{url} names a host"))
}

fn wordings(texts: &[&str]) -> Vec<Wording> {
    texts.iter().map(|text| Wording::of(text, &mut String::new()).unwrap()).collect()
}

fn shown(blocks: &[&str], story: &[&str]) -> Shown {
    Shown::new(wordings(blocks), story.iter().map(|text| Wording::exact(text)).collect())
}

/// A page as full as pages get, with an article of its own.
fn full(number: u64) -> Page {
    let numbers = |count: usize| (0..count as u64).map(move |at| number << 16 | at);
    let exact = |number: u64| Wording::exact(&number.to_string());
    let blocks = numbers(MOST_BLOCKS).map(exact).collect();
    let story = numbers(MOST_PARAGRAPHS).map(|number| exact(!number)).collect();
    Page::new(PageId(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)), Shown::new(blocks, story))
}

#[test]
fn an_address_is_a_host_and_a_page() {
    let plain = address("https://news.example/town/ferry?id=7");
    assert_eq!(plain.host, "news.example");
    for same in [
        "http://www.News.example/town/ferry?id=7",
        "https://news.example/town/ferry/?id=7#comments",
        "https://news.example/town/ferry?utm_source=mail&id=7&fbclid=x",
    ] {
        assert_eq!(address(same), plain, "{same}");
    }
    for other in [
        "https://news.example/town/ferry?id=8",
        "https://news.example/town/ferry",
        "https://news.example/Town/ferry?id=7",
        "https://sport.news.example/town/ferry?id=7",
    ] {
        assert_ne!(address(other), plain, "{other}");
    }
    for none in ["", "ferry", "/town/ferry", "https://", "https://127.0.0.1/ferry"] {
        assert_eq!(Address::of(none), None, "{none:?}");
    }
}

#[test]
fn a_wording_is_what_is_left_of_a_text_without_its_numbers() {
    let of = |text: &str| Wording::of(text, &mut String::new());
    assert_eq!(of("Read more: 12 Comments"), of("READ MORE – 7 comments!"));
    assert_ne!(of("Read more: 12 Comments"), of("Read on: 12 Comments"));
    assert_eq!(of("2 : 1"), None);
    assert!(of("広告").is_some());
}

#[test]
fn a_page_that_comes_again_is_no_other_page() {
    let memory = LocalMemory::new(ROOMY);
    let ferry = address("https://news.example/ferry");
    let reader = address("https://news.example/reader");
    for text in ["a", "a", "a, revised"] {
        memory.learn(&ferry, shown(&["Advertisement"], &[text]));
    }
    let view = memory.view(&reader);
    assert_eq!(view.pages(), 1);
    let others = view.others(&Shown::default());
    assert_eq!(others.with(wordings(&["advertisement"])[0]), 1);
    assert_eq!(memory.view(&ferry).pages(), 0, "a page says nothing about itself");
}

#[test]
fn a_story_known_from_another_address_is_no_other_page() {
    let memory = LocalMemory::new(ROOMY);
    let story = ["one paragraph", "and another", "and a third"];
    memory.learn(&address("https://news.example/ferry"), shown(&["label"], &story));
    memory.learn(&address("https://news.example/ferry-amp"), shown(&["label"], &story[..2]));
    assert_eq!(memory.view(&address("https://news.example/x")).pages(), 1);
    // What one paragraph has in common with it may be furniture.
    let other = ["its own", "and another", "beginning", "end"];
    memory.learn(&address("https://news.example/bridge"), shown(&["label"], &other));
    assert_eq!(memory.view(&address("https://news.example/x")).pages(), 2);
}

#[test]
fn hosts_know_nothing_of_each_other() {
    let memory = LocalMemory::new(ROOMY);
    memory.learn(&address("https://news.example/a"), shown(&["label"], &["a"]));
    assert_eq!(memory.view(&address("https://post.example/b")).pages(), 0);
}

#[test]
fn a_host_forgets_a_layout_that_its_pages_no_longer_show() {
    let memory = LocalMemory::new(ROOMY);
    let (old, new) = ("Old bar", "New bar");
    let learn = |numbers: std::ops::Range<usize>, bar: &str| {
        for number in numbers {
            let url = format!("https://news.example/{number}");
            memory.learn(&address(&url), shown(&[bar], &[&format!("story {number}")]));
        }
    };
    let share = |bar: &str| {
        let view = memory.view(&address("https://news.example/reader"));
        let others = view.others(&Shown::default());
        others.with(wordings(&[bar])[0]) as f32 / others.pages() as f32
    };
    learn(0..500, old);
    assert_eq!(share(old), 1.0);
    learn(500..500 + PLACES, new);
    assert!(share(new) > 0.5, "{}", share(new));
    learn(500 + PLACES..500 + 8 * PLACES, new);
    assert!(share(old) < 0.1, "{}", share(old));
}

#[test]
fn ten_thousand_hosts_stay_within_their_bytes() {
    let bounds = Bounds { hosts: 5_000, bytes: 4_000_000 };
    let mut hosts = Hosts::new(bounds);
    let mut emptied: BTreeSet<(String, u8)> = BTreeSet::new();
    for round in 0..4 {
        for host in 0..10_000u64 {
            let name = format!("news-{host}.example");
            let page = full(host << 8 | round);
            emptied.remove(&(name.clone(), place_of(page.id())));
            let gone = hosts.put(&name, page);
            emptied.extend(gone.into_iter().map(|place| (place.host.to_string(), place.number)));
            assert!(hosts.len() <= bounds.hosts && hosts.bytes() <= bounds.bytes);
        }
    }
    assert!(hosts.len() > 1_000, "room is used: {}", hosts.len());
    assert!(hosts.bytes() > bounds.bytes / 2, "room is used: {}", hosts.bytes());
    // What is not said to be emptied is there, and nothing else.
    for host in 0..10_000u64 {
        for round in 0..4 {
            let name = format!("news-{host}.example");
            let place = Place {
                host: name.as_str().into(),
                number: place_of(full(host << 8 | round).id()),
            };
            let is_emptied = emptied.contains(&(name, place.number));
            assert_eq!(hosts.page(&place).is_none(), is_emptied, "{place:?}");
        }
    }
}

#[test]
fn an_emptied_host_takes_no_bytes() {
    let mut hosts = Hosts::new(ROOMY);
    for number in 0..100 {
        hosts.put("news.example", full(number));
    }
    let full_bytes = hosts.bytes();
    assert!(full_bytes > PLACES * MOST_BLOCKS * 4, "{full_bytes}");
    for number in 0..PLACES as u8 {
        hosts.clear("news.example", number);
    }
    assert_eq!((hosts.len(), hosts.bytes()), (0, 0));
    hosts.clear("news.example", 0);
    hosts.clear("news.example", 200);
}

#[test]
fn the_host_learned_from_longest_ago_is_forgotten_first() {
    let mut hosts = Hosts::new(Bounds { hosts: 3, bytes: usize::MAX });
    for (at, host) in ["a", "b", "c", "a", "d"].into_iter().enumerate() {
        hosts.put(host, full(at as u64));
    }
    let is_known =
        |host: &str| !hosts.others(&Address { host: host.into(), page: PageId(99) }).is_empty();
    assert_eq!(["a", "b", "c", "d"].map(is_known), [true, false, true, true]);
}

#[test]
fn a_record_is_read_as_it_was_written_and_never_as_anything_else() {
    for page in [full(7), Page::new(PageId(u64::MAX / 3), Shown::default())] {
        let place = Place { host: "news.example".into(), number: place_of(page.id()) };
        let (key, value) = (record::key(&place), record::value(&page));
        assert!(value.len() <= record::MOST_BYTES);
        assert_eq!(record::place(key.as_bytes()).as_ref(), Some(&place));
        assert_eq!(record::page(&place, &value).as_ref(), Some(&page));
        let elsewhere = Place { number: place.number + 1, ..place.clone() };
        assert_eq!(record::page(&elsewhere, &value), None);
        for cut in (0..value.len()).filter(|cut| cut % 4 != value.len() % 4) {
            assert_eq!(record::page(&place, &value[..cut]), None, "{cut}");
        }
        let mut newer = value.clone();
        newer[0] += 1;
        assert_eq!(record::page(&place, &newer), None);
    }
    assert_eq!(record::place(b"news.example"), None);
    assert_eq!(record::place(b"news.example/300"), None);
    assert_eq!(record::place(&[0xff, b'/', b'1']), None);
}

/// An article of a site whose pages have a line in common.
fn raw(url: Option<&str>, number: usize) -> Value {
    let towns = ["Alster", "Birk", "Corm", "Dalby", "Esk", "Farr", "Glen", "Holm"];
    let town = towns[number];
    let text = [
        &format!(
            "The council of {town} voted on Monday to build a second bridge over the river there."
        ),
        "Voices of the coast: a Harbour Post series",
        &format!(
            "Those who live in {town} had asked for it since the ferry was given up in the spring."
        ),
        &format!(
            "The mayor of {town} said that the work would begin when the ice on the river had gone."
        ),
    ]
    .join("\n\n");
    let mut raw = json!({ "text": text });
    if let Some(url) = url {
        raw["url"] = url.into();
    }
    raw
}

fn delivery(raw: &Value) -> Delivery {
    Delivery {
        key: None,
        payload: Some(raw.to_string().into_bytes()),
        headers: vec![("content-type".into(), Some(b"application/json".to_vec()))],
        timestamp_millis: None,
        origin: Origin { topic: "test".into(), partition: 0, offset: 0 },
        receipt: Receipt { lane: Lane(0), epoch: 0, offset: 0 },
    }
}

fn desk(mode: SiteMemoryMode) -> Desk {
    let mut settings = Settings::default();
    settings.site_memory.mode = mode;
    Desk::new(&settings)
}

fn bytes(desk: &Desk, raw: &Value) -> Vec<u8> {
    match desk.edit(&delivery(raw)) {
        Outcome::Enriched { outbound, .. } => outbound.payload.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn enriched(desk: &Desk, raw: &Value) -> Value {
    serde_json::from_slice(&bytes(desk, raw)).unwrap()
}

fn recurring(enriched: &Value) -> Vec<&Value> {
    let removals = enriched["removals"].as_array().unwrap().iter();
    removals.filter(|it| it["rule"] == "boilerplate.site.recurring").collect()
}

/// Of a page whose place no other of these takes.
fn url(number: usize) -> String {
    let mut urls = (0..).map(|at| format!("https://news.example/{number}/{at}"));
    urls.find(|url| usize::from(place_of(address(url).page)) == number).unwrap()
}

#[test]
fn what_recurs_is_removed_once_enough_pages_have_shown_it() {
    let desk = desk(SiteMemoryMode::Apply);
    for number in 0..2 {
        let article = enriched(&desk, &raw(Some(&url(number)), number));
        assert_eq!(recurring(&article).len(), 0, "page {number} is too early");
        assert_eq!(article["provenance"]["siteMemory"]["pages"], number);
    }
    // The same two pages again are not four.
    for number in 0..2 {
        assert_eq!(recurring(&enriched(&desk, &raw(Some(&url(number)), number))).len(), 0);
    }
    let article = enriched(&desk, &raw(Some(&url(2)), 2));
    let removed = recurring(&article);
    assert_eq!(removed.len(), 1, "{article:#}");
    assert!(removed[0]["text"].as_str().unwrap().contains("Voices of the coast"));
    assert!(removed[0]["confidence"].as_f64().unwrap() > 0.7);
    let memory = &article["provenance"]["siteMemory"];
    assert_eq!((&memory["mode"], &memory["version"]), (&json!("apply"), &json!(2)));
    assert_eq!(memory["state"].as_str().unwrap().len(), 16);
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    let desks = [desk(SiteMemoryMode::Apply), desk(SiteMemoryMode::Apply)];
    for order in [[0, 1, 2, 3], [3, 1, 0, 2]].iter().zip(&desks) {
        order.0.iter().for_each(|&number| {
            bytes(order.1, &raw(Some(&url(number)), number));
        });
    }
    let article = raw(Some(&url(5)), 5);
    let first = bytes(&desks[0], &article);
    assert_eq!(first, bytes(&desks[1], &article), "in whatever order it came about");
    // Its own page changes nothing for it.
    assert_eq!(first, bytes(&desks[0], &article));
    bytes(&desks[0], &raw(Some(&url(6)), 6));
    let later: Value = serde_json::from_slice(&bytes(&desks[0], &article)).unwrap();
    let earlier: Value = serde_json::from_slice(&first).unwrap();
    let state = |article: &Value| article["provenance"]["siteMemory"]["state"].clone();
    assert_ne!(state(&later), state(&earlier));
}

#[test]
fn without_an_address_the_memory_is_silent() {
    let desk = desk(SiteMemoryMode::Apply);
    for number in 0..6 {
        bytes(&desk, &raw(Some(&url(number)), number));
    }
    for address in [None, Some("ferry"), Some("https://127.0.0.1/7")] {
        let article = enriched(&desk, &raw(address, 7));
        assert_eq!(recurring(&article).len(), 0);
        assert!(article["provenance"].get("siteMemory").is_none(), "{address:?}");
    }
    let standing = desk.memory.as_ref().unwrap().sites.standing();
    assert_eq!(standing.hosts, 1);
    assert!(standing.bytes > 0);
}

#[test]
fn learning_decides_nothing() {
    let learning = desk(SiteMemoryMode::Learn);
    let off = desk(SiteMemoryMode::Off);
    assert!(off.memory.is_none());
    for number in 0..8 {
        let article = raw(Some(&url(number)), number);
        let mut learned = enriched(&learning, &article);
        let provenance = learned["provenance"].as_object_mut().unwrap();
        let memory = provenance.remove("siteMemory").unwrap();
        assert_eq!(memory, json!({"mode": "learn", "version": 2}));
        assert_eq!(learned, enriched(&off, &article));
    }
    let learned = &learning.memory.as_ref().unwrap().sites;
    assert_eq!(learned.view(&address("https://news.example/x")).pages(), 8);
}

#[test]
fn an_article_that_failed_is_not_learned() {
    let mut settings = Settings::default();
    settings.site_memory.mode = SiteMemoryMode::Learn;
    settings.output.max_bytes = 100;
    let desk = Desk::new(&settings);
    let outcome = desk.edit(&delivery(&raw(Some(&url(1)), 1)));
    assert!(matches!(outcome, Outcome::DeadLetter { .. }));
    assert_eq!(desk.memory.unwrap().sites.standing().hosts, 0);
}

/// What four stories of one host have from the same wire agency.
const SHARED: [&str; 3] = [
    "The strait has been closed to large ships since two freighters collided there in May.",
    "Nine sailors were hurt.",
    "An inquiry into the collision has heard forty witnesses and will report before the winter, the ministry said last week.",
];

/// The stories' own first and last paragraphs.
const OWN: [[&str; 2]; 4] = [
    [
        "Pilots of the strait went on strike on Monday over the hours that they have to work.",
        "They will meet the harbour office again at the end of the week, a spokeswoman said.",
    ],
    [
        "A tug that had been sent to clear the wreck sank in the strait on Tuesday in calm weather.",
        "Its crew of four was picked up by a fishing boat and is well, the coast guard wrote.",
    ],
    [
        "The price of tin rose for a third day, as dealers waited for news of the blocked freighters.",
        "Stocks in the warehouses of the coast are the lowest that the exchange has ever counted.",
    ],
    [
        "Insurers asked the owners of both ships to pay for the clearing of the strait on Friday.",
        "Neither of them has answered, and a court may have to decide who was at fault in May.",
    ],
];

/// Each story comes at two addresses, three times, with the same lines above and below.
fn keeps_wire_stories(above: &[&str], below: &[&str]) {
    let desk = desk(SiteMemoryMode::Apply);
    for round in 0..3 {
        for (story, [lead, close]) in OWN.into_iter().enumerate() {
            let paragraphs = [&[lead][..], &SHARED, &[close]].concat();
            let body = [above, &paragraphs, below].concat().join("\n\n");
            for edition in ["", "-update"] {
                let url = format!("https://news.example/{story}{edition}");
                let article = enriched(&desk, &json!({ "url": url, "text": body }));
                // One short sentence on every other page of a host looks like furniture;
                // whatever is longer is the article's.
                for paragraph in paragraphs.iter().filter(|paragraph| paragraph.len() > 80) {
                    let kept = article["articleBody"].as_str().unwrap().contains(paragraph);
                    assert!(kept, "round {round}, story {story}: {article:#}");
                }
                for line in above.iter().chain(below) {
                    let kept = article["articleBody"].as_str().unwrap().contains(line);
                    assert!(!kept, "round {round}, story {story}: {line}");
                }
            }
        }
    }
}

#[test]
fn wire_stories_keep_every_paragraph_that_they_share() {
    keeps_wire_stories(&[], &[]);
}

#[test]
fn wire_stories_keep_every_paragraph_among_the_lines_of_a_page_too() {
    let menu = [
        "Harbour Post",
        "News",
        "Ships and trade",
        "Weather",
        "Letters",
        "Tide tables",
        "Subscribe",
        "Log in",
    ];
    let foot = [
        "Share this article",
        "Most read",
        "Ferry to the islands sold to its crew",
        "Herring are back in the bay, fishermen say",
        "Why the old lighthouse was painted twice",
        "Contact us",
        "Terms and conditions",
        "About the Harbour Post",
    ];
    keeps_wire_stories(&menu, &foot);
}

#[test]
fn a_view_does_not_change_while_its_article_is_worked_on() {
    let memory = LocalMemory::new(ROOMY);
    memory.learn(&address("https://news.example/1"), shown(&["label"], &["a"]));
    let view = memory.view(&address("https://news.example/2"));
    let digest = view.digest();
    memory.learn(&address("https://news.example/3"), shown(&["label"], &["b"]));
    assert_eq!((view.pages(), view.digest()), (1, digest));
    assert_eq!(
        SiteView::new(vec![Arc::new(full(1)), Arc::new(full(2))]).digest(),
        SiteView::new(vec![Arc::new(full(2)), Arc::new(full(1))]).digest()
    );
}
